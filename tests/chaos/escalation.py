"""Three workers on one store, sixty incidents, thirty kills: who is told, and who is not (design 3.4, 7)."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from console.clock import Clock
from data.domain.delivery import DeliveryState
from data.store import outgoing
from data.store.commands import incidents
from tests.chaos.counts import Counts, Unavailable, dealt
from tests.chaos.places import KINDS, empty_place, folder, holds
from tests.chaos.watchers import Watchers, watchers
from tests.console.engine_room import P1, Room, until
from tests.console.sink import Received, sink
from tests.console.test_outbox_processes import people, reference_of, unruly
from tests.store.outgoing import check_owed
from tests.store.sound import check_sound

INCIDENTS, KILLS, WORKERS = dealt(60), dealt(30), 3
PATIENCE = 420.0  # seconds until everything must be over; a killed worker's claim lapses after 30
# The store itself notes how each claim found its incident: no process could be killed between the two.
AUDIT = {
    "SQLite": (
        "CREATE TABLE claimed (id TEXT, held BOOLEAN)",
        """CREATE TRIGGER claims AFTER UPDATE OF state ON delivery WHEN NEW.state = 'sending' BEGIN
        INSERT INTO claimed SELECT NEW.id, acknowledged_at IS NOT NULL AND lapsed_at IS NULL
        FROM incident WHERE incident.id = NEW.incident; END""",
    ),
    "PostgreSQL": (
        "CREATE TABLE claimed (id TEXT, held BOOLEAN)",
        """CREATE FUNCTION claims() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO claimed SELECT NEW.id, acknowledged_at IS NOT NULL AND lapsed_at IS NULL
        FROM incident WHERE incident.id = NEW.incident;
        RETURN NULL; END $$""",
        """CREATE TRIGGER claims AFTER UPDATE OF state ON delivery FOR EACH ROW
        WHEN (NEW.state = 'sending') EXECUTE FUNCTION claims()""",
    ),
}


def run() -> Iterator[Counts]:
    """On both databases."""
    for kind in KINDS:
        name = f"escalation, {kind}"
        try:
            with folder() as within, empty_place(kind, within) as where:
                counts = asyncio.run(escalate(Counts(name), kind, where, within))
        except Unavailable as reason:
            counts = Counts(name, notes=[f"not tried: {reason}"])
        yield counts


async def escalate(counts: Counts, kind: str, where: str, within: Path) -> Counts:
    """Let ladders climb while workers die, and hold what came against the record."""
    chance = random.Random()  # noqa: S311 - another day each time
    async with sink() as first, sink() as second, sink() as third:
        phones = (first, second, third)
        for phone in phones:
            phone.broken = unruly(chance)
        place = Room(where, Clock(), people(*phones))
        with place.store.engine.begin() as connection:
            for statement in AUDIT[kind]:
                connection.execute(text(statement))
        try:
            with watchers(where, within, WORKERS) as crew:
                dying = asyncio.create_task(killing(crew, chance))
                await outages(place, chance)
                await dying
                counts.tried, counts.survived = KILLS, crew.kills
                try:
                    await until(lambda: over(place), within=PATIENCE)
                except AssertionError:
                    counts.lose(1, "not everything came to an end in time")
                counts.lose(WORKERS - crew.alive, "workers that ended by themselves")
            judge(counts, place, [item for phone in phones for item in phone.received])
        finally:
            place.store.close()
    return counts


async def killing(crew: Watchers, chance: random.Random) -> None:
    """Kill one after the other at random moments."""
    await asyncio.sleep(4)
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.2, 2.5))
        await asyncio.to_thread(crew.kill_one, chance)


async def outages(place: Room, chance: random.Random) -> None:
    """Declare the incidents, and acknowledge every third of them at a random moment."""
    held: set[int] = set()
    for number in range(1, INCIDENTS + 1):
        await asyncio.to_thread(place.do, incidents.declare, f"Outage {number}", P1)
        await asyncio.sleep(chance.uniform(0.1, 0.9))
        mine = chance.randrange(1, number + 1)
        if number % 3 == 0 and mine not in held:
            await asyncio.to_thread(place.do, incidents.acknowledge, f"INC-{mine}", by="lin")
            held.add(mine)


def over(place: Room) -> bool:
    """Whether every ladder has come to its end, and every message too."""
    if not all(item.state.over for item in place.read(outgoing.load)):
        return False
    ladders = [place.incident(number).ladder for number in range(1, INCIDENTS + 1)]
    return all(rung is not None and rung.next_at is None for rung in ladders)


def judge(counts: Counts, place: Room, came: list[Received]) -> None:
    """Count what is missing, what was done twice, and what was done after an acknowledgement."""
    items = {item.id: item for item in place.read(outgoing.load)}
    claims = place.read(lambda c: c.execute(text("SELECT id, held FROM claimed")).all())
    keys: dict[str, set[str]] = defaultdict(set)
    for request in came:
        keys[reference_of(request)].add(request.key)
    sent = [item.id for item in items.values() if item.state is DeliveryState.SENT]
    counts.lose(holds(lambda: place.read(check_sound), counts), "the record and its rows")
    counts.lose(
        holds(lambda: place.read(lambda c: check_owed(c, place.clock())), counts), "escalations without pages"
    )
    counts.lose(missing_steps(place), "steps of unacknowledged ladders that nobody was told")
    counts.lose(sum(not item.state.over for item in items.values()), "messages that are still on their way")
    counts.lose(sum(name not in keys for name in sent), "messages called sent that never came")
    counts.lose(sum(name not in items for name in keys), "messages that came and are not on record")
    counts.double(sum(row.held for row in claims), "claims after the acknowledgement")
    counts.double(sum(len(found) > 1 for found in keys.values()), "messages repeated under another key")
    counts.double(len(keys) - len({key for found in keys.values() for key in found}), "keys of two messages")
    often, tries = Counter(row.id for row in claims), Counter(map(reference_of, came))
    counts.double((tries - often).total(), "tries without a claim")
    states = Counter(item.state.value for item in items.values())
    held = sum(place.incident(number).acknowledged_at is not None for number in range(1, INCIDENTS + 1))
    counts.notes.insert(
        0,
        f"{INCIDENTS} incidents, {held} acknowledged; {len(items)} messages ({said(states)}); "
        f"{len(came)} requests came, {len(came) - len(keys)} of them repeats under the same key",
    )


def missing_steps(place: Room) -> int:
    """How many steps too few the ladders took that nobody stopped, against the one that took most."""
    told = Counter(event.incident for event in place.events("escalation"))
    climbed = [
        told[number] for number in range(1, INCIDENTS + 1) if place.incident(number).acknowledged_at is None
    ]
    return sum(max(climbed, default=0) - count for count in climbed)


def said(states: Counter[str]) -> str:
    """Several counts in one line."""
    return ", ".join(f"{count} {name}" for name, count in sorted(states.items()))
