"""Trouble while the store is open: a full disk, another program's lock, damage, a file that is taken away."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from data.store import sqlite
from data.store.errors import StoreError
from data.store.store import Store, create_store, open_store
from tests.store.room import Clock, Room, declare, definitions


def fill(store: Store) -> None:
    """Write until there is no room left."""
    for _ in range(300):
        declare(store)


def test_garbage_in_the_middle_is_found_by_a_closer_look(path: Path) -> None:
    assert sqlite.quick_check(path) == ""
    whole = path.read_bytes()
    path.write_bytes(whole[: 5 * 4096] + b"\xa5" * 8192 + whole[7 * 4096 :])
    assert sqlite.quick_check(path) != ""


def test_a_disk_that_fills_up_keeps_what_was_written(path: Path) -> None:
    store = open_store(str(path), Clock())

    @event.listens_for(store.engine, "begin")
    def limit(connection: object) -> None:
        raw = connection.connection.dbapi_connection  # type: ignore[attr-defined]
        raw.execute("PRAGMA max_page_count=1")  # no more pages than there are

    with pytest.raises(StoreError, match="the disk is full: nothing was written"):
        fill(store)
    event.remove(store.engine, "begin", limit)
    store.close()
    room = Room(open_store(str(path), Clock()), Clock())
    room.look()
    declare(room.store)
    room.store.close()


def mounted(folder: Path, options: str) -> bool:
    """Mount a small disk, where that is allowed."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False, capture_output=True
    )
    return done.returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 600 kB, with a store on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mounted(folder, "size=600k,mode=0700"):
        pytest.skip("mounting a disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_real_disk_that_is_full(disk: Path) -> None:
    where = str(disk / "room.db")
    store = create_store(where, Clock(), "", definitions())
    with pytest.raises(StoreError, match="the disk is full: nothing was written"):
        fill(store)
    room = Room(store, Clock())
    room.look()
    seq = room.seq
    filler = disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"x" * 600_000)
    with pytest.raises(StoreError, match=r"the disk is full|does not answer"):
        declare(store)
    assert room.seq == seq
    store.close()
    with pytest.raises(StoreError):
        create_store(str(disk / "second.db"), Clock(), "", definitions())
    assert {file.name for file in disk.iterdir()} == {"filler", "room.db", "room.db-journal"}


def test_a_real_disk_that_is_read_only(disk: Path) -> None:
    where = str(disk / "room.db")
    create_store(where, Clock(), "", definitions()).close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(StoreError, match="read-only for you"):
        open_store(where, Clock())


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


@contextmanager
def held_by_another_program(path: Path) -> Iterator[None]:
    arguments = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield
        process.communicate(b"\n")


def test_a_locked_store_says_so_and_can_be_used_again_afterwards(path: Path) -> None:
    store = open_store(str(path), Clock(), busy=0.05)
    store.close()
    with held_by_another_program(path):
        with pytest.raises(StoreError, match="locked by another program"):
            open_store(str(path), Clock(), busy=0.05)
        with pytest.raises(StoreError, match="locked by another program"):
            declare(store)
        with pytest.raises(StoreError, match="locked by another program"):
            Room(store, Clock()).look()
    declare(store)
    Room(store, Clock()).look()
    store.close()


def test_a_file_that_was_replaced_is_noticed_and_never_written(path: Path) -> None:
    store = open_store(str(path), Clock())
    assert store.replaced() is False
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    declare(store)
    copy.replace(path)
    assert store.replaced() is True
    before = path.read_bytes()
    with pytest.raises(StoreError, match="replaced or removed while it was open: nothing was written"):
        declare(store)
    assert path.read_bytes() == before
    path.unlink()
    assert store.replaced() is True
    with pytest.raises(StoreError, match="replaced or removed"):
        declare(store)
    assert not path.exists(), "no new store appears by itself"
    store.close()
