"""A console that only looks: it says so, changes nothing, and works for nobody."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from console.actions import ACTIONS, PLACES, Action, Where, actions_for
from console.app import WarRoom
from console.desk import Desk
from console.evening import SetClock, evening
from console.opening import Opening
from console.place import Place
from data.domain.severity import Severity
from data.store.schema import TABLES
from data.store.store import Store
from tests.console.room import SIZES, House, using
from tests.console.terminal import TMUX, WARROOM, Terminal

FIRST = Path(__file__).parents[1] / "store" / "version1.sql"
PRESENT = {"presence", "looked"}  # who is here and what they have seen is no change of the room
# how to get from the board to where an action can be done
WAYS: dict[Where, tuple[str, ...]] = {
    Where.BOARD: (),
    Where.INCIDENT: ("enter",),
    Where.HEALTH: ("2",),
    Where.ON_CALL: ("3",),
    Where.DELIVERIES: ("D",),
    Where.ALERTS: ("A",),
    Where.REPORTS: ("6",),
    Where.REVIEW: ("5",),
    Where.POST_MORTEM: ("P",),
    Where.RUNBOOKS: ("4",),
    Where.RUNBOOK: ("4", "enter"),
    Where.WHO: ("W",),
}
LEAVES = ("quit", "back")


def tables(connection: Connection) -> dict[str, list[Any]]:
    """Return every row of the store but those that say who looks."""
    return {
        table.name: [tuple(row) for row in connection.execute(select(table))]
        for table in TABLES
        if table.name not in PRESENT
    }


@pytest.fixture(scope="module")
def full() -> Iterator[tuple[Store, SetClock]]:
    """A store in which an evening has happened."""
    with evening() as (store, clock):
        yield store, clock


@asynccontextmanager
async def console(store: Store, clock: SetClock, opening: Opening) -> AsyncIterator[tuple[WarRoom, Any]]:
    """Open a console over a store, and leave the store open."""
    desk = Desk(store)
    app = WarRoom(desk, clock, operator="ada", work=False, opening=opening)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        while not (app.board.rows and app.health.checks):
            await pilot.pause(0.02)
        yield app, pilot


async def settled(app: WarRoom, pilot: Any) -> None:
    """Wait until an action has ended or asks."""
    for _ in range(200):
        await pilot.pause(0.01)
        acting = any(worker.group == "actions" and worker.is_running for worker in app.workers)
        if not acting or not isinstance(app.screen, Place):
            break
    await pilot.pause()


async def go(app: WarRoom, pilot: Any, where: Where) -> Place:
    """Go to a place from wherever something was done."""
    while not isinstance(app.screen, Place):
        await pilot.press("escape")
    app.hush()
    app.go_home()
    for key in WAYS[where]:
        await pilot.press(key)
        await settled(app, pilot)
    assert isinstance(app.screen, Place)
    assert app.screen.WHERE is where
    return app.screen


def own(where: Where, *, writes: bool) -> list[Action]:
    """Return what can be done in a place, without what ends the view or the program."""
    return [item for item in actions_for(where) if item.writes is writes and item.id not in LEAVES]


async def test_nothing_that_writes_can_be_done_in_any_view(full: tuple[Store, SetClock]) -> None:
    store, clock = full
    before = store.read(tables)
    async with console(store, clock, Opening(read_only=True)) as (app, pilot):
        for where in WAYS:
            place = await go(app, pilot, where)
            for action in own(where, writes=True):
                app.hush()
                place.action_do(action.id)
                assert app.saying is not None, action.id
                assert app.saying.text.startswith("This console is read-only. Open one without"), action.id
                assert app.screen is place, action.id
        await settled(app, pilot)
    assert store.read(tables) == before


@pytest.mark.slow
@pytest.mark.parametrize("opening", [Opening(), Opening(read_only=True)], ids=["normal", "read-only"])
@pytest.mark.parametrize("where", WAYS)
async def test_what_is_not_marked_as_writing_writes_nothing_on_any_console(
    full: tuple[Store, SetClock], where: Where, opening: Opening
) -> None:
    store, clock = full
    before = store.read(tables)
    async with console(store, clock, opening) as (app, pilot):
        for action in own(where, writes=False):
            place = await go(app, pilot, where)
            place.action_do(action.id)
            await settled(app, pilot)
            if action.id != "command":  # its enter is another action
                await pilot.press("enter")
                await settled(app, pilot)
            after = store.read(tables)
            if not opening.read_only:  # enter opens a part of a post-mortem to write, which keeps a draft
                after["draft"] = before["draft"]
            assert after == before, action.id


def test_every_place_is_looked_at_but_those_that_cannot_be_come_to_here() -> None:
    # the practice room's inbox, and what an import shows: a read-only console begins none
    assert set(PLACES) - set(WAYS) == {Where.MESSAGES, Where.IMPORT}
    assert not [item.id for item in ACTIONS if Where.MESSAGES in item.where and item.writes]


@pytest.mark.parametrize("size", SIZES)
async def test_it_says_so_in_its_first_line_and_offers_no_key_that_writes(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    house = House(tmp_path, opening=Opening(read_only=True))
    house.declare("Checkout returns 503", Severity.P0)
    async with using(house, size) as user:
        await user.sees("INC-1", "READ-ONLY")
        assert "READ-ONLY" in user.lines[0]
        assert "1 live" in user.lines[0]
        assert "acknowledge" not in user.lines[-1]
        assert "? keys" in user.lines[-1]
        await user.press("a")
        await user.sees("This console is read-only")
        house.declare("Search is slow", Severity.P2)
        await user.sees("INC-2", "2 live")  # it follows all the same
    assert house.app.crew is None


async def test_the_sheet_of_a_shift_change_is_read_and_nothing_is_taken_from_it(tmp_path: Path) -> None:
    house = House(tmp_path, opening=Opening(read_only=True))
    house.declare("Checkout returns 503", Severity.P0)
    async with using(house) as user:
        await user.press("3", "h")
        await user.sees("Handover", "INC-1")
        await user.press("a")
        await user.sees("This console is read-only")
    assert not house.others.incident("INC-1").held


async def test_the_palette_says_so_too(tmp_path: Path) -> None:
    house = House(tmp_path, opening=Opening(read_only=True))
    house.declare("Checkout returns 503", Severity.P0)
    async with using(house) as user:
        await user.sees("INC-1")
        await user.press("colon")
        await user.type("acknowledge: you")
        await user.sees("Acknowledge: you have it")
        await user.press("enter", "enter")
        await user.sees("This console is read-only")
    assert house.others.incident("INC-1").acknowledged_at is None


@pytest.mark.slow
@pytest.mark.skipif(TMUX is None, reason="tmux is not installed")
@pytest.mark.skipif(not WARROOM.exists(), reason="the command is not installed here")
def test_an_older_store_is_told_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "room.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FIRST.read_text())
    before = path.read_bytes()
    terminal = Terminal(tmp_path)
    try:
        for words in (f"{WARROOM} --read-only", f"{WARROOM} wall"):
            terminal.type(f"clear; {words}")
            terminal.sees("was written by an older warroom", "without --read-only")
        assert path.read_bytes() == before
        assert not (tmp_path / "backups").exists()
        terminal.type(f"clear; {WARROOM} list")
        terminal.sees("INC-1")
        terminal.type(f"clear; {WARROOM} --read-only")
        terminal.sees("READ-ONLY", "INC-1")
        terminal.press("C-q")
    finally:
        terminal.close()
