"""What a machine found waits for a person, but not for ever (design 3.6)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.domain.incident import Cause
from data.domain.proposal import MUTE_AT_MOST, Proposal, opens_at
from data.domain.severity import Severity
from tests.domain.room import GUIDE, START, down, minutes

P0, P1, P2, P3 = Severity


def proposed(*causes: Cause) -> Proposal:
    return Proposal(3, "payments-db DOWN", P1, "3 of 3 failed", START, START + minutes(2), causes=causes)


@pytest.mark.parametrize(("severity", "within"), [(P0, 2), (P1, 2), (P2, None), (P3, None)])
def test_unanswered_it_opens_by_itself_after_two_minutes_for_p0_and_p1_alone(
    severity: Severity, within: float | None
) -> None:
    assert opens_at(GUIDE, severity, START) == (None if within is None else START + minutes(within))


def test_how_long_it_waits_is_a_setting() -> None:
    patient = replace(GUIDE, confirm_within=((P0, minutes(10)), (P3, timedelta(0))))
    assert opens_at(patient, P0, START) == START + minutes(10)
    assert opens_at(patient, P1, START) is None
    assert opens_at(patient, P3, START) == START


def test_it_is_clear_when_every_cause_is() -> None:
    gone = Cause("check:db", START, START + minutes(1))
    assert proposed(gone).clear
    assert not proposed(gone, down()).clear
    assert not proposed().clear  # nothing that could have cleared


def test_people_call_it_by_its_key() -> None:
    assert proposed().key == "PR-3"


def test_a_dismissal_mutes_for_four_hours_at_most() -> None:
    assert timedelta(hours=4) == MUTE_AT_MOST
