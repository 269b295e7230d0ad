"""What the record and a shell say about messages (design 9)."""

from datetime import timedelta

import pytest

from data.boarding import lines
from data.delivery_views import as_json, as_of, views
from data.delivery_views import lines as as_lines
from data.domain.delivery import DeliveryState
from data.store.commands import incidents, outbox, telling
from data.store.definitions import load_policy
from data.store.queries.incidents import incident_view
from data.text_table import plain
from tests.store.outgoing import ARRIVED, BUSY, REFUSED, reach, rows, sent
from tests.store.room import P1, START, Room, done

FIRST, SECOND = "3:contact:ada:0", "3:contact:ada:1"
KEYS = ["id", "kind", "target", "audience", "channel", "state", "attempts", "result", "at", "means"]


@pytest.fixture
def room(room: Room) -> Room:
    """A room in which Ada's first way has failed, and her second is being tried."""
    reach(room)
    done(room.do(incidents.declare, "Checkout returns 503", P1))
    room.clock.later(seconds=3)
    sent(room, REFUSED)
    room.clock.later(seconds=2)
    sent(room, BUSY)
    return room


def test_the_timeline_tells_failures_and_nothing_else(room: Room) -> None:
    room.clock.later(seconds=5)
    sent(room, REFUSED)
    done(room.do(outbox.retry, FIRST, by="lin"))
    told = [line.text for line in lines(room.history("INC-1"))][-4:]
    assert told == [
        "NOT DELIVERED: page to Ada Lovelace: HTTP 404 Not Found; the next way is tried",
        "NOT DELIVERED: page to Ada Lovelace: HTTP 404 Not Found",
        "NOBODY REACHED at On-call engineer: every way failed, the next level in 2m",
        "page to Ada Lovelace: to be sent again",
    ]
    before = room.seq
    sent(room, ARRIVED)
    assert room.seq == before, "what arrives is no event"


def test_a_shell_shows_each_message(room: Room) -> None:
    policy = room.read(load_policy)
    shown = plain(as_lines(list(rows(room).values()), policy, room.clock.now, 100)).splitlines()
    assert [line.split(maxsplit=1)[1].rstrip() for line in shown[1:]] == [
        "! FAILED  page  Ada Lovelace         HTTP 404 Not Found",
        "· waits   page  Ada Lovelace, way 2  HTTP 503 Service Unavailable, 1 try",
    ]


def test_a_screen_shows_the_latest_first(room: Room) -> None:
    shown = views(rows(room).values(), room.read(load_policy))
    assert [view.item.id for view in shown] == [SECOND, FIRST]
    assert shown[0].at == room.clock.now + timedelta(seconds=5), "when it is tried next"
    assert shown[1].at == START + timedelta(seconds=3), "when it was given up"


def test_a_script_gets_messages_and_what_was_told_by_other_means(room: Room) -> None:
    done(room.do(telling.send_update, "INC-1", "We are on it.", ["engineering"]))
    told = as_json(rows(room).values(), room.history("INC-1"))
    assert all(list(item) == KEYS for item in told)
    assert [(item["id"], item["state"], item["attempts"]) for item in told] == [
        (FIRST, "failed", 1),
        (SECOND, "waiting", 1),
        (None, "recorded", 0),
    ]
    assert told[0]["at"] == "2026-11-24T13:46:14Z"
    assert (told[2]["audience"], told[2]["means"]) == ("engineering", "by other means")


def test_as_it_stood_then(room: Room) -> None:
    items = list(rows(room).values())
    assert as_of(items, START - timedelta(seconds=1)) == ()
    (first,) = as_of(items, START + timedelta(seconds=1))
    assert (first.state, first.attempts, first.result) == (DeliveryState.WAITING, 0, "")
    both = as_of(items, room.clock.now)
    assert [item.state for item in both] == [DeliveryState.FAILED, DeliveryState.WAITING]


def test_the_ladder_says_what_came_of_the_pages_of_a_level(room: Room) -> None:
    def page() -> str:
        view = room.read(lambda connection: incident_view(connection, "INC-1"))
        assert view is not None
        return view.rungs[0].page

    assert page() == "waiting", "the second way is still tried"
    room.clock.later(seconds=5)
    sent(room, REFUSED)
    assert page() == "failed"
    done(room.do(outbox.retry, FIRST, by="lin"))
    sent(room, ARRIVED)
    assert page() == "sent"
