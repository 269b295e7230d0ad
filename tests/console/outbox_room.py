"""A room whose people and channels are real servers on loopback, and workers that send to them."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from console.clock import Clock
from console.desk import Desk
from console.workers.outbox import Outbox
from data.defaults import defaults
from data.domain.codec import decode, encode
from data.domain.delivery import Delivery
from data.domain.policy import Contact, Level
from data.domain.room import Channel, Definition, Kind
from data.store.queries.outbox import deliveries_of
from data.store.store import open_store
from tests.console.engine_room import Room

QUICK = 50.0  # how many times as fast the clock of such a room runs


def definitions(
    ways: Mapping[str, Iterable[str]], channels: Iterable[Channel] = (), *, together: int = 1
) -> list[Definition]:
    """Return the guide's defaults with these people on its levels, so many on each, in order."""
    people = [Contact(name, name.title(), notify=tuple(urls)) for name, urls in ways.items()]
    waiting = iter(people)
    found = []
    for item in defaults().definitions:
        spec = item.spec
        if item.kind is Kind.LEVEL:
            there = tuple(person.id for person in itertools.islice(waiting, together))
            spec = encode(replace(decode(Level, item.spec), contacts=there))
        found.append(replace(item, spec=spec))
    found += [Definition(Kind.CONTACT, item.id, encode(item)) for item in people]
    return found + [Definition(Kind.CHANNEL, item.id, encode(item)) for item in channels]


@contextlib.contextmanager
def outbox_room(folder: Path, made: Iterable[Definition], *, scale: float = QUICK) -> Iterator[Room]:
    """A room with nobody working in it yet; its clock is quick about waiting."""
    place = Room(folder / "room.db", Clock(scale=scale), made)
    try:
        yield place
    finally:
        place.store.close()


@contextlib.asynccontextmanager
async def sending(place: Room, holder: str = "test", **options: Any) -> AsyncIterator[Outbox]:
    """A worker of the outbox; it stops with the block and leaves nothing behind."""
    desk = Desk(open_store(place.where, place.clock, "laptop"))
    worker = Outbox(desk, place.clock, holder, **{"limit": timedelta(seconds=5), **options})
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        assert not running.done() or running.cancelled(), running.exception()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await desk.close()


def rows(place: Room, number: int = 1) -> list[Delivery]:
    """Return an incident's messages, oldest first."""
    return list(place.read(lambda connection: deliveries_of(connection, number)))


def states(place: Room, number: int = 1) -> list[str]:
    """Return how an incident's messages stand, oldest first."""
    return [item.state.value for item in rows(place, number)]
