"""A view reads anew what is old, and what it never got to show counts as never read."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.freshness import Freshness
from console.screens.reports import ReportsScreen
from data.domain.severity import Severity
from tests.console.room import House, using

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
AGAIN = timedelta(seconds=30)


async def answer(found: str | None) -> str | None:
    return found


@pytest.mark.parametrize(
    ("found", "later", "old"),
    [
        ("figures", timedelta(), False),
        ("figures", timedelta(seconds=29), False),
        ("figures", timedelta(seconds=30), True),
        ("figures", timedelta(seconds=-1), True),  # the clock was set back
        (None, timedelta(), True),
    ],
)
async def test_what_was_found_is_fresh_for_a_while(found: str | None, later: timedelta, old: bool) -> None:
    fresh = Freshness()
    assert fresh.older(AGAIN, NOW)
    assert await fresh.read(answer(found), NOW) == found
    assert fresh.older(AGAIN, NOW + later) is old


async def test_nobody_asks_again_while_one_is_asked_and_a_cancelled_one_is_none() -> None:
    fresh, never = Freshness(), asyncio.Event()

    async def hangs() -> str | None:
        await never.wait()
        return "figures"

    reading = asyncio.create_task(fresh.read(hangs(), NOW))
    await asyncio.sleep(0)
    assert not fresh.older(AGAIN, NOW)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert fresh.older(AGAIN, NOW)


async def test_one_that_fails_is_none() -> None:
    async def fails() -> str | None:
        raise OSError("gone")

    fresh = Freshness()
    with pytest.raises(OSError, match="gone"):
        await fresh.read(fails(), NOW)
    assert fresh.older(AGAIN, NOW)


async def test_a_view_whose_first_look_is_cut_short_is_read_again(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.declare("Checkout returns 503", Severity.P0)
    async with using(house) as user:
        view = ReportsScreen()
        showing = house.app.push_screen(view)
        early = asyncio.create_task(view.catch_up())  # as the room's news do, with the view just put up
        await asyncio.sleep(0)
        early.cancel()
        await showing
        await user.sees("MTTA")
