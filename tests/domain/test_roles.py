"""Who does what, and what belongs to an incident (design 3.9)."""

import pytest

from data.domain.incident import Role, StepState
from data.domain.roles import role_warning
from data.domain.severity import Severity
from tests.domain.room import Room, done, refused


def opened() -> Room:
    room = Room()
    done(room.declare("Checkout returns 503", Severity.P0))
    return room


@pytest.mark.parametrize("role", [Role.IC, Role.DEPUTY, Role.SCRIBE, Role.COMMS])
def test_one_person_at_a_time_and_a_handover_names_both(role: Role) -> None:
    room = opened()
    done(room.role(role, "ada"))
    (event,) = done(room.role(role, "lin", by="lin"))
    assert room.incident.role(role) == "lin"
    assert (event.by, event.data["from"], event.data["to"]) == ("lin", "ada", "lin")
    assert sum(held is role for held, _ in room.incident.roles) == 1


def test_taking_what_one_has_is_refused() -> None:
    room = opened()
    done(room.role(Role.IC, "ada"))
    assert refused(room.role(Role.IC, "ada")) == "ada is already ic of INC-1"
    assert refused(room.role(Role.SCRIBE, "")) == "nobody is already scribe of INC-1"


def test_a_role_can_be_laid_down() -> None:
    room = opened()
    done(room.role(Role.IC, "ada"))
    done(room.role(Role.IC, ""))
    assert room.incident.role(Role.IC) == ""


class TestExperts:
    def test_there_may_be_several(self) -> None:
        room = opened()
        done(room.role(Role.EXPERT, "lin"))
        (event,) = done(room.role(Role.EXPERT, "sam"))
        assert room.incident.roles == ((Role.EXPERT, "lin"), (Role.EXPERT, "sam"))
        assert event.data["from"] == ""  # nobody is replaced
        assert refused(room.role(Role.EXPERT, "lin")) == "lin is already an expert on INC-1"

    def test_each_lays_down_their_own(self) -> None:
        room = opened()
        done(room.role(Role.EXPERT, "lin"))
        done(room.role(Role.EXPERT, "sam"))
        done(room.role(Role.EXPERT, "", by="lin"))
        assert room.incident.roles == ((Role.EXPERT, "sam"),)
        assert refused(room.role(Role.EXPERT, "", by="ada")) == "ada is no expert on INC-1"


class TestTheCommander:
    def test_is_warned_when_expert_too(self) -> None:
        room = opened()
        done(room.role(Role.IC, "ada"))
        assert role_warning(room.incident) == ""
        done(room.role(Role.EXPERT, "ada"))
        assert role_warning(room.incident) == "ada is commander and expert: hand one of them over"

    def test_is_warned_while_working_on_a_step(self) -> None:
        room = opened()
        done(room.role(Role.IC, "ada"))
        done(room.step("af2", StepState.DOING, by="ada"))
        assert role_warning(room.incident) == "ada is commander and works on a step: hand one of them over"
        done(room.step("af2", StepState.DONE, by="ada"))
        assert role_warning(room.incident) == ""


def test_a_link_belongs_to_the_incident_once() -> None:
    room = opened()
    done(room.link("bridge", "https://meet.example/42"))
    done(room.link("dashboard", "https://meet.example/42"))
    assert refused(room.link("bridge", "https://meet.example/42")) == "INC-1 already has that bridge link"
    assert [link.kind for link in room.incident.links] == ["bridge", "dashboard"]
