"""An incident in a responder's hands: acknowledge, work the checklist, write down, take back."""

from pathlib import Path

import pytest
from textual.widgets import OptionList, TextArea

from data.domain.incident import StepState
from data.domain.severity import Severity
from data.store.commands import incidents, steps
from tests.console.room import SIZES, House, using
from tests.store.room import done
from widgets.checklist import Checklist
from widgets.ladder import LadderView
from widgets.timeline import Timeline

P0, P1, P2, P3 = Severity


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.mark.parametrize("size", SIZES)
async def test_an_incident_is_opened_acknowledged_and_left_again(house: House, size: tuple[int, int]) -> None:
    house.declare("Checkout returns 503", P0, services=["checkout"])
    async with using(house, size) as user:
        await user.sees("INC-1")
        await user.press("enter")
        seen = await user.sees("Checkout returns 503", "RESPOND in 05:00", "Checklist", "IC nobody")
        assert "P0 !!  detected" in seen
        assert "Monitor alerting systems" in user.cursor  # the first thing that is still to do
        await user.later(minutes=2, seconds=10)
        await user.press("a")
        await user.sees("RESPOND met 02:10", "P0 !!  acknowledged", "INC-1 acknowledged by ada")
        await user.press("a")
        await user.sees("already acknowledged")
        await user.press("escape")
        await user.sees("NEXT UPDATE")
        await user.press("escape", "escape")
        await user.sees("NEXT UPDATE", "INC-1")  # never quits
    assert house.app.return_code in (None, 0)


async def test_the_checklist_is_worked_by_space_minus_w_and_shift_angle(house: House) -> None:
    house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Checklist 1/19")
        await user.press("space")
        await user.sees("[x] Monitor alerting systems", "Checklist 2/19")
        assert "Verify incident is real" in user.cursor
        await user.press("minus")
        await user.sees('Skip "Verify incident is real (not a false positive)". Why?')
        await user.press("enter")
        await user.sees("Write something, or esc goes back.")
        await user.type("seen it myself")
        await user.press("enter")
        await user.sees("[-] Verify", "(seen it")
        await user.rest()
        assert "Acknowledge incident" in user.cursor
        await user.press("w")
        await user.sees('Whose step is "Acknowledge incident"?', "ada")
        await user.type("lin")
        await user.press("enter")
        await user.sees('"Acknowledge incident" is lin')
        assert user.line("[ ] Acknowledge incident").rstrip().endswith("lin")
        await user.press("greater_than_sign")
        assert "Create incident ticket" in user.cursor
        await user.press("T")
        await user.type("https://tickets.example/1")
        await user.press("enter")
        await user.sees("[x] Create incident ticket")  # the program ticks what it knows


async def test_two_quick_keys_tick_two_steps(house: House) -> None:
    house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Checklist 1/19")
        await user.quickly("space", "space")
        await user.sees("[x] Monitor alerting systems", "[x] Verify incident is real")


async def test_the_second_of_two_people_sees_who_was_first(house: House) -> None:
    key = house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Monitor alerting systems")
        step = next(item for item in house.others.incident(key).steps if "Monitor" in item.title)
        done(house.others.do(steps.set_steps, key, [step.id], StepState.DONE, by="lin"))
        await user.sees("[x] Monitor alerting systems")
        await user.press("space")
        await user.sees('"Monitor alerting systems" was already done by lin')
        (again,) = [item for item in house.others.incident(key).steps if item.id == step.id]
        assert again.by == "lin"


@pytest.mark.parametrize("size", SIZES)
async def test_a_note_is_written_and_a_draft_survives_escape(house: House, size: tuple[int, int]) -> None:
    house.declare("Checkout returns 503")
    async with using(house, size) as user:
        await user.press("enter")
        await user.sees("Monitor alerting")
        await user.press("n")
        await user.sees("Note on INC-1", "enter  write it", "F3 new line · esc keeps the draft")
        await user.type("pool is at 100%")
        await user.press("escape")
        await user.sees_not("Note on INC-1")
        await user.press("n")
        await user.sees("pool is at 100%")
        await user.press("enter")
        await user.sees("noted on INC-1")
        assert "note" in house.others.kinds("INC-1")
        await user.press("n")
        await user.sees("Note on INC-1")
        assert not user.app.screen.query_one(TextArea).text


def notes(house: House) -> list[str]:
    return [str(event.data["text"]) for event in house.others.history("INC-1") if event.kind == "note"]


