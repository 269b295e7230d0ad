"""What goes out, and what became of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from data.delivery_views import DeliveryView, views
from data.domain.delivery import Delivery, DeliveryKind, DeliveryState
from data.domain.policy import Contact
from data.domain.room import Channel
from data.store import outgoing
from data.store.columns import Instant
from data.store.commands.finding import incident_number
from data.store.commands.outbox import due
from data.store.definitions import load_channels, load_policy
from data.store.tables_outside import DELIVERY

# built once: it is asked twice a second, and building it costs more than running it
_DUE = (
    select(DELIVERY.c.id, DELIVERY.c.kind, DELIVERY.c.target, DELIVERY.c.way)
    .where(due(bindparam("now", type_=Instant())))
    .order_by(DELIVERY.c.next_at, DELIVERY.c.seq, DELIVERY.c.id)
)
_BEST = (
    DeliveryState.SENT,
    DeliveryState.SENDING,
    DeliveryState.WAITING,
    DeliveryState.FAILED,
    DeliveryState.SUPPRESSED,
)
_OPEN = (DeliveryState.WAITING.value, DeliveryState.SENDING.value)


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is to be sent now, as far as choosing it takes."""

    id: str
    kind: DeliveryKind
    target: str
    way: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be sent now, pages first, and the contacts and channels it is for."""

    due: tuple[Due, ...] = ()
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)


def deliveries_of(connection: Connection, incident: int) -> tuple[Delivery, ...]:
    """Return everything that was to be told about an incident, oldest first."""
    return outgoing.load(connection, DELIVERY.c.incident == incident)


def delivery_views(connection: Connection, key: str) -> tuple[DeliveryView, ...]:
    """Return an incident's messages as a screen shows them, the latest asked for first."""
    number = incident_number(key)
    items = deliveries_of(connection, number) if number is not None else ()
    return views(items, load_policy(connection)) if items else ()


def pages(connection: Connection, incident: int) -> dict[str, DeliveryState]:
    """Return for each level of an incident what came of its last pages: the best of them."""
    query = select(DELIVERY.c.level, DELIVERY.c.seq, DELIVERY.c.state)
    told = query.where(DELIVERY.c.incident == incident, DELIVERY.c.kind == DeliveryKind.PAGE.value)
    latest: dict[str, tuple[int, list[DeliveryState]]] = {}
    for level, seq, state in connection.execute(told):
        last, states = latest.get(level, (-1, []))
        if seq >= last:
            latest[level] = (seq, [*(states if seq == last else []), DeliveryState(state)])
    return {level: min(states, key=_BEST.index) for level, (_, states) in latest.items()}


def deliveries(connection: Connection, ids: Collection[str]) -> tuple[Delivery, ...]:
    """Return messages by their ids."""
    return outgoing.load(connection, DELIVERY.c.id.in_(ids))


def waiting(connection: Connection, now: datetime) -> Waiting:
    """Return what is to be sent now; a look that costs next to nothing while nothing is."""
    found = connection.execute(_DUE, {"now": now}).all()
    if not found:
        return Waiting()
    order = list(DeliveryKind)
    items = [Due(row.id, DeliveryKind(row.kind), row.target, row.way) for row in found]
    return Waiting(
        tuple(sorted(items, key=lambda item: order.index(item.kind))),
        {contact.id: contact for contact in load_policy(connection, now).contacts},
        {channel.id: channel for channel in load_channels(connection)},
    )


def pending(connection: Connection) -> Mapping[DeliveryKind, int]:
    """Return how many messages of each kind are still in the outbox; kinds without any are left out."""
    counted = (
        select(DELIVERY.c.kind, func.count()).where(DELIVERY.c.state.in_(_OPEN)).group_by(DELIVERY.c.kind)
    )
    found = {DeliveryKind(kind): count for kind, count in connection.execute(counted).all()}
    return {kind: found[kind] for kind in DeliveryKind if kind in found}
