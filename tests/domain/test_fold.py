"""The events alone rebuild an incident, whatever happened to it (design 1, 6)."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from data.domain.change import AUDIENCE, STEP, STEPS, Change, apply, before_of, fold
from data.domain.codec import decode, encode, field_types
from data.domain.incident import Incident, Step, UpdateClock
from data.domain.severity import Severity
from tests.domain.room import START, Room, done, minutes
from tests.domain.stories import Moment, play, rooms, stories, unhurried


def fields_set(state: Incident, subject: str, values: dict[str, Any]) -> Incident:
    """Set fields the plain way, without an event in between."""
    if subject.startswith(STEP):
        key = subject.removeprefix(STEP)
        return replace(
            state, steps=tuple(replace(step, **values) if step.id == key else step for step in state.steps)
        )
    if subject.startswith(AUDIENCE):
        key = subject.removeprefix(AUDIENCE)
        return replace(
            state,
            updates=tuple(
                replace(clock, **values) if clock.audience == key else clock for clock in state.updates
            ),
        )
    return replace(state, **values)


def kind_of(subject: str) -> type:
    """Return what a subject is."""
    if subject.startswith(STEP):
        return Step
    return UpdateClock if subject.startswith(AUDIENCE) else Incident


class Witness(Room):
    """A room that also keeps each incident by setting the changed fields directly."""

    def __init__(self, room: Room) -> None:
        super().__init__(room.policy, room.now)
        self.events, self.incidents, self._commands = room.events, room.incidents, room._commands
        self.witnessed = dict(room.incidents)

    def _append(self, number: int, change: Change, by: str, command: str) -> None:
        super()._append(number, change, by, command)
        event = self.events[-1]
        known = self.witnessed.get(number)
        if known is None:
            values = {name: value for name, value in change.after.items() if name not in ("id", "version")}
            known = Incident(id=number, **values)
        else:
            kind = kind_of(change.subject)
            hints = field_types(kind)
            plain = {
                name: decode(hints[name], value) if event.undoes is not None else value
                for name, value in change.after.items()
            }
            known = fields_set(known, change.subject, plain)
        now = self.incidents[number]
        derived: dict[str, Any] = {"version": now.version, "touched_at": now.touched_at}
        if event.kind != "lapse warning":
            derived["lapse_warned"] = now.lapse_warned
        self.witnessed[number] = replace(known, **derived)


@settings(unhurried, max_examples=150)
@given(rooms(), stories)
def test_folding_the_events_gives_what_setting_the_fields_gave(room: Room, story: list[Moment]) -> None:
    witness = Witness(room)
    play(witness, story)
    for number, incident in witness.incidents.items():
        assert fold(witness.history(number)) == incident
        assert witness.witnessed[number] == incident


@unhurried
@given(rooms(), stories)
def test_every_prefix_folds_to_what_stood_then(room: Room, story: list[Moment]) -> None:
    play(room, story)
    state: Incident | None = None
    history = room.history()
    for count, event in enumerate(history, start=1):
        before = state
        state = apply(state, event)
        assert fold(history[:count]) == state
        assert state.version == count
        if before is not None and event.subject != STEPS:
            change = Change(event.kind, event.after, event.subject)
            assert dict(event.before) == before_of(before, change)
            assert {name: before_of(state, change)[name] for name in event.after} == dict(event.after)


@unhurried
@given(rooms(), stories)
def test_the_last_touch_is_the_latest_thing_a_person_did(room: Room, story: list[Moment]) -> None:
    play(room, story)
    people = [event.at for event in room.history() if event.by in ("ada", "lin", "sam")]
    assert room.incident.touched_at == (max(people) if people else None)


def test_nothing_folds_to_nothing() -> None:
    assert fold(()) is None


def test_what_a_newer_program_added_is_passed_over() -> None:
    room = Room()
    done(room.declare("Checkout returns 503", Severity.P0))
    first = room.history()[0]
    newer = replace(first, data={**first.data, "after": {**first.after, "mood": "tense"}})
    assert fold([newer]) == fold([first])


def test_a_note_written_for_an_earlier_instant_does_not_make_the_room_forget_the_last_touch() -> None:
    room = Room()
    done(room.declare("Checkout returns 503", Severity.P0))
    done(room.at(10).note())
    earlier = Change("note", facts={"text": "it began here"}, at=START + minutes(1))
    done(room.at(12).do(lambda _: (earlier,)))
    assert room.incident.touched_at == START + minutes(10)


def test_steps_come_and_go_by_events() -> None:
    room = Room()
    done(room.declare("Checkout returns 503", Severity.P0))
    new = Step("x1", "extra", "Extra", "Look again")
    done(room.do(lambda _: (Change("runbook", {"add": (new,)}, STEPS),)))
    assert room.incident.step("x1") == new
    done(room.do(lambda _: (Change("runbook", {"remove": ["x1"]}, STEPS),)))
    assert room.incident.step("x1") is None
    assert encode(fold(room.history())) == encode(room.incident)
