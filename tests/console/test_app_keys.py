"""Keys that come fast, twice, late or at the very end: nothing unmeant happens, and nothing falls over."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from textual import events

from console import place, type_ahead
from data.domain.severity import Severity
from data.store import sqlite
from tests.console.room import House, using

P0, P1, P2, P3 = Severity
ASKING = "nsmrtMSuCefyzoTXwR"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_declaring_twice_by_an_impatient_finger_makes_one_incident(house: House) -> None:
    async with using(house) as user:
        await user.press("n")
        await user.type("Checkout returns 503")
        await user.quickly("f2", "f2", "enter", "f2")
        await user.sees("INC-1  Checkout returns 503")
        await user.press("1")
        await user.sees("1 live")
    assert [row.key for row in house.app.board.rows] == ["INC-1"]


async def test_a_key_pressed_twice_asks_once(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        for key, asks in (("s", "Severity of INC-1"), ("u", "Update on INC-1"), ("C", "Can you take it?")):
            await user.quickly(key, key)
            await user.sees(asks)
            await user.press("escape")
            await user.sees_not(asks)
            await user.rest()
            assert len(user.app.screen_stack) == 2, key


@pytest.mark.slow
async def test_escape_right_after_any_key_leaves_no_question_behind_and_no_crash(house: House) -> None:
    house.declare("Checkout returns 503", P1, services=["checkout"])
    house.declare("Payments fail", P2)
    async with using(house) as user:
        for opened in ((), ("enter",)):
            for key in ASKING:
                await user.press(*opened)
                await user.quickly(key, "escape")
                await user.press("escape", "escape", "escape")
                await user.sees("NEXT UPDATE")


@pytest.mark.parametrize("keys", ["a", "u", "2", "n", "s"])
async def test_leaving_in_the_middle_of_anything_is_no_crash(house: House, keys: str) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.sees("INC-1")
        await user.quickly(*keys, "ctrl+q")
        while user.app.is_running:  # noqa: ASYNC110 - an app that ends sends nothing to wait for
            await asyncio.sleep(0.01)
    assert house.app.return_code == 0
    assert house.app.crash is None


async def test_ctrl_c_says_how_to_leave_and_does_not(house: House) -> None:
    async with using(house) as user:
        await user.press("ctrl+c")
        await user.sees("ctrl+q quits")
        assert user.app.is_running


async def test_a_key_that_waited_too_long_is_not_done_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 1)
    monkeypatch.setattr(place, "PATIENCE", 0.1)
    house = House(tmp_path)
    house.declare("Checkout returns 503", P1)
    house.declare("Search is slow", P2)
    async with using(house) as user:
        await user.sees("INC-2")
        with closing(sqlite3.connect(house.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await user.quickly("a", "s")
            await user.sees("s was not done: the key before it took too long.")
            other.execute("ROLLBACK")
        await user.header_lacks("locked by")
        await user.press("s")
        await user.sees("Severity of INC-1")


# What is typed before its question is there.


async def test_an_answer_typed_at_once_goes_to_the_question_and_to_no_view(house: House) -> None:
    for title in ("Checkout returns 503", "Search is slow", "Payments fail"):
        house.declare(title, P1)
    async with using(house) as user:
        await user.sees("INC-3")
        await user.quickly("M", "1")
        await user.sees("merged into INC-2", "2 live")
        assert house.others.incident("INC-1").duplicate_of == 2
        await user.quickly("s", "1", *"all shops", "enter")
        await user.sees("INC-2 is now P0")
        assert house.others.incident("INC-2").severity_why == "all shops"
        await user.quickly("S", "ctrl+u", *"45m", "enter", *"waiting for them", "enter")
        await user.sees("snoozed")
        assert len(user.app.screen_stack) == 2


async def test_keys_act_in_their_order_each_on_what_was_under_the_cursor_then(house: House) -> None:
    for number in range(4):
        house.declare(f"Trouble {number}", list(Severity)[number])
    async with using(house) as user:
        await user.sees("INC-4")
        await user.quickly("a", "j", "j", "a", "j", "s", "k", "enter", "enter")
        await user.sees("INC-4 is now P2")
        held = [key for key in ("INC-1", "INC-2", "INC-3", "INC-4") if house.others.incident(key).held]
    assert held == ["INC-1", "INC-3"]


async def test_words_typed_at_once_go_into_the_filter_the_palette_and_the_name(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    house.declare("Search is slow", P2)
    async with using(house) as user:
        await user.sees("INC-2")
        await user.quickly("slash", *"search", "enter", "j", "a")
        await user.sees("1 of 2 fit", "INC-2 acknowledged by ada")
        await user.quickly("escape", "at", "ctrl+u", *"lin", "enter")
        await user.sees("The operator is now lin.")
        await user.quickly("colon", *"merge")
        await user.sees("Merge this incident into another")


async def test_escape_drops_the_question_and_what_was_typed_for_it(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    house.declare("Search is slow", P1)
    async with using(house) as user:
        await user.sees("INC-2")
        await user.quickly("M", "1", "2", "escape", "j")
        await user.sees("▌P1 !   INC-2")
        assert len(user.app.screen_stack) == 2
        assert house.others.incident("INC-1").live


async def test_what_is_pasted_at_once_goes_to_the_question(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Checklist")
        user.app.post_message(events.Key("T", "T"))
        user.app.post_message(events.Paste("https://git.example/7"))
        user.app.post_message(events.Key("enter", None))
        await user.sees("INC-1: ticket linked")


async def test_while_a_question_takes_too_long_keys_are_dropped_with_a_sentence_and_then_act_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.4)
    monkeypatch.setattr(type_ahead, "PATIENCE", 0.1)
    house = House(tmp_path)
    house.declare("Checkout returns 503", P1)
    house.declare("Search is slow", P2)
    async with using(house) as user:
        await user.sees("INC-2")
        with closing(sqlite3.connect(house.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            user.hits("z", "2")
            await user.sees("What was typed ahead is dropped", "NEXT UPDATE")
            await user.quickly("2")
            await user.sees("STATE")
            other.execute("ROLLBACK")
        await user.press("1")
        await user.sees("INC-1", "INC-2")
