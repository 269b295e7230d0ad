"""From detected to closed: what may happen, what it needs, and how it is refused (design 3.3)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from data.domain import lifecycle
from data.domain.change import Refused
from data.domain.clocks import ResponseState
from data.domain.incident import PHASES, Disposition, Status, is_operator
from data.domain.lifecycle import recurs, seconds_ago
from data.domain.severity import Severity
from tests.domain.room import GUIDE, START, Room, done, minutes, refused

P0, P1, P2, P3 = Severity
ORDER = list(Status)


def opened(severity: Severity = P1) -> Room:
    room = Room()
    done(room.declare("Search p99 above 4 s", severity))
    return room


def at_status(status: Status, severity: Severity = P1) -> Room:
    """Return a room whose incident stands there, by the shortest way."""
    room = opened(severity).at(1)
    if status is Status.DETECTED:
        return room
    done(room.acknowledge())
    if status.over:
        done(room.resolve())
    elif status is not Status.ACKNOWLEDGED:
        done(room.status(status))
    if status is Status.CLOSED:
        done(room.do(lambda it: lifecycle.close(it, "ada", room.now, "small")))
    return room


@pytest.mark.parametrize(
    ("status", "phase"),
    list(
        zip(ORDER, [PHASES[0], PHASES[1], PHASES[2], PHASES[3], PHASES[3], PHASES[4], PHASES[4]], strict=True)
    ),
)
def test_each_status_belongs_to_a_phase_of_the_guide(status: Status, phase: str) -> None:
    assert status.phase == phase


def test_the_phases_are_the_guides() -> None:
    assert PHASES == (
        "Detection & Alerting",
        "Initial Response",
        "Investigation",
        "Resolution",
        "Post-Incident",
    )


@pytest.mark.parametrize("was", ORDER[:5])
@pytest.mark.parametrize("to", ORDER[:5])
def test_forward_is_free_backward_asks_why(was: Status, to: Status) -> None:
    room = at_status(was).later(1)
    answer = room.status(to)
    if to is was:
        assert refused(answer) == f"INC-1 is already {was}"
    elif to.order > was.order:
        done(answer)
        assert room.incident.status is to
    else:
        assert refused(answer) == f"going back from {was} to {to} needs a reason"
        done(room.status(to, why="the fix did not hold"))
        assert room.incident.status is to
        assert room.events[-1].kind in ("status", "escalation")


@pytest.mark.parametrize("to", ORDER[:6])
def test_a_closed_incident_stays_closed(to: Status) -> None:
    assert refused(at_status(Status.CLOSED).status(to, why="again")) == "INC-1 is closed"


@pytest.mark.parametrize("was", ORDER[:5])
def test_resolving_through_the_status_asks_how_it_ended(was: Status) -> None:
    assert refused(at_status(was).status(Status.RESOLVED)) == "resolving needs to say how it ended"


@pytest.mark.parametrize("to", ORDER[1:5])
def test_a_status_past_detected_acknowledges(to: Status) -> None:
    room = opened().at(4)
    done(room.status(to, by="lin"))
    assert room.incident.acknowledged_by == "lin"
    assert (room.response.state, room.response.took) == (ResponseState.MET, minutes(4))


def test_back_to_detected_asks_anew_and_pages_again() -> None:
    room = at_status(Status.FIXING).at(6)
    done(room.status(Status.DETECTED, why="ada had to leave"))
    assert not room.incident.held
    assert room.kinds()[-2:] == ["status", "escalation"]
    assert room.events[-1].data["level"] == "on-call"
    assert room.response.due == START + minutes(15)


class TestDeclaring:
    @pytest.mark.parametrize(
        ("known", "reason"),
        [
            ({"detected_at": START + minutes(1)}, "detected_at lies in the future"),
            ({"began_at": START + minutes(1)}, "it cannot have begun after it was detected"),
        ],
    )
    def test_instants_that_cannot_be_are_refused(self, known: dict[str, Any], reason: str) -> None:
        room = Room()
        assert refused(room.declare("Checkout returns 503", P0, **known)) == reason
        assert room.events == []

    def test_a_title_is_needed(self) -> None:
        assert refused(Room().declare("  ", P0)) == "an incident needs a title"

    def test_the_declaration_stands_at_the_detection_and_the_paging_at_the_opening(self) -> None:
        room = Room()
        done(room.declare("Late", P1, detected_at=START - minutes(20)))
        assert [event.at for event in room.events] == [START - minutes(20), START]
        assert room.response.state == ResponseState.LATE


class TestAcknowledging:
    def test_the_first_one_has_it_and_the_second_hears_who(self) -> None:
        room = opened().at(2)
        done(room.acknowledge("ada", text="looking at the pool"))
        assert room.events[-2].data["text"] == "looking at the pool"
        room.now += timedelta(seconds=3)
        assert refused(room.acknowledge("lin")) == "INC-1 was already acknowledged 3 s ago by ada"

    def test_what_is_over_cannot_be_acknowledged(self) -> None:
        assert refused(at_status(Status.RESOLVED).acknowledge("lin")) == "INC-1 is already resolved"

    def test_a_late_one_records_the_breach_at_the_due(self) -> None:
        room = opened(P0).at(11)
        done(room.acknowledge())
        assert room.kinds() == ["declared", "escalation", "breach", "acknowledged", "step"]
        assert room.events[2].at == START + minutes(5)
        assert room.events[2].by == "keeper"
        assert room.at(30).keeper() == ()  # and only once

    def test_acknowledging_makes_it_confirmed(self) -> None:
        room = Room()
        done(room.declare("payments-db DOWN", P1, by="check:db", severity_by="check:db", confirmed=False))
        done(room.acknowledge())
        assert room.incident.confirmed


class TestResolving:
    @pytest.mark.parametrize("how", list(Disposition))
    def test_ending_needs_a_disposition(self, how: Disposition) -> None:
        room = at_status(Status.MONITORING).later(5)
        of = 7 if how is Disposition.DUPLICATE else None
        done(room.do(lambda it: lifecycle.resolve(it, how, "ada", room.now, of=of)))
        assert (room.incident.disposition, room.incident.duplicate_of) == (how, of)
        assert room.incident.resolved_at == room.now

    @pytest.mark.parametrize(
        ("how", "of", "reason"),
        [
            (Disposition.DUPLICATE, None, "a duplicate needs its original"),
            (Disposition.FIXED, 7, "only a duplicate has an original"),
            (Disposition.DUPLICATE, 1, "INC-1 cannot be a duplicate of itself"),
        ],
    )
    def test_a_duplicate_and_only_a_duplicate_has_an_original(
        self, how: Disposition, of: int | None, reason: str
    ) -> None:
        room = opened()
        assert refused(room.do(lambda it: lifecycle.resolve(it, how, "ada", room.now, of=of))) == reason

    def test_what_still_fails_is_listed_and_asks_why(self) -> None:
        room = at_status(Status.FIXING)
        still = ("checkout-api", "DBDown")
        answer = room.do(lambda it: lifecycle.resolve(it, Disposition.FIXED, "ada", room.now, still=still))
        assert refused(answer) == "still failing: checkout-api, DBDown"
        fine: dict[str, Any] = {"still": still, "why": "the check itself is wrong"}
        done(room.do(lambda it: lifecycle.resolve(it, Disposition.FIXED, "ada", room.now, **fine)))
        assert room.events[-1].data["still"] == ["checkout-api", "DBDown"]

    def test_a_second_one_hears_when(self) -> None:
        room = at_status(Status.RESOLVED).later(3)
        assert refused(room.resolve(by="lin")) == "INC-1 is already resolved (3 min ago)"

    @pytest.mark.parametrize("machine", ["check:api", "alert:prod", "keeper", "escalation", "warroom"])
    def test_a_machine_never_resolves(self, machine: str) -> None:
        room = opened()
        assert refused(room.resolve(by=machine)) == "only a person resolves INC-1"
        assert room.incident.live


class TestClosing:
    @pytest.mark.parametrize("severity", [P0, P1])
    def test_p0_and_p1_need_the_post_mortem_or_a_reason(self, severity: Severity) -> None:
        room = at_status(Status.RESOLVED, severity)
        assert (
            refused(room.status(Status.CLOSED)) == f"a {severity} needs its post-mortem before it is closed"
        )
        done(room.status(Status.CLOSED, why="a drill"))
        assert room.incident.post_mortem == "not needed"

    @pytest.mark.parametrize("severity", [P0, P1])
    def test_with_a_final_post_mortem_nothing_is_asked(self, severity: Severity) -> None:
        room = at_status(Status.RESOLVED, severity)
        room.incidents[1] = replace(room.incident, post_mortem="final")
        done(room.status(Status.CLOSED))
        assert room.incident.post_mortem == "final"

    @pytest.mark.parametrize("severity", [P2, P3])
    def test_p2_and_p3_just_close(self, severity: Severity) -> None:
        room = at_status(Status.RESOLVED, severity)
        done(room.status(Status.CLOSED))
        assert room.incident.closed_at == room.now

    @pytest.mark.parametrize("was", ORDER[:5])
    def test_only_the_resolved_are_closed(self, was: Status) -> None:
        assert refused(at_status(was).status(Status.CLOSED)) == f"INC-1 is {was}, not resolved"


class TestReopening:
    def test_it_needs_a_reason(self) -> None:
        assert refused(at_status(Status.RESOLVED).status(Status.FIXING)) == "reopening needs a reason"

    def test_the_end_is_forgotten_and_a_breach_can_be_missed_again(self) -> None:
        room = opened(P0).at(10)
        done(room.resolve(Disposition.WORKAROUND))
        assert room.response.state == ResponseState.BREACHED
        done(room.at(100).status(Status.DETECTED, why="it is back"))
        assert (room.incident.resolved_at, room.incident.disposition) == (None, None)
        assert room.incident.reopened_at == room.now
        assert not room.incident.breached
        done(room.at(106).acknowledge("lin"))
        breaches = [event.at for event in room.history() if event.kind == "breach"]
        assert breaches == [START + minutes(5), START + minutes(105)]

    def test_by_a_machine_it_is_unconfirmed_again(self) -> None:
        room = at_status(Status.RESOLVED).at(30)
        done(
            room.do(
                lambda it: lifecycle.reopen(GUIDE, it, Status.DETECTED, "check:api", room.now, "down again"),
                "check:api",
            )
        )
        assert not room.incident.confirmed

    @pytest.mark.parametrize(("hours", "again"), [(0.1, True), (24, True), (24.01, False)])
    def test_a_recurrence_within_the_window_is_the_same_incident(self, hours: float, again: bool) -> None:
        room = at_status(Status.RESOLVED)
        assert recurs(GUIDE, room.incident, room.now + timedelta(hours=hours)) is again

    @pytest.mark.parametrize("was", [Status.DETECTED, Status.MONITORING, Status.CLOSED])
    def test_only_a_resolved_one_recurs(self, was: Status) -> None:
        room = at_status(was)
        assert not recurs(GUIDE, room.incident, room.now)
        assert isinstance(
            lifecycle.reopen(GUIDE, room.incident, Status.DETECTED, "ada", room.now, "again"), Refused
        )


class TestSeverity:
    def test_who_chose_it_and_why_goes_on_the_timeline(self) -> None:
        room = opened(P2)
        done(room.severity(P0, "lin", why="data is being lost"))
        event = next(event for event in room.events if event.kind == "severity")
        assert (event.by, event.before["severity"], event.after["severity"]) == ("lin", "P2", "P0")
        assert event.data["why"] == "data is being lost"
        assert (room.incident.severity_by, room.incident.severity_why) == ("lin", "data is being lost")

    def test_the_same_again_is_refused_unless_it_confirms(self) -> None:
        assert refused(opened(P1).severity(P1)) == "INC-1 is already P1"
        room = Room()
        done(room.declare("payments-db DOWN", P1, by="check:db", severity_by="check:db", confirmed=False))
        assert refused(room.severity(P1, "keeper")) == "INC-1 is already P1"
        done(room.severity(P1, "lin"))
        assert room.incident.confirmed

    def test_after_the_end_it_corrects_the_record_and_moves_no_clock(self) -> None:
        room = at_status(Status.RESOLVED)
        before = room.incident
        done(room.later(60).severity(P3))
        assert room.incident.updates == before.updates
        assert room.incident.response == before.response
        assert room.incident.ladder == before.ladder


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s ago"),
        (-4, "0 s ago"),
        (3.9, "3 s ago"),
        (60, "1 min ago"),
        (7200, "2 h ago"),
        (200_000, "2 d ago"),
    ],
)
def test_how_long_ago(seconds: float, words: str) -> None:
    assert seconds_ago(START, START + timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("by", "person"),
    [("ada", True), ("Ada Lovelace", True), ("check:api", False), ("alert:prod", False), ("keeper", False)],
)
def test_who_is_a_person(by: str, person: bool) -> None:
    assert is_operator(by) is person
