"""Two incidents that are one (design 3.2, 3.3)."""

from dataclasses import replace
from typing import Any

import pytest

from data.domain.clocks import ResponseState, switch_audience
from data.domain.describe import describe
from data.domain.incident import Cause, Disposition, LadderState, Status, StepState
from data.domain.policy import Policy
from data.domain.severity import Severity
from tests.domain.room import GUIDE, START, Room, contacts_without, done, down, minutes, refused

P0, P1, P2, P3 = Severity


def two(first: Severity, second: Severity, later: float = 4, policy: Policy = GUIDE, **known: Any) -> Room:
    """Return a room with INC-1 and, some minutes later, INC-2."""
    room = Room(policy)
    done(room.declare("Checkout returns 503", first, causes=(down(),), services=("checkout",)))
    done(room.at(later).declare("Payments fail", second, **known))
    return room


def test_the_source_ends_as_a_duplicate_and_the_survivor_says_so() -> None:
    room = two(P1, P1)
    done(room.at(6).merge(2, 1))
    source = room.incidents[2]
    assert (source.status, source.disposition, source.duplicate_of) == (
        Status.RESOLVED,
        Disposition.DUPLICATE,
        1,
    )
    assert room.history(1)[-1].kind == "merged"
    assert room.history(1)[-1].data["from"] == "INC-2"


def test_the_survivor_takes_the_earliest_detection_all_causes_and_services() -> None:
    room = two(P1, P1, services=("payments", "checkout"), causes=(down("check:db"), down()))
    done(room.at(6).merge(1, 2))
    survivor = room.incidents[2]
    assert survivor.detected_at == START
    assert [cause.key for cause in survivor.causes] == ["check:db", "check:api"]
    assert survivor.services == ("payments", "checkout")


def test_the_earliest_beginning_of_the_two() -> None:
    room = two(P1, P1, began_at=START - minutes(30))
    done(room.at(6).merge(2, 1))
    assert room.incident.began_at == START - minutes(30)


class TestSeverity:
    def test_the_higher_one_wins(self) -> None:
        room = two(P2, P0)
        done(room.at(6).merge(2, 1))
        assert room.incident.severity is P0
        assert room.incident.severity_why == "merged INC-2"
        room = two(P0, P2)
        done(room.at(6).merge(2, 1))
        assert room.incident.severity is P0
        assert room.incident.severity_by == "ada"

    def test_raised_the_acknowledgement_is_asked_anew_and_somebody_is_paged(self) -> None:
        room = two(P2, P0)
        done(room.at(5).acknowledge("lin"))
        done(room.at(6).merge(2, 1))
        assert not room.incident.held
        assert room.response.state == ResponseState.RUNNING
        assert room.response.due == START + minutes(11)
        assert room.history(1)[-1].kind == "escalation"
        assert room.history(1)[-1].data["level"] == "on-call"

    def test_not_raised_whoever_has_it_keeps_it(self) -> None:
        room = two(P1, P2)
        done(room.at(5).acknowledge("lin"))
        done(room.at(6).merge(2, 1))
        assert room.incident.acknowledged_by == "lin"
        assert room.incident.held

    @pytest.mark.parametrize(
        ("first", "second", "due"),
        [(P1, P1, 15), (P2, P0, 11), (P1, P0, 11), (P0, P1, 5)],
    )
    def test_unacknowledged_the_survivor_never_gets_more_time(
        self, first: Severity, second: Severity, due: float
    ) -> None:
        room = two(first, second)
        done(room.at(4.5 if first is P0 else 6).merge(2, 1))
        assert room.response.due == START + minutes(due)

    def test_the_earlier_detection_counts_for_an_unacknowledged_survivor(self) -> None:
        room = two(P1, P1)
        done(room.at(6).merge(1, 2))
        response = room.incidents[2].response
        assert response is not None
        assert (response.started, response.due) == (START, START + minutes(15))

    def test_a_miss_of_the_survivor_stays(self) -> None:
        room = two(P1, P0, later=20)
        done(room.at(21).merge(2, 1))
        assert room.response.due == START + minutes(15)
        assert room.response.state == ResponseState.LATE

    def test_confirmed_by_a_person_is_confirmed(self) -> None:
        room = Room()
        done(room.declare("api DOWN", P1, "check:api", confirmed=False, causes=(down(),)))
        done(room.declare("Checkout is dead", P1, "lin"))
        done(room.merge(2, 1))
        assert room.incident.confirmed

    def test_a_ladder_with_nobody_wakes_when_the_higher_severity_reaches_somebody(self) -> None:
        room = two(P3, P1, policy=contacts_without("ada", "lin"))
        assert room.incident.ladder is not None
        assert room.incident.ladder.state is LadderState.NOBODY
        done(room.at(6).merge(2, 1))
        assert room.history(1)[-1].data["level"] == "manager"


