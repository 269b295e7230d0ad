"""On call: the ladder, who answers for each level and until when, gaps, and how each of them is reached."""

from datetime import timedelta
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from console.actions import Where
from console.freshness import Freshness
from console.place import Place
from data.store.queries.people import on_call_view
from widgets.empty import Empty
from widgets.roster import Roster

AGAIN = timedelta(seconds=5)  # the calendars are read by somebody else, and shifts end without an event


class OnCallScreen(Place):
    """The ladder by level with its calendars, what has to be handed over, and every contact."""

    WHERE: ClassVar[Where] = Where.ON_CALL
    CSS_PATH = "on_call.tcss"
    AUTO_FOCUS = "Roster"

    def __init__(self) -> None:
        super().__init__()
        self._fresh = Freshness()

    def body(self) -> ComposeResult:
        """Lay out the roster."""
        with Vertical(id="on-call"):
            yield Roster(id="roster")
            yield Empty(id="empty")

    def on_mount(self) -> None:
        """Follow the clock: who is on call changes by itself."""
        self.watch(self.app, "now", self._look_again)
        self.watch(self.app, "local_times", self._write_times)

    def _look_again(self) -> None:
        if self.in_front and self._fresh.older(AGAIN, self.room.now):
            self.run_worker(self.catch_up(), group="look")

    def _write_times(self) -> None:
        for roster in self.query(Roster):
            roster.zone = self.zone

    async def changed(self) -> None:
        """Read who is on call anew."""
        now = self.room.clock()
        found = await self._fresh.read(self.room.look(partial(on_call_view, now=now)), now)
        known = self.room.away.remembered
        known.on_call = view = found or known.on_call
        if view is None or not self.in_front:
            return
        roster, empty = self.query_one(Roster), self.query_one(Empty)
        empty.display = not view.levels
        empty.say("No levels yet. warroom apply FILE loads them; the README shows an example.")
        roster.display = bool(view.levels)
        roster.zone, roster.now = self.zone, self.room.now
        roster.view = view

    def copy_text(self) -> str:
        """Return who answers for each level now."""
        view = next((roster.view for roster in self.query(Roster)), None)
        people = view.people if view else ()
        return "\n".join(
            f"{person.rank} {person.level}: {', '.join(item.name for item in person.contacts) or 'nobody'}"
            for person in people
        )
