"""The two clocks, case by case (guide: Response Times, Update Frequency; design 3.2)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.domain.clocks import ResponseState, UpdateState, read_response, soonest
from data.domain.incident import Disposition, Role, Status
from data.domain.policy import Policy
from data.domain.severity import Severity
from tests.domain.room import GUIDE, START, Room, done, minutes

P0, P1, P2, P3 = Severity
INSTANT = timedelta(microseconds=1)


def opened(severity: Severity = P0, policy: Policy = GUIDE) -> Room:
    room = Room(policy)
    done(room.declare("Checkout returns 503", severity))
    return room


@pytest.mark.parametrize(
    ("severity", "after", "state"),
    [
        (P0, minutes(5) - INSTANT, ResponseState.MET),
        (P0, minutes(5), ResponseState.BREACHED),
        (P1, minutes(15), ResponseState.MET),
        (P1, minutes(15) + INSTANT, ResponseState.BREACHED),
        (P2, minutes(60), ResponseState.MET),
        (P2, minutes(60) + INSTANT, ResponseState.BREACHED),
        (P3, minutes(240), ResponseState.MET),
        (P3, minutes(240) + INSTANT, ResponseState.BREACHED),
    ],
)
def test_a_response_at_the_very_due_is_met_except_for_p0(
    severity: Severity, after: timedelta, state: ResponseState
) -> None:
    room = opened(severity)
    room.now += after
    done(room.acknowledge("ada"))
    assert room.response.state == state
    assert room.response.took == after


@pytest.mark.parametrize(
    ("severity", "at", "state"),
    [
        (P0, 0, ResponseState.RUNNING),
        (P0, 3.99, ResponseState.RUNNING),
        (P0, 4, ResponseState.WARNING),
        (P0, 4.99, ResponseState.WARNING),
        (P0, 5, ResponseState.LATE),
        (P1, 11.99, ResponseState.RUNNING),
        (P1, 12, ResponseState.WARNING),
        (P1, 15, ResponseState.WARNING),
        (P1, 15.01, ResponseState.LATE),
        (P3, 192, ResponseState.WARNING),
    ],
)
def test_the_warning_begins_at_four_fifths(severity: Severity, at: float, state: ResponseState) -> None:
    assert opened(severity).at(at).response.state == state


def test_the_response_starts_when_the_room_first_knew() -> None:
    room = Room()
    done(room.declare("Queue grows", P1, detected_at=START - minutes(10), began_at=START - minutes(55)))
    assert room.response.due == START + minutes(5)
    room.later(4).acknowledge()
    assert room.response.took == minutes(14)


@pytest.mark.parametrize(
    ("old", "new", "changed_at", "due"),
    [
        (P1, P0, 2, 7),  # changed_at + 5 min
        (P1, P0, 12, 15),  # the old due is sooner
        (P2, P0, 30, 35),
        (P2, P1, 50, 60),
        (P3, P1, 180, 195),  # raised late: its time starts now, no breach in the past
        (P0, P1, 2, 15),  # lowered: from the detection
        (P0, P3, 4, 240),
        (P1, P3, 10, 240),
        (P1, P3, 20, 15),  # had passed before the change: stays missed
        (P0, P2, 5, 5),
        (P2, P0, 61, 60),
    ],
)
def test_a_severity_change_while_unacknowledged_moves_the_due(
    old: Severity, new: Severity, changed_at: float, due: float
) -> None:
    room = opened(old).at(changed_at)
    done(room.severity(new))
    assert room.response.due == START + minutes(due)


def test_raised_to_p0_the_due_itself_is_too_late() -> None:
    room = opened(P1).at(10)
    done(room.severity(P0))
    done(room.at(15).acknowledge())
    assert room.response.state == ResponseState.BREACHED


def test_lowered_from_p0_the_due_itself_is_in_time() -> None:
    room = opened(P0).at(4)
    done(room.severity(P1))
    done(room.at(15).acknowledge())
    assert room.response.state == ResponseState.MET


def test_a_missed_due_stays_missed_through_a_downgrade() -> None:
    room = opened(P1).at(20)
    done(room.severity(P3))
    assert room.response.state == ResponseState.LATE
    done(room.later(1).acknowledge())
    assert room.response.state == ResponseState.BREACHED
    assert room.response.due == START + minutes(15)


def test_the_warning_counts_from_the_instant_the_due_was_set() -> None:
    room = opened(P2).at(30)
    done(room.severity(P0))  # due at 35: the warning comes 4 min after the change, not at 28
    assert room.at(33.9).response.state == ResponseState.RUNNING
    assert room.at(34).response.state == ResponseState.WARNING


@pytest.mark.parametrize("new", [P0, P2, P3])
def test_a_severity_change_after_the_acknowledgement_leaves_the_response_alone(new: Severity) -> None:
    room = opened(P1).at(3)
    done(room.acknowledge())
    before = room.incident.response
    done(room.at(40).severity(new))
    assert room.incident.response == before
    assert room.response.state == ResponseState.MET


def test_resolving_unacknowledged_counts_as_acknowledging() -> None:
    room = opened(P1).at(9)
    done(room.resolve(Disposition.FALSE_ALARM, by="lin"))
    assert (room.response.state, room.response.took) == (ResponseState.MET, minutes(9))
    assert room.incident.acknowledged_by == "lin"


def test_a_backfilled_incident_has_no_clocks_and_pages_nobody() -> None:
    room = Room()
    done(room.declare("Last month's outage", P0, detected_at=START - minutes(40_000), backfilled=True))
    assert read_response(room.incident, room.now) is None
    assert room.update_clock.state == UpdateState.STOPPED
    assert room.kinds() == ["declared"]
    assert room.keeper() == ()
    done(room.resolve())
    done(room.later(1).status(Status.DETECTED, why="the record was wrong"))
    assert "escalation" not in room.kinds()
    assert read_response(room.incident, room.now) is None


@pytest.mark.parametrize(
    ("severity", "told"),
    [
        (P0, ["engineering", "product", "support", "executives"]),
        (P1, ["engineering", "product", "support", "executives"]),
        (P2, ["engineering", "product", "support"]),
        (P3, ["engineering"]),
    ],
)
def test_who_hears_of_what_without_anybody_switching(severity: Severity, told: list[str]) -> None:
    assert [clock.audience for clock in opened(severity).incident.updates if clock.applies] == told


@pytest.mark.parametrize(("severity", "due"), [(P0, 30), (P1, 60), (P2, 240), (P3, 1440)])
def test_the_first_update_is_due_one_cadence_after_the_detection(severity: Severity, due: float) -> None:
    room = Room()
    done(room.declare("Late to the party", severity, detected_at=START - minutes(7)))
    assert room.update_clock.due == START + minutes(due - 7)
    assert room.at(due - 7).update_clock.state == UpdateState.RUNNING
    assert room.later(0.1).update_clock.state == UpdateState.OVERDUE


def test_only_an_update_a_person_sent_resets_the_clock() -> None:
    room = opened(P0).at(29)
    done(room.note())
    done(room.status(Status.INVESTIGATING))
    done(room.role(Role.IC, "ada"))
    assert room.update_clock.due == START + minutes(30)
    done(room.at(29.5).update())
    assert room.update_clock.due == START + minutes(59.5)


def test_an_update_to_one_audience_leaves_the_others_due() -> None:
    room = opened(P0).at(20)
    done(room.update("executives"))
    assert room.due("executives") == minutes(50)
    assert room.due("support") == minutes(30)
    assert room.update_clock.audience == "engineering"


@pytest.mark.parametrize(
    ("old", "new", "sent", "changed_at", "due"),
    [
        (P2, P0, None, 100, 130),  # raised: changed_at + 30 min
        (P2, P0, None, 230, 240),  # the old due is sooner
        (P1, P0, 40, 50, 80),
        (P0, P1, None, 10, 60),  # lowered: detected + 1 h
        (P0, P1, 25, 28, 85),  # lowered: last sent + 1 h
        (P0, P3, 20, 25, 1460),
    ],
)
def test_a_severity_change_moves_the_update(
    old: Severity, new: Severity, sent: float | None, changed_at: float, due: float
) -> None:
    room = opened(old)
    if sent is not None:
        done(room.at(sent).update())
    done(room.at(changed_at).severity(new))
    assert room.due("engineering") == minutes(due)


def test_the_board_shows_the_earliest_of_the_running_clocks() -> None:
    room = opened(P0).at(1)
    assert soonest([room.response, room.update_clock]) == START + minutes(5)
    done(room.acknowledge())
    assert soonest([room.response, room.update_clock]) == START + minutes(30)
    done(room.resolve())
    assert soonest([room.response, room.update_clock, None]) is None


def test_the_update_clock_runs_until_resolved() -> None:
    room = opened(P0)
    done(room.at(1).status(Status.MONITORING))
    assert room.at(31).update_clock.state == UpdateState.OVERDUE
    done(room.resolve())
    assert room.update_clock.state == UpdateState.STOPPED
    assert room.update_clock.due is None


def test_nobody_to_tell_means_no_clock() -> None:
    assert opened(P0, replace(GUIDE, audiences=())).update_clock.state == UpdateState.STOPPED
