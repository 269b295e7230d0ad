"""The board in a responder's hands: what stands there, what a key does, and what stays where it is."""

from datetime import timedelta
from pathlib import Path

import pytest

from data.defaults import defaults
from data.domain.incident import Disposition
from data.domain.severity import Severity
from data.store.commands import incidents, proposals, telling
from data.store.commands.findings import Finding
from tests.console.room import SIZES, House, using
from tests.store.room import done

P0, P1, P2, P3 = Severity


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_room_says_how_to_begin_and_a_quiet_one_how_to_see_the_past(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    house = House(tmp_path, defaults().definitions)
    async with using(house, size) as user:
        await user.sees("n  declares", "warroom apply FILE", "warroom demo", "? keys")
        key = house.declare("Checkout returns 503")
        await user.sees("INC-1", "1 live")
        done(house.others.do(incidents.resolve, key, Disposition.FIXED))
        await user.sees("No live incidents. n declares one")
        await user.press("slash")
        await user.type("all")
        await user.sees("INC-1", "met 00:00", "stopped", "1 of 1 fit")
        await user.press("escape")
        await user.sees("No live incidents. n declares one")


@pytest.mark.parametrize("size", SIZES)
async def test_both_clocks_stand_on_every_row_and_say_when_they_are_late(
    house: House, size: tuple[int, int]
) -> None:
    house.declare("Checkout returns 503", P0, services=["checkout"])
    house.declare("Search is slow", P1)
    async with using(house, size) as user:
        await user.sees("RESPOND", "NEXT UPDATE", "INC-1", "INC-2")
        assert "in 05:00" in user.line("INC-1")
        assert "in 30:00" in user.line("INC-1")
        assert "in 15:00" in user.line("INC-2")
        await user.later(minutes=4, seconds=30)
        assert "soon 00:30" in user.line("INC-1")
        await user.later(minutes=2)
        assert "LATE 01:30" in user.line("INC-1")
        assert "1 LATE" in user.lines[0]
        await user.press("a")
        await user.sees("breached 6m" if size[0] < 100 else "breached 06:30")
        await user.later(minutes=30)
        assert "LATE 06:30" in user.line("INC-1")
        assert "2 LATE" in user.lines[0]


async def test_the_rows_say_everything_that_is_unusual_in_words(house: House) -> None:
    house.declare("Checkout returns 503", P0, services=["checkout"])
    house.declare("Export queue grows", P2)
    done(
        house.others.do(telling.snooze, "INC-2", house.clock() + timedelta(hours=4, minutes=5), "in the lift")
    )
    house.others.found(Finding("check:search-api", "search-api is down", P1, "refused", ("search",)))
    async with using(house, (120, 36)) as user:
        seen = await user.sees("INC-1", "INC-2", "proposed: search-api is down (refused)")
        assert "P0 !!" in user.line("INC-1")
        assert "nobody" in user.line("INC-1")
        assert "snoozed 4h05m" in user.line("INC-2")
        assert "opens in 02:00" in user.line("proposed:")
        assert "y confirm  f false alarm" in user.line("proposed:")
        assert seen.index("INC-1") < seen.index("proposed: search-api") < seen.index("INC-2")


async def test_what_another_process_writes_appears_without_a_key_and_leaves_the_cursor_where_it_is(
    house: House,
) -> None:
    house.declare("Search is slow", P1)
    house.declare("Export queue grows", P2)
    async with using(house) as user:
        await user.sees("INC-2")
        await user.press("j")
        assert "INC-2" in user.cursor
        house.declare("Everything is down", P0)
        seen = await user.sees("INC-3")
        assert seen.index("INC-3") < seen.index("INC-1") < seen.index("INC-2")
        assert "INC-2" in user.cursor
        await user.sees("3 live")


async def test_the_order_holds_still_while_a_question_is_open(house: House) -> None:
    house.declare("Search is slow", P1)
    house.declare("Export queue grows", P2)
    async with using(house, (120, 36)) as user:
        await user.sees("INC-2")
        await user.press("s")
        await user.sees("Severity of INC-1")
        house.declare("Everything is down", P0)
        await user.sees("3 live")  # the first line goes on
        assert "INC-3" not in "\n".join(user.lines)
        await user.press("escape")
        seen = await user.sees("INC-3")
        assert seen.index("INC-3") < seen.index("INC-1")
        assert "INC-1" in user.cursor


async def test_nothing_a_machine_does_opens_a_question_or_takes_the_focus(house: House) -> None:
    house.declare("Search is slow", P1)
    async with using(house) as user:
        await user.press("slash")
        await user.type("sea")
        focus, screen = user.app.focused, user.app.screen
        house.others.found(
            Finding("check:checkout-api", "checkout-api is down", P0, "refused", ("checkout",))
        )
        await user.sees("1 proposed")
        await user.later(minutes=20)
        done(house.others.do(proposals.open_unanswered))
        await user.sees("2 live")
        assert (user.app.focused, user.app.screen) == (focus, screen)
        assert "sea" in user.line("sea")
        await user.type("rch")
        assert "1 of 2 fit" in await user.sees("search")


FITS = {
    "late": {"INC-1"},
    "!late": {"INC-2", "INC-3"},
    "p2": {"INC-3"},
    "search": {"INC-2"},
    "!search !p2": {"INC-1"},
    "unacked": {"INC-1", "INC-2", "INC-3"},
    "ic:ada": set(),
}


async def test_the_filter_shows_what_fits_and_how_many(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    house.clock.later(minutes=6)
    house.declare("Search is slow", P1, services=["search"])
    house.declare("Export queue grows", P2)
    async with using(house) as user:
        for words, fits in FITS.items():
            await user.press("slash")
            await user.type(words)
            seen = await user.sees(f"{len(fits)} of 3 fit  {words}")
            assert {key for key in ("INC-1", "INC-2", "INC-3") if f" {key} " in seen} == fits, words
            assert ("Nothing fits the filter. esc clears it." in seen) == (not fits)
            await user.press("enter")
            await user.sees(f"{len(fits)} of 3 fit")  # stays: nobody forgets that rows are hidden
            await user.press("escape")
            await user.sees("INC-1", "INC-2", "INC-3")
            await user.sees_not("of 3 fit")
        await user.press("G", "slash")
        assert "INC-3" in user.cursor
        await user.type("checkout")
        await user.sees("1 of 3 fit")
        await user.press("escape")
        await user.sees("INC-2")
        assert "INC-3" in user.cursor  # a look through the filter moves nobody


async def test_keys_that_cannot_act_say_why(house: House) -> None:
    async with using(house) as user:
        for key in "aesurtm":
            await user.press(key)
            await user.sees("There is no incident under the cursor")
        await user.press("y")
        await user.sees("There is no proposal under the cursor")
        house.others.found(Finding("check:search-api", "search-api is down", P1, "refused", ("search",)))
        await user.sees("proposed")
        await user.press("a")
        await user.sees("PR-1 is a proposal: y confirms it first")
        await user.press("enter")
        await user.sees("y confirms it, f dismisses it")
        await user.press("d")
        await user.sees("PR-1 is a proposal")


async def test_a_room_without_people_says_that_nobody_can_be_paged(tmp_path: Path) -> None:
    house = House(tmp_path, defaults().definitions)
    house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.sees("no one can be paged", "nobody")
