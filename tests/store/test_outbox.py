"""Whoever tells a level pages its people in the same transaction (design 3.4, 7)."""

from collections.abc import Callable

import pytest

from data.domain.codec import encode
from data.domain.delivery import DeliveryKind, DeliveryState
from data.domain.incident import Disposition, Status
from data.domain.room import Definition, Kind
from data.store import outgoing
from data.store.commands import climbing, incidents, merges, people, proposals, rooms, telling, undoing
from data.store.commands.findings import Finding
from data.store.queries.outbox import pending
from tests.store.outgoing import REACHED, check_owed, claimed, reach, rows, sent, states
from tests.store.room import P0, P1, P2, Room, done

API = Finding("check:checkout-api", "checkout-api is down", P1, "refused (3 of 3 failed)", ("checkout",))


@pytest.fixture
def room(room: Room) -> Room:
    """A room whose first two levels machines can reach."""
    return reach(room)


def declare(room: Room) -> None:
    done(room.do(incidents.declare, "Checkout returns 503", P1, services=["checkout"]))


def climb(room: Room) -> None:
    room.clock.later(minutes=15)
    numbers = room.read(lambda connection: climbing.due(connection, room.clock.now))
    done(room.do(climbing.climb, numbers, by="escalation"))


def lapse(room: Room) -> None:
    done(room.do(incidents.acknowledge, "INC-1", by="somebody"))
    room.clock.later(hours=3)
    room.keep()
    assert "lapsed" in room.kinds("INC-1")


def by_hand(room: Room) -> None:
    done(room.do(telling.escalate, "INC-1", to="team-lead"))


def start_over(room: Room) -> None:
    done(room.do(incidents.acknowledge, "INC-1"))
    done(room.do(incidents.set_status, "INC-1", Status.DETECTED, "it was another one's"))


def reopen(room: Room) -> None:
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED))
    done(room.do(incidents.set_status, "INC-1", Status.DETECTED, "it is back"))


def no_answer(room: Room) -> None:
    done(room.do(telling.record_call, "INC-1", "ada", "no-answer", seen="on-call"))


def merge_worse(room: Room) -> None:
    done(room.do(incidents.declare, "All of it is down", P0))
    done(room.do(incidents.acknowledge, "INC-1"))
    done(room.do(merges.merge, "INC-2", into="INC-1"))


@pytest.mark.parametrize(
    "story",
    [climb, lapse, by_hand, start_over, reopen, no_answer, merge_worse],
    ids=lambda story: story.__name__,
)
def test_whoever_tells_a_level_pages_it(room: Room, story: Callable[[Room], None]) -> None:
    declare(room)
    assert [(item.target, item.kind) for item in rows(room).values()] == [("contact:ada", DeliveryKind.PAGE)]
    before = room.kinds("INC-1").count("escalation")
    story(room)
    assert room.kinds("INC-1").count("escalation") > before
    room.read(lambda connection: check_owed(connection, room.clock.now))


@pytest.mark.parametrize("opens", [True, False])
def test_what_a_machine_finds_pages_once_it_opens(room: Room, opens: bool) -> None:
    room.found(Finding(**{**encode(API), "severity": P1, "services": ("checkout",), "opens": opens}))
    if not opens:
        assert not room.read(outgoing.load), "a proposal wakes nobody"
        done(room.do(proposals.confirm, "PR-1", P0))
    (page,) = rows(room).values()
    assert page.subject == f"[{'P1' if opens else 'P0'}] INC-1 checkout-api is down"
    room.read(lambda connection: check_owed(connection, room.clock.now))


def test_a_ladder_that_nobody_could_climb_pages_once_somebody_can_be(room: Room) -> None:
    bare = [Definition(Kind.CONTACT, item.id, encode(item)) for item in REACHED]
    everybody = ("ada", "lin", "sam", "tess", "carla")
    done(
        room.do(rooms.apply, [], [Definition(Kind.CONTACT, name, {}) for name in everybody], ["nobody left"])
    )
    declare(room)
    assert room.row("INC-1").nobody
    assert rows(room) == {}
    done(room.do(rooms.apply, bare, [], ["two are back"]))
    climb(room)
    assert [item.target for item in rows(room).values()] == ["contact:ada"]


