"""Workers that are killed in the middle: nothing is missing, nothing goes out to no purpose (design 7)."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from console.clock import Clock
from data.defaults import defaults
from data.domain.codec import decode, encode
from data.domain.delivery import Delivery, DeliveryState
from data.domain.policy import Contact, Level
from data.domain.room import Definition, Kind
from data.store import outgoing
from data.store.commands import incidents
from data.store.rows import load_events
from tests.console.engine_room import P1, Room, until
from tests.console.sink import Fault, Received, Sink, reset, sink, status
from tests.store.outgoing import check_owed
from tests.store.sound import check_sound

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
INCIDENTS, KILLS, WORKERS = 60, 30, 3
DELAY = timedelta(seconds=4)  # a level has before the next is told
PROGRAM = """
import asyncio, sys
from datetime import timedelta
from console.clock import Clock
from console.desk import Desk
from console.workers.engine import Engine
from console.workers.outbox import Outbox
from data.store.store import open_store

async def main():
    clock = Clock()
    desk = Desk(open_store(sys.argv[1], clock, "doomed"))
    outbox = Outbox(desk, clock, sys.argv[2], limit=timedelta(seconds=3), lease=timedelta(seconds=4))
    await asyncio.gather(Engine(desk, clock, holder="doomed").run(), outbox.run())

asyncio.run(main())
"""

AUDIT = """
CREATE TABLE claimed (id TEXT, held INTEGER);
CREATE TRIGGER claims AFTER UPDATE OF state ON delivery WHEN NEW.state = 'sending'
BEGIN
    INSERT INTO claimed SELECT NEW.id, acknowledged_at IS NOT NULL AND lapsed_at IS NULL
    FROM incident WHERE incident.id = NEW.incident;
END;
"""


@dataclass
class Crew:
    """Workers in processes of their own; whoever is killed is replaced."""

    path: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    born: int = 0

    def hire(self) -> None:
        self.born += 1
        command = [sys.executable, "-c", PROGRAM, str(self.path), f"worker{self.born}"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        self.running.append(subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL))

    def kill_one(self, chance: random.Random) -> None:
        victim = self.running.pop(chance.randrange(len(self.running)))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.hire()


@contextmanager
def crew(path: Path) -> Iterator[Crew]:
    made = Crew(path)
    try:
        for _ in range(WORKERS):
            made.hire()
        yield made
    finally:
        for process in made.running:
            process.kill()
            process.wait()


def people(*phones: Sink) -> list[Definition]:
    """The guide's defaults with a reachable person on each of the first levels, soon to be told."""
    contacts = [Contact(f"p{n}", f"P{n}", notify=(phone.url,)) for n, phone in enumerate(phones)]
    names = iter(contacts)
    found = []
    for item in defaults().definitions:
        spec = item.spec
        if item.kind is Kind.LEVEL:
            who = next(names, None)
            level = replace(decode(Level, spec), contacts=(who.id,) if who else (), delay=((P1, DELAY),))
            spec = encode(level)
        found.append(replace(item, spec=spec))
    return found + [Definition(Kind.CONTACT, item.id, encode(item)) for item in contacts]


def unruly(chance: random.Random) -> Fault:
    """Return what goes wrong with some requests and not with others."""

    async def behave(request: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(chance.random() * 0.2)
        fault = chance.choice([status(200), status(200), status(200), status(503), reset])
        await fault(request, writer)

    return behave


async def test_three_workers_sixty_incidents_thirty_kills(tmp_path: Path) -> None:
    chance = random.Random(20261124)  # noqa: S311 - the same day each time
    async with sink() as first, sink() as second, sink() as third:
        for phone in (first, second, third):
            phone.broken = unruly(chance)
        place = Room(tmp_path / "room.db", Clock(), people(first, second, third))
        with closing(sqlite3.connect(place.path)) as database:
            database.executescript(AUDIT)  # the store itself notes how each claim found its incident
        acknowledged: set[int] = set()
        with crew(place.path) as workers:
            for number in range(1, INCIDENTS + 1):
                await asyncio.to_thread(place.do, incidents.declare, f"Outage {number}", P1)
                await asyncio.sleep(0.1)
                if number % 2 == 0:
                    workers.kill_one(chance)
                if number % 3 == 0:
                    mine = chance.randrange(1, number + 1)
                    if mine not in acknowledged:
                        await asyncio.to_thread(place.do, incidents.acknowledge, f"INC-{mine}", by="lin")
                        acknowledged.add(mine)
            assert workers.born == WORKERS + KILLS
            await until(lambda: settled(place), within=120, words="something is still to be sent")
        came = [*first.received, *second.received, *third.received]
        check(place, came)
        assert any(item.state is DeliveryState.SUPPRESSED for item in messages(place))
        place.store.close()


def messages(place: Room) -> tuple[Delivery, ...]:
    return place.read(outgoing.load)


def settled(place: Room) -> bool:
    """Whether every ladder has come to its end, and every message too."""
    ended = all(item.state.over for item in messages(place))
    climbing = [place.incident(number).ladder for number in range(1, INCIDENTS + 1)]
    return ended and all(rung is not None and rung.next_at is None for rung in climbing)


def check(place: Room, came: list[Received]) -> None:
    """Hold what was received against the record."""
    place.read(check_sound)
    place.read(lambda connection: check_owed(connection, place.clock()))
    items = {item.id: item for item in messages(place)}
    keys: dict[str, set[str]] = defaultdict(set)
    for request in came:
        reference = reference_of(request)
        keys[reference].add(request.key)
        assert reference in items, "it was sent before it was on record"
    assert all(len(found) == 1 for found in keys.values()), "every repeat carries the same key"
    assert len({key for found in keys.values() for key in found}) == len(keys)
    claims = place.read(lambda connection: connection.execute(text("SELECT id, held FROM claimed")).all())
    assert not [row.id for row in claims if row.held], "nothing is sent that was acknowledged before"
    often = Counter(row.id for row in claims)
    assert Counter(reference_of(request) for request in came) <= often, "no try without a claim"
    for item in items.values():
        if item.state is DeliveryState.SENT:
            assert item.id in keys, "nothing is said to be sent that was not"
        if item.state is DeliveryState.FAILED:
            assert item.attempts == 3
    told = [event for event in place.read(load_events) if event.kind == "undelivered"]
    assert len(told) == sum(item.state is DeliveryState.FAILED for item in items.values())


def reference_of(request: Received) -> str:
    """Return which message it is, as the message itself says."""
    return str(request.json["message"].rpartition("Reference ")[2])
