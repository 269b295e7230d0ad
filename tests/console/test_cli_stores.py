"""Stores that cannot be used: each says what it is, and none is touched (design 9: exit code 3)."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.console.cli_room import Shell, new_shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    shell = new_shell(tmp_path, monkeypatch)
    shell("declare", "Checkout returns 503", "-s", "P1")
    return shell


def missing(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("dear diary\n" * 40)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def pragma(path: Path, words: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(words)
        connection.commit()


def newer(path: Path) -> None:
    pragma(path, "PRAGMA user_version=900")


def foreign(path: Path) -> None:
    pragma(path, "PRAGMA application_id=7")


def gutted(path: Path) -> None:
    pragma(path, "DROP TABLE counter")


def uncounted(path: Path) -> None:
    pragma(path, "DELETE FROM counter")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def damaged(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xff" * (len(data) - 100))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (missing, "there is no store at {path}"),
        (folder, "{path} is a folder, not a store"),
        (empty, "{path} is an empty file, not a store"),
        (text, "{path} is not a warroom store"),
        (pipe, "{path} is not a regular file"),
        (newer, "{path} was written by a newer warroom: it has store version 900, this program knows"),
        (foreign, "{path} is another program's database"),
        (gutted, "{path}: the store failed (SQLITE_ERROR)"),
        (uncounted, "{path}: the store is damaged, it has lost its counter"),
        (truncated, "{path} is damaged: it ends in its first bytes"),
        (damaged, "{path}: the store is damaged"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
@pytest.mark.parametrize("words", [("list",), ("ack", "INC-1")], ids=" ".join)
def test_a_store_that_is_none_says_what_it_is(
    shell: Shell, spoil: Callable[[Path], None], reason: str, words: tuple[str, ...]
) -> None:
    spoil(shell.store)
    before = shell.store.read_bytes() if shell.store.is_file() else b""
    said = shell(*words)
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith(f"warroom: {reason.format(path=shell.store)}")
    error = shell(*words, "--json").error
    assert error["code"] == "store"
    assert error["hint"]
    assert ("warroom restore FILE" in error["hint"]) == ("is damaged" in error["reason"])
    assert (shell.store.read_bytes() if shell.store.is_file() else b"") == before


@pytest.mark.parametrize("spoil", [missing, folder, text, newer, gutted, uncounted, truncated, damaged])
def test_no_backup_is_made_of_what_cannot_be_restored(
    shell: Shell, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(shell.store)
    said = shell("backup")
    assert (said.code, said.out) == (3, "")
    assert str(shell.store) in said.err
    assert not list(tmp_path.glob("backups/*"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_folder_that_may_not_be_written_is_told(shell: Shell, tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    said = shell("list")
    tmp_path.chmod(0o700)
    assert (said.code, said.out) == (3, "")
    assert str(shell.store) in said.err


def test_a_mistyped_path_makes_no_empty_room(shell: Shell, tmp_path: Path) -> None:
    wrong = tmp_path / "it's a typo.db"
    said = shell("declare", "Checkout returns 503", "-s", "P1", "--store", str(wrong))
    assert said.code == 3
    assert f"warroom init --store '{tmp_path}/it'\"'\"'s a typo.db'" in said.err
    assert not wrong.exists()


@pytest.mark.parametrize("made", [b"", b"dear diary"])
def test_init_never_touches_what_is_there(shell: Shell, tmp_path: Path, made: bytes) -> None:
    there = tmp_path / "there.db"
    there.write_bytes(made)
    for path in (there, shell.store):
        before = path.read_bytes()
        said = shell("init", "--store", str(path), "--json")
        assert (said.code, said.error["code"]) == (1, "refused")
        assert path.read_bytes() == before


def test_init_says_where_nothing_can_be_made(shell: Shell) -> None:
    said = shell("init", "--store", "/proc/nothing/room.db")
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("warroom: no store can be made at /proc/nothing/room.db")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:hunter2@127.0.0.1:1/room", "postgresql://ada:***@127.0.0.1:1/room"),
        ("postgresql://ada:hunter2@127.0.0.1:port/room", "postgresql://…"),
        ("mysql://ada:hunter2@127.0.0.1/room", "mysql://ada:***@127.0.0.1/room"),
        ("sqlite:///room.db", "sqlite:///room.db"),
        ("~nobody-by-this-name/room.db", "~nobody-by-this-name/room.db"),
    ],
)
@pytest.mark.parametrize("verb", ["list", "init"])
def test_a_url_that_leads_nowhere_is_told_without_its_password(
    shell: Shell, url: str, shown: str, verb: str
) -> None:
    said = shell(verb, "--store", url)
    assert (said.code, said.out) == (3, "")
    assert shown in said.err
    assert "hunter2" not in said.err


def test_a_path_of_odd_bytes_is_a_path(shell: Shell, tmp_path: Path) -> None:
    odd = tmp_path / "room \udcff?mode=memory#%.db"
    shell.store.rename(odd)
    assert [item["id"] for item in shell("list", "--json", "--store", str(odd)).json] == ["INC-1"]
    copied = shell("backup", "--store", str(odd))
    assert copied.code == 0, copied.err
    (backup,) = (tmp_path / "backups").iterdir()
    assert shell("list", "--json", "--store", str(backup)).json[0]["id"] == "INC-1"


def test_a_locked_store_says_so(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.store.sqlite.BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(shell.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = shell("ack", "INC-1")
        other.execute("ROLLBACK")
    assert (said.code, said.out) == (3, "")
    assert "locked by another program" in said.err
    assert shell("ack", "INC-1").code == 0
