"""The words of a page, whom it goes to, and whom somebody has to call (design 3.4)."""

from dataclasses import replace
from typing import Any

import pytest

from data.domain import outbox, paging
from data.domain.change import Event
from data.domain.delivery import Delivery
from data.domain.incident import Status
from data.domain.policy import Policy
from data.domain.severity import Severity
from tests.domain.room import GUIDE, Room, done, down

P0, P1, P2, P3 = Severity


def told(room: Room) -> tuple[Event, ...]:
    """Return the escalations so far."""
    return tuple(event for event in room.history() if event.kind == "escalation")


def pages(room: Room, policy: Policy = GUIDE) -> tuple[Delivery, ...]:
    """Return the pages the last escalation asks for."""
    *before, event = told(room)
    return paging.pages(policy, room.incident, event, before, room.now)


def opened(severity: Severity = P1, **known: Any) -> Room:
    room = Room()
    done(room.declare("Checkout returns 503", severity, **known))
    return room


def test_the_first_page_says_what_whom_and_how() -> None:
    room = opened(services=("checkout", "payments"))
    (page,) = pages(room)
    assert (page.id, page.target, page.level) == ("2:contact:ada:0", "contact:ada", "on-call")
    assert page.subject == "[P1] INC-1 Checkout returns 503"
    assert page.body.split("\n") == [
        "High: major feature unavailable, significant performance degradation",
        "Services: checkout, payments",
        "Detected: 2026-11-24 13:46:11Z",
        "Response due: 2026-11-24 14:01:11Z",
        "You are told as On-call engineer.",
        "You are the first to be told.",
        "",
        "Acknowledge: warroom ack INC-1",
        "",
        "Reference 2:contact:ada:0",
    ]


def test_later_pages_say_who_was_told_before_and_where_people_meet() -> None:
    room = opened()
    done(room.link("bridge", "https://meet.example/42"))
    room.at(15).keeper()
    (page,) = pages(room)
    assert page.target == "contact:lin"
    assert "Told before: Ada Lovelace 13:46Z" in page.body
    assert "Bridge: https://meet.example/42" in page.body


def test_an_unconfirmed_incident_says_so() -> None:
    room = opened(confirmed=False, causes=(down(),), by="check:api", severity=P0)
    assert "nobody has confirmed it" in pages(room)[0].body.split("\n")[0]


def test_whoever_comes_after_a_lapse_learns_who_fell_silent() -> None:
    room = opened()
    done(room.acknowledge("ada"))
    room.at(180).keeper()
    (page,) = pages(room)
    assert page.target == "contact:lin", "one level above the holder"
    assert "ada had it and has fallen silent." in page.body
    assert "Response due" not in page.body


def test_who_is_asked_for_by_hand_meanwhile_is_paged_all_the_same() -> None:
    room = opened()
    done(room.acknowledge("ada"))
    done(room.escalate(by="ada"))
    (page,) = pages(room)
    assert "ada has it; ada asks for you as well." in page.body
    assert outbox.needless(page, room.incident) == ""


def test_a_page_asked_for_by_hand_before_anybody_has_it_is_like_any_other() -> None:
    room = opened()
    done(room.escalate(by="sam"))
    (page,) = pages(room)
    done(room.acknowledge("lin"))
    assert outbox.needless(page, room.incident) == "acknowledged by lin"


def test_whom_no_machine_reaches_gets_no_page() -> None:
    room = opened(P0)
    done(room.escalate("cto"))
    assert pages(room) == ()
    assert [contact.id for contact in paging.call_now(GUIDE, room.incident)] == ["cto"]


def test_everybody_of_a_level_is_paged() -> None:
    levels = tuple(replace(level, contacts=("ada", "lin", "cto")) for level in GUIDE.levels)
    room = opened()
    both = pages(room, replace(GUIDE, levels=levels))
    assert [page.target for page in both] == ["contact:ada", "contact:lin"]


@pytest.mark.parametrize("known", [{"backfilled": True}, {"backfilled": True, "status": Status.MONITORING}])
def test_what_is_recorded_afterwards_wakes_nobody(known: dict[str, Any]) -> None:
    room = opened(**known)
    done(room.escalate(by="sam"))
    assert pages(room) == ()


class TestCallNow:
    def at_the_cto(self) -> Room:
        room = opened(P0)
        done(room.escalate("cto"))
        return room

    def test_nobody_while_a_machine_reaches_them(self) -> None:
        assert paging.call_now(GUIDE, opened().incident) == ()

    def test_not_by_mail_alone(self) -> None:
        room = opened(P0)
        done(room.escalate("manager"))
        assert paging.call_now(GUIDE, room.incident) == ()

    def test_nobody_once_somebody_has_it(self) -> None:
        room = self.at_the_cto()
        done(room.acknowledge("sam"))
        assert paging.call_now(GUIDE, room.incident) == ()

    def test_nobody_once_it_is_over(self) -> None:
        room = self.at_the_cto()
        done(room.resolve())
        assert paging.call_now(GUIDE, room.incident) == ()

    def test_again_after_a_lapse(self) -> None:
        room = self.at_the_cto()
        done(room.acknowledge("lin"))
        done(room.escalate("cto"))
        room.at(240)
        room.keeper()
        assert room.incident.lapsed_at is not None
        done(room.escalate("cto"))
        assert [contact.id for contact in paging.call_now(GUIDE, room.incident)] == ["cto"]


class TestTheHolderIsTold:
    def warned(self, holder: str) -> tuple[Delivery, ...]:
        room = opened()
        done(room.acknowledge(holder))
        (warning,) = room.at(112).keeper()
        assert warning.kind == "lapse warning"
        return paging.notices(GUIDE, room.incident, warning, room.now)

    @pytest.mark.parametrize("holder", ["ada", "Ada Lovelace"])
    def test_ten_minutes_before(self, holder: str) -> None:
        (notice,) = self.warned(holder)
        assert notice.target == "contact:ada"
        assert "Your acknowledgement lapses at 15:46Z" in notice.body
        assert 'warroom note INC-1 "still on it"' in notice.body

    @pytest.mark.parametrize("holder", ["sam", "somebody", "cto"])
    def test_only_whom_a_machine_reaches(self, holder: str) -> None:
        assert self.warned(holder) == ()


def test_a_page_repeats_only_the_last_names() -> None:
    room = opened(P0)
    before = [
        replace(told(room)[0], data={"contacts": [f"Person {number}"], "level": "on-call"})
        for number in range(40)
    ]
    body = paging.pages(GUIDE, room.incident, told(room)[0], before, room.now)[0].body
    assert "Person 39" in body
    assert "Person 30" not in body
