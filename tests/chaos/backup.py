"""A backup that is killed in the middle: the store goes on, and no half copy is taken for a whole one."""

from collections.abc import Iterator
from pathlib import Path

from console.clock import Clock
from data.domain.incident import Incident
from data.store.errors import StoreError
from data.store.rows import load_incidents
from data.store.store import Store, open_store
from tests.bench.rooms import make_store
from tests.chaos.counts import Counts, dealt
from tests.chaos.places import folder, holds
from tests.chaos.victims import moments, verb
from tests.store.sound import check_sound

KILLS, LIVE, BALLAST = dealt(25), 300, 60_000_000  # bytes of notes, so that copying takes a while


def run() -> Iterator[Counts]:
    """For a store in a file; PostgreSQL has its own tools."""
    with folder() as within:
        store = make_store(str(within / "room.db"), live=LIVE)
        swell(store)
        yield killed(Counts("kill -9 of backup, SQLite"), store, within)
        store.close()


def swell(store: Store) -> None:
    """Make the file large, as years of use do, in a table nobody reads."""
    with store.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE ballast (b BLOB)")
        for _ in range(BALLAST // 1_000_000):
            connection.exec_driver_sql("INSERT INTO ballast VALUES (randomblob(1000000))")


def killed(counts: Counts, store: Store, within: Path) -> Counts:
    """Kill one after the other, and look at what it left."""
    incidents = store.read(load_incidents)

    def undisturbed(turn: int) -> float:
        return verb(store.where, within, "backup", str(within / f"measured{turn}.db"))[1]

    whole = halves = 0
    for number, moment in enumerate(moments(undisturbed, KILLS, 0.5, 1.2)):
        counts.tried += 1
        made = within / f"copy{number}.db"
        verb(store.where, within, "backup", str(made), seconds=moment)
        counts.survived += not holds(lambda: store.read(check_sound), counts)
        if made.exists():
            whole += 1
            wrong = not same(made, incidents)
            counts.lose(wrong, f"a copy under its final name that is not whole: {made.name}")
            made.unlink()
        halves += len([left for left in within.iterdir() if left.name.startswith(made.name)])
    counts.notes.insert(
        0, f"{whole} copies were whole before the kill, {halves} unfinished files left beside"
    )
    return counts


def same(made: Path, incidents: tuple[Incident, ...]) -> bool:
    """Whether a copy is a sound store with the same incidents."""
    try:
        store = open_store(str(made), Clock(), "chaos")
    except StoreError:
        return False
    try:
        store.read(check_sound)
        return store.read(load_incidents) == incidents
    except (AssertionError, StoreError):
        return False
    finally:
        store.close()
