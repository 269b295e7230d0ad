"""Telling people: updates with their audiences, snoozes, roles, and the ladder by hand."""

from pathlib import Path

import pytest

from data.domain.incident import Role
from data.domain.severity import Severity
from data.store.commands import duties, incidents, people, telling
from tests.console.channels import reads_on
from tests.console.room import SIZES, House, using
from tests.store.room import done

P0, P1, P2, P3 = Severity


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.mark.parametrize("size", SIZES)
async def test_an_update_without_channels_is_recorded_for_the_marked_audiences_and_resets_their_clock(
    house: House, size: tuple[int, int]
) -> None:
    house.declare("Checkout returns 503", P0)
    house.clock.later(minutes=10)
    async with using(house, size) as user:
        await user.sees("in 20:00")
        await user.press("u")
        await user.sees("Update on INC-1", "What we know")
        await user.type("cards fail")
        await user.press("escape")
        await user.sees_not("Update on INC-1")
        await user.press("u")
        await user.sees("What we know  cards fail")
        await reads_on(user, "F2  record as sent to 4 audiences")
        await user.press("f2")
        await user.sees("in 30:00", "recorded as sent")
    (event,) = [item for item in house.others.history("INC-1") if item.kind == "update"]
    assert event.data["audiences"] == ["engineering", "product", "support", "executives"]
    assert "What we know: cards fail" in event.data["text"]


async def test_a_due_update_is_put_off_with_a_reason(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    house.clock.later(minutes=29)
    async with using(house) as user:
        await user.press("S")
        await user.sees("Snooze the update of INC-1", "15m")
        await user.type("soonish")
        await user.press("enter")
        await user.sees("soonish")
        await user.press("S")
        await user.type("10m")
        await user.press("enter")
        await user.sees("Why is the update of INC-1 put off until")
        await user.type("on the phone with the bank")
        await user.press("enter")
        await user.sees("snoozed 10m")
        await user.press("S")
        await user.type("14:40")
        await user.press("enter")
        await user.sees("14:40:00Z")
        await user.type("still on the phone")
        await user.press("enter")
        await user.sees("snoozed 24m")
        assert "still on the phone" in str(house.others.history("INC-1")[-1].data)


async def test_roles_are_given_and_a_commander_who_also_works_is_warned(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.press("enter", "t")
        await user.sees("Role on INC-1", "incident commander (IC): decides")
        await user.press("1")
        await user.sees("Who is incident commander (IC) of INC-1?", "ada")
        await user.press("enter")
        await user.sees("IC ada")
        await user.press("t", "5", "enter")
        await user.sees("ada is commander and expert: hand one of them over")
        done(house.others.do(people.take_role, "INC-1", Role.IC, "lin", by="lin"))
        await user.sees("IC lin", "command taken from ada")


async def test_an_audience_outside_the_company_is_switched_on_only_after_a_question(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.press("enter", "o")
        await user.sees("Who hears about INC-1", "External customers: off  (outside the company)")
        await user.press("5")
        await user.sees("Tell customers about INC-1 from now on?")
        await user.press("enter")  # enter never means yes
        await user.press("o")
        await user.sees("External customers: off")
        await user.press("5", "y")
        await user.sees_not("from now on?")
        await user.press("o")
        await user.sees("External customers: on")


async def test_escalating_by_hand_goes_up_and_asks_before_the_top(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.press("enter", "e")
        await user.sees(
            "Escalate INC-1 to", "1  On-call engineer: Ada Lovelace  (told)", "2  Team lead: Lin Chen"
        )
        await user.press("enter")  # the cursor is on the next level
        await user.sees("INC-1 escalated to Team lead", "Team lead: call now, next")
        await user.press("e", "4")
        await user.sees("Bring CTO/VP Engineering into INC-1?")
        await user.press("escape")
        await user.sees("Team lead: call now, next")
        await user.press("e", "4", "y")
        await user.sees("INC-1 escalated to CTO/VP Engineering")


async def test_who_escalates_from_an_old_screen_learns_that_somebody_was_faster(house: House) -> None:
    key = house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.press("enter", "e")
        await user.sees("Escalate INC-1 to")
        done(house.others.do(telling.escalate, key, by="lin"))
        await user.press("2")
        await user.sees("Somebody escalated INC-1 to Team lead since you looked")
        assert house.others.kinds(key).count("escalation") == 2  # level 1 at the opening, and lin's


@pytest.mark.parametrize("size", SIZES)
async def test_calling_shows_number_and_words_and_writes_down_what_came_of_it(
    house: House, size: tuple[int, int]
) -> None:
    key = house.declare("Checkout returns 503", P0, services=["checkout"])
    async with using(house, size) as user:
        await user.press("enter", "C")
        await user.sees("Call about INC-1", "+44 20 7946 0000", "Can you take it?")
        await user.press("enter")
        await user.sees("press t, i, n or m")
        await user.press("m")
        await user.sees("Ada Lovelace: left message")
        await user.press("C")
        await user.sees("Can you take it?")
        await user.press("i")
        await user.sees("Ada Lovelace: reached")
        assert house.others.incident(key).acknowledged_at is None  # informed is not taken
        await user.press("C")
        await user.sees("Can you take it?")
        await user.press("n")
        await user.sees("Ada Lovelace: no answer; Team lead is next")
        await user.press("C")
        await user.sees("Can you take it?", "Lin Chen")
        await user.press("t")
        await user.sees("Lin Chen takes INC-1", "acknowledged")
    assert house.others.incident(key).acknowledged_by == "Lin Chen"


async def test_an_acknowledgement_about_to_lapse_is_kept_by_one_key(house: House) -> None:
    key = house.declare("Checkout returns 503", P0)
    done(house.others.do(incidents.acknowledge, key, by="ada"))
    async with using(house) as user:
        house.clock.later(minutes=52)
        house.others.do(duties.keep, by="keeper")
        await user.press("enter")
        await user.sees("about to lapse")
        await user.press("K")
        await user.sees("INC-1 stays with ada")
