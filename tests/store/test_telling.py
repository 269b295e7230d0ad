"""Updates that people send: what goes out, to whom, once, and what the clocks then say."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time, timedelta

import pytest

from data.domain.codec import decode, encode
from data.domain.delivery import Delivery, DeliveryKind, DeliveryState
from data.domain.incident import Disposition, Role, Status, StepState
from data.domain.policy import Audience, Hours
from data.domain.room import Channel, Definition, Kind
from data.store.commands import incidents, people, telling
from data.store.definitions import load, upsert
from data.store.queries.outbox import deliveries_of
from data.store.queries.updates import update_view
from data.store.unit import Answer, Write
from data.update_facts import Answers
from data.update_messages import Message, UpdateView, messages
from tests.store.room import P0, P1, START, Room, done, refused

CHANNELS = (
    Channel("chat", "env:CHAT"),
    Channel("mail", "env:MAIL"),
    Channel("page", kind="statuspage", page="abc", token="env:TOKEN"),
)
REACHED = {"engineering": ("chat",), "product": ("chat",), "executives": ("mail",), "customers": ("page",)}
SAID = Answers("the pool is full", "nobody can pay", "raising the pool")


def connect(room: Room, reached: Mapping[str, tuple[str, ...]] = REACHED, hours: Hours | None = None) -> None:
    """Give the audiences channels, and hours."""

    def work(write: Write) -> Answer:
        found = []
        for item in load(write.connection, Kind.AUDIENCE):
            audience: Audience = decode(Audience, item.spec)
            audience = replace(audience, channels=reached.get(item.id, ()), hours=hours)
            found.append(replace(item, spec=encode(audience)))
        for place, channel in enumerate(CHANNELS):
            found.append(Definition(Kind.CHANNEL, channel.id, encode(channel), position=place))
        upsert(write.connection, found)
        return Answer()

    room.store.write(work, by="ada")


@pytest.fixture
def inc(room: Room) -> str:
    """An incident in a room whose audiences have channels."""
    connect(room)
    key = done(room.do(incidents.declare, "Checkout returns 503 on db-7", P0, services=["checkout"])).key
    room.clock.later(minutes=10)
    return key


def view(room: Room, key: str = "INC-1") -> UpdateView:
    found = room.read(lambda connection: update_view(connection, key))
    assert found is not None
    return found


def shown(room: Room, *audiences: str, said: Answers = SAID) -> tuple[Message, ...]:
    """Return what a person sees before they confirm."""
    found = view(room)
    return messages(found, said, audiences or found.applicable(), room.clock.now)


def updates_of(room: Room) -> list[Delivery]:
    """Return what is to be sent to stakeholders."""
    found = room.read(lambda connection: deliveries_of(connection, 1))
    return [item for item in found if item.kind is DeliveryKind.UPDATE]


def sends(
    room: Room, told: tuple[Message, ...], *, notify: bool = False, command_id: str | None = None
) -> Answer:
    return done(
        room.do(
            telling.send_update,
            "INC-1",
            SAID.summary,
            messages=told,
            answers=SAID,
            notify=notify,
            command_id=command_id,
        )
    )


def test_an_update_goes_out_over_every_channel_and_is_written_down_for_those_without(
    room: Room, inc: str
) -> None:
    told = shown(room)
    answer = sends(room, told)
    assert answer.text == (
        "INC-1: update to engineering, product, executives on its way over 2 channels; "
        "support recorded as sent by other means; the next is due 2026-11-24T14:26:11Z"
    )
    (event,) = [item for item in room.history(inc) if item.kind == "update"]
    assert event.data["audiences"] == ["engineering", "product", "support", "executives"]
    assert event.data["channels"] == {"engineering": ["chat"], "product": ["chat"], "executives": ["mail"]}
    assert event.data["means"] == "by other means"
    assert event.data["texts"] == {item.audience: item.body for item in told}
    assert "final" not in event.data
    updates = updates_of(room)
    assert [(item.target, item.audience, item.body) for item in updates] == [
        ("channel:chat", "engineering,product", told[0].body),  # both read it there, once
        ("channel:mail", "executives", told[3].body),
    ]
    assert {item.seq for item in updates} == {event.seq}
    assert {item.state for item in updates} == {DeliveryState.WAITING}
    (step,) = [item for item in room.incident(inc).steps if item.auto == "stakeholders"]
    assert (step.state, step.by) == (StepState.DONE, "warroom")


def test_every_clock_is_due_when_its_text_promises(room: Room, inc: str) -> None:
    told = shown(room)
    room.clock.later(seconds=55)  # reading takes a while
    sends(room, told)
    for item in told:
        clock = room.incident(inc).clock(item.audience)
        assert clock is not None
        assert clock.sent_at == room.clock.now
        assert item.due == room.clock.now.replace(hour=14, minute=27, second=0)
        assert clock.due == item.due


@pytest.mark.parametrize("again", [1, 3])
def test_the_same_command_twice_sends_once(room: Room, inc: str, again: int) -> None:
    told = shown(room)
    first = sends(room, told, command_id="key-press-1")
    for _ in range(again):
        room.clock.later(minutes=40)  # whatever it would be refused for now
        assert sends(room, told, command_id="key-press-1").text == first.text
    assert room.kinds(inc).count("update") == 1
    assert len(updates_of(room)) == 2


def test_only_those_who_were_marked_hear_and_only_their_clocks_start_anew(room: Room, inc: str) -> None:
    sends(room, shown(room, "executives"))
    state = room.incident(inc)
    told = {clock.audience: clock.sent_at for clock in state.updates}
    assert told["executives"] == room.clock.now
    assert set(told.values()) == {room.clock.now, None}
    assert not [step for step in state.steps if step.auto == "stakeholders" and step.state is StepState.DONE]


def test_customers_get_public_words_and_their_page_tells_subscribers_only_when_asked(
    room: Room, inc: str
) -> None:
    done(room.do(telling.switch_audience, inc, "customers", True, "they call support"))
    assert room.history(inc)[-1].data["why"] == "they call support"
    for notify in (False, True):
        sends(room, shown(room, "customers"), notify=notify)
        item = updates_of(room)[-1]
        assert (item.target, item.options["notify"]) == ("channel:page", notify)
        assert "db-7" not in item.subject + item.body + str(item.options)
        room.clock.later(minutes=1)


def test_one_text_for_everybody_still_goes_to_everybody(room: Room, inc: str) -> None:
    done(room.do(telling.send_update, inc, "Payments fail.", ["engineering", "support"]))
    (event,) = [item for item in room.history(inc) if item.kind == "update"]
    assert event.data["text"] == "Payments fail."
    assert "texts" not in event.data
    (item,) = updates_of(room)
    assert (item.target, item.body) == ("channel:chat", "Payments fail.")


def test_the_update_after_resolving_is_the_final_one(room: Room, inc: str) -> None:
    done(room.do(incidents.resolve, inc, Disposition.FIXED))
    told = shown(room)
    assert {item.due for item in told} == {None}
    assert all("Next update: none planned" in item.body for item in told)
    answer = sends(room, told)
    assert "next is due" not in answer.text
    (event,) = [item for item in room.history(inc) if item.kind == "update"]
    assert event.data["final"] is True


MEANWHILE: dict[str, tuple[Callable[[Room], object], str]] = {
    "resolved": (
        lambda room: room.do(incidents.resolve, "INC-1", Disposition.FIXED, by="lin"),
        "INC-1 is resolved now",
    ),
    "left open": (
        lambda room: room.clock.later(minutes=31),
        "it promises the next update for 14:27Z, which has passed",
    ),
    "other channels": (
        lambda room: connect(room, {"engineering": ("mail",)}),
        "the channels of engineering have changed since",
    ),
}


@pytest.mark.parametrize("name", MEANWHILE)
def test_what_was_shown_does_not_go_out_when_it_is_no_longer_true(room: Room, inc: str, name: str) -> None:
    meanwhile, why = MEANWHILE[name]
    told = shown(room)
    meanwhile(room)
    assert refused(room.do(telling.send_update, inc, SAID.summary, messages=told)) == why
    assert "update" not in room.kinds(inc)


def test_an_upgrade_while_somebody_writes_asks_for_a_sooner_promise(room: Room) -> None:
    done(room.do(incidents.declare, "Search is slow", P1))
    told = shown(room)
    done(room.do(incidents.set_severity, "INC-1", P0, by="lin"))
    words = "INC-1 is P0 now: the next update is due 14:17Z"
    assert refused(room.do(telling.send_update, "INC-1", "Slow.", messages=told)) == words
    sends(room, shown(room))


def test_a_due_outside_an_audiences_hours_is_promised_for_their_opening(room: Room) -> None:
    connect(room, hours=Hours((0, 1, 2, 3, 4), time(9), time(14), "UTC"))
    done(room.do(incidents.declare, "Checkout returns 503", P0))
    sends(room, shown(room))
    (event,) = [item for item in room.history("INC-1") if item.kind == "update"]
    assert all("Next update: 2026-11-25 09:00Z" in body for body in event.data["texts"].values())
    assert room.row("INC-1").update_due == (START + timedelta(days=1)).replace(hour=9, minute=0, second=0)


def test_an_update_begins_with_what_the_record_knows(room: Room, inc: str) -> None:
    assert view(room).answers == Answers()
    done(room.do(incidents.note, inc, "pool at 100 %", by="lin"))
    done(room.do(people.take_role, inc, Role.IC, "ada"))
    assert view(room).answers == Answers("pool at 100 %")
    sends(room, shown(room))
    assert view(room).answers == SAID
    done(room.do(incidents.note, inc, "pool raised"))
    done(room.do(incidents.set_status, inc, Status.FIXING))
    assert view(room).answers == Answers("pool raised", SAID.impact, "working on the fix")
    done(room.do(incidents.resolve, inc, Disposition.WORKAROUND))
    assert view(room).answers == Answers("pool raised", SAID.impact, "workaround")


def test_the_words_for_outside_are_never_taken_from_the_record(room: Room, inc: str) -> None:
    done(room.do(incidents.note, inc, "db-7 is on fire"))
    said = replace(SAID, outside="Payments fail.")
    done(room.do(telling.send_update, inc, "x", messages=shown(room, "customers", said=said), answers=said))
    assert view(room).answers.outside == "Payments fail."
    done(room.do(incidents.note, inc, "db-7 is still on fire"))
    assert view(room).answers.outside == "Payments fail."
    done(room.do(incidents.set_status, inc, Status.MONITORING))
    assert view(room).answers.outside == ""  # what was true then may not be now
