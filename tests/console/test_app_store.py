"""When the store fails under the console: said in words, nothing lost, and back by itself."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console import remembered
from console.journal import Entry, Journal, journal_file
from console.place import Place
from data.domain.change import Event
from data.domain.severity import Severity
from data.store import sqlite
from data.store.commands import incidents
from data.store.rows import load_events
from tests.console.room import House, using
from tests.store.room import done

P0, P1, P2, P3 = Severity


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)  # a lock that lasts is told at once
    monkeypatch.setattr(remembered, "LOOK", 0.05)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return House(tmp_path)


def notes(house: House) -> list[Event]:
    """The notes on record."""
    found = house.others.store.read(load_events)
    return [event for event in found if event.kind == "note"]


async def test_a_locked_store_is_told_keeps_what_was_typed_and_comes_back(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.sees("INC-1")
        with closing(sqlite3.connect(house.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await user.sees("the store is locked by another program")
            assert "INC-1" in user.cursor  # what was last seen stays readable
            await user.press("a")
            await user.sees("The store is locked by another program. Wait a moment and try again.")
            await user.press("enter", "escape", "n")
            await user.sees("Declare an incident")
            await user.type("Second trouble")
            await user.press("f2")
            await user.sees("Second trouble", "The store is locked by another program. Wait a moment")
            await user.press("escape")
            other.execute("ROLLBACK")
        await user.header_lacks("locked by")
        await user.press("n")
        await user.sees("Second trouble")
        await user.press("f2")
        await user.sees("INC-2")


async def test_a_note_waits_for_the_store_and_goes_in_once(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Monitor alerting")
        with closing(sqlite3.connect(house.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await user.sees("store away 0s: the store is locked by another program")
            await user.press("n")
            await user.type("pool is full")
            await user.press("f2")
            await user.sees("The store is away: the note on INC-1 is kept on this machine")
            await user.sees("1 note waits")
            await user.press("tab")
            await user.sees("NOT IN THE ROOM YET: pool is full")
            await user.press("shift+tab", "space")
            await user.sees("[ ] Monitor alerting")
            assert "Monitor" in user.cursor  # the cursor does not leave a step that is not done
            await user.press("minus")
            await user.sees("Why?")
            await user.type("not now")
            await user.press("enter")
            await user.sees_not("Why?")
            await user.later(seconds=42)
            await user.sees("store away 42s")
            other.execute("ROLLBACK")
        await user.header_lacks("store away")
        await user.sees("1 note written while the store was away: in the room now.")
        await user.header_lacks("waits")
        await user.press("tab")
        await user.sees_not("NOT IN THE ROOM YET")
        await user.sees("pool is full")
    (event,) = notes(house)
    assert (event.by, event.data["text"]) == ("ada", "pool is full")
    assert event.recorded_at - event.at == timedelta(seconds=42)


async def test_notes_of_a_console_that_was_killed_come_in_by_the_next(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    journal = Journal(journal_file(str(house.path)))
    at = house.clock()
    committed = Entry("one", "INC-1", "pool is full", at, "ada", at)
    done(house.others.do(incidents.note, "INC-1", "pool is full", command_id="one"))  # and then killed
    for entry in (
        committed,
        replace(committed, id="two", text="db restarted"),
        replace(committed, id="three", incident="INC-9"),
        replace(committed, id="four", text="of another", detected_at=at - timedelta(hours=1)),
    ):
        journal.keep(entry)
    async with using(house) as user:
        await user.sees("2 notes written")
        await user.press("enter", "tab")
        await user.sees("pool is full", "db restarted", "NOT TAKEN")
    assert [event.data["text"] for event in notes(house)] == ["pool is full", "db restarted"], "each once"
    assert [entry.id for entry in journal.entries()] == ["three", "four"]


async def test_a_note_that_cannot_be_kept_anywhere_is_there_when_asked_again(
    house: House, tmp_path: Path
) -> None:
    house.declare("Checkout returns 503", P1)
    (tmp_path / "warroom").write_text("no folder")
    async with using(house) as user:
        with closing(sqlite3.connect(house.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await user.press("enter", "n")
            await user.type("pool is full")
            await user.press("f2")
            await user.sees("locked by another program")
            other.execute("ROLLBACK")
        await user.header_lacks("store away")
        await user.press("n")
        await user.sees("pool is full")
        await user.press("f2")
        await user.sees("noted on INC-1")


async def test_people_can_be_called_while_the_store_is_away(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        known = house.app.away.remembered
        while known.on_call is None or known.incident("INC-1") is None:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
        kept = house.path.with_name("kept.db")
        os.rename(house.path, kept)
        await user.sees("REMOVED")
        await user.press("C")
        await user.sees("+44 20 7946 0000", "Call about INC-1")
        await user.press("escape", "enter")
        await user.sees("Checkout returns 503", "Monitor alerting")
        await user.press("3")
        await user.sees("+44 20 7946 0000")
        os.rename(kept, house.path)


async def test_a_removed_file_is_noticed_and_nothing_is_written_into_the_void(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    kept = house.path.with_name("kept.db")
    async with using(house) as user:
        await user.sees("INC-1")
        os.rename(house.path, kept)
        await user.sees("the store's file was REMOVED")
        assert "INC-1" in user.cursor
        await user.press("a")
        await user.sees("The store's file was REMOVED. Put it back, or restore a backup.")
        os.rename(kept, house.path)
        await user.header_lacks("REMOVED")
        assert house.others.incident("INC-1").acknowledged_at is None
        await user.press("a")
        await user.sees("INC-1 acknowledged by ada")
        assert house.others.incident("INC-1").acknowledged_by == "ada"


async def test_a_replaced_file_is_noticed_and_followed(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    backup = house.path.with_name("backup.db")
    sqlite.copy(house.path, backup)
    done(house.others.do(incidents.declare, "Search is slow", P2, by="lin"))
    async with using(house) as user:
        await user.sees("INC-2")
        house.others.store.close()
        house.forget_others()
        os.replace(backup, house.path)
        await user.sees("REPLACED", "1 live")
        await user.sees_not("INC-2")
        await user.press("a")
        await user.sees("INC-1 acknowledged by ada")
        assert house.others.incident("INC-1").acknowledged_by == "ada"
        await user.later(minutes=2)
        await user.header_lacks("REPLACED")


async def test_a_file_that_is_no_store_is_refused_until_a_store_is_back(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    kept = house.path.with_name("kept.db")
    async with using(house) as user:
        await user.sees("INC-1")
        shutil.copy2(house.path, kept)
        house.path.unlink()
        house.path.write_text("not a database at all, but longer than a header " * 4)
        await user.sees("the store's file is not a warroom store")
        await user.press("a")
        await user.sees("file was replaced")
        os.replace(kept, house.path)
        await user.sees("REPLACED", "INC-1")
        await user.press("a")
        await user.sees("acknowledged by ada")


async def test_every_view_and_question_survives_a_store_that_cannot_be_read(house: House) -> None:
    house.declare("Checkout returns 503", P1, services=["checkout"])
    async with using(house) as user:
        await user.sees("INC-1")
        with closing(sqlite3.connect(house.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await user.sees("locked by another program")
            for view, keys in (("1", "auesmtCrdzncSM"), ("2", "rmnc"), ("3", "c"), ("1", "")):
                await user.press(view)
                for key in keys:
                    await user.quickly(key, "escape", "escape")
            await user.press("1", "enter")
            await user.sees("Checklist")
            for key in ("a", "o", "X", "x", "R", "space"):
                await user.press(key)
                if not isinstance(user.app.screen, Place):  # it asks by what was read last
                    await user.press("escape")
            await user.press("T")
            await user.sees("Link of the ticket")
            await user.press("escape")
            other.execute("ROLLBACK")
        await user.sees("Monitor alerting systems", "RESPOND")
        await user.press("1")
        await user.sees("INC-1")
        await user.header_lacks("locked by")
