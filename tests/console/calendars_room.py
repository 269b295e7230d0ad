"""A room whose first level has a calendar, a worker that fetches it, and a clock that a test moves."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from console.desk import Desk
from console.workers.oncall import OnCallFetch
from data.domain.codec import decode, encode
from data.domain.on_call import Calendar
from data.domain.policy import Level
from data.domain.room import Definition, Kind
from data.store.definitions import upsert
from data.store.queries.calendars import calendar
from data.store.queries.people import on_call_view
from data.store.store import create_store, open_store
from data.views import OnCallView
from tests.calendars import calendar as written
from tests.calendars import event
from tests.console.room import MEMORY, RoomClock
from tests.store.room import START, Clock, Room, definitions

LEVEL, REFERENCE = "on-call", "env:ONCALL_ICS"


@contextmanager
def quick(folder: Path) -> Iterator[Path]:
    """A folder in memory where there is one: waiting for a disk proves nothing here."""
    if not os.access(MEMORY, os.W_OK):
        yield folder
        return
    with TemporaryDirectory(prefix="warroom-", dir=MEMORY) as name:
        yield Path(name)


def with_calendar(reference: str = REFERENCE, level: str = LEVEL) -> tuple[Definition, ...]:
    """The usual room, with a calendar on one of its levels."""
    found = []
    for item in definitions():
        spec = item.spec
        if (item.kind, item.id) == (Kind.LEVEL, level):
            known: Level = decode(Level, item.spec)
            spec = encode(replace(known, calendar=reference))
        found.append(replace(item, spec=spec))
    return tuple(found)


def shifts(*names: str, hours: float = 4, begins: float = -1) -> bytes:
    """A calendar of shifts one after the other, the first begun an hour ago."""
    found = []
    for number, name in enumerate(names):
        starts = START + timedelta(hours=begins + number * hours)
        first, last = (f":{at:%Y%m%dT%H%M%SZ}" for at in (starts, starts + timedelta(hours=hours)))
        found.append(event(first, last, f"On Call - {name} - Platform"))
    return written(*found)


@cache
def _template() -> bytes:
    """A store with a calendar on its first level, to be copied."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "room.db"
        create_store(str(path), Clock(), "laptop", with_calendar()).close()
        return path.read_bytes()


class CalendarRoom:
    """A store, its clock, and workers that fetch its calendars one look at a time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "room.db"
        self.path.write_bytes(_template())
        self.clock = Clock()
        self.desk = Desk(open_store(str(self.path), self.clock, "laptop"))
        self.room = Room(self.desk.store, self.clock)
        self.desks = [self.desk]

    def worker(self, holder: str = "laptop", *, own_store: bool = False, **how: Any) -> OnCallFetch:
        """A worker in this process, or one with a store of its own as another process has."""
        desk = self.desk
        if own_store:
            desk = Desk(open_store(str(self.path), self.clock, holder))
            self.desks.append(desk)
        return OnCallFetch(desk, RoomClock(self.clock), holder, **how)

    @property
    def copy(self) -> Calendar:
        """What is kept of the calendar."""
        found = self.room.read(lambda connection: calendar(connection, LEVEL))
        return found or Calendar(LEVEL)

    @property
    def view(self) -> OnCallView:
        """View 3 as it would be drawn now."""
        return self.room.read(lambda connection: on_call_view(connection, self.clock()))

    @property
    def answering(self) -> list[str]:
        """Whom the ladder would tell first."""
        return [contact.name for contact in self.view.people[0].contacts]


async def look(worker: OnCallFetch) -> None:
    """Let a worker look once, and finish what it begins."""
    await worker.turn()
    await worker.settle()


@asynccontextmanager
async def calendar_room(folder: Path, reference: str = REFERENCE) -> AsyncIterator[CalendarRoom]:
    """A room that is closed at the end."""
    with quick(folder) as place:
        made = CalendarRoom(place)
        if reference != REFERENCE:
            changed = [item for item in with_calendar(reference) if item.kind is Kind.LEVEL]
            made.desk.store.work(lambda connection, _: upsert(connection, changed))
        yield made
        for desk in made.desks:
            await desk.close()
