"""From detected to closed: what may happen, what it needs, and how it is refused (design 3.3)."""

from datetime import timedelta
from typing import Any

import pytest

from data.domain import lifecycle
from data.domain.clocks import ResponseState
from data.domain.incident import PHASES, Status, is_operator
from data.domain.lifecycle import seconds_ago
from data.domain.severity import Severity
from tests.domain.room import START, Room, done, minutes, refused

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
