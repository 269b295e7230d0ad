"""A room whose people can be reached by machines, and a worker of its outbox that fits into a test."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from data.domain.codec import encode
from data.domain.delivery import Delivery, DeliveryState
from data.domain.outbox import LEASE, Outcome
from data.domain.room import Channel, Definition, Kind
from data.store import outgoing
from data.store.commands import outbox, rooms
from data.store.definitions import load_policy
from data.store.queries.outbox import deliveries_of, waiting
from data.store.rows import load_events
from data.store.store import Store
from data.store.tables_outside import DELIVERY
from tests.store.room import CONTACTS, Room, done

ADA, LIN, SAM, TESS, CARLA = CONTACTS
REACHED = (
    replace(ADA, notify=("env:ADA_PUSH", "env:ADA_SMS")),
    replace(LIN, notify=("env:LIN_PUSH",)),
)
PAGE = Channel("page", kind="statuspage", page="p1", token="env:PAGE_TOKEN")
MAIL = Channel("mail", url="env:MAIL")
ARRIVED, BUSY = Outcome(True, "ntfy"), Outcome(False, "HTTP 503 Service Unavailable")
REFUSED = Outcome(False, "HTTP 404 Not Found", permanent=True)


def reach(room: Room) -> Room:
    """Let machines reach Ada by two ways and Lin by one, and make two channels."""
    things = [(Kind.CONTACT, item.id, encode(item)) for item in REACHED]
    things += [(Kind.CHANNEL, item.id, encode(item)) for item in (PAGE, MAIL)]
    done(room.do(rooms.apply, [Definition(*thing) for thing in things], [], ["people can be reached"]))
    return room


def claimed(
    store: Store, *, holder: str = "laptop", lease: timedelta = LEASE, only: Iterable[str] | None = None
) -> tuple[Delivery, ...]:
    """Claim everything that is due, or only some of it, as a worker does."""
    due = store.read(partial(waiting, now=store.now())).due
    wanted = [item.id for item in due] if only is None else list(only)
    return store.work(partial(outbox.claim, holder=holder, wanted=wanted, lease=lease))


def settled(room: Room, items: Iterable[Delivery], outcome: Outcome) -> None:
    """Write what the tries came to, as a worker does."""
    tried = [(item, outcome) for item in items]
    room.store.work(partial(outbox.settle, tried=tried))
    done(room.do(outbox.give_up, tried, by="escalation"))


def sent(room: Room, outcome: Outcome = ARRIVED) -> list[str]:
    """Send whatever is due; return the ids."""
    items = claimed(room.store)
    settled(room, items, outcome)
    return [item.id for item in items]


def rows(room: Room, key: str = "INC-1") -> dict[str, Delivery]:
    """Return an incident's messages by id."""
    number = int(key.removeprefix("INC-"))
    return {item.id: item for item in room.read(lambda connection: deliveries_of(connection, number))}


def states(room: Room, key: str = "INC-1") -> dict[str, DeliveryState]:
    """Return how an incident's messages stand, by id."""
    return {name: item.state for name, item in rows(room, key).items()}


def check_owed(connection: Connection, now: datetime) -> None:
    """Assert that every escalation on record has its pages, and that nobody has one without."""
    policy = load_policy(connection, now)
    owed = set()
    for event in load_events(connection):
        level = policy.level(str(event.data.get("level", ""))) if event.kind == "escalation" else None
        for contact in (policy.contact(item) for item in level.contacts) if level else ():
            if contact is not None and contact.notify:
                owed.add((event.incident, event.seq, f"contact:{contact.id}"))
    found = outgoing.load(connection, DELIVERY.c.kind == "page", DELIVERY.c.way == 0)
    assert {(item.incident, item.seq, item.target) for item in found} == owed
    assert len(found) == len(owed)
