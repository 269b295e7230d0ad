"""Workers whose own clocks are an hour off and jump: everybody goes by the store's (design 3.2, 7).

A file is used on one machine, whose clock is the store's: work goes on at once when somebody sets it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from console.clock import Clock
from console.desk import Desk
from console.workers.engine import Engine
from console.workers.timekeeping import keep_time
from data.domain.severity import Severity
from data.store.commands import incidents
from data.store.store import open_store
from tests.chaos.counts import Counts, Unavailable, dealt
from tests.chaos.places import KINDS, empty_place, folder, holds
from tests.console.engine_room import Room, check, definitions, shops
from tests.store.sound import check_sound

WORKERS, CHECKS, STEPS, PAUSE = 3, 12, dealt(8), 3.0  # seconds
EVERY = 1.0
OFF = (timedelta(hours=1), -timedelta(hours=1))


class Wrong(Clock):
    """The clock of a machine that somebody sets wrong."""

    def step(self, by: timedelta) -> None:
        """Jump."""
        self.offset += by


def run() -> Iterator[Counts]:
    """On both databases."""
    for kind in KINDS:
        counts = Counts(f"clocks that jump by an hour, {kind}")
        try:
            with folder() as within, empty_place(kind, within) as where:
                asyncio.run(jump(counts, where, None if kind == "PostgreSQL" else Wrong()))
        except Unavailable as reason:
            counts.notes.append(f"not tried: {reason}")
        yield counts


@asynccontextmanager
async def worker(where: str, number: int, shared: Wrong | None) -> AsyncIterator[tuple[Desk, Wrong]]:
    """An engine with the clock of its machine: one of its own where none is shared."""
    clock = shared or Wrong()
    desk = Desk(open_store(where, clock, f"host{number}"))
    await keep_time(desk, clock)
    engine = Engine(desk, clock, holder=f"host{number}")
    running = asyncio.create_task(engine.run())
    try:
        yield desk, clock
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await desk.close()


async def jump(counts: Counts, where: str, shared: Wrong | None) -> None:
    """Let clocks jump in turns, as noticed at the next look at the store's time."""
    chance = random.Random()  # noqa: S311 - another day each time
    async with shops() as (shop,):
        names = [f"c{number}" for number in range(CHECKS)]
        made = definitions([check(name, shop.url, service="s", every=EVERY) for name in names])
        place = Room(where, shared or Clock(), made)
        try:
            async with AsyncExitStack() as kept:
                crew = [await kept.enter_async_context(worker(where, n, shared)) for n in range(WORKERS)]
                await asyncio.sleep(PAUSE)
                for _ in range(STEPS):
                    desk, clock = chance.choice(crew)
                    before = shop.asked
                    clock.step(chance.choice(OFF))
                    counts.tried += 1
                    await asyncio.sleep(PAUSE)
                    await keep_time(desk, clock)  # what each worker does once a minute
                    await asyncio.sleep(PAUSE)
                    # a claim taken by a clock that runs ahead must not keep others from the check
                    counts.survived += shop.asked - before >= CHECKS * PAUSE / EVERY / 2
                place.do(incidents.declare, "Outage", Severity.P1)
                await asyncio.sleep(PAUSE)
            judge(counts, place, names)
        finally:
            place.store.close()


def judge(counts: Counts, place: Room, names: list[str]) -> None:
    """No result from the future, no slot measured twice, no deadline of a wrong clock."""
    now = place.clock()
    incident = place.incident(1)
    counts.lose(holds(lambda: place.read(check_sound), counts), "the record and its rows")
    wrong = abs(incident.detected_at - now) > timedelta(minutes=1)
    counts.lose(wrong, "a declaration stamped by a wrong clock")
    looks = Counter({name: place.looks(name) for name in names})
    counts.notes.insert(0, f"{looks.total()} results of {CHECKS} checks; {STEPS} jumps of an hour")
    breaches = [event for event in place.events("breach") if event.at > now]
    counts.double(len(breaches), "breaches of deadlines that lie ahead")
