"""Steps are set, never toggled, and the program ticks what it knows (design 3.8)."""

from dataclasses import replace
from typing import Any

import pytest

from data.domain import checklist
from data.domain.checklist import Already
from data.domain.incident import Link, Step, StepState
from data.domain.severity import Severity
from tests.domain.room import GUIDE, LOGS_STEP, STEPS, Room, done, refused

P1 = Severity.P1
TODO, DOING, DONE, SKIPPED = StepState
FAILOVER = Step("df1", "db-failover", "Resolution", "Fail over the database", second=True)


def opened(*more: Step, **known: Any) -> Room:
    room = Room()
    done(room.declare("Checkout returns 503", P1, steps=(*STEPS, *more), **known))
    return room


def step(room: Room, step_id: str = "af2") -> Step:
    found = room.incident.step(step_id)
    assert found is not None
    return found


def test_a_step_is_done_by_somebody_at_some_time() -> None:
    room = opened().at(4)
    done(room.step("af2", DONE, by="ada"))
    assert (step(room).state, step(room).by, step(room).at) == (DONE, "ada", room.now)


def test_two_people_ticking_at_once_are_one_tick_and_the_second_sees_who_was_first() -> None:
    room = opened().at(4)
    done(room.step("af2", DONE, by="ada"))
    count = len(room.events)
    answer = room.later(0.01).step("af2", DONE, by="lin")
    assert isinstance(answer, Already)
    assert answer.step.by == "ada"
    assert len(room.events) == count


def test_starting_what_is_done_takes_nothing_back() -> None:
    room = opened()
    done(room.step("af2", DONE, by="ada"))
    assert isinstance(room.step("af2", DOING, by="lin"), Already)
    assert step(room).state is DONE


def test_a_step_in_work_can_go_to_somebody_else() -> None:
    room = opened()
    done(room.step("af2", DOING, by="ada"))
    assert isinstance(room.step("af2", DOING, by="ada"), Already)
    done(room.step("af2", DOING, by="lin"))
    assert step(room).by == "lin"


def test_skipping_needs_a_reason_that_stays() -> None:
    room = opened()
    assert refused(room.step("af2", SKIPPED)) == "skipping a step needs a reason"
    done(room.step("af2", SKIPPED, why="no logs on this host"))
    assert (step(room).state, step(room).why) == (SKIPPED, "no logs on this host")
    assert room.incident.steps_done == 1


def test_an_open_step_again_belongs_to_nobody() -> None:
    room = opened()
    done(room.step("af2", SKIPPED, why="not needed"))
    done(room.step("af2", TODO))
    assert step(room) == LOGS_STEP


def test_a_step_nobody_has_heard_of() -> None:
    assert refused(opened().step("zz9", DONE)) == "INC-1 has no step zz9"


class TestASecondPairOfEyes:
    def test_a_different_operator_confirms(self) -> None:
        room = opened(FAILOVER)
        (event,) = done(room.step("df1", DONE, by="ada"))
        assert (step(room, "df1").state, event.data["second"]) == (DOING, True)
        assert refused(room.step("df1", DONE, by="ada")) == (
            "Fail over the database: needs a second pair of eyes, not ada again"
        )
        (event,) = done(room.step("df1", DONE, by="lin"))
        assert (step(room, "df1").state, event.data["confirms"]) == (DONE, "ada")

    def test_whoever_started_it_is_the_first_pair(self) -> None:
        room = opened(FAILOVER)
        done(room.step("df1", DOING, by="ada"))
        done(room.step("df1", DONE, by="lin"))
        assert step(room, "df1").state is DONE


class TestWhatTheProgramKnows:
    def ticked(self, room: Room, step_id: str) -> bool:
        return step(room, step_id).state is DONE and step(room, step_id).by == "warroom"

    def test_acknowledging_ticks_acknowledge(self) -> None:
        room = opened()
        assert not self.ticked(room, "ir1")
        done(room.acknowledge())
        assert self.ticked(room, "ir1")
        assert (room.events[-1].by, room.events[-1].data["auto"]) == ("warroom", "acknowledged")

    def test_stakeholders_are_notified_when_every_applicable_audience_has_had_one(self) -> None:
        room = opened()
        done(room.update("engineering", "product", "support"))
        assert not self.ticked(room, "ir3")
        done(room.update("executives"))
        assert self.ticked(room, "ir3")

    @pytest.mark.parametrize("kind", ["ticket", "bridge"])
    def test_a_ticket_link_ticks_create_ticket(self, kind: str) -> None:
        ticket = Step("ir2", "initial-response", "Initial Response", "Create incident ticket", auto="ticket")
        room = opened(ticket)
        done(room.link(kind, "https://tickets.example/7"))
        assert self.ticked(room, "ir2") is (kind == "ticket")

    @pytest.mark.parametrize(("by", "known"), [("ada", True), ("check:api", False)])
    def test_a_severity_a_person_chose(self, by: str, known: bool) -> None:
        level = Step("da3", "d", "Detection & Alerting", "Determine initial severity level", auto="severity")
        room = opened(level, severity_by=by)
        assert self.ticked(room, "da3") is known

    def test_resolving_and_the_final_post_mortem(self) -> None:
        room = opened()
        assert not checklist.known_facts(room.incident) & {"resolved", "post-mortem"}
        done(room.resolve())
        assert "resolved" in checklist.known_facts(room.incident)
        assert "post-mortem" in checklist.known_facts(replace(room.incident, post_mortem="final"))

    def test_without_an_audience_nobody_has_been_notified(self) -> None:
        room = Room(replace(GUIDE, audiences=()))
        done(room.declare("Checkout returns 503", P1))
        assert "stakeholders" not in checklist.known_facts(room.incident)

    def test_a_step_somebody_skipped_stays_skipped(self) -> None:
        room = opened()
        done(room.step("ir1", SKIPPED, why="paged by phone"))
        done(room.acknowledge())
        assert step(room, "ir1").state is SKIPPED

    def test_what_is_ticked_is_not_ticked_again(self) -> None:
        room = opened()
        done(room.acknowledge())
        assert checklist.self_ticks(room.incident, room.now) == ()
        assert Link("ticket", "x") not in room.incident.links


class TestRunbooks:
    def test_its_steps_are_copied_onto_the_incident_once(self) -> None:
        room = opened()
        (event,) = done(room.do(lambda it: checklist.attach(it, (FAILOVER,), "db-failover")))
        assert room.incident.step("df1") == FAILOVER
        assert event.data["steps"] == 1
        again = room.do(lambda it: checklist.attach(it, (FAILOVER,), "db-failover"))
        assert refused(again) == "INC-1 already has the runbook db-failover"

    def test_an_empty_one_is_refused(self) -> None:
        room = opened()
        assert refused(room.do(lambda it: checklist.attach(it, (), "empty"))) == (
            "the runbook empty has no steps to work through"
        )
