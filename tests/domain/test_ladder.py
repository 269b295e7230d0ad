"""Who is told, and who is next, when (guide: Escalation Path; design 3.4)."""

from dataclasses import replace
from typing import Any

import pytest

from data.domain import ladder
from data.domain.change import Refused
from data.domain.incident import LadderState, Status
from data.domain.policy import Policy
from data.domain.severity import Severity
from tests.domain.room import (
    CONTACTS,
    GUIDE,
    LEVELS,
    START,
    Room,
    contacts_without,
    done,
    minutes,
)

P0, P1, P2, P3 = Severity


def opened(severity: Severity = P0, policy: Policy = GUIDE, **known: Any) -> Room:
    room = Room(policy)
    done(room.declare("Checkout returns 503", severity, **known))
    return room


def told(room: Room) -> list[tuple[float, str]]:
    """Return who was told, at which minute of the story."""
    return [
        ((event.at - START).total_seconds() / 60, event.data["level"])
        for event in room.history()
        if event.kind == "escalation" and "level" in event.data
    ]


def climb_until(room: Room, last: float, every: float = 1) -> list[tuple[float, str]]:
    """Let the keeper run every so many minutes and nobody answer."""
    now = (room.now - START).total_seconds() / 60
    while now < last:
        now += every
        room.at(now).keeper()
    return told(room)


@pytest.mark.parametrize(
    ("severity", "path"),
    [
        (P0, [(0, "on-call"), (5, "lead"), (10, "manager"), (15, "cto"), (20, "ceo")]),
        (P1, [(0, "on-call"), (15, "lead"), (30, "manager"), (45, "cto")]),
        (P2, [(0, "on-call"), (60, "lead"), (120, "manager")]),
        (P3, [(0, "on-call"), (240, "lead")]),
    ],
)
def test_the_escalation_path_of_the_guide(severity: Severity, path: list[tuple[float, str]]) -> None:
    room = opened(severity)
    assert climb_until(room, path[-1][0]) == path


def test_level_1_is_told_in_the_command_that_opens_the_incident() -> None:
    room = opened()
    assert room.kinds() == ["declared", "escalation"]
    assert len({event.command for event in room.events}) == 1
    assert room.events[1].by == "escalation"
    assert room.events[1].data["contacts"] == ["Ada Lovelace"]


@pytest.mark.parametrize("severity", [P0, P1, P2, P3])
def test_the_machine_alone_never_brings_it_to_the_ceo(severity: Severity) -> None:
    room = opened(severity, by="check:api", severity_by="check:api", confirmed=False)
    assert "ceo" not in [level for _, level in climb_until(room, 4000, every=5)]


def test_once_a_person_confirms_the_severity_the_ceo_is_next() -> None:
    room = opened(P0, by="check:api", severity_by="check:api", confirmed=False)
    climb_until(room, 15)
    assert room.incident.ladder is not None
    assert room.incident.ladder.next_level == "on-call"
    done(room.at(17).severity(P0, "sam", why="every shop is down"))
    assert room.incident.confirmed
    assert room.incident.ladder is not None
    assert (room.incident.ladder.next_level, room.incident.ladder.next_at) == ("ceo", START + minutes(20))
    assert climb_until(room, 20)[-1] == (20, "ceo")


def test_acknowledging_stops_it() -> None:
    room = opened()
    done(room.at(1).acknowledge())
    assert climb_until(room, 59) == [(0, "on-call")]  # a minute more and silence lets it lapse
    assert room.incident.ladder is not None
    assert room.incident.ladder.state is LadderState.STOPPED


def test_the_ladder_repeats_twice_after_the_last_level_and_then_rests() -> None:
    room = opened(P1)
    levels = [level for _, level in climb_until(room, 400)]
    assert levels == ["on-call", "lead", "manager", "cto"] * 3
    assert room.incident.ladder is not None
    assert room.incident.ladder.state is LadderState.EXHAUSTED
    assert isinstance(ladder.climb(room.policy, room.incident, room.now), Refused)


def test_the_repeats_are_a_setting() -> None:
    room = opened(P3, replace(GUIDE, ladder_repeats=0))
    assert [level for _, level in climb_until(room, 3000, every=60)] == ["on-call", "lead"]


def test_steps_missed_while_nobody_ran_fire_one_at_a_time_and_say_how_late() -> None:
    room = opened(P0)
    room.at(47)
    assert [event.data["level"] for event in room.keeper() if event.kind == "escalation"] == ["lead"]
    assert room.events[-1].data["late"] == 42 * 60
    assert room.keeper() == ()
    assert climb_until(room, 57)[-2:] == [(52, "manager"), (57, "cto")]
    assert "late" not in room.events[-1].data


