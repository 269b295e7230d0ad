"""Notes that wait for the store: on disk at once, in their order, and told from what is no note."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.journal import Entry, Journal, journal_file

AT = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)


def entry(name: str = "one", text: str = "pool is full", **more: object) -> Entry:
    return replace(Entry(name, "INC-1", text, AT, "ada", AT), **more)  # type: ignore[arg-type]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state" / "journal" / "room.jsonl")


def test_notes_are_kept_in_order_and_only_for_their_writer(journal: Journal) -> None:
    assert journal.entries() == ()
    kept = [entry("one"), entry("two", "two\nlines", detected_at=None)]
    for item in kept:
        journal.keep(item)
    assert list(Journal(journal.path).entries()) == kept
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


def test_what_is_in_the_room_is_forgotten_and_what_was_refused_stays(journal: Journal) -> None:
    one, two = entry("one"), entry("two")
    journal.keep(one)
    journal.keep(two)
    journal.delivered(one)
    assert journal.entries() == (two,)
    journal.refused(two, "there is no incident INC-1")
    (left,) = journal.entries()
    assert left == replace(two, refused="there is no incident INC-1")
    journal.delivered(two)
    assert journal.path.read_bytes() == b""


def test_a_note_cut_off_by_a_kill_costs_no_other(journal: Journal) -> None:
    journal.keep(entry("one"))
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + whole[: len(whole) // 2].replace(b"one", b"cut"))
    journal.keep(entry("two"))
    assert [item.id for item in journal.entries()] == ["one", "two"]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "{}",
        '{"note": 7}',
        '{"note": {"id": "a"}}',
        '{"note": {"id": "a", "incident": "INC-1", "text": "x", "by": "ada", "at": "2026-11-24T13:46:11"}}',
        '{"note": {"id": "a", "incident": "INC-1", "text": "x", "by": "ada", "at": "soon"}}',
        '{"delivered": []}',
        '{"refused": "nobody", "why": "x"}',
    ],
)
def test_what_is_no_note_is_passed_over(journal: Journal, line: str) -> None:
    journal.keep(entry())
    with journal.path.open("a") as file:
        file.write(f"{line}\n")
    assert journal.entries() == (entry(),)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn"]), min_size=1))
def test_any_words_come_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    journal = Journal(tmp_path_factory.mktemp("journal") / "room.jsonl")
    journal.keep(entry(text=text))
    assert json.loads(journal.path.read_text())["note"]["text"] == text
    assert len(journal.entries()) == 1


def test_hostile_words_are_harmless(journal: Journal) -> None:
    journal.keep(entry(text="\x1b[2Jgone", by="ad\u202ea"))
    (found,) = journal.entries()
    assert "\x1b" not in found.text
    assert "\u202e" not in found.by


def test_a_link_in_its_place_is_not_followed(journal: Journal, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    journal.path.parent.mkdir(parents=True)
    os.symlink(victim, journal.path)
    with pytest.raises(OSError, match="symbolic links"):
        journal.keep(entry())
    assert victim.read_text() == "precious"


def test_each_store_has_its_own_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    one, other = journal_file("/rooms/one.db"), journal_file("postgresql://ada@db/room")
    assert one != other
    assert one == journal_file("/rooms/one.db")
    assert one.is_relative_to(tmp_path)
