"""Who is here: this console says so every few seconds, and reads who else does (design 3.9)."""

import asyncio
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from console.actions import Where
from console.place import Place
from console.saying import Saying
from data.domain.presence import others_at, writing_too
from data.store.errors import StoreError
from widgets.times import wall

if TYPE_CHECKING:
    from console.app import WarRoom

LOOK = 1.0  # seconds between two looks at who is here
SEEN_FOR = 60.0  # seconds for which it is said that command was taken
SIGN = 5.0  # seconds between two signs of life while nothing changes
_ONE = (Where.INCIDENT, Where.DELIVERIES, Where.POST_MORTEM)  # views of one incident


class At(NamedTuple):
    """What somebody is at."""

    operator: str
    view: str
    incident: str
    writing: tuple[str, ...] = ()


class Presence:
    """This console among the others. None of it is an event, and nothing of it decides anything."""

    def __init__(self, room: "WarRoom") -> None:
        self._room = room
        self.holder = uuid.uuid4().hex[:12]
        self._key_at: datetime | None = None
        self._writing: tuple[str, tuple[str, ...]] = ("", ())
        self._said: At | None = None
        self._said_at = 0.0
        self._since = room.clock()
        self._seq = -1

    def heard(self) -> None:
        """Take notice that a key was pressed."""
        self._key_at = self._room.clock()

    def writes(self, incident: str, audiences: Iterable[str] = ()) -> None:
        """Say that an update on an incident is being written to some audiences; to none, no longer."""
        told = tuple(audiences)
        self._writing = (incident if told else "", told)

    async def stay(self) -> None:
        """Say that somebody is here, and look who else is, until the console is left."""
        room = self._room
        room.watch(room, "board", self.news)
        await room.desk.opened()
        from data.store.commands.presence import gone
        from data.store.queries.presence import present

        try:
            while True:
                with suppress(StoreError):  # whoever reads it misses us; what is read says what is wrong
                    await self._say()
                found = await room.look(partial(present, now=room.clock()))
                if found is not None:
                    room.present = found
                await asyncio.sleep(LOOK)
        finally:
            with suppress(StoreError):
                await room.desk.work(partial(gone, holder=self.holder))

    def _at(self) -> At:
        room = self._room
        place = next((item for item in reversed(room.screen_stack) if isinstance(item, Place)), None)
        incident, writing = self._writing
        if place is not None and not incident and place.WHERE in _ONE:
            incident = place.incident_key()
        return At(room.operator, place.WHERE.value if place else "", incident, writing)

    async def _say(self) -> None:
        """Write what this operator is at, when it is something else or some seconds have passed."""
        from data.store.commands.finding import incident_number
        from data.store.commands.presence import here

        at = self._at()
        if at == self._said and monotonic() - self._said_at < SIGN:
            return
        if self._said is None or _what(at) != _what(self._said):
            self._since = self._room.clock()
        await self._room.desk.work(
            partial(
                here,
                holder=self.holder,
                operator=at.operator,
                host=self._room.desk.store.host,
                view=at.view,
                incident=incident_number(at.incident) if at.incident else None,
                writing=", ".join(at.writing),
                since=self._since,
                key_at=self._key_at,
            )
        )
        self._said, self._said_at = at, monotonic()

    def news(self) -> None:
        """Look whether somebody took or gave this operator's command: that must be seen (design 3.9)."""
        seq, before = self._room.board.seq, self._seq
        self._seq = seq
        if 0 <= before < seq:
            self._room.run_worker(self._taken(before), group="presence")

    async def _taken(self, seq: int) -> None:
        from data.store.queries.commanding import taken_since

        room, operator = self._room, self._room.operator
        taken = await room.look(partial(taken_since, seq=seq, operator=operator)) or ()
        for item in taken:
            if item.after == operator:
                words = f"{item.by} gave you command of {item.key}"
            elif item.after:
                took = f"took command of {item.key} from you"
                gave = f"gave your command of {item.key} to {item.after}"
                words = f"{item.by} {took if item.by == item.after else gave}"
            else:
                words = f"{item.by} took command of {item.key} away from you: nobody has it"
            self._announce(Saying(f"{words}.", "warning"))

    def _announce(self, saying: Saying) -> None:
        """Say what must be seen: it stays for a minute, or until something else is said."""
        room = self._room
        room.hush()
        room.saying = saying

        def fade() -> None:
            if room.saying is saying:
                room.hush()

        room.set_timer(SEEN_FOR, fade)

    # What is shown of it.

    @property
    def people(self) -> int:
        """How many people are here, this one among them."""
        return len({item.operator for item in self._room.present} | {self._room.operator})

    def at_incident(self, incident: str) -> tuple[str, ...]:
        """Return who else looks at an incident, and to whom they are writing."""
        told: dict[str, str] = {}
        for item in others_at(self._room.present, incident, self.holder):
            if item.writing:
                told[item.operator] = f"{item.operator} writing to {', '.join(item.writing)}"
            elif item.operator != self._room.operator:
                told.setdefault(item.operator, item.operator)
        return tuple(told.values())

    def also_writing(self, incident: str, audiences: Iterable[str]) -> str:
        """Say who else is writing to the same audiences, empty where nobody is."""
        zone = self._room.board.zone if self._room.local_times else "UTC"
        found = writing_too(self._room.present, incident, self.holder, audiences)
        return "; ".join(
            f"{item.operator} is writing to {', '.join(names)} since {wall(item.since, zone, seconds=False)}"
            for item, names in found
        )


def _what(at: At) -> tuple[str, str, str, bool]:
    return at.operator, at.view, at.incident, bool(at.writing)