async def test_enter_writes_a_note_and_the_keys_after_it_are_for_the_view_again(house: House) -> None:
    house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Monitor alerting")
        await user.quickly("n", *"full", "enter", "s")  # in one go, as over ssh
        await user.sees("Severity of INC-1")
        assert notes(house) == ["full"]


@pytest.mark.parametrize("line", ["f3", "shift+enter"])
async def test_a_note_has_as_many_lines_as_somebody_types_or_pastes(house: House, line: str) -> None:
    house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter", "n")
        await user.sees("Note on INC-1")
        await user.paste("pool: 100 of 100\nwaiting: 1200\n")
        await user.sees("pool: 100 of 100", "waiting: 1200")
        await user.type("since")
        await user.press(line)
        await user.type("13:40")
        assert notes(house) == []
        await user.press("enter")
        await user.sees("noted on INC-1")
        assert notes(house) == ["pool: 100 of 100\nwaiting: 1200\nsince\n13:40"]


async def test_an_empty_note_is_none(house: House) -> None:
    house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter", "n", "enter")
        await user.sees("Write something, or esc goes back.")
        await user.press("escape")
        await user.sees_not("Note on INC-1")
        assert notes(house) == []


async def test_severity_status_and_going_back_with_a_reason(house: House) -> None:
    house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter")
        await user.sees("P1 !  detected")
        await user.press("s")
        await user.sees("Severity of INC-1", "1  P0  critical: Service completely down")
        assert user.app.screen.query_one(OptionList).highlighted == 1  # where it is now
        await user.press("1")
        await user.sees("INC-1 becomes P0. Why?")
        await user.type("all shops")
        await user.press("enter")
        await user.sees("P0 !!  detected", "RESPOND in 05:00")
        await user.press("m", "5")
        await user.sees("P0 !!  monitoring")
        await user.press("m", "3")
        await user.sees("Why?")
        await user.press("escape")
        await user.sees("P0 !!  monitoring")
        await user.press("m", "3")
        await user.sees("Why?")
        await user.type("it came back")
        await user.press("enter")
        await user.sees("P0 !!  investigating")
        event = house.others.history("INC-1")[-1]
        assert "it came back" in str(event.data)


async def test_what_happens_elsewhere_is_drawn_while_the_view_is_open(house: House) -> None:
    key = house.declare("Checkout returns 503")
    async with using(house, (120, 36)) as user:
        await user.press("enter")
        await user.sees("Escalation", "Timeline", "Links")
        done(house.others.do(incidents.note, key, "the pool is full", by="lin"))
        await user.sees("the pool is full")
        await user.press("n")
        await user.sees("Note on INC-1")
        done(house.others.do(incidents.acknowledge, key, by="lin"))
        await user.type("mine")
        await user.press("escape")
        await user.sees("acknowledged", "RESPOND met")


@pytest.mark.parametrize("size", SIZES)
async def test_tab_reaches_every_pane_at_every_size(house: House, size: tuple[int, int]) -> None:
    house.declare("Checkout returns 503", P1, services=["checkout"])
    async with using(house, size) as user:
        await user.press("enter")
        await user.sees("Checklist", "Monitor alerting systems")
        await user.press("tab")
        await user.sees("Timeline", "P1 declared: Checkout")
        assert user.focuses(Timeline)
        await user.press("tab")
        await user.sees("Escalation", "Team lead", "Lin Chen")
        assert user.focuses(LadderView)
        await user.press("tab")
        await user.sees("Checklist", "Monitor alerting systems")
        assert user.focuses(Checklist)
        await user.press("shift+tab")
        await user.sees("Escalation", "Lin Chen")
        await user.press("n")
        await user.sees("Note on INC-1")
        await user.press("escape")
        await user.sees("Escalation", "Lin Chen")
        assert user.focuses(LadderView)


async def test_tab_goes_from_pane_to_pane_and_copy_says_what_is_under_the_cursor(house: House) -> None:
    house.declare("Checkout returns 503", P1, services=["checkout"])
    async with using(house, (120, 36)) as user:
        await user.press("enter")
        await user.sees("Monitor alerting")
        await user.press("c")
        assert user.app.clipboard == "INC-1 P1 Checkout returns 503"
        await user.sees("Copied: INC-1 P1")
        await user.press("tab", "c")
        assert user.app.clipboard.startswith("[x] Determine initial severity level")
        await user.press("x")
        await user.sees("This step has no command")
        await user.press("d")
        await user.sees("No dashboard page is configured for the services of INC-1")
        await user.press("R")
        await user.sees("Attach a runbook to INC-1")
        await user.press("1")
        await user.sees("attached to INC-1")
