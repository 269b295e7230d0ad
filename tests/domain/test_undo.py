"""Taking back one's own last change, while nobody has built on it (design 4, z)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from data.domain import undo
from data.domain.change import Refused
from data.domain.clocks import ResponseState
from data.domain.incident import Incident, LadderState, Role, Status, StepState
from data.domain.severity import Severity
from tests.domain.room import START, Room, done, minutes, refused
from tests.domain.stories import Moment, play, rooms, stories, unhurried

P0, P1, P2, P3 = Severity


def opened(severity: Severity = P1) -> Room:
    room = Room()
    done(room.declare("Search p99 above 4 s", severity))
    return room


def plain(incident: Incident) -> Incident:
    """Return an incident without what every event moves."""
    return replace(incident, version=0, touched_at=None, lapse_warned=False)


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("step", lambda room: room.step("af2", StepState.DONE)),
        ("skip", lambda room: room.step("af2", StepState.SKIPPED, why="no logs")),
        ("status", lambda room: room.status(Status.FIXING)),
        ("severity", lambda room: room.severity(P0)),
        ("role", lambda room: room.role(Role.IC, "ada")),
        ("acknowledgement", lambda room: room.acknowledge()),
        ("link", lambda room: room.link("ticket", "T-1")),
        ("audience", lambda room: room.switch("customers", on=True)),
        ("snooze", lambda room: room.snooze(90)),
        ("resolve", lambda room: room.resolve()),
    ],
)
def test_the_last_change_is_taken_back_whole(name: str, act: object) -> None:
    room = opened().at(3)
    before = room.incident
    assert callable(act)
    done(act(room))
    assert plain(room.incident) != plain(before)
    done(room.later(1).undo())
    assert plain(room.incident) == plain(before)


@settings(unhurried, max_examples=200)
@given(rooms(), stories)
def test_undo_restores_exactly_what_the_last_command_changed(room: Room, story: list[Moment]) -> None:
    play(room, story)
    command = undo.last_undoable(room.history(), "ada")
    if isinstance(command, Refused):
        return
    mine = [event for event in room.events if event.command == command]
    after = {number: room.incidents[number] for number in {event.incident or 0 for event in mine}}
    if isinstance(room.undo("ada"), Refused):
        return
    for event in mine:
        if event.kind == "breach":
            continue
        back = [later for later in room.events if later.undoes == event.seq]
        assert [(later.subject, dict(later.after)) for later in back] == (
            [(event.subject, dict(event.before))] if event.before or event.kind in undo.UNDOABLE else []
        )
    touched = {name for event in mine if not event.subject for name in event.after}
    for number, state in after.items():
        now = room.incidents[number]
        for name in (
            "severity",
            "status",
            "response",
            "ladder",
            "roles",
            "links",
            "causes",
            "acknowledged_at",
        ):
            if name not in touched:
                assert getattr(now, name) == getattr(state, name)


def test_the_prompt_names_what_is_taken_back() -> None:
    room = opened()
    done(room.step("af2", StepState.DONE))
    command = undo.last_undoable(room.history(), "ada")
    assert isinstance(command, str)
    taken = undo.undo(command, {1: room.history()})
    assert isinstance(taken, undo.Undo)
    assert taken.prompt == 'tick "Review error logs"'


def test_each_takes_back_their_own() -> None:
    room = opened()
    done(room.role(Role.SCRIBE, "lin", by="lin"))
    done(room.role(Role.IC, "ada", by="ada"))
    done(room.step("af2", StepState.DONE, by="lin"))
    done(room.undo("lin"))
    assert room.incident.step("af2") is not None
    assert room.incident.steps_done == 0
    assert room.incident.role(Role.IC) == "ada"


def test_taking_back_again_goes_further_back_never_forth() -> None:
    room = opened(P3)
    done(room.severity(P2))
    done(room.later(1).severity(P1))
    done(room.undo())
    assert room.incident.severity is P2
    done(room.undo())
    assert room.incident.severity is P3
    assert refused(room.undo()) == "you have changed nothing here that can be undone"


def test_two_who_take_back_the_same_command_do_it_once() -> None:
    room = opened()
    done(room.severity(P0))
    command = undo.last_undoable(room.history(), "ada")
    assert isinstance(command, str)
    done(room.undo())
    again = undo.undo(command, {1: room.history()})
    assert refused(again) == "that has been taken back already"


def test_refused_once_somebody_has_built_on_it() -> None:
    room = opened(P2)
    done(room.severity(P1, by="ada"))
    done(room.later(1).severity(P0, by="lin"))
    assert refused(room.undo("ada")) == "lin has changed it since (severity)"
    done(room.undo("lin"))
    done(room.undo("ada"))
    assert room.incident.severity is P2


def test_what_others_did_elsewhere_does_not_stand_in_the_way() -> None:
    room = opened()
    done(room.step("af2", StepState.DONE, by="ada"))
    done(room.role(Role.IC, "lin", by="lin"))
    done(room.note(by="lin"))
    done(room.undo("ada"))
    assert room.incident.role(Role.IC) == "lin"


@pytest.mark.parametrize("sent", ["update", "escalate", "note"])
def test_what_was_sent_paged_or_said_is_passed_over(sent: str) -> None:
    room = opened()
    done(room.step("af2", StepState.DONE))
    done(getattr(room.later(1), sent)())
    done(room.undo())
    assert room.incident.steps_done == (1 if sent == "update" else 0)  # "Notify stakeholders" stays ticked
    assert room.events[-1].data["title"] == "Review error logs"


def test_an_update_sent_since_keeps_a_severity_change_standing() -> None:
    room = opened()
    done(room.severity(P0))
    done(room.at(2).update(by="lin"))
    assert refused(room.undo()) == "lin has changed it since (clock)"


def test_an_acknowledgement_taken_back_lets_the_ladder_climb_on() -> None:
    room = opened(P0).at(2)
    done(room.acknowledge())
    done(room.at(9).undo())
    assert room.response.state == ResponseState.LATE
    assert room.incident.ladder is not None
    assert room.incident.ladder.state is LadderState.RUNNING
    assert [event.kind for event in room.keeper()] == ["breach", "escalation"]
    assert room.incident.status is Status.DETECTED
    assert room.incident.step("ir1") is not None
    assert room.incident.steps_done == 0  # the tick that came with it is gone too


def test_a_breach_is_a_fact_that_stays() -> None:
    room = opened(P0).at(9)
    done(room.acknowledge())
    done(room.undo())
    assert room.incident.breached
    assert room.incident.acknowledged_at is None
    assert [event.at for event in room.history() if event.kind == "breach"] == [START + minutes(5)]


def test_an_audience_that_had_no_clock_is_not_told_again() -> None:
    room = opened()
    legal = replace(room.policy.audiences[-1], id="legal", name="Legal")
    room.policy = replace(room.policy, audiences=(*room.policy.audiences, legal))
    done(room.switch("legal", on=True))
    done(room.undo())
    clock = room.incident.clock("legal")
    assert clock is not None
    assert not clock.applies


def test_a_command_nobody_gave_has_nothing_to_take_back() -> None:
    assert refused(undo.undo("c99", {1: opened().history()})) == "there is nothing to undo"
