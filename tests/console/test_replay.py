"""Looking back in an incident's view: event by event, to a time, and home to now."""

from pathlib import Path

import pytest

from data.domain.incident import Role, StepState
from data.domain.severity import Severity
from data.store.commands import incidents, people, steps
from tests.console.room import SIZES, House, User, using
from tests.store.room import done
from widgets.past_band import PastBand

P0, P1, P2, P3 = Severity


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house in which an incident was worked for some minutes."""
    house = House(tmp_path)
    key = house.declare("Checkout returns 503", P0, services=["checkout"])
    clock, others = house.clock, house.others
    clock.later(minutes=2, seconds=10)
    done(others.do(incidents.acknowledge, key, by="ada"))
    clock.later(minutes=1)
    done(others.do(people.take_role, key, Role.IC, "ada", by="ada"))
    clock.later(minutes=1)
    done(others.do(incidents.set_severity, key, P1, by="lin"))
    clock.later(minutes=1)
    step = next(item for item in others.incident(key).steps if "Monitor" in item.title)
    done(others.do(steps.set_steps, key, [step.id], StepState.DONE, by="lin"))
    clock.later(minutes=30)
    return house


async def opened(user: User) -> None:
    await user.sees("INC-1")
    await user.press("enter")
    await user.sees("Checklist 3/19", "RESPOND met 02:10")


@pytest.mark.parametrize("size", SIZES)
async def test_the_whole_view_goes_back_event_by_event_and_forward_to_now(
    house: House, size: tuple[int, int]
) -> None:
    async with using(house, size) as user:
        await opened(user)
        await user.press("left_square_bracket")
        await user.sees("PAST 13:51:21Z T+05:10", "5/5", "esc now", "Checklist 3/19")
        await user.press("left_square_bracket")
        await user.sees("PAST 13:50:21Z T+04:10", "4/5", "P1 !", "Checklist 2/19", "UPDATE in 55:50")
        await user.press("left_square_bracket")
        await user.sees("PAST 13:49:21Z T+03:10", "P0 !!  acknowledged", "IC ada")
        await user.press("left_square_bracket", "left_square_bracket")
        seen = await user.sees("PAST 13:46:11Z T+00:00", "1/5", "RESPOND in 05:00", "IC nobody", "detected")
        assert "met 02:10" not in seen
        await user.press("left_square_bracket")
        await user.sees("That is where its record begins.")
        for at in ("13:48:21Z", "13:49:21Z", "13:50:21Z", "13:51:21Z"):
            await user.press("right_square_bracket")
            await user.sees(f"PAST {at}")
        await user.press("right_square_bracket")
        await user.sees_not("PAST")
        await user.sees("T+35:10", "P1 !  acknowledged")
        await user.press("right_square_bracket")
        await user.sees("This is now: [ goes back.")


async def test_nothing_is_changed_in_the_past_and_escape_comes_home(house: House) -> None:
    async with using(house) as user:
        await opened(user)
        seq = house.others.seq
        await user.press("left_square_bracket")
        await user.sees("PAST 13:51:21Z")
        for key in ("space", "minus", "n", "u", "e", "m", "s", "r", "t", "z", "a", "R", "w", "M", "K", "C"):
            user.app.hush()
            await user.press(key)
            await user.sees("This is the past: esc comes back to now.")
        assert house.others.seq == seq
        await user.press("escape")
        await user.sees_not("PAST")
        await user.press("space")
        await user.sees("Checklist 4/19")
        await user.press("left_square_bracket")
        await user.sees("PAST")
        await user.press("escape", "escape")
        await user.sees("NEXT UPDATE", "INC-1")


async def test_what_happens_meanwhile_is_counted_and_moves_nothing(house: House) -> None:
    async with using(house) as user:
        await opened(user)
        await user.press("left_square_bracket", "left_square_bracket")
        await user.sees("PAST 13:50:21Z T+04:10", "RESPOND met 02:10", "Checklist 2/19")
        before = user.lines[2:-2]
        done(house.others.do(incidents.note, "INC-1", "the pool is full", by="lin"))
        done(house.others.do(incidents.set_severity, "INC-1", P0, by="lin"))
        await user.sees("2 new since")
        await user.later(minutes=3)
        assert user.lines[2:-2] == before  # clocks stand as they stood then
        await user.press("right_square_bracket", "right_square_bracket")
        await user.sees("PAST 14:21:21Z T+35:10", "6/6", "P0 !!", "the pool is full")
        await user.press("right_square_bracket")
        await user.sees_not("PAST")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("T+2m", "PAST 13:48:11Z T+02:00"),
        ("T+04:10", "PAST 13:50:21Z T+04:10"),
        ("13:48", "PAST 13:48:00Z T+01:49"),
        ("-10m", "PAST 14:11:21Z T+25:10"),
        ("2026-11-24T13:47:00Z", "PAST 13:47:00Z T+00:49"),
        ("13:46", "PAST 13:46:11Z T+00:00"),
        ("12:00", "12:00:00Z is too early: the record begins 2026-11-24T13:46:11Z"),
        ("+10m", "2026-11-24T14:31:21Z is still to come: now it is 2026-11-24T14:21:21Z"),
        ("soon", "'soon' is not an instant: write 13:50, T+5m, -10m or a full instant"),
        ("T+never", "'T+never' is not an instant: write 13:50, T+5m, -10m or a full instant"),
    ],
)
async def test_a_jump_goes_where_it_is_told_or_says_why_not(house: House, typed: str, shown: str) -> None:
    async with using(house, (120, 36)) as user:
        await opened(user)
        await user.press("J")
        await user.sees("Which time of the past?")
        await user.type(typed)
        await user.press("enter")
        await user.sees(shown)
        assert (user.app.screen.query_one(PastBand).past is not None) == shown.startswith("PAST")


async def test_another_view_may_be_looked_at_from_the_past(house: House) -> None:
    async with using(house) as user:
        await opened(user)
        await user.press("left_square_bracket", "D")
        await user.sees("INC-1: who was told")
        await user.press("escape")
        await user.sees("PAST 13:51:21Z")


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_told_in_a_minute_about_the_past_says_that_it_is_past(
    house: House, size: tuple[int, int]
) -> None:
    async with using(house, size) as user:
        await opened(user)
        await user.press("left_square_bracket", "left_square_bracket")
        await user.sees("PAST 13:50:21Z")
        await user.press("i")
        await user.sees("PAST 2026-11-24T13:50:21Z, not now   INC-1", "Told last")
        await user.press("escape")
        await user.sees("PAST 13:50:21Z T+04:10")
        await user.press("escape")
        await user.sees("RESPOND met 02:10")
        await user.press("i")
        await user.sees("Told last")
        await user.sees_not("PAST")
