"""Declaring by the form: title, severity by the guide's questions, services, what is attached, drafts."""

from pathlib import Path

import pytest

from data.domain.severity import Severity
from tests.console.room import SIZES, House, using


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.mark.parametrize("size", SIZES)
async def test_a_tired_person_declares_with_a_title_and_enter(house: House, size: tuple[int, int]) -> None:
    async with using(house, size) as user:
        await user.press("n")
        await user.sees("Declare an incident", "What is broken, as users see it", "esc keeps the draft")
        await user.type("Checkout returns 503")
        await user.press("enter")
        await user.sees("INC-1", "P2 -  detected", "INC-1 declared as P2 medium")
        await user.press("escape")
        assert "INC-1" in user.cursor


async def test_the_questions_propose_a_severity_with_its_reason(house: House) -> None:
    async with using(house) as user:
        await user.press("n")
        await user.type("Checkout slow")
        await user.press("f1")
        await user.sees("Data loss or a security breach?")
        await user.press("2")
        await user.sees("Is the service down?")
        await user.press("escape")
        assert "(•) P2 medium" in await user.sees("Checkout slow")  # left unanswered, nothing changes
        await user.press("f1", "2")
        await user.sees("Is the service down?")
        await user.press("1")
        seen = await user.sees("(•) P0 critical", "proposed:")
        assert "( ) P2 medium" in seen
        await user.press("f2")
        await user.sees("P0 !!  detected")
        incident = house.others.incident("INC-1")
        assert incident.severity is Severity.P0
        assert "down" in incident.severity_why.lower()


async def test_services_and_words_choose_the_runbooks_that_are_attached(house: House) -> None:
    async with using(house, (120, 36)) as user:
        await user.press("n")
        await user.sees("Attaches the guide's checklist.")
        await user.type("Database slow")
        await user.sees("Database Issues")
        await user.press("tab", "tab")
        assert "checkout" in await user.sees("[ ] checkout")
        await user.press("space")
        await user.sees("[x] checkout", "API Failures")
        await user.press("f2")
        await user.sees("INC-1", "checkout", "Checklist 1/")
        incident = house.others.incident("INC-1")
        assert incident.services == ("checkout",)
        assert {"database-issues", "api-failures"} <= {step.runbook for step in incident.steps}


async def test_a_draft_survives_escape_and_an_error_says_what_to_do(house: House) -> None:
    async with using(house) as user:
        await user.press("n", "f2")
        await user.sees("Declare an incident", "title")
        await user.type("half a tit")
        await user.press("escape")
        await user.sees_not("Declare an incident")
        await user.press("n")
        await user.sees("half a tit")
        await user.type("le")
        await user.press("enter")
        await user.sees("INC-1  half a title")
        await user.press("escape", "n")
        await user.sees("What is broken, as users see it")  # what was taken is no draft any more


@pytest.mark.parametrize("size", SIZES)
async def test_every_field_of_the_form_can_be_seen_and_reached(house: House, size: tuple[int, int]) -> None:
    async with using(house, size) as user:
        await user.press("n")
        await user.sees("What is broken", "F2  declare")
        await user.press("tab")
        await user.sees("(•) P2 medium", "F2  declare")
        await user.press("k", "k", "space")
        await user.sees("(•) P0 critical")
        await user.press("tab", "space")
        await user.sees("[x] checkout", "F2  declare")
