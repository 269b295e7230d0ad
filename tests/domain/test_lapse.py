"""An acknowledgement nobody lives up to lapses, and escalation starts again (design 3.3)."""

from dataclasses import replace

import pytest

from data.domain import lapse
from data.domain.clocks import ResponseState, lapses_at
from data.domain.incident import Role, Status
from data.domain.severity import Severity
from tests.domain.room import GUIDE, START, Room, done, minutes, refused

P0, P1, P2, P3 = Severity


def held(severity: Severity = P0, by: str = "ada") -> Room:
    """Return a room whose incident was acknowledged after two minutes."""
    room = Room()
    done(room.declare("Checkout returns 503", severity))
    done(room.at(2).acknowledge(by))
    return room


def lapse_minute(room: Room) -> float | None:
    """Return the minute of the story at which the acknowledgement lapses."""
    at = lapses_at(room.policy, room.incident)
    return None if at is None else (at - START).total_seconds() / 60


@pytest.mark.parametrize(("severity", "lapses"), [(P0, 60), (P1, 120), (P2, None), (P3, None)])
def test_one_full_cadence_past_the_overdue_update_for_p0_and_p1(
    severity: Severity, lapses: float | None
) -> None:
    assert lapse_minute(held(severity)) == lapses


def test_the_story_of_a_lapse() -> None:
    room = held()
    assert room.at(49.9).keeper() == ()
    (warning,) = room.at(50).keeper()
    assert (warning.kind, warning.by) == ("lapse warning", "keeper")
    assert room.at(59.9).keeper() == ()
    lapsed, again = room.at(60).keeper()
    assert (lapsed.kind, lapsed.data["holder"]) == ("lapsed", "ada")
    assert (again.kind, again.data["level"]) == ("escalation", "lead")  # one above the holder
    assert room.keeper() == ()
    assert not room.incident.held
    assert room.incident.status is Status.ACKNOWLEDGED
    assert (room.response.state, room.response.took) == (ResponseState.MET, minutes(2))


def test_whoever_takes_it_next_has_it_and_the_response_stays_met() -> None:
    room = held()
    room.at(60).keeper()
    done(room.at(63).acknowledge("lin"))
    assert room.incident.held
    assert room.incident.acknowledged_by == "lin"
    assert (room.response.state, room.response.took) == (ResponseState.MET, minutes(2))
    assert "breach" not in room.kinds()
    assert lapse_minute(room) == 93  # a full cadence from there
    assert refused(room.at(65).acknowledge("sam")) == (
        "INC-1 was already acknowledged again by lin, after it had lapsed 5 min ago"
    )


@pytest.mark.parametrize("to", [Status.INVESTIGATING, Status.FIXING])
def test_moving_it_on_takes_it_too(to: Status) -> None:
    room = held()
    room.at(60).keeper()
    done(room.at(61).status(to, by="sam"))
    assert room.incident.acknowledged_by == "sam"
    assert room.incident.held
    assert "breach" not in room.kinds()


def test_doing_something_puts_it_off_and_asks_for_a_warning_of_its_own() -> None:
    room = held()
    room.at(50).keeper()
    done(room.at(55).note("pool at 100%"))
    assert lapse_minute(room) == 85
    assert [event.kind for event in room.at(75).keeper()] == ["lapse warning"]


def test_an_update_after_the_warning_still_leaves_the_next_lapse_its_warning() -> None:
    room = held()
    room.at(50).keeper()
    done(room.at(51).update())
    assert lapse_minute(room) == 51 + 60
    assert [event.kind for event in room.at(101).keeper()] == ["lapse warning"]


def test_what_machines_do_is_not_doing() -> None:
    room = held()
    done(room.at(40).do(lapse.keep, "check:api"))
    assert lapse_minute(room) == 60


@pytest.mark.parametrize("by", ["ada", "lin"])
def test_one_key_keeps_it(by: str) -> None:
    room = held()
    room.at(50).keeper()
    done(room.at(52).do(lapse.keep, by))
    assert room.at(60).keeper() == ()
    assert lapse_minute(room) == 82


def test_there_is_nothing_to_keep_before_somebody_has_it() -> None:
    room = Room()
    done(room.declare("Checkout returns 503", P0))
    assert refused(room.do(lapse.keep)) == "INC-1 is not acknowledged"


def test_a_snooze_counts() -> None:
    room = held()
    done(room.at(29).snooze(20))
    assert lapse_minute(room) == 29 + 20 + 30


def test_the_earliest_audience_counts_with_its_own_cadence() -> None:
    slow = tuple(replace(item, cadence=((P0, minutes(90)),)) for item in GUIDE.audiences)
    room = Room(replace(GUIDE, audiences=slow))
    done(room.declare("Checkout returns 503", P0))
    done(room.acknowledge())
    assert lapse_minute(room) == 180


def test_off_while_monitoring_and_once_over() -> None:
    room = held()
    done(room.at(3).status(Status.MONITORING))
    assert lapse_minute(room) is None
    assert room.at(500).keeper() == ()
    done(room.status(Status.FIXING, why="it came back"))
    assert lapse_minute(room) == 530
    done(room.resolve())
    assert lapse_minute(room) is None


def test_with_nobody_to_tell_nothing_is_overdue() -> None:
    room = Room(replace(GUIDE, audiences=()))
    done(room.declare("Checkout returns 503", P0))
    done(room.acknowledge())
    assert lapse_minute(room) is None


@pytest.mark.parametrize(
    ("holder", "level"),
    [
        ("ada", "lead"),
        ("Lin Chen", "manager"),
        ("sam", "cto"),
        ("ceo", "on-call"),  # nobody above: from the first again
        ("somebody else", "manager"),  # above the level told last
    ],
)
def test_escalation_starts_one_level_above_the_holder(holder: str, level: str) -> None:
    room = Room()
    done(room.declare("Checkout returns 503", P0))
    room.at(5).keeper()
    done(room.at(6).acknowledge(holder))
    assert room.at(60).keeper()[-1].data["level"] == level
    assert room.incident.ladder is not None
    assert room.incident.ladder.next_at == START + minutes(65)


def test_a_keeper_that_slept_through_the_warning_lets_it_lapse_all_the_same() -> None:
    room = held()
    assert [event.kind for event in room.at(300).keeper()] == ["lapsed", "escalation"]
    assert room.incident.lapsed_at == START + minutes(300)


def test_a_role_counts_as_doing() -> None:
    room = held()
    done(room.at(45).role(Role.SCRIBE, "lin", by="lin"))
    assert lapse_minute(room) == 75
