"""What is no store, damaged or not to be used says so in its own words, and stays as it was."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from data.store import sqlite
from data.store.errors import StoreError, StoreExists, masked
from data.store.store import create_store, open_store
from data.store.tables import SCHEMA_VERSION
from tests.store.room import Clock, declare, definitions


def overwrite(path: Path, at: int, junk: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(junk)


def cut(path: Path, length: int) -> None:
    os.truncate(path, length)


def another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")


def lost_counter(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM counter")


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (Path.unlink, "there is no store at"),
    "empty": (lambda path: path.write_bytes(b""), "is an empty file"),
    "text": (lambda path: path.write_text("dear diary\n" * 100), "is not a warroom store"),
    "short text": (lambda path: path.write_text("x"), "is not a warroom store"),
    "only a header": (lambda path: cut(path, 60), "ends in its first bytes"),
    "another database": (another_program, "is another program's database"),
    "header ok, then garbage": (lambda path: overwrite(path, 100, b"\xa5" * 60_000), "is damaged"),
    "cut off": (lambda path: cut(path, 8192), "is damaged"),
    "cut in a page": (lambda path: cut(path, 10_000), "is damaged"),
    "lost its counter": (lost_counter, "lost its counter"),
    "newer": (lambda path: overwrite(path, 60, (9).to_bytes(4, "big")), "newer warroom"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_good_store_says_what_it_is_and_stays_as_it_was(path: Path, what: str) -> None:
    spoil, says = WRONG[what]
    spoil(path)
    before = everything(path.parent)
    with pytest.raises(StoreError, match=says) as told:
        open_store(str(path), Clock())
    assert str(path) in told.value.reason
    assert told.value.hint, "and what to do next"
    assert everything(path.parent) == before


def everything(folder: Path) -> dict[str, bytes]:
    """Return all that lies in a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def test_a_folder_a_pipe_and_a_place_that_cannot_be_are_no_stores(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "file").write_text("x")
    for name, says in (
        ("", "is a folder"),
        ("pipe", "not a regular file"),
        ("file/room.db", "there is no store"),
        ("x" * 300, "cannot be looked at"),
        ("a\x00b", "cannot be a path"),
    ):
        with pytest.raises(StoreError, match=says):
            open_store(str(folder / name), Clock())
    with pytest.raises(StoreError, match="is no store"):
        open_store("mysql://root@db/room", Clock())


@contextmanager
def acting_as_nobody() -> Iterator[None]:
    """Give up being root for a moment: root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    ("mode", "folder_mode", "says"),
    [(0o444, 0o777, "read-only"), (0o666, 0o555, "read-only"), (0o200, 0o777, "may not be read")],
)
def test_what_may_not_be_written_is_told_before_anything_happens(
    path: Path, mode: int, folder_mode: int, says: str
) -> None:
    path.chmod(mode)
    path.parent.chmod(folder_mode)
    with acting_as_nobody(), pytest.raises(StoreError, match=says):
        open_store(str(path), Clock())
    path.parent.chmod(0o700)


def test_what_nobody_may_write_is_left_alone_even_by_root(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(StoreError, match="read-only for everybody"):
        open_store(str(path), Clock())


def test_a_store_is_not_made_where_nothing_may_be_made(folder: Path) -> None:
    folder.chmod(0o555)
    with acting_as_nobody(), pytest.raises(StoreError, match="no store can be made"):
        create_store(str(folder / "rooms" / "room.db"), Clock())
    folder.chmod(0o700)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("mounts", "refused"),
    [
        ("/dev/vda / ext4 rw 0 0\n", False),
        ("/dev/vda / ext4 rw 0 0\nserver:/x {folder} nfs4 rw 0 0\n", True),
        ("//server/x {folder} cifs rw 0 0\n", True),
        ("server: {folder} fuse.sshfs rw 0 0\n", True),
        ("server:/x {folder} nfs rw 0 0\ntmpfs {folder} tmpfs rw 0 0\n", False),
        ("server:/x {folder}/rooms nfs rw 0 0\n", False),
        ("server:/x {folder}x nfs rw 0 0\n", False),
        ("server:/x {blank} nfs rw 0 0\n", True),
        ("garbage\n\n", False),
    ],
)
def test_a_network_filesystem_is_refused_with_advice(
    path: Path, tmp_path: Path, mounts: str, refused: bool
) -> None:
    inside = path.parent
    if "{blank}" in mounts:
        inside = path.parent / "my rooms"
        inside.mkdir()
        path = path.rename(inside / "room.db")
    listed = tmp_path / "mounts"
    listed.write_text(mounts.format(folder=inside, blank=str(inside).replace(" ", "\\040")))
    if not refused:
        assert sqlite.inspect(path, listed) == SCHEMA_VERSION
        return
    with pytest.raises(StoreError, match="network filesystem") as told:
        sqlite.inspect(path, listed)
    assert "PostgreSQL" in told.value.hint


def test_a_store_belongs_to_its_owner_alone(folder: Path) -> None:
    mask = os.umask(0)
    try:
        store = create_store(str(folder / "deep" / "rooms" / "room.db"), Clock(), "", definitions())
        declare(store)
    finally:
        os.umask(mask)
    made = folder / "deep" / "rooms"
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in made.iterdir()} == {0o600}
    store.close()


def test_what_exists_is_never_made_anew(path: Path) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path.with_name("nowhere.db"))
    before = everything(path.parent)
    for there in (path, link, path.parent):
        with pytest.raises(StoreExists):
            create_store(str(there), Clock())
    assert everything(path.parent) == before


@pytest.mark.parametrize("suffix", ["-journal", "-wal"])
def test_no_store_is_made_beside_what_another_left_over(folder: Path, suffix: str) -> None:
    left = folder / f"room.db{suffix}"
    left.write_bytes(b"would be played into the new file")
    with pytest.raises(StoreExists, match="left over from another store"):
        create_store(str(folder / "room.db"), Clock())
    left.write_bytes(b"")
    create_store(str(folder / "room.db"), Clock()).close()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_only_on_a_library_that_does_not_lose_it(version: tuple[int, ...], safe: bool) -> None:
    assert sqlite.wal_is_safe(version) is safe


def test_every_connection_is_set_up_as_it_must_be(path: Path) -> None:
    store = open_store(str(path), Clock())
    journal = "wal" if sqlite.wal_is_safe() else "truncate"
    wanted = {"foreign_keys": 1, "trusted_schema": 0, "synchronous": 2, "journal_mode": journal}
    with store.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    assert found == wanted
    store.close()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:s3cret@db/room", "postgresql://ada:***@db/room"),
        ("postgresql://db/room?user=ada&password=s3cret", "postgresql://db/room?user=ada"),
        ("postgresql://ada:s3cret@db:port/room", "postgresql://…"),
        ("/home/ada/room.db", "/home/ada/room.db"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert masked(url) == shown
    if "://" in url:
        with pytest.raises(StoreError) as told:
            open_store(url.replace("@db", "@127.0.0.1:1").replace("//db", "//127.0.0.1:1"), Clock())
        assert "s3cret" not in str(told.value)