class TestAudiences:
    def test_those_of_the_source_hear_from_the_survivor_no_later_than_promised(self) -> None:
        room = two(P2, P0, later=10)
        done(room.at(35).merge(2, 1))
        assert room.due("executives") == minutes(40)
        assert room.due("engineering") == minutes(40)

    def test_one_switched_on_by_hand_stays_on(self) -> None:
        room = two(P0, P2)
        customers = GUIDE.audience("customers")
        assert customers is not None
        done(room.do(lambda it: (switch_audience(GUIDE, it, customers, True, room.now),), by="lin", number=2))
        done(room.at(6).merge(2, 1))
        clock = room.incident.clock("customers")
        assert clock is not None
        assert (clock.applies, clock.by_hand) == (True, True)
        assert room.due("customers") == minutes(36)  # as often as a P0 asks, not in four hours

    def test_what_the_survivor_has_sent_counts_on(self) -> None:
        room = two(P1, P1)
        done(room.at(20).update())
        done(room.at(25).merge(2, 1))
        assert room.due("executives") == minutes(80)

    def test_an_earlier_first_update_of_the_source_is_kept(self) -> None:
        room = two(P1, P1)
        done(room.at(6).merge(1, 2))
        clock = room.incidents[2].clock("support")
        assert clock is not None
        assert clock.due == START + minutes(60)


class TestRefused:
    def test_into_itself(self) -> None:
        assert refused(two(P1, P1).merge(1, 1)) == "INC-1 cannot be merged into itself"

    def test_into_one_that_is_over(self) -> None:
        room = two(P1, P1)
        done(room.resolve())
        assert refused(room.merge(2, 1)) == "INC-1 is already resolved"

    def test_one_that_is_over(self) -> None:
        room = two(P1, P1)
        done(room.resolve())
        assert refused(room.later(2).merge(1, 2)) == "INC-1 is already resolved (2 min ago)"


def test_undoing_a_merge_splits_the_two_again() -> None:
    room = two(P2, P0)
    done(room.at(5).acknowledge("lin"))
    first, second = room.incidents[1], room.incidents[2]
    done(room.at(6).merge(2, 1, by="sam"))
    done(room.at(7).undo("sam", number=1))
    for before, after in ((first, room.incidents[1]), (second, room.incidents[2])):
        assert replace(after, version=before.version, touched_at=before.touched_at) == before


def test_a_merge_is_taken_back_once_from_either_side() -> None:
    room = two(P1, P3)
    done(room.at(5).step("af2", StepState.DONE, by="sam"))
    done(room.at(6).merge(2, 1, by="sam"))
    done(room.at(7).undo("sam", number=1))
    assert room.incidents[2].live
    assert describe(room.history(1)[-1]) == "undone: merge"
    done(room.at(8).undo("sam", number=1))
    assert room.history(1)[-1].data["title"] == "Review error logs"
    assert refused(room.undo("sam", number=2)) == "you have changed nothing here that can be undone"


def test_a_merge_that_changes_nothing_here_says_only_where_it_came_from() -> None:
    room = two(P1, P3)
    done(room.at(6).merge(2, 1))
    merged = room.history(1)[-1]
    assert (merged.kind, dict(merged.after)) == ("merged", {})
    assert room.incident.causes == (Cause("check:api", START),)
