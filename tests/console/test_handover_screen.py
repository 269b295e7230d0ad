"""The sheet of a shift change: read aloud, accepted one by one."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from data.domain.incident import Role
from data.domain.severity import Severity
from data.store.commands import calendars as commands
from data.store.commands import handover, incidents, telling
from data.store.commands.people import take_role
from tests.console.calendars_room import with_calendar
from tests.console.room import SIZES, House, using
from tests.store.room import START, done
from tests.store.test_calendars import fetched, shift

P0, P1, P2, P3 = Severity


@pytest.fixture
def house(tmp_path: Path) -> House:
    """ada's shift has just ended; she has two incidents, nobody has the third; lin sits down."""
    made = House(tmp_path, with_calendar(), operator="lin")
    room = made.others
    room.store.work(partial(commands.sync_calendars, levels=("on-call",)))
    fetched(room, shift(-8, 1, "ada"), shift(1, 9, "lin"))
    for title, severity in (("Checkout returns 503", P1), ("Search p99 above 4 s", P1), ("Exports late", P2)):
        made.declare(title, severity)
    for key in ("INC-1", "INC-2"):
        done(room.do(incidents.acknowledge, key, by="ada"))
    done(room.do(take_role, "INC-1", Role.IC, "ada", by="ada"))
    until = START + timedelta(hours=2)
    done(room.do(telling.snooze, "INC-1", until, "vendor looks", ("engineering",), by="ada"))
    made.clock.later(hours=1)
    return made


@pytest.mark.parametrize("size", SIZES)
async def test_each_is_accepted_with_a_key_and_the_red_goes(house: House, size: tuple[int, int]) -> None:
    async with using(house, size) as user:
        await user.press("3", "h")
        await user.sees("Handover   3 live   2 to accept   on call: Lin Chen", "INC-1")
        await user.sees("ada, whose shift ended 14:46Z; Lin Chen")
        await user.press("a")
        await user.sees("1 to accept", "lin takes over from ada")
        await user.press("a")
        await user.sees("is already yours.")
        await user.press("j")
        await user.sees("ada, whose shift ended")
        await user.press("a")
        await user.sees("0 to accept")
        await user.press("escape")
        seen = await user.sees("Ladder")
        assert "shift ended" not in seen
    for key in ("INC-1", "INC-2"):
        assert house.others.incident(key).acknowledged_by == "lin"
    assert house.others.incident("INC-1").role(Role.IC) == "lin"


async def test_the_sheet_says_what_the_next_person_has_to_know(house: House) -> None:
    async with using(house, (120, 36)) as user:
        await user.press("3", "h")
        await user.sees(
            "INC-1  Checkout returns 503  acknowledged",
            "respond  met 00:00",
            "update ",
            "snoozed  engineering until 15:46Z: vendor looks",
            "steps ",
            "open: ",
        )


async def test_what_nobody_has_is_acknowledged_not_accepted(house: House) -> None:
    async with using(house) as user:
        await user.press("3", "h")
        await user.sees("INC-3")
        await user.press("G")
        await user.sees("nobody has acknowledged it")
        await user.press("a")
        await user.sees("Nobody has acknowledged INC-3 yet. Warroom ack INC-3.")
    assert house.others.incident("INC-3").acknowledged_at is None


async def test_somebody_elses_taking_is_seen(house: House) -> None:
    async with using(house) as user:
        await user.press("3", "h")
        await user.sees("2 to accept")
        done(house.others.do(handover.accept, "INC-1", by="sam"))
        await user.later(seconds=6)
        await user.sees("1 to accept", "sam")


async def test_an_incident_is_opened_from_the_sheet(house: House) -> None:
    async with using(house) as user:
        await user.press("3", "h")
        await user.sees("2 to accept")
        await user.press("enter")
        await user.sees("INC-1", "Checklist")
        await user.press("escape")
        await user.sees("Ladder")


async def test_a_quiet_room_has_nothing_to_hand_over(tmp_path: Path) -> None:
    async with using(House(tmp_path)) as user:
        await user.press("3", "h")
        await user.sees("No live incident: there is nothing to hand over.")
        await user.press("a", "escape")
        await user.sees("Ladder")
