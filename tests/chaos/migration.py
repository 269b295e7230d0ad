"""A migration that is killed at any moment: the store opens afterwards, migrated or not, with its copy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from data.store import backup
from data.store.errors import StoreError
from data.store.rows import load_incidents
from data.store.store import open_store
from data.store.tables import SCHEMA_VERSION
from tests.bench.rooms import now
from tests.chaos.counts import Counts, dealt
from tests.chaos.places import folder, holds
from tests.chaos.victims import moments, verb
from tests.store.sound import check_sound

KILLS = dealt(20)
FIRST = Path(__file__).parents[1] / "store" / "version1.sql"


def run() -> Iterator[Counts]:
    """For a store in a file; what PostgreSQL does in a transaction it undoes itself."""
    counts = Counts("kill -9 of a migration, SQLite")
    with folder() as within:

        def undisturbed(turn: int) -> float:
            return verb(old(within / f"measured{turn}.db"), within, "list")[1]

        untouched = 0
        for number, moment in enumerate(moments(undisturbed, KILLS, 0.55, 1.05)):
            counts.tried += 1
            path = old(within / f"room{number}" / "room.db")
            verb(path, within, "list", seconds=moment)
            migrated = version(path) == SCHEMA_VERSION
            untouched += not migrated
            if migrated:
                copies = [copy for copy in backup.folder(path).glob("*-before-*.db") if version(copy) == 1]
                counts.lose(not copies, "copies made before a migration")
            counts.survived += opens(path, counts)
        counts.notes.insert(0, f"{untouched} stores were not migrated yet when the kill came")
    yield counts


def old(path: Path) -> Path:
    """A store as version 1 left it."""
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FIRST.read_text())
    return path


def version(path: Path) -> int:
    """The store version a file says it has, once what a kill left is undone."""
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def opens(path: Path, counts: Counts) -> bool:
    """Whether it opens, sound and with what was in it."""
    try:
        store = open_store(str(path), now)
    except StoreError as error:
        counts.lose(1, f"a store: {error}")
        return False
    try:
        counts.lose(1 - len(store.read(load_incidents)), "incidents")
        return not holds(lambda: store.read(check_sound), counts)
    finally:
        store.close()
