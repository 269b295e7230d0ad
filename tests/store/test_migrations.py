"""An older store becomes this program's, all of it or nothing; a newer one is left alone."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from data.store import backup, migrate, postgres, sqlite
from data.store.commands import incidents
from data.store.definitions import load_policy
from data.store.errors import StoreError
from data.store.rows import load_incident
from data.store.store import Store, create_store, is_url, open_store
from data.store.tables import SCHEMA_VERSION, for_postgres
from tests.store.postgres import Postgres
from tests.store.room import P1, Clock, Room, definitions, done, refused

NEXT = SCHEMA_VERSION + 1
MINE = Path(__file__).with_name("revisions")
Become = Callable[[str], None]


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Become:
    """Make this program the next version, which knows one revision more."""

    def next_version(name: str) -> None:
        monkeypatch.setattr(migrate, "REVISIONS", revisions(tmp_path, name))
        for module in ("store", "sqlite", "unit", "migrate"):
            monkeypatch.setattr(f"data.store.{module}.SCHEMA_VERSION", NEXT)

    return next_version


def revisions(folder: Path, name: str) -> Path:
    """Return a folder with the program's revisions and one more."""
    shutil.copytree(migrate.REVISIONS / "versions", folder / "migrations" / "versions")
    shutil.copy(MINE / f"{name}.py", folder / "migrations" / "versions")
    return folder / "migrations"


@pytest.fixture
def server(postgres: Postgres) -> Iterator[Callable[[], str]]:
    """Make empty databases, as URLs."""
    names: list[str] = []

    def fresh() -> str:
        names.append(postgres.create())
        return postgres.url(names[-1])

    yield fresh
    for name in names:
        postgres.drop(name)


@pytest.fixture
def old(where: str, clock: Clock, request: pytest.FixtureRequest) -> str:
    """A store with an incident in it, in a database of its own, for its shape is going to change."""
    if is_url(where):
        where = request.getfixturevalue("server")()
        create_store(where, clock, "laptop", definitions()).close()
    store = open_store(where, clock, "laptop")
    room = Room(store, clock)
    done(room.do(incidents.declare, "Checkout down", P1))
    done(room.do(incidents.acknowledge, "INC-1"))
    store.close()
    return where


