"""An incident's view going back in time: what it shows then, and what may be done there (design 4)."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from data.store.queries.replay import tape as tape_query
from widgets.past_band import Past

if TYPE_CHECKING:
    from console.screens.incident import IncidentScreen
    from data.domain.replay import Record
    from data.tape import Tape

_LEADS = {"replay.back": "back", "replay.jump": "jump", "replay.forward": "forward", "back": "now"}


class Replay:
    """Where in its past an incident's view is; ``at`` is None while it shows the present."""

    def __init__(self, screen: "IncidentScreen") -> None:
        self._screen = screen
        self._tape: Tape | None = None
        self._since = 0  # the newest event when somebody began to look back
        self.at: datetime | None = None

    async def record(self) -> "Record | None":
        """Return the incident's record up to now, read again only when something was added to it."""
        found = await self._read()
        return found.record if found else None

    async def _read(self) -> "Tape | None":
        screen = self._screen
        view = screen.view
        newest = view.timeline[-1].seq if view and view.timeline else 0
        if self._tape is None or self._tape.seq < newest:
            found = await screen.room.look(partial(tape_query, key=screen.incident_key()))
            self._tape = found or self._tape
        return self._tape

    async def step(self, by: int) -> None:
        """Go one event back, or forward; after the last one is now."""
        room, at = self._screen.room, self.at
        if at is None and by > 0:
            room.say(f"This is now: {self._key('replay.back')} goes back.", severity="warning")
            return
        record = await self.record()
        if record is None:
            return
        to = record.before(at or room.clock()) if by < 0 else record.after(at or room.clock())
        if to is not None:
            await self.show(to)
        elif by < 0:
            room.say("That is where its record begins.", severity="warning")
        else:
            self.leave()

    async def show(self, at: datetime) -> None:
        """Show the incident as it was at an instant."""
        tape, screen = await self._read(), self._screen
        view = tape.view(at) if tape else None
        if view is None or screen.view is None or not screen.in_front:
            return
        if self.at is None:
            self._since = screen.view.timeline[-1].seq if screen.view.timeline else 0
        self.at = at
        screen.show_view(view)
        self.mark()

    def leave(self) -> None:
        """Come back to now."""
        if self.at is None:
            return
        self.at = self._tape = None
        self._screen.show_band(None)
        if self._screen.view is not None:
            self._screen.show_view(self._screen.view)

    def mark(self) -> None:
        """Say on the band where this is, and how much has happened since somebody looked back."""
        view = self._screen.view
        if self.at is None or self._tape is None or view is None:
            return
        step, steps = self._tape.record.place(self.at)
        new = sum(line.seq > self._since for line in view.timeline)
        keys = tuple((self._key(name), label) for name, label in _LEADS.items())
        self._screen.show_band(Past(self.at, view.incident.detected_at, step, steps, new, keys))

    def refuses(self, action_id: str) -> bool:
        """Tell whether a key does nothing here because this is the past, after saying so."""
        action = next((item for item in self._screen.actions() if item.id == action_id), None)
        if self.at is None or action is None or not action.writes:
            return False
        key = self._key("back")
        self._screen.room.say(f"This is the past: {key} comes back to now.", severity="warning")
        return True

    def _key(self, action_id: str) -> str:
        return next((item.key_text for item in self._screen.actions() if item.id == action_id), "")
