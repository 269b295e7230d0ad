"""What becomes of a message: tried again, given up, no longer needed (design 3.4, 3.5, 7)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain import ladder, outbox
from data.domain.delivery import Delivery, DeliveryKind, DeliveryState
from data.domain.incident import LadderState
from data.domain.outbox import Outcome
from data.domain.policy import Contact
from data.domain.severity import Severity
from tests.domain.room import GUIDE, START, Room, done, down, minutes

P0, P1, P2, P3 = Severity
PAGE, NOTICE, UPDATE = DeliveryKind
BUSY = Outcome(False, "JSON: HTTP 503 Service Unavailable")
ADA = Contact("ada", "Ada Lovelace", notify=("env:ADA_PUSH", "env:ADA_SMS"))


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def message(kind: DeliveryKind = PAGE, **fields: Any) -> Delivery:
    made = Delivery("2:contact:ada:0", 1, 2, kind, "contact:ada", "[P1] INC-1", "words", START, START)
    return replace(made, **fields)


def tries(item: Delivery, outcome: Outcome) -> list[float]:
    """Return how many seconds pass before each next try, until it is given up."""
    waits: list[float] = []
    now = START
    while True:
        item = outbox.after(item, outcome, now)
        if item.next_at is None:
            assert item.state is DeliveryState.FAILED
            assert item.ended_at == now
            return waits
        assert item.state is DeliveryState.WAITING
        waits.append((item.next_at - now).total_seconds())
        now = item.next_at


@pytest.mark.parametrize(
    ("kind", "waits"),
    [(PAGE, [5, 15]), (NOTICE, [5, 15]), (UPDATE, [5, 15, 45, 135, 405, 900, 900, 900])],
)
def test_a_failed_send_is_tried_again_and_given_up_visibly(kind: DeliveryKind, waits: list[float]) -> None:
    assert tries(message(kind), BUSY) == waits
    assert sum(waits) <= 3600


@pytest.mark.parametrize(
    ("kind", "asked", "waits"),
    [
        (PAGE, 20, 20),  # a receiver that asks for time gets it
        (PAGE, 3600, 30),  # within limits: somebody must be woken
        (PAGE, 1, 5),  # and never sooner than by ourselves
        (UPDATE, 120, 120),
        (UPDATE, 86400, 900),
    ],
)
def test_a_receiver_may_ask_for_time(kind: DeliveryKind, asked: float, waits: float) -> None:
    held_off = Outcome(False, "HTTP 429 Too Many Requests", retry_after=seconds(asked))
    assert outbox.after(message(kind), held_off, START).next_at == START + seconds(waits)


@pytest.mark.parametrize("kind", list(DeliveryKind))
def test_what_another_try_cannot_mend_is_given_up_at_once(kind: DeliveryKind) -> None:
    assert tries(message(kind), Outcome(False, "HTTP 404 Not Found", permanent=True)) == []


def test_a_message_that_arrived_is_over() -> None:
    sent = outbox.after(message(attempts=2), Outcome(True, "ntfy", keep={"remote": "abc"}), START)
    assert (sent.state, sent.attempts, sent.next_at, sent.ended_at) == (DeliveryState.SENT, 3, None, START)
    assert (sent.result, sent.options) == ("ntfy", {"remote": "abc"})


outcomes = st.builds(
    Outcome,
    st.booleans(),
    st.text(max_size=20),
    st.none() | st.timedeltas(seconds(0), timedelta(days=3)),
    st.booleans(),
)


@given(st.sampled_from(DeliveryKind), st.lists(outcomes, max_size=40))
def test_no_message_is_tried_for_ever_nor_put_off_without_a_date(
    kind: DeliveryKind, story: list[Outcome]
) -> None:
    item, now = message(kind), START
    for outcome in story:
        assert outbox.hopeless(item, outcome) == (
            outbox.after(item, outcome, now).state is DeliveryState.FAILED
        )
        item = outbox.after(item, outcome, now)
        assert (item.next_at is None) == item.state.over
        if item.state.over:
            break
        assert item.next_at is not None
        assert now < item.next_at <= now + timedelta(minutes=15)
        now = item.next_at
    assert item.attempts <= 9


def test_the_contacts_next_way_is_a_message_of_its_own() -> None:
    failed = outbox.after(message(attempts=2), BUSY, START)
    following = outbox.next_way(failed, ADA, START + minutes(1))
    assert following is not None
    assert (following.id, following.way, following.attempts) == ("2:contact:ada:1", 1, 0)
    assert (following.state, following.next_at) == (DeliveryState.WAITING, START + minutes(1))
    assert outbox.next_way(following, ADA, START) is None, "that was the last way"
    assert outbox.next_way(message(UPDATE), None, START) is None


def test_a_key_stays_the_same_for_every_try_and_belongs_to_one_room() -> None:
    item = message()
    again = outbox.after(item, BUSY, START + minutes(3))
    assert outbox.key_of(item) == outbox.key_of(again) == "2:contact:ada:0:20261124T134611.000000Z"
    another = replace(item, created_at=START + seconds(1))  # another store, its numbers the same
    assert outbox.key_of(another) != outbox.key_of(item)


class TestNeedless:
    def room(self, **known: Any) -> Room:
        room = Room()
        done(room.declare("Checkout returns 503", P1, **known))
        return room

    def test_a_page_while_nobody_has_it_is_sent(self) -> None:
        assert outbox.needless(message(), self.room().incident) == ""

    def test_an_acknowledgement_makes_it_needless(self) -> None:
        room = self.room()
        done(room.acknowledge("lin"))
        assert outbox.needless(message(), room.incident) == "acknowledged by lin"

    def test_unless_it_was_asked_for_while_somebody_had_it(self) -> None:
        room = self.room()
        done(room.acknowledge("lin"))
        assert outbox.needless(message(options={outbox.ASKED: True}), room.incident) == ""

    def test_a_lapse_makes_it_needed(self) -> None:
        room = self.room()
        done(room.acknowledge("lin"))
        room.at(180).keeper()
        assert room.incident.lapsed_at is not None
        assert outbox.needless(message(), room.incident) == ""

    @pytest.mark.parametrize("options", [{}, {outbox.ASKED: True}])
    def test_nobody_is_woken_for_what_is_over(self, options: dict[str, bool]) -> None:
        room = self.room()
        done(room.resolve())
        assert outbox.needless(message(options=options), room.incident) == "INC-1 is resolved"

    def test_a_warning_is_needless_once_somebody_did_something(self) -> None:
        room = self.room()
        done(room.acknowledge("lin"))
        room.at(112).keeper()
        assert room.incident.lapse_warned
        assert outbox.needless(message(NOTICE), room.incident) == ""
        done(room.note(by="sam"))
        assert outbox.needless(message(NOTICE), room.incident) == "no longer about to lapse"

    def test_an_update_a_person_confirmed_goes_out_whatever_comes(self) -> None:
        room = self.room()
        done(room.acknowledge("lin"))
        done(room.resolve())
        assert outbox.needless(message(UPDATE), room.incident) == ""


class TestWhenTheLastWayFailed:
    def test_the_next_level_is_told_two_minutes_later(self) -> None:
        room = Room()
        done(room.declare("Checkout returns 503", P1))
        room.later(3)
        done(room.do(lambda it: ladder.hasten(GUIDE, it, room.now), "escalation"))
        rung = room.incident.ladder
        assert rung is not None
        assert (rung.state, rung.next_level, rung.next_at) == (
            LadderState.RUNNING,
            "lead",
            START + minutes(5),
        )
        assert room.events[-1].data["name"] == "On-call engineer"
        room.at(5).keeper()
        assert room.events[-1].data["level"] == "lead"
        assert "late" not in room.events[-1].data

    @pytest.mark.parametrize("after", [13, 14.9])
    def test_never_later_than_it_would_have_been(self, after: float) -> None:
        room = Room()
        done(room.declare("Checkout returns 503", P1))
        assert ladder.hasten(GUIDE, room.incident, START + minutes(after)) == ()

    def test_a_ladder_that_stands_still_is_left_alone(self) -> None:
        room = Room()
        done(room.declare("Checkout returns 503", P1, confirmed=False, causes=(down(),)))
        done(room.cause("check:api", clear=True))
        assert ladder.hasten(GUIDE, room.incident, START) == (), "held: every cause is clear"
        done(room.cause("check:api", clear=False))
        done(room.acknowledge())
        assert ladder.hasten(GUIDE, room.incident, START) == ()

    @pytest.mark.parametrize(
        ("states", "nobody"),
        [
            ([DeliveryState.FAILED], True),
            ([DeliveryState.FAILED, DeliveryState.FAILED], True),
            ([DeliveryState.FAILED, DeliveryState.WAITING], False),
            ([DeliveryState.FAILED, DeliveryState.SENDING], False),
            ([DeliveryState.FAILED, DeliveryState.SENT], False),
            ([DeliveryState.SUPPRESSED], False),
            ([], False),
        ],
    )
    def test_every_way_of_everybody_has_to_have_failed(
        self, states: list[DeliveryState], nobody: bool
    ) -> None:
        assert outbox.reached_nobody([message(state=state) for state in states]) is nobody


def test_updates_carry_what_a_status_page_has_to_know() -> None:
    room = Room()
    done(room.declare("Checkout returns 503", P1))
    items = outbox.updates(
        room.incident,
        7,
        "customers",
        ["page", "mail", "page"],
        "Checkout",
        "We know.",
        {"notify": True},
        START,
    )
    assert [item.id for item in items] == ["7:channel:page:customers", "7:channel:mail:customers"]
    assert items[0].options["notify"] is True
    assert items[0].options["status"] == "detected"
    assert str(items[0].options["incident"]).startswith("INC-1 2026-11-24T13:46:11")


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (message(), "waits to be sent"),
        (message(attempts=1, result="HTTP 500"), "try 1 failed: HTTP 500"),
        (message(state=DeliveryState.SENDING), "being sent"),
        (message(state=DeliveryState.SENT, ended_at=START), "sent 1 min ago"),
        (message(state=DeliveryState.FAILED, result="HTTP 500"), "NOT DELIVERED: HTTP 500"),
        (
            message(state=DeliveryState.SUPPRESSED, result="acknowledged by lin"),
            "not needed: acknowledged by lin",
        ),
    ],
)
def test_how_a_message_stands_in_words(item: Delivery, words: str) -> None:
    assert outbox.tells(item, START + seconds(90)) == words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, ""),
        ({UPDATE: 1}, "1 update is still to be sent: whoever works for this room next does"),
        (
            {PAGE: 2, UPDATE: 1},
            "2 pages and 1 update are still to be sent: whoever works for this room next does",
        ),
    ],
)
def test_what_is_left_in_the_outbox_in_words(counts: dict[DeliveryKind, int], words: str) -> None:
    assert outbox.still_to_send(counts) == words
