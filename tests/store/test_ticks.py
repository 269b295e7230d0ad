"""The guide's checklist ticks what the program knows, each step by its own fact and no other (design 3.8)."""

from collections.abc import Callable

import pytest

from data.domain.incident import Disposition, StepState
from data.store.commands import incidents, linking, proposals, telling
from data.store.commands.findings import Finding
from tests.store.room import P0, P1, P2, Room, done

TITLES = {
    "severity": "Determine initial severity level",
    "acknowledged": "Acknowledge incident",
    "ticket": "Create incident ticket",
    "stakeholders": "Notify stakeholders",
    "resolved": "Update incident status",
    "post-mortem": "Conduct post-mortem",
}
DOWN = Finding("check:checkout-api", "checkout-api is DOWN", P1, "refused, 3 of 3", ("checkout",), opens=True)


def ticked(room: Room, key: str = "INC-1") -> set[str]:
    """Return the facts whose step is done, by the program and by nobody else."""
    steps = [step for step in room.incident(key).steps if step.state is StepState.DONE]
    assert {step.by for step in steps} <= {"warroom"}
    assert all(step.title == TITLES[step.auto] for step in steps)
    return {step.auto for step in steps}


def update(*audiences: str) -> Callable[[Room], object]:
    return lambda room: done(room.do(telling.send_update, "INC-1", "we look into it", audiences))


def switch(audience: str, on: bool) -> Callable[[Room], object]:
    return lambda room: done(room.do(telling.switch_audience, "INC-1", audience, on))


def test_each_fact_ticks_its_own_step(room: Room) -> None:
    room.found(DOWN)
    assert ticked(room) == set()  # a machine opened it: its severity is a guess
    done(room.do(incidents.acknowledge, "INC-1"))
    assert ticked(room) == {"acknowledged"}
    done(room.do(incidents.set_severity, "INC-1", P0))
    assert ticked(room) == {"acknowledged", "severity"}
    done(room.do(linking.add_link, "INC-1", "bridge", "https://meet.example/x"))
    assert "ticket" not in ticked(room)
    done(room.do(linking.add_link, "INC-1", "ticket", "OPS-7"))
    assert ticked(room) == {"acknowledged", "severity", "ticket"}
    update("engineering", "product", "support", "executives")(room)
    assert ticked(room) == {"acknowledged", "severity", "ticket", "stakeholders"}
    room.cleared(DOWN.key)
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED))
    assert ticked(room) == {*TITLES} - {"post-mortem"}


def test_the_guide_has_a_step_for_each_of_them(room: Room) -> None:
    room.found(DOWN)
    steps = {step.auto: step.title for step in room.incident("INC-1").steps if step.auto}
    assert steps == TITLES


@pytest.mark.parametrize("chosen", [None, P0])
def test_confirming_a_proposal_is_choosing_its_severity(room: Room, chosen: object) -> None:
    waiting = Finding("check:search-api", "search-api is DOWN", P1, "timeout", ("search",))
    proposed = room.found(waiting).key
    done(room.do(proposals.confirm, proposed, chosen))
    assert ticked(room) == {"severity"}


def test_declaring_with_a_severity_is_choosing_it(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout returns 503", P1))
    assert ticked(room) == {"severity"}


@pytest.mark.parametrize(
    ("severity", "doing", "notified"),
    [
        (P1, [update("engineering")], False),
        (P1, [update("engineering", "product", "support")], False),
        (P1, [update("engineering", "product"), update("support"), update("executives")], True),
        (P2, [update("engineering", "product", "support")], True),  # executives hear of P0 and P1
        (P1, [update("engineering", "product", "support"), switch("executives", False)], True),
        (P2, [switch("customers", True), update("engineering", "product", "support")], False),
        (P2, [switch("customers", True), update("engineering", "product", "support", "customers")], True),
        (
            P1,
            [switch(audience, False) for audience in ("engineering", "product", "support", "executives")],
            False,
        ),
    ],
)
def test_stakeholders_are_notified_when_every_applicable_audience_has_had_one(
    room: Room, severity: object, doing: list[Callable[[Room], object]], notified: bool
) -> None:
    done(room.do(incidents.declare, "Checkout returns 503", severity))
    for act in doing:
        act(room)
    assert ("stakeholders" in ticked(room)) is notified
