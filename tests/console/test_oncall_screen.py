"""View 3: who is on call now and next, where nobody is, and how old that knowledge is."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from data.domain.on_call import OnCallShift
from data.domain.room import Kind
from data.domain.severity import Severity
from data.store.commands import calendars as commands
from data.store.commands import incidents
from tests.console.calendars_room import with_calendar
from tests.console.room import SIZES, House, using
from tests.hostile import TEXTS
from tests.store.room import Room, done
from tests.store.test_calendars import AGAIN, claim, fetched, shift

P1 = Severity.P1


@pytest.fixture
def house(tmp_path: Path) -> House:
    defined = [
        replace(item, spec={**item.spec, "timezone": "Europe/Berlin"}) if item.kind is Kind.ROOM else item
        for item in with_calendar()
    ]
    return House(tmp_path, tuple(defined))


def on_call(house: House, *shifts: OnCallShift, warning: str = "") -> Room:
    """Let a worker elsewhere fetch a calendar with these shifts."""
    room = house.others
    room.store.work(partial(commands.sync_calendars, levels=("on-call",)))
    fetched(room, *shifts, warning=warning)
    return room


@pytest.mark.parametrize("size", SIZES)
async def test_now_next_and_gaps_with_their_times(house: House, size: tuple[int, int]) -> None:
    on_call(house, shift(-1, 4, "lin"), shift(6, 60, "sam"), shift(60, 900, "ada"))
    async with using(house, size) as user:
        await user.press("3")
        await user.sees("Ladder", "calendar 0s")
        assert "Lin Chen" in user.line("now")
        assert "to 17:46Z" in user.line("now")
        assert "+1 555 0102" in user.line("now")
        assert "from 19:46Z" in user.line("next")
        assert "nobody from 17:46Z to 19:46Z" in user.line("GAP")
        await user.press("G")
        seen = await user.sees("Contacts", "Tess Oyelaran")
        assert "\x1b" not in seen


async def test_times_are_the_rooms_when_somebody_wants_them(house: House) -> None:
    on_call(house, shift(-1, 4, "lin"), shift(4, 30, "sam"), shift(31, 900, "ada"))
    async with using(house) as user:
        await user.press("3", "Z")
        await user.sees(
            "to 18:46 CET", "from 18:46 CET", "nobody from Wed 11-25 20:46 CET to Wed 11-25 21:46 CET"
        )


async def test_a_shift_ends_while_somebody_looks(house: House) -> None:
    on_call(house, shift(-1, 1, "lin"), shift(1, 4, "sam"))
    async with using(house) as user:
        await user.press("3")
        await user.sees("to 14:46Z")
        await user.later(hours=1)
        await user.sees_line("now", "Sam Okafor", "to 17:46Z")
        await user.later(hours=3)
        await user.sees("nobody now on")
        await user.sees_line("else", "Ada Lovelace")


async def test_the_age_of_the_feed_grows_until_it_is_stale_and_says_why(house: House) -> None:
    room = on_call(house, shift(-1, 900, "lin"))
    async with using(house) as user:
        await user.press("3")
        await user.sees("calendar 0s")
        await user.later(minutes=12)
        await user.sees("calendar 12m")
        (mine,) = claim(room.store)
        why = "it asks for a login: HTTP 401"
        room.store.work(partial(commands.calendar_failed, claim=mine, why=why, again=AGAIN))
        await user.later(seconds=6)
        await user.sees(f"calendar 12m: {why}")
        await user.later(hours=2)
        await user.sees(f"calendar STALE 2h: {why}")
        assert "Lin Chen" in user.line("now")


async def test_before_the_first_copy_and_with_a_doubtful_one(house: House) -> None:
    async with using(house) as user:
        await user.press("3")
        await user.sees("calendar not read yet")
        assert "Ada Lovelace" in user.line("else")
        on_call(house, shift(-1, 900, "lin"), warning="time zone Mars is not known, read as UTC")
        await user.later(seconds=6)
        await user.sees("calendar 6s: time zone Mars is not known, read as UTC")


@pytest.mark.parametrize("size", SIZES)
async def test_a_stranger_is_named_and_who_answers_instead(house: House, size: tuple[int, int]) -> None:
    on_call(house, shift(-1, 900, "Eve Moneypenny"))
    async with using(house, size) as user:
        await user.press("3")
        await user.sees("no way to be reached")
        assert "Eve Moneypenny" in user.line("now")
        assert "Ada Lovelace" in user.line("else")
        await user.press("1")
        if size[1] > 30:
            await user.sees("! Ada Lovelace")


async def test_the_outgoing_person_stands_in_red_until_each_is_accepted(house: House) -> None:
    room = on_call(house, shift(-1, 1, "ada"), shift(1, 9, "lin"))
    key = house.declare("Checkout down", P1)
    done(room.do(incidents.acknowledge, key, by="ada"))
    async with using(house, (120, 36)) as user:
        await user.press("3")
        await user.sees("to 14:46Z")
        await user.later(hours=1)
        await user.sees("INC-1    ada: shift ended 14:46Z, Lin Chen accepts it: h")
        await user.press("1")
        await user.app.show_news()
        await user.sees("ada → Lin Chen")


async def test_what_is_copied_is_who_answers(house: House) -> None:
    on_call(house, shift(-1, 9, "lin"))
    async with using(house) as user:
        await user.press("3")
        await user.sees("Lin Chen")
        await user.press("c")
        assert user.app.clipboard.splitlines()[0] == "1 On-call engineer: Lin Chen"


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_stay_in_their_line(house: House, size: tuple[int, int]) -> None:
    async with using(house, size) as user:
        for number, text in enumerate(TEXTS[:: len(TEXTS) // 6]):
            name = text.replace("\0", "")[:80].encode("utf-8", "replace").decode()
            on_call(house, shift(-1, 900, name or "x"), warning=f"{number} {name}")
            await user.press("3")
            await user.later(minutes=10)
            await user.sees("no way to be reached")
            assert {len(line) >= 1 for line in user.lines} == {True}
            assert not any(ord(character) < 32 for line in user.lines for character in line)