def test_a_backfilled_incident_wakes_nobody(room: Room) -> None:
    done(room.do(incidents.declare, "Yesterday's outage", P0, backfill=True))
    done(room.do(telling.escalate, "INC-1"))
    assert rows(room) == {}


def test_a_command_given_twice_pages_once(room: Room) -> None:
    for _ in range(2):
        done(room.do(incidents.declare, "Checkout down", P1, command_id="one"))
    assert list(rows(room)) == ["3:contact:ada:0"]


def test_a_refused_command_pages_nobody(room: Room) -> None:
    declare(room)
    room.do(telling.escalate, "INC-1", to="team-lead", seen="somewhere else")
    assert len(rows(room)) == 1


def test_the_holder_is_told_before_an_acknowledgement_lapses(room: Room) -> None:
    declare(room)
    done(room.do(incidents.acknowledge, "INC-1", by="lin"))
    room.clock.later(minutes=110)
    room.keep()
    notice = next(item for item in rows(room).values() if item.kind is DeliveryKind.NOTICE)
    assert notice.target == "contact:lin"
    assert notice.id in sent(room)
    done(room.do(people.keep, "INC-1", by="lin"))
    room.clock.later(minutes=51)
    room.keep()
    again = [item for item in rows(room).values() if item.kind is DeliveryKind.NOTICE]
    assert len(again) == 2, "the next lapse is a new one"


class TestAcknowledged:
    def test_nothing_is_sent_after_it(self, room: Room) -> None:
        declare(room)
        done(room.do(incidents.acknowledge, "INC-1", by="lin"))
        assert claimed(room.store) == ()
        (page,) = rows(room).values()
        assert (page.state, page.result) == (DeliveryState.SUPPRESSED, "acknowledged by lin")
        assert page.ended_at == room.clock.now

    def test_nothing_is_sent_after_it_is_over(self, room: Room) -> None:
        declare(room)
        done(room.do(incidents.resolve, "INC-1", Disposition.FALSE_ALARM))
        assert claimed(room.store) == ()
        assert rows(room)["3:contact:ada:0"].result == "INC-1 is resolved"

    def test_whom_somebody_asks_for_afterwards_is_paged(self, room: Room) -> None:
        declare(room)
        done(room.do(incidents.acknowledge, "INC-1", by="ada"))
        done(room.do(telling.escalate, "INC-1", to="team-lead", by="ada"))
        assert [item.target for item in claimed(room.store)] == ["contact:lin"]

    def test_taken_back_it_is_sent_after_all(self, room: Room) -> None:
        declare(room)
        done(room.do(incidents.acknowledge, "INC-1", by="lin"))
        assert claimed(room.store) == ()
        room.clock.later(seconds=20)
        done(room.do(undoing.take_back, "INC-1", by="lin"))
        assert [item.target for item in claimed(room.store)] == ["contact:ada"]

    def test_what_was_sent_is_not_sent_again_when_it_is_taken_back(self, room: Room) -> None:
        declare(room)
        sent(room)
        done(room.do(incidents.acknowledge, "INC-1", by="lin"))
        done(room.do(undoing.take_back, "INC-1", by="lin"))
        assert claimed(room.store) == ()

    def test_after_a_lapse_whoever_is_told_then_is_paged(self, room: Room) -> None:
        declare(room)
        lapse(room)
        assert {item.target for item in claimed(room.store)} >= {"contact:lin"}


def test_what_is_left_is_counted(room: Room) -> None:
    assert room.read(pending) == {}
    declare(room)
    done(room.do(incidents.declare, "Search slow", P2))
    assert room.read(pending) == {DeliveryKind.PAGE: 2}
    claimed(room.store)
    assert room.read(pending) == {DeliveryKind.PAGE: 2}, "what is being sent has not arrived yet"
    room.clock.later(minutes=1)
    sent(room)
    assert room.read(pending) == {}
    assert set(states(room).values()) == {DeliveryState.SENT}
