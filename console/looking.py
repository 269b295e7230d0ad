"""How far the operator has read an incident: a line in its timeline on coming back, noted on leaving."""

from functools import partial
from typing import TYPE_CHECKING

from textual.timer import Timer

from data.store.commands.finding import incident_number
from data.store.commands.looked import look
from data.store.errors import StoreError
from data.store.queries.looked import looked
from widgets.timeline import Mark, Timeline

if TYPE_CHECKING:
    from console.screens.incident import IncidentScreen

READ = 5.0  # seconds after which what is on the screen counts as read


class Looking:
    """Follows what one operator at a time reads in an incident's view. Looking is no event."""

    def __init__(self, screen: "IncidentScreen") -> None:
        self._screen = screen
        self._operator = ""  # who has been told how far they had read
        self._noted = 0
        self._timer: Timer | None = None

    def follow(self) -> None:
        """Take notice of what is shown now, and of who looks at it."""
        screen = self._screen
        if screen.room.operator != self._operator:
            self.note()
            self._operator, self._noted = screen.room.operator, 0
            screen.run_worker(self._arrive(), group="looking")
        if self._timer is None:
            self._timer = screen.set_timer(READ, self._read)

    async def _arrive(self) -> None:
        """Mark in the timeline where the operator had come to; nothing for who was never here."""
        screen, operator = self._screen, self._operator
        before = await screen.room.look(partial(looked, operator=operator, key=screen.incident_key()))
        mark = None
        if before is not None and screen.view is not None:
            new = sum(line.seq > before.seq for line in screen.view.timeline)
            mark = Mark(before.seq, before.at, new) if new else None
        for timeline in screen.query(Timeline):
            timeline.mark = mark

    def _read(self) -> None:
        self._timer = None
        if self._screen.in_front:
            self.note()

    def note(self) -> None:
        """Note how far the operator has read, if that is further than was noted."""
        view, room = self._screen.view, self._screen.room
        number = incident_number(self._screen.incident_key())
        if view is None or number is None or not self._operator or view.seq <= self._noted:
            return
        self._noted = view.seq
        done = partial(look, operator=self._operator, incident=number, seq=view.seq)

        async def write() -> None:
            try:
                await room.desk.work(done)
            except StoreError as error:  # it is only shown where it stood before
                room.log(error.reason)

        room.run_worker(write(), group="looked")