def shape(connection: Connection) -> dict[str, object]:
    """Return everything a schema is made of."""
    look = inspect(connection)
    found: dict[str, object] = {}
    for table in sorted(look.get_table_names()):
        found[table] = (
            [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(table)],
            look.get_pk_constraint(table)["constrained_columns"],
            sorted(
                str(key["referred_columns"]) + key["referred_table"] for key in look.get_foreign_keys(table)
            ),
        )
    if connection.dialect.name == "sqlite":
        rows = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''")
        )
    else:
        rows = connection.execute(
            text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        )
    found["indexes"] = {name: " ".join(sql.split()) for name, sql in rows}
    return found


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_the_revisions_make_what_the_tables_say(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shapes = []
    makers: tuple[Callable[[Connection], None], ...] = (SQLModel.metadata.create_all, migrated)
    for number, make in enumerate(makers):
        if database == "postgres":
            for_postgres()
            engine = postgres.make(request.getfixturevalue("server")())
        else:
            path = tmp_path / f"{number}.db"
            path.touch()
            engine = sqlite.make_engine(path)
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            make(connection)
            shapes.append(shape(connection))
        engine.dispose()
    assert shapes[0] == shapes[1]
    assert "incident_open" in str(shapes[0]["indexes"])


def migrated(connection: Connection) -> None:
    """Make the schema by every revision there is."""
    migrate.upgrade(connection, migrate.revisions_between(migrate.REVISIONS, 0, SCHEMA_VERSION))


def test_who_only_looks_leaves_an_older_store_as_it_is(old: str, clock: Clock, become: Become) -> None:
    become("r0003_region")
    before = None if is_url(old) else (Path(old).read_bytes(), sorted(Path(old).parent.iterdir()))
    with pytest.raises(StoreError) as failed:
        open_store(old, clock, "laptop", migrates=False)
    assert "was written by an older warroom" in failed.value.reason
    assert "without --read-only" in failed.value.hint
    if before is not None:
        assert (Path(old).read_bytes(), sorted(Path(old).parent.iterdir())) == before
    open_store(old, clock, "laptop").close()
    open_store(old, clock, "laptop", migrates=False).close()  # now it is as new


def test_an_older_store_is_migrated_when_it_is_opened(old: str, clock: Clock, become: Become) -> None:
    become("r0003_region")
    room = Room(open_store(old, clock, "laptop"), clock)
    assert (
        room.read(lambda connection: connection.execute(text("SELECT region FROM incident")).scalar()) == "eu"
    )
    assert len(room.incident("INC-1").steps) == 19, "a rebuilt parent took its children along"
    done(room.do(incidents.note, "INC-1", "and it goes on"))
    room.store.close()
    if not is_url(old):
        copies = list(backup.folder(Path(old)).iterdir())
        assert [sqlite.inspect(copy) for copy in copies] == [SCHEMA_VERSION]
        assert sqlite.inspect(Path(old)) == NEXT
        assert copies[0].stat().st_mode & 0o777 == 0o600


def test_a_program_that_was_left_behind_writes_nothing_more(
    old: str, clock: Clock, become: Become, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = open_store(old, clock, "laptop")
    with monkeypatch.context() as newer:
        become("r0003_region")
        open_store(old, clock).close()
        newer.undo()
    monkeypatch.undo()
    with pytest.raises(StoreError, match="a newer warroom has migrated the store"):
        behind.write(lambda write: incidents.note(write, "INC-1", "x"), by="ada")
    behind.close()


FAILS = "could not be migrated from version 2 to 3 and is as it was"


@pytest.mark.parametrize(("name", "says"), [("r0003_fails", FAILS), ("r0003_orphans", f"tear|{FAILS}")])
def test_a_migration_that_fails_leaves_the_old_store(
    old: str, clock: Clock, become: Become, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    before = Path(old).read_bytes() if not is_url(old) else b""
    with monkeypatch.context():
        become(name)
        for _ in range(2):
            with pytest.raises(StoreError, match=says):
                open_store(old, clock)
    monkeypatch.undo()
    if before:
        assert Path(old).read_bytes() == before
    room = Room(open_store(old, clock), clock)
    room.look()
    assert room.incident("INC-1").title == "Checkout down"
    assert room.read(lambda connection: "region" in inspect(connection).get_table_names()) is False
    room.store.close()


def test_two_programs_at_once_migrate_once(old: str, clock: Clock, become: Become) -> None:
    stores = [raw(old, clock) for _ in range(3)]
    become("r0003_region")
    begin, copies, failed = threading.Barrier(3), [], []

    def run(store: Store) -> None:
        begin.wait()
        try:
            copies.append(migrate.migrate(store))
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len([copy for copy in copies if copy is not None]) == (0 if is_url(old) else 1)
    Room(stores[0], clock).look()
    assert stores[0].read(load_policy).levels
    for store in stores:
        store.close()


def raw(where: str, clock: Clock) -> Store:
    """Return a store that nobody looked at while opening it."""
    engine = postgres.make(where) if is_url(where) else sqlite.make_engine(Path(where))
    return Store(engine, where, clock)


def test_a_newer_store_is_refused_and_not_touched(where: str, clock: Clock) -> None:
    store = raw(where, clock)

    def age(connection: Connection, now: datetime) -> None:
        connection.execute(text("UPDATE counter SET schema_version = 7"))
        if not is_url(where):
            connection.exec_driver_sql("PRAGMA user_version=7")

    store.work(age)
    store.close()
    before = Path(where).read_bytes() if not is_url(where) else b""
    with pytest.raises(StoreError, match="newer warroom: it has store version 7, this program knows 2"):
        open_store(where, clock)
    if before:
        assert Path(where).read_bytes() == before


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_no_room_for_a_copy_is_no_migration(old: str, clock: Clock, become: Become) -> None:
    become("r0003_region")
    backup.folder(Path(old)).write_text("in the way")
    before = Path(old).read_bytes()
    with pytest.raises(StoreError, match="no backup can be made"):
        open_store(old, clock)
    assert Path(old).read_bytes() == before


KILLED = """
import pathlib, sys
from data.store import migrate, sqlite, store, unit
from tests.store.room import Clock
migrate.REVISIONS = pathlib.Path(sys.argv[2])
for module in (migrate, store, sqlite, unit):
    module.SCHEMA_VERSION += 1
store.open_store(sys.argv[1], Clock())
"""


@pytest.mark.slow
def test_a_program_killed_while_migrating_leaves_the_old_store(
    old: str, clock: Clock, tmp_path: Path
) -> None:
    arguments = [sys.executable, "-c", KILLED, old, str(revisions(tmp_path, "r0003_hangs"))]
    for _ in range(3):
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=MINE.parents[2]) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"half-way\n"
            process.kill()
        room = Room(open_store(old, clock), clock)
        room.look()
        assert room.incident("INC-1").title == "Checkout down"
        assert "no incident" in refused(room.do(incidents.acknowledge, "INC-2"))
        room.store.close()


def test_a_store_of_the_first_version_opens_and_keeps_its_incident(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "first.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(Path(__file__).with_name("version1.sql").read_text())
    with closing(open_store(str(path), clock, "laptop")) as store:
        room = Room(store, clock)
        incident = store.read(lambda connection: load_incident(connection, 1))
        assert incident is not None
        assert incident.acknowledged_by == "ada"
        assert store.read(lambda connection: inspect(connection).has_table("delivery"))
        done(room.do(incidents.declare, "Search slow", P1))
    assert list(backup.folder(path).glob(f"first-before-v{SCHEMA_VERSION}-*.db"))
