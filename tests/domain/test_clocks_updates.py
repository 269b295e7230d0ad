"""Who hears when: snoozes, opening hours, audiences that come and go (design 3.2)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from data.domain.clocks import ResponseState, UpdateState, read_audience
from data.domain.incident import Status
from data.domain.policy import Audience, Hours, Policy
from data.domain.severity import Severity
from tests.domain.room import AUDIENCES, GUIDE, START, Room, done, minutes, refused

P0, P1, P2, P3 = Severity
OFFICE = Hours((0, 1, 2, 3, 4), time(9), time(18), "Europe/Berlin")
NIGHT = Hours((0, 1, 2, 3, 4, 5, 6), time(22), time(6), "UTC")


def opened(severity: Severity = P0, policy: Policy = GUIDE) -> Room:
    room = Room(policy)
    done(room.declare("Checkout returns 503", severity))
    return room


def test_executives_come_in_with_the_upgrade_and_leave_with_the_downgrade() -> None:
    room = opened(P2).at(100)
    done(room.severity(P1))
    assert room.due("executives") == minutes(160)
    done(room.at(110).severity(P3))
    clock = room.incident.clock("executives")
    assert clock is not None
    assert read_audience(room.incident, clock, room.now).state == UpdateState.STOPPED


def test_what_executives_were_told_before_they_left_does_not_make_them_late_when_they_are_back() -> None:
    room = opened(P1)
    done(room.at(10).update("executives"))
    done(room.at(20).severity(P2))
    done(room.at(300).severity(P0))
    assert room.due("executives") == minutes(330)
    done(room.at(310).severity(P1))
    assert room.due("executives") == minutes(360)


def test_customers_hear_only_once_somebody_switches_them_on() -> None:
    room = opened(P0).at(12)
    done(room.switch("customers", on=True))
    assert room.due("customers") == minutes(42)
    done(room.at(20).severity(P2))
    clock = room.incident.clock("customers")
    assert clock is not None
    assert clock.applies
    done(room.switch("customers", on=False))
    done(room.severity(P0))
    clock = room.incident.clock("customers")
    assert clock is not None
    assert not clock.applies


def test_an_audience_may_have_a_cadence_of_its_own() -> None:
    slow = replace(AUDIENCES[3], cadence=((P0, minutes(60)),))
    policy = replace(GUIDE, audiences=(*AUDIENCES[:3], slow))
    room = opened(P0, policy)
    assert room.due("executives") == minutes(60)
    assert room.due("engineering") == minutes(30)
    done(room.at(20).update("executives"))
    assert room.due("executives") == minutes(80)


@pytest.mark.parametrize(
    ("hours", "due", "moved"),
    [
        (OFFICE, "2026-11-24T10:00", "2026-11-24T10:00"),
        (OFFICE, "2026-11-24T08:00", "2026-11-24T08:00"),  # 09:00 in Berlin: just open
        (OFFICE, "2026-11-24T07:59", "2026-11-24T08:00"),
        (OFFICE, "2026-11-24T17:00", "2026-11-25T08:00"),  # 18:00 in Berlin: just closed
        (OFFICE, "2026-11-27T20:00", "2026-11-30T08:00"),  # Friday evening to Monday
        (OFFICE, "2026-03-27T20:00", "2026-03-30T07:00"),  # over the spring change
        (NIGHT, "2026-11-24T23:00", "2026-11-24T23:00"),
        (NIGHT, "2026-11-24T02:00", "2026-11-24T02:00"),
        (NIGHT, "2026-11-24T06:00", "2026-11-24T22:00"),
        (Hours((), time(9), time(18), "UTC"), "2026-11-24T03:00", "2026-11-24T03:00"),
    ],
)
def test_a_due_outside_the_hours_moves_to_the_next_opening(hours: Hours, due: str, moved: str) -> None:
    instant = datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert hours.next_open(instant) == datetime.fromisoformat(moved).replace(tzinfo=UTC)


def test_hours_move_every_due_of_an_audience_and_an_upgrade_respects_them() -> None:
    support = Audience("support", "Customer support", hours=OFFICE)
    room = Room(replace(GUIDE, audiences=(support,)), datetime(2026, 11, 24, 16, 50, tzinfo=UTC))
    done(room.declare("Export queue grows", P2))
    opening = datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert room.update_clock.due == opening
    done(room.later(5).severity(P0))
    assert room.update_clock.due == opening
    done(room.update("support"))
    assert room.update_clock.due == opening


class TestSnooze:
    def test_a_due_update_waits_and_the_reason_shows(self) -> None:
        room = opened(P0).at(31)
        done(room.snooze(15, "vendor on the phone"))
        assert room.update_clock.state == UpdateState.RUNNING
        assert room.update_clock.snoozed
        assert room.update_clock.due == START + minutes(46)
        clock = room.incident.clock("support")
        assert clock is not None
        assert clock.snooze_why == "vendor on the phone"

    def test_it_may_be_repeated_and_the_cadence_stays(self) -> None:
        room = opened(P0).at(31)
        done(room.snooze(5))
        done(room.at(36).snooze(5))
        assert room.update_clock.due == START + minutes(41)
        done(room.at(40).update())
        assert not room.update_clock.snoozed
        assert room.update_clock.due == START + minutes(70)

    def test_an_update_ends_it_however_long_it_was_meant_to_last(self) -> None:
        room = opened(P0).at(31)
        done(room.snooze(300))
        done(room.at(40).update())
        assert room.update_clock.due == START + minutes(70)

    def test_one_from_before_an_audience_was_switched_off_is_forgotten(self) -> None:
        room = opened(P0).at(1)
        done(room.snooze(500))
        done(room.switch("executives", on=False))
        done(room.at(10).switch("executives", on=True))
        assert room.due("executives") == minutes(40)

    def test_an_audience_that_is_not_due_by_then_is_left_alone(self) -> None:
        room = opened(P0).at(29)
        done(room.update("executives"))
        done(room.snooze(10))
        assert room.due("executives") == minutes(59)
        assert room.due("support") == minutes(39)

    def test_an_upgrade_ends_a_snooze_that_would_outlast_the_new_cadence(self) -> None:
        room = opened(P2).at(239)
        done(room.snooze(300))
        assert room.due("engineering") == minutes(539)
        done(room.at(250).severity(P0))
        assert room.due("engineering") == minutes(280)

    @pytest.mark.parametrize(
        ("count", "why", "reason"),
        [
            (0, "later", "a snooze has to end in the future"),
            (-5, "later", "a snooze has to end in the future"),
            (10, "  ", "snoozing an update needs a reason"),
            (5, "later", "no update is due before then"),
        ],
    )
    def test_a_snooze_that_makes_no_sense_is_refused(self, count: float, why: str, reason: str) -> None:
        assert refused(opened(P0).at(1).snooze(count, why)) == reason

    def test_once_resolved_there_is_nothing_to_snooze(self) -> None:
        room = opened(P0).at(1)
        done(room.resolve())
        assert refused(room.snooze(60)) == "INC-1 is already resolved"


class TestReopening:
    def test_new_clocks_start_at_the_reopening_and_the_old_figures_stay_on_record(self) -> None:
        room = opened(P0)
        done(room.at(2).acknowledge())
        done(room.at(25).update())
        done(room.at(50).resolve())
        done(room.at(100).status(Status.DETECTED, why="it is back"))
        assert room.response.state == ResponseState.RUNNING
        assert room.response.due == START + minutes(105)
        assert room.update_clock.due == START + minutes(130)
        assert [
            event.after["acknowledged_at"] for event in room.history() if event.kind == "acknowledged"
        ] == [(START + minutes(2)).isoformat()]

    def test_customers_who_were_switched_on_still_hear(self) -> None:
        room = opened(P0)
        done(room.at(5).switch("customers", on=True))
        done(room.at(50).resolve())
        done(room.at(100).status(Status.INVESTIGATING, why="it is back"))
        assert room.due("customers") == minutes(130)

    def test_whoever_reopens_it_to_work_on_it_has_it(self) -> None:
        room = opened(P0)
        done(room.at(50).resolve(by="lin"))
        done(room.at(100).status(Status.FIXING, by="sam", why="the fix did not hold"))
        assert room.incident.acknowledged_by == "sam"
        assert (room.response.state, room.response.took) == (ResponseState.MET, timedelta(0))


def test_an_audience_configured_since_can_be_told() -> None:
    room = opened(P0)
    room.policy = replace(GUIDE, audiences=(*AUDIENCES, Audience("legal", "Legal")))
    done(room.at(10).update("legal"))
    assert room.due("legal") == minutes(40)
