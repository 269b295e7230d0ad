"""The ladder in a hand: escalating by hand, held ladders, and what the view promises (design 3.4, 3.6)."""

from dataclasses import replace

import pytest

from data.domain.incident import LadderState
from data.domain.ladder import plan
from data.domain.severity import Severity
from tests.domain.room import (
    GUIDE,
    START,
    Room,
    contacts_without,
    done,
    down,
    minutes,
    refused,
)
from tests.domain.test_ladder import climb_until, opened, told

P0, P1, P2, P3 = Severity


class TestByHand:
    def test_the_next_level_or_a_chosen_one_at_any_time(self) -> None:
        room = opened(P1).at(2)
        done(room.escalate())
        assert room.events[-1].data["by_hand"]
        done(room.at(3).escalate(to="cto"))
        assert told(room) == [(0, "on-call"), (2, "lead"), (3, "cto")]

    def test_the_machine_counts_on_from_there(self) -> None:
        room = opened(P1).at(2)
        done(room.escalate())
        assert climb_until(room, 17)[-1] == (17, "manager")

    def test_it_does_not_un_acknowledge_and_the_ladder_stays_stopped(self) -> None:
        room = opened(P1).at(2)
        done(room.acknowledge())
        done(room.at(4).escalate())
        assert room.incident.held
        assert room.incident.ladder is not None
        assert room.incident.ladder.state is LadderState.STOPPED
        assert climb_until(room, 119) == [(0, "on-call"), (4, "lead")]

    def test_it_is_refused_when_somebody_escalated_since_the_screen_was_drawn(self) -> None:
        room = opened(P1).at(2)
        done(room.escalate(seen="on-call", by="ada"))
        assert refused(room.escalate(seen="on-call", by="lin")) == (
            "somebody escalated INC-1 to Team lead since you looked"
        )
        done(room.escalate(seen="lead", by="lin"))

    @pytest.mark.parametrize(
        ("to", "reason"),
        [("board", "there is no level board"), ("lead", "Team lead: no contact is configured")],
    )
    def test_a_level_that_cannot_be_told_is_refused(self, to: str, reason: str) -> None:
        assert refused(opened(P1, contacts_without("lin")).escalate(to=to)) == reason

    def test_above_the_last_level_there_is_nobody(self) -> None:
        room = opened(P3)
        done(room.escalate())
        assert refused(room.escalate()) == "no level above Team lead can be told"

    def test_where_no_level_has_a_contact_it_says_so(self) -> None:
        nobody = contacts_without(*(contact.id for contact in GUIDE.contacts))
        assert refused(opened(P1, nobody).escalate()) == "no one can be paged: no level has a contact"

    def test_an_exhausted_ladder_runs_again(self) -> None:
        room = opened(P3, replace(GUIDE, ladder_repeats=0))
        climb_until(room, 300, every=60)
        done(room.at(301).escalate(to="on-call"))
        assert room.incident.ladder is not None
        assert room.incident.ladder.state is LadderState.RUNNING
        assert climb_until(room, 541)[-1] == (541, "lead")

    def test_what_is_over_is_not_escalated(self) -> None:
        room = opened()
        done(room.resolve())
        assert refused(room.escalate()) == "INC-1 is already resolved"


class TestHeld:
    """The ladder of an unconfirmed incident whose causes are all clear (design 3.6)."""

    def room(self) -> Room:
        return opened(P1, by="check:api", severity_by="check:api", confirmed=False, causes=(down(),))

    def test_it_waits_while_everything_is_clear_and_climbs_on_when_a_cause_returns(self) -> None:
        room = self.room().at(10)
        done(room.cause("check:api", clear=True))
        assert climb_until(room, 40) == [(0, "on-call")]
        done(room.cause("check:api", clear=False))
        assert climb_until(room, 41)[-1] == (41, "lead")

    def test_one_cause_of_two_holds_nothing(self) -> None:
        both = (down(), down("check:db"))
        room = opened(P1, by="check:api", severity_by="check:api", confirmed=False, causes=both).at(10)
        done(room.cause("check:api", clear=True))
        assert climb_until(room, 15)[-1] == (15, "lead")

    def test_one_a_person_confirmed_climbs_on_whatever_clears(self) -> None:
        room = opened(P1, causes=(down(),)).at(10)
        done(room.cause("check:api", clear=True))
        assert climb_until(room, 15)[-1] == (15, "lead")

    def test_confirming_the_severity_lets_a_held_ladder_climb(self) -> None:
        room = self.room().at(10)
        done(room.cause("check:api", clear=True))
        done(room.at(20).severity(P1, "sam"))
        assert room.incident.ladder is not None
        assert room.incident.ladder.state is LadderState.RUNNING
        assert climb_until(room, 21)[-1] == (21, "lead")

    def test_escalating_by_hand_keeps_a_next_step_for_later(self) -> None:
        room = self.room().at(10)
        done(room.cause("check:api", clear=True))
        done(room.at(12).escalate())
        done(room.at(13).cause("check:api", clear=False))
        assert climb_until(room, 27)[-1] == (27, "manager")


class TestPlan:
    def test_every_level_and_when_it_is_told_if_nobody_answers(self) -> None:
        rungs = plan(GUIDE, opened(P0).incident)
        assert [(rung.level.id, rung.state) for rung in rungs] == [
            ("on-call", "told"),
            ("lead", "next"),
            ("manager", "later"),
            ("cto", "later"),
            ("ceo", "later"),
        ]
        assert [rung.due for rung in rungs] == [START + minutes(5 * rank) for rank in range(5)]

    def test_levels_that_are_not_to_be_told_say_why(self) -> None:
        room = opened(P1, contacts_without("sam"), by="check:api", severity_by="check:api", confirmed=False)
        assert {rung.level.id: rung.state for rung in plan(room.policy, room.incident)} == {
            "on-call": "told",
            "lead": "next",
            "manager": "nobody",
            "cto": "later",
            "ceo": "not for P1",
        }
        room = opened(P0, by="check:api", severity_by="check:api", confirmed=False)
        assert plan(GUIDE, room.incident)[-1].state == "once a person confirms"

    def test_a_skipped_level_is_not_shown_as_told(self) -> None:
        room = opened(P0, contacts_without("ada"))
        assert [rung.state for rung in plan(room.policy, room.incident)][:2] == ["nobody", "told"]

    def test_stopped_it_promises_nothing(self) -> None:
        room = opened(P0)
        done(room.acknowledge())
        assert {rung.due for rung in plan(GUIDE, room.incident)[1:]} == {None}


def test_a_level_that_was_jumped_over_does_not_count_as_told() -> None:
    room = opened(P0)
    done(room.escalate(to="cto"))
    states = {rung.level.id: rung.state for rung in plan(GUIDE, room.incident)}
    assert (states["on-call"], states["cto"]) == ("told", "told")
    assert (states["lead"], states["manager"]) == ("later", "later")


def test_whom_no_machine_reaches_is_to_be_called_until_somebody_has_it() -> None:
    phone_only = tuple(replace(contact, notify=(), phone="+49 30 1") for contact in GUIDE.contacts)
    room = opened(P1, replace(GUIDE, contacts=phone_only))
    assert room.incident.ladder is not None
    assert room.incident.ladder.call
    reached = tuple(replace(contact, notify=("env:PAGE",)) for contact in phone_only)
    paged = opened(P1, replace(GUIDE, contacts=reached))
    assert paged.incident.ladder is not None
    assert paged.incident.ladder.call == ()
