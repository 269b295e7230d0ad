"""The wall: the most urgent clock in big figures, the next ones, and the bell when a deadline passes."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from textual import events

from console.opening import WALL, Opening
from console.settings import AttentionSettings
from data.domain.severity import Severity
from data.store.commands import incidents
from tests.console.room import SIZES, House, User, using
from tests.store.room import definitions, done
from widgets.big_digits import big

P0, P1, P2, P3 = Severity


@pytest.fixture
def house(tmp_path: Path) -> House:
    return wall(tmp_path)


def wall(folder: Path, **more: Any) -> House:
    opening = Opening(view=WALL, read_only=True)
    return House(folder, opening=opening, attention=AttentionSettings(notify=False), **more)


def block(user: User) -> str:
    """Return the lines that hold the big figures."""
    return "\n".join(line for line in user.lines if set(line) & set("█▀▄"))


def figures(user: User, text: str) -> bool:
    """Tell whether the screen shows a text in big figures of any size."""
    lines = [big(text, user.app.size.width, room) for room in (3, 5, 10)]
    shown = [line.strip() for line in block(user).split("\n")]
    return any([line.strip() for line in one] == shown for one in lines)


@pytest.mark.parametrize("size", SIZES)
async def test_the_most_urgent_clock_is_in_front_and_counts(house: House, size: tuple[int, int]) -> None:
    house.declare("Export queue grows", P2)
    house.declare("Checkout returns 503", P0)
    async with using(house, size) as user:
        await user.sees("P0 !!  INC-2", "Checkout", "RESPOND in", "INC-1")
        assert figures(user, "05:00")
        await user.later(minutes=1)
        assert figures(user, "04:00")
        assert "READ-ONLY" in user.lines[0]
        await user.later(minutes=5)
        await user.sees("RESPOND LATE by", "1 LATE")
        assert figures(user, "01:00")


async def test_the_figures_are_as_high_as_there_is_room_for(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    for size, least in (((120, 36), 10), ((80, 24), 5), ((64, 11), 3)):
        async with using(wall(house.path.parent), size) as user:
            await user.sees("READ-ONLY")
            assert block(user).count("\n") + 1 >= least


async def test_an_acknowledged_incident_shows_when_stakeholders_hear_next(house: House) -> None:
    key = house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.sees("RESPOND in")
        done(house.others.do(incidents.acknowledge, key, by="lin"))
        await user.sees("NEXT UPDATE in")
        assert figures(user, "30:00")


async def test_those_about_as_urgent_take_turns_of_fifteen_seconds(house: House) -> None:
    for title in ("Checkout returns 503", "Payments time out"):
        house.declare(title, P0)
    house.declare("Export queue grows", P2)
    async with using(house, (120, 36)) as user:
        await user.sees("of 2 as urgent")
        seen = []
        for _ in range(9):
            seen.append(next(key for key in ("INC-1", "INC-2", "INC-3") if key in front(user)))
            await user.later(seconds=5)
        assert set(seen) == {"INC-1", "INC-2"}
        assert sum(one != other for one, other in pairwise(seen)) in (2, 3)  # in 40 s


def front(user: User) -> str:
    """Return the line above the clock's name."""
    at = next(number for number, line in enumerate(user.lines) if "due " in line)
    return user.lines[at - 1]


async def test_a_quiet_room_says_so_with_the_time_and_who_is_on_call(house: House) -> None:
    async with using(house, (120, 36)) as user:
        house.app.health = replace(house.app.health, checks=(), banner="")
        await user.sees("All quiet", "On call", "Ada Lovelace")
        assert figures(user, "13:46")
        key = house.declare("Checkout returns 503", P0)
        await user.sees(key, "RESPOND in")


async def test_a_room_that_cannot_be_seen_is_never_quiet(house: House) -> None:
    async with using(house) as user:
        await user.sees("Nothing live that is known of", "nobody is polling")
        await user.sees_not("All quiet")


async def test_nobody_to_page_is_said(tmp_path: Path) -> None:
    bare = tuple(item for item in definitions() if item.kind != "contact")
    bare = tuple(
        replace(item, spec={**item.spec, "contacts": []}) if item.kind == "level" else item for item in bare
    )
    house = wall(tmp_path, defined=bare)
    house.declare("Checkout returns 503", P0)
    async with using(house, (120, 36)) as user:
        await user.sees("no one can be paged", "no one to page")


async def test_it_rings_once_for_each_threshold_whether_or_not_the_terminal_has_the_focus(
    house: House,
) -> None:
    rung: list[str] = []
    house.declare("Export queue grows", P2)
    async with using(house) as user:
        await user.sees("INC-1")
        house.app.attention.write = rung.append
        house.app.post_message(events.AppFocus())
        house.declare("Checkout returns 503", P0)
        await user.sees("INC-2")
        await rings(user, rung, 1)
        await user.later(minutes=5)
        await user.sees("LATE by")
        await user.later(seconds=1)
        await rings(user, rung, 2)
    assert rung == ["\a", "\a"]


async def rings(user: User, rung: list[str], times: int) -> None:
    """Wait until it has rung so many times."""
    for _ in range(2000):
        if len(rung) >= times:
            return
        await user.pilot.pause(0.01)
    raise AssertionError(f"rang {len(rung)} times, not {times}")


async def test_no_key_acts_but_those_that_leave(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.sees("INC-1", "q leaves")
        await user.press("a", "enter", "n", "1", "colon", "escape")
        await user.sees("RESPOND in")
        await user.press("q")
    assert house.app.return_code == 0
    assert house.others.incident("INC-1").acknowledged_at is None


async def test_below_sixty_columns_one_sentence_stands_there(house: House) -> None:
    async with using(house, (50, 9)) as user:
        await user.sees("This window is too small")