def test_a_level_nobody_is_reachable_at_is_skipped_at_once_and_named() -> None:
    room = opened(P0, contacts_without("ada", "sam"))
    assert told(room) == [(0, "lead")]
    assert room.events[1].data["skipped"] == ["on-call"]
    climb_until(room, 5)
    assert told(room)[-1] == (5, "cto")
    assert room.events[-1].data["skipped"] == ["manager"]


def test_a_contact_without_any_way_to_be_reached_is_no_contact() -> None:
    mute = (replace(CONTACTS[0], phone="", notify=()), *CONTACTS[1:])
    assert told(opened(P0, replace(GUIDE, contacts=mute))) == [(0, "lead")]


def test_a_contact_with_only_a_phone_is_reachable() -> None:
    assert told(opened(P0, replace(GUIDE, contacts=(replace(CONTACTS[0], notify=()),)))) == [(0, "on-call")]


class TestNobody:
    def test_without_any_contact_the_ladder_stands_still(self) -> None:
        room = opened(P0, replace(GUIDE, contacts=()))
        assert room.incident.ladder is not None
        assert room.incident.ladder.state is LadderState.NOBODY
        assert room.events[1].data["skipped"] == [level.id for level in LEVELS]
        assert climb_until(room, 60) == []

    def test_an_upgrade_that_reaches_somebody_tells_them(self) -> None:
        room = opened(P2, contacts_without("ada", "lin", "sam"))
        assert told(room) == []
        done(room.at(7).severity(P0))
        assert told(room) == [(7, "cto")]
        assert room.incident.ladder is not None
        assert room.incident.ladder.next_at == START + minutes(12)

    def test_it_starts_once_somebody_can_be_paged(self) -> None:
        room = opened(P0, replace(GUIDE, contacts=()))
        assert ladder.wake(room.policy, room.incident, room.now) == ()
        room.policy = GUIDE
        done(room.at(9).do(lambda it: ladder.wake(room.policy, it, room.now)))
        assert told(room) == [(9, "on-call")]

    def test_nobody_is_woken_for_what_somebody_has(self) -> None:
        room = opened(P0, replace(GUIDE, contacts=()))
        done(room.acknowledge())
        assert ladder.wake(GUIDE, room.incident, room.now) == ()


@pytest.mark.parametrize(
    ("old", "new", "at", "level", "due"),
    [
        (P2, P0, 20, "lead", 25),  # raised: no later than the new delay from now
        (P2, P0, 58, "lead", 60),  # the old step comes sooner
        (P1, P0, 14, "lead", 15),
        (P0, P2, 3, "lead", 60),  # lowered: the longer delay from when level 1 was told
        (P3, P1, 100, "lead", 115),
    ],
)
def test_a_severity_change_moves_the_next_step(
    old: Severity, new: Severity, at: float, level: str, due: float
) -> None:
    room = opened(old).at(at)
    done(room.severity(new))
    assert room.incident.ladder is not None
    assert (room.incident.ladder.next_level, room.incident.ladder.next_at) == (level, START + minutes(due))


def test_an_upgrade_lets_an_exhausted_ladder_climb_on() -> None:
    room = opened(P3, replace(GUIDE, ladder_repeats=0))
    climb_until(room, 300, every=60)
    done(room.at(400).severity(P1))
    assert climb_until(room, 415) == [(0, "on-call"), (240, "lead"), (415, "manager")]


def test_a_level_may_have_a_delay_of_its_own() -> None:
    quick = replace(LEVELS[0], delay=((P1, minutes(3)),))
    room = opened(P1, replace(GUIDE, levels=(quick, *LEVELS[1:])))
    assert climb_until(room, 18) == [(0, "on-call"), (3, "lead"), (18, "manager")]


def test_a_level_that_left_the_configuration_does_not_strand_the_ladder() -> None:
    room = opened(P1)
    room.policy = replace(GUIDE, levels=LEVELS[1:])
    done(room.at(1).severity(P0))
    assert climb_until(room, 6) == [(0, "on-call"), (6, "lead")]


def test_reopened_the_ladder_begins_anew() -> None:
    room = opened(P1)
    climb_until(room, 30)
    done(room.resolve())
    done(room.at(100).status(Status.DETECTED, why="it is back"))
    assert told(room)[-1] == (100, "on-call")
    assert climb_until(room, 115)[-1] == (115, "lead")
