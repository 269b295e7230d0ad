"""Copies of a store: whole, private, made while it is in use, and good for coming back."""

import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from data.store import backup, sqlite
from data.store.errors import StoreError
from data.store.store import open_store
from tests.store.room import START, Clock, Room, declare


def opened(path: Path) -> Room:
    return Room(open_store(str(path), Clock()), Clock())


def test_a_copy_is_the_store_at_one_moment_while_it_is_written(path: Path) -> None:
    store = open_store(str(path), Clock())
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            declare(store)

    writer = threading.Thread(target=write)
    writer.start()
    copies = [backup.make(path, START + timedelta(seconds=number)) for number in range(5)]
    stop.set()
    writer.join()
    store.close()
    seqs = []
    for copy in copies:
        room = opened(copy)
        room.look()
        seqs.append(room.seq)
        room.store.close()
    assert seqs == sorted(seqs)
    assert {stat.S_IMODE(copy.stat().st_mode) for copy in copies} == {0o600}
    assert stat.S_IMODE(copies[0].parent.stat().st_mode) == 0o700


def test_one_copy_a_day_and_a_week_of_them(path: Path) -> None:
    by_hand = backup.make(path, START)
    made = [backup.rotate(path, START + timedelta(days=day)) for day in range(10)]
    assert backup.rotate(path, START + timedelta(days=9, hours=3)) is None, "today's is there already"
    kept = sorted(file.name for file in backup.folder(path).iterdir())
    assert kept == sorted([by_hand.name, *(copy.name for copy in made[-7:] if copy)])


def test_nothing_is_overwritten_and_nothing_half_is_left(path: Path) -> None:
    there = path.with_name("kept.txt")
    there.write_text("dear diary")
    with pytest.raises(backup.NoBackup, match="already is something"):
        backup.make(path, START, there)
    assert there.read_text() == "dear diary"
    with pytest.raises(backup.NoBackup):
        backup.make(path, START, path.parent / "no such folder" / "x.db")
    whole = path.read_bytes()
    path.write_bytes(whole[: 5 * 4096] + b"\xa5" * 8192 + whole[7 * 4096 :])
    with pytest.raises(StoreError, match="damaged"):
        backup.make(path, START)
    assert list(backup.folder(path).iterdir()) == []


def test_a_copy_becomes_the_store_again(path: Path) -> None:
    copy = backup.make(path, START)
    running = open_store(str(path), Clock())
    declare(running)
    aside = backup.restore(copy, path, START)
    assert running.replaced()
    with pytest.raises(StoreError, match="replaced"):
        declare(running)
    running.close()
    room = opened(path)
    room.look()
    assert [row.key for row in room.board.rows] == ["INC-1"]
    declare(room.store)
    room.store.close()
    assert aside is not None
    before = opened(aside)
    assert len(before.board.rows) == 2, "what was there is kept"
    before.store.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_lost_or_damaged_store_comes_back(path: Path) -> None:
    copy = backup.make(path, START)
    path.unlink()
    assert backup.restore(copy, path, START) is None
    path.write_bytes(b"\xa5" * 10_000)
    path.with_name("room.db-journal").write_bytes(b"of the damaged file")
    assert backup.restore(copy, path, START) is not None
    room = opened(path)
    room.look()
    room.store.close()
    assert sqlite.quick_check(path) == ""


def test_what_is_no_sound_copy_replaces_nothing(path: Path) -> None:
    before = path.read_bytes()
    bad = path.with_name("bad.db")
    for junk in (b"", b"dear diary", before[: len(before) // 2]):
        bad.write_bytes(junk)
        with pytest.raises(StoreError):
            backup.restore(bad, path, START)
        assert path.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir() if file.stat().st_size) == ["bad.db", "room.db"]
