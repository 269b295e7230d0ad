"""What machines propose, in a responder's hands: confirm, dismiss, merge, split, undo."""

from pathlib import Path

import pytest

from data.domain.incident import Disposition
from data.domain.severity import Severity
from data.store.commands import incidents, proposals
from data.store.commands.findings import Finding
from tests.console.channels import reads_on
from tests.console.room import SIZES, House, using
from tests.store.room import done

P0, P1, P2, P3 = Severity
DOWN = Finding("check:search-api", "search-api is down", P1, "refused", ("search",))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.mark.parametrize("size", SIZES)
async def test_y_confirms_with_the_proposed_severity_and_the_cursor_follows(
    house: House, size: tuple[int, int]
) -> None:
    house.declare("Checkout returns 503", P0)
    house.others.found(DOWN)
    async with using(house, size) as user:
        await user.sees("proposed: search-api")
        await user.press("G", "y")
        await user.sees("Confirm PR-1: search-api is down", "1  P1  high  as proposed")
        await user.press("1")
        await user.sees("INC-2   call now  search-ap")
        await user.sees_not("proposed:")
        assert "INC-2" in user.cursor


async def test_a_proposal_can_be_confirmed_at_another_severity(house: House) -> None:
    house.others.found(DOWN)
    async with using(house) as user:
        await user.sees("proposed:")
        await user.press("y", "2")
        await user.sees("P0 !!  INC-1")


async def test_f_dismisses_with_a_reason_which_is_kept_when_somebody_was_faster(house: House) -> None:
    house.others.found(DOWN)
    async with using(house) as user:
        await user.sees("proposed:")
        await user.press("f")
        await user.sees("Dismiss PR-1 as a false alarm. Why?")
        await user.press("enter")
        await user.sees("Write something")
        await user.type("planned restart")
        done(house.others.do(proposals.confirm, "PR-1", by="lin"))
        await user.press("enter")
        await user.sees("PR-1 was already confirmed")
        house.others.found(Finding("check:checkout-api", "checkout-api is down", P1, "503", ("checkout",)))
        await user.sees("proposed: checkout-api")
        await user.press("g", "f")
        await user.type("planned restart")
        await user.press("enter")
        await user.sees("PR-2 dismissed; muted until it clears, at most 4 h")
        await user.sees_not("proposed:")


async def test_merging_folds_one_into_the_other_and_undo_names_it_first(house: House) -> None:
    house.declare("Checkout returns 503", P1, services=["checkout"])
    house.declare("Payments fail", P2, services=["payments"])
    async with using(house) as user:
        await user.press("j", "M")
        await user.sees("Merge INC-2 into", "1  INC-1  P1  Checkout returns 503")
        await user.press("1")
        await user.sees("INC-2 merged into INC-1", "1 live")
        await user.press("z")
        await user.sees("Undo your", "on INC-1?")
        await user.press("enter")  # enter never means yes
        await user.sees_not("Undo your")
        await user.sees("1 live")
        await user.press("z")
        await user.sees("Undo your merge on INC-1?")
        await user.press("y")
        await user.sees("undone: merge", "2 live", "INC-2")


async def test_undo_takes_back_ones_own_last_change_and_says_when_there_is_none(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.press("enter", "z")
        await user.sees("You have changed nothing here that can be undone")
        await user.press("m", "3")
        await user.sees("P1 !  investigating")
        await user.press("z")
        await user.sees("Undo your", "on INC-1?")
        await user.press("y")
        await user.sees("P1 !  detected", "undone: ")


async def test_a_cause_that_does_not_belong_is_split_off(house: House) -> None:
    key = house.declare("Checkout returns 503", P1, services=["search"])
    house.others.found(DOWN)
    async with using(house) as user:
        await user.press("enter")
        await user.sees("search-api is down")
        await user.press("X")
        await user.sees(f"Which cause does not belong to {key}?", "search-api  still failing")
        await user.press("1", "escape")
        await user.sees("proposed: search-api is down")


@pytest.mark.parametrize("size", SIZES)
async def test_resolving_asks_how_why_when_something_still_fails_and_for_a_final_update(
    house: House, size: tuple[int, int]
) -> None:
    key = house.declare("Checkout returns 503", P1, services=["search"])
    house.others.found(DOWN)
    async with using(house, size) as user:
        await user.press("enter", "r")
        await user.sees("How did INC-1 end?", "1  fixed: the cause is gone")
        await user.press("1")
        await user.sees("Why?", "search-api")
        await user.type("moved to the spare")
        await user.press("enter")
        await user.sees("INC-1 is resolved: the final update, or esc for none", "F2")
        await reads_on(user, "F2  record as sent")
        await user.press("f2")
        await user.sees("resolved", "UPDATE stopped", "recorded as sent")
        incident = house.others.incident(key)
        assert incident.disposition == "fixed"
        # it comes back: reopened, with clocks of its own
        await user.later(minutes=20)
        await user.press("m", "3")
        await user.sees("Why?")
        await user.type("again")
        await user.press("enter")
        await user.sees("P1 !  investigating", "UPDATE in 1:00:00")


async def test_a_duplicate_names_its_original_and_a_closed_one_needs_its_post_mortem(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    house.declare("Checkout is red", P1)
    async with using(house) as user:
        await user.press("j", "r", "4")
        await user.sees("Merge INC-2 into")
        await user.press("1")
        await user.sees("1 live")
        await user.press("m")
        await user.sees("Status of INC-1")
        await user.press("7")
        await user.sees("INC-1 is detected, not resolved. Resolve it first.")
        done(house.others.do(incidents.resolve, "INC-1", Disposition.WORKAROUND))
        await user.sees("No live incidents")
        await user.press("slash")
        await user.type("inc-1 all")
        await user.press("enter")
        await user.sees("1 of 2 fit")
        await user.press("m")
        await user.sees("Status of INC-1")
        await user.press("7")
        await user.sees("Why?", "post-mortem")
        await user.type("drill")
        await user.press("enter")
        await user.sees("INC-1 is now closed")
