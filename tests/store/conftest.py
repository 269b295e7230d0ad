"""Rooms on both databases, each test in a fresh one."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from data.store.store import Store, create_store, open_store
from tests.store.postgres import Postgres, running
from tests.store.room import Clock, Room, declare, definitions

Place = Callable[[], str]
# Whose tests run on PostgreSQL in the fast part too; those of the others do in the slow one.
ON_BOTH = {"test_day", "test_leases", "test_transactions", "test_outbox_claims", "test_opening", "test_ticks"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Call the second database slow where the first one tells the same."""
    for item in items:
        made = getattr(item, "callspec", None)
        if made is not None and made.params.get("where") == "postgres" and item.path.stem not in ON_BOTH:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this session's own."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new SQLite store with the guide in it, to be copied."""
    path = tmp_path_factory.mktemp("template") / "room.db"
    create_store(str(path), Clock(), "laptop", definitions()).close()
    return path


@pytest.fixture(scope="session")
def kept_database(postgres: Postgres) -> str:
    """A PostgreSQL store that can be made new again."""
    name = postgres.create()
    create_store(postgres.url(name), Clock(), "laptop", definitions()).close()
    postgres.keep(name)
    return name


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for a store; in memory where there is one, because waiting for a disk proves nothing here."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="warroom-", dir=memory) as name:
        yield Path(name)


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The path or URL of a fresh store with the guide in it, on each database."""
    if request.param == "sqlite":
        path = folder / "room.db"
        shutil.copy(request.getfixturevalue("template_file"), path)
        yield str(path)
        return
    server: Postgres = request.getfixturevalue("postgres")
    name: str = request.getfixturevalue("kept_database")
    server.restore(name)
    yield server.url(name)


@pytest.fixture
def clock() -> Clock:
    """The store's time, standing still."""
    return Clock()


@pytest.fixture
def room(where: str, clock: Clock) -> Iterator[Room]:
    """A room that is looked over after every command."""
    store = open_store(where, clock, "laptop")
    yield Room(store, clock)
    store.close()


@pytest.fixture
def another(where: str, clock: Clock) -> Iterator[Callable[[], Store]]:
    """Open the same store once more, as another console would."""
    with ExitStack() as opened:

        def console() -> Store:
            store = open_store(where, clock, "another laptop")
            opened.callback(store.close)
            return store

        yield console


@pytest.fixture
def path(folder: Path, template_file: Path) -> Path:
    """A good SQLite store with an incident in it."""
    made = folder / "room.db"
    shutil.copy(template_file, made)
    store = open_store(str(made), Clock())
    declare(store)
    store.close()
    return made
