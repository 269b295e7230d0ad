"""What was read last, for when the store is away: incidents, their ladder, whom to call (design 6)."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from data.views import IncidentView, OnCallView

if TYPE_CHECKING:
    from console.app import WarRoom

MOST = 8  # incidents, the first on the board
LOOK, AGAIN = 5.0, 30.0  # seconds: between looks for something new, and until people are read again


class Remembered:
    """Reads ahead what a responder needs without the store; what a view reads itself is kept too."""

    def __init__(self, room: "WarRoom") -> None:
        self._room = room
        self._incidents: dict[str, IncidentView] = {}
        self._seq = -1
        self.on_call: OnCallView | None = None

    def incident(self, key: str) -> IncidentView | None:
        """Return an incident as it was read last; None when it never was."""
        return self._incidents.get(key)

    def keep(self, view: IncidentView) -> None:
        """Remember an incident that was read."""
        self._incidents[view.incident.key] = view

    def forget(self) -> None:
        """Let go of everything: another store lies where this one lay."""
        self._incidents.clear()
        self.on_call, self._seq = None, -1

    async def run(self) -> None:
        """Read ahead until cancelled."""
        await self._room.desk.opened()
        waited = AGAIN
        while True:
            await asyncio.sleep(LOOK)
            waited += LOOK
            if self._room.trouble or self._room.board.seq < 0:
                continue
            if self._room.board.seq != self._seq:
                await self._read_incidents()
            if waited >= AGAIN:
                waited = 0.0
                await self._read_people()

    async def _read_incidents(self) -> None:
        from data.store.queries.incidents import incident_view

        board = self._room.board
        keys = [row.key for row in board.rows if not row.proposed]
        for key in keys[:MOST]:
            known = self._incidents.get(key)
            if known is None or known.seq < board.seq:
                view = await self._room.look(partial(incident_view, key=key))
                if view is None:
                    return
                self.keep(view)
        for gone in self._incidents.keys() - set(keys):
            del self._incidents[gone]
        self._seq = board.seq

    async def _read_people(self) -> None:
        from data.store.queries.people import on_call_view

        self.on_call = await self._room.look(partial(on_call_view, now=self._room.clock())) or self.on_call
