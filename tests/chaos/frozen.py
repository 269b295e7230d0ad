"""A worker that stands still in the middle of sending and goes on after its claim has lapsed (design 7)."""

import asyncio
import random
import signal
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from console.clock import Clock
from data.domain.delivery import Delivery, DeliveryState
from data.store import outgoing
from data.store.commands import incidents
from tests.chaos.counts import Counts, Unavailable, dealt
from tests.chaos.places import KINDS, empty_place, folder, holds
from tests.chaos.watchers import Watchers, watchers
from tests.console.engine_room import P1, Room, until
from tests.console.outbox_room import definitions
from tests.console.sink import Sink, sink
from tests.console.test_outbox_processes import reference_of, unruly
from tests.store.sound import check_sound

LAPSED = 33.0  # seconds: a claim lasts 30
BLINKS = 6  # short ones before it
OUTAGES = dealt(12) + 1 & ~1  # even: every second one freezes a worker
PATIENCE = 150.0


def run() -> Iterator[Counts]:
    """On both databases."""
    for kind in KINDS:
        name = f"frozen holder, {kind}"
        try:
            with folder() as within, empty_place(kind, within) as where:
                yield asyncio.run(freeze(Counts(name), where, within))
        except Unavailable as reason:
            yield Counts(name, notes=[f"not tried: {reason}"])


async def freeze(counts: Counts, where: str, within: Path) -> Counts:
    """Freeze two workers in turns while pages go out."""
    chance = random.Random()  # noqa: S311 - another day each time
    async with sink() as phone:
        phone.broken = unruly(chance)
        place = Room(where, Clock(), definitions({"ada": [phone.url]}))
        try:
            with watchers(where, within, 2) as crew:
                await asyncio.sleep(4)
                for number in range(OUTAGES):
                    await asyncio.to_thread(place.do, incidents.declare, f"Outage {number}", P1)
                    if number % 2:
                        await hold(counts, crew, number // 2, LAPSED if number + 1 == OUTAGES else 0.5)
                try:
                    await until(lambda: all(item.state.over for item in messages(place)), within=PATIENCE)
                except AssertionError:
                    counts.lose(1, "not everything was sent in time")
                counts.lose(2 - crew.alive, "workers that ended by themselves")
            judge(counts, place, phone)
        finally:
            place.store.close()
    return counts


async def hold(counts: Counts, crew: Watchers, turn: int, seconds: float) -> None:
    """Let one stand still so long, and go on."""
    worker = crew.running[turn % len(crew.running)]
    worker.send_signal(signal.SIGSTOP)
    counts.tried += 1
    await asyncio.sleep(seconds)
    worker.send_signal(signal.SIGCONT)
    counts.survived += worker.poll() is None


def messages(place: Room) -> tuple[Delivery, ...]:
    """Everything in the outbox."""
    return place.read(outgoing.load)


def judge(counts: Counts, place: Room, phone: Sink) -> None:
    """Hold what came against the record."""
    keys: dict[str, set[str]] = defaultdict(set)
    for request in phone.received:
        keys[reference_of(request)].add(request.key)
    found = messages(place)
    counts.lose(holds(lambda: place.read(check_sound), counts), "the record and its rows")
    counts.lose(OUTAGES - len({item.incident for item in found}), "incidents nobody was told of")
    sent = [item for item in found if item.state is DeliveryState.SENT]
    counts.lose(sum(item.id not in keys for item in sent), "messages called sent that never came")
    counts.double(sum(len(each) > 1 for each in keys.values()), "messages repeated under another key")
    again = len(phone.received) - len(keys)
    counts.notes.insert(0, f"{len(found)} pages; {again} requests were repeats under the same key")
