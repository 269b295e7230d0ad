"""Updates go out in order, channel by channel, and what was given up is told (design 3.5)."""

from dataclasses import replace

import pytest

from data.domain.change import Refused
from data.domain.delivery import DeliveryState
from data.domain.room import Channel
from data.store.commands import incidents, outbox
from data.store.commands.finding import find_incident
from data.store.unit import Answer, Write
from tests.store.outgoing import ARRIVED, BUSY, MAIL, PAGE, REFUSED, claimed, reach, settled, states
from tests.store.room import P1, Room, done, refused


def update(write: Write, body: str, *channels: Channel) -> Answer:
    """Put an update into the outbox, as the command that records it does."""
    incident = find_incident(write, "INC-1")
    assert not isinstance(incident, Refused)
    made = outbox.enqueue_update(
        write, incident, write.seq, "customers", channels or (PAGE,), "Checkout", body, {"notify": False}
    )
    return Answer(facts={"ids": [item.id for item in made]})


@pytest.fixture
def quiet(room: Room) -> Room:
    """A room whose incident somebody has, and an empty outbox."""
    reach(room)
    done(room.do(incidents.declare, "Checkout returns 503", P1))
    done(room.do(incidents.acknowledge, "INC-1"))
    claimed(room.store)
    return room


def put(room: Room, body: str, *channels: Channel) -> list[str]:
    return list(done(room.do(update, body, *channels)).facts["ids"])


def test_they_go_out_whoever_has_it_and_in_order(quiet: Room) -> None:
    put(quiet, "first")
    done(quiet.do(incidents.note, "INC-1", "so that the next one has another number"))
    put(quiet, "second")
    assert [item.body for item in claimed(quiet.store)] == ["first"]
    quiet.clock.later(seconds=31)
    (first,) = claimed(quiet.store)
    settled(quiet, [first], BUSY)
    quiet.clock.later(seconds=4)
    assert claimed(quiet.store) == (), "the second waits for the first"
    quiet.clock.later(seconds=1)
    assert [item.body for item in claimed(quiet.store)] == ["first"]
    quiet.clock.later(seconds=31)
    settled(quiet, claimed(quiet.store), ARRIVED)
    assert [item.body for item in claimed(quiet.store)] == ["second"]


def test_a_new_one_gives_those_before_it_another_try_at_once(quiet: Room) -> None:
    put(quiet, "first")
    for wait in (5, 15, 45, 135):
        settled(quiet, claimed(quiet.store), BUSY)
        quiet.clock.later(seconds=wait)
    settled(quiet, claimed(quiet.store), BUSY)
    done(quiet.do(incidents.note, "INC-1", "so that the next one has another number"))
    put(quiet, "second")
    assert [item.body for item in claimed(quiet.store)] == ["first"]


def test_one_channel_never_waits_for_another(quiet: Room) -> None:
    put(quiet, "first", PAGE)
    done(quiet.do(incidents.note, "INC-1", "so that the next one has another number"))
    put(quiet, "second", PAGE, MAIL)
    assert [(item.target, item.body) for item in claimed(quiet.store)] == [
        ("channel:page", "first"),
        ("channel:mail", "second"),
    ]


def test_what_the_last_one_left_to_know_goes_along(quiet: Room) -> None:
    put(quiet, "first")
    settled(quiet, claimed(quiet.store), replace(ARRIVED, keep={"remote": "abc"}))
    done(quiet.do(incidents.note, "INC-1", "so that the next one has another number"))
    put(quiet, "second")
    (second,) = claimed(quiet.store)
    assert second.options["remote"] == "abc"


def test_given_up_they_are_told_as_the_keepers_and_named(quiet: Room) -> None:
    (name,) = put(quiet, "first", MAIL)
    settled(quiet, claimed(quiet.store), REFUSED)
    failed = quiet.history("INC-1")[-1]
    assert (failed.kind, failed.by) == ("undelivered", "keeper")
    assert (failed.data["target"], failed.data["audience"]) == ("mail", "customers")
    assert states(quiet)[name] is DeliveryState.FAILED


def test_an_old_one_is_not_sent_again_after_a_newer_one(quiet: Room) -> None:
    (old,) = put(quiet, "first")
    settled(quiet, claimed(quiet.store), REFUSED)
    done(quiet.do(incidents.note, "INC-1", "so that the next one has another number"))
    put(quiet, "second")
    settled(quiet, claimed(quiet.store), ARRIVED)
    assert "a newer update" in refused(quiet.do(outbox.retry, old))
