"""Messages go out: put into the outbox by commands, claimed and settled by workers (design 3.5, 7)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    or_,
    select,
    tuple_,
    update,
)

from data.domain import ladder, outbox
from data.domain.change import Change, Refused
from data.domain.delivery import Delivery, DeliveryKind, DeliveryState
from data.domain.incident import Incident
from data.domain.outbox import Outcome
from data.domain.room import Channel
from data.store import outgoing, rows
from data.store.columns import Instant
from data.store.tables import INCIDENT
from data.store.tables_outside import DELIVERY
from data.store.unit import Answer, Write

_FIRST = DELIVERY.alias()
Tried = Sequence[tuple[Delivery, Outcome]]


def enqueue_update(
    write: Write,
    incident: Incident,
    seq: int,
    audience: str,
    channels: Sequence[Channel],
    subject: str,
    body: str,
    options: Mapping[str, Any],
) -> tuple[Delivery, ...]:
    """Put an update a person confirmed into the outbox, one message per channel; return them.

    ``seq`` is that of the update's event. Options a channel understands: ``notify`` (a status page tells
    its subscribers; it does not unless this is true).
    """
    names = [channel.id for channel in channels]
    items = outbox.updates(incident, seq, audience, names, subject, body, options, write.now)
    outgoing.put(write.connection, items)
    # they go out in order: what waits for another try there gets it now
    write.connection.execute(
        update(DELIVERY)
        .where(
            DELIVERY.c.incident == incident.id,
            DELIVERY.c.target.in_([item.target for item in items]),
            DELIVERY.c.state == DeliveryState.WAITING.value,
            DELIVERY.c.next_at > write.now,
        )
        .values(next_at=write.now)
    )
    return items


def due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition of what is to be sent now: it waits, or its sender has fallen silent.

    Updates go out in order: one waits for those before it to the same target.
    """
    waits = and_(DELIVERY.c.state == DeliveryState.WAITING.value, DELIVERY.c.next_at <= now)
    left = and_(DELIVERY.c.state == DeliveryState.SENDING.value, DELIVERY.c.until <= now)
    first = exists().where(
        _FIRST.c.incident == DELIVERY.c.incident,
        _FIRST.c.target == DELIVERY.c.target,
        _FIRST.c.kind == DeliveryKind.UPDATE.value,
        _FIRST.c.state.in_((DeliveryState.WAITING.value, DeliveryState.SENDING.value)),
        tuple_(_FIRST.c.seq, _FIRST.c.id) < tuple_(DELIVERY.c.seq, DELIVERY.c.id),
    )
    return and_(or_(waits, left), or_(DELIVERY.c.kind != DeliveryKind.UPDATE.value, ~first))


# built once, as what is waiting is looked for
_TAKE = (
    update(DELIVERY)
    .where(
        DELIVERY.c.id == bindparam("its_id"),
        DELIVERY.c.fence == bindparam("its_fence"),
        due(bindparam("now", type_=Instant())),
    )
    .values(
        state=DeliveryState.SENDING.value,
        holder=bindparam("by"),
        until=bindparam("lapses", type_=Instant()),
        fence=DELIVERY.c.fence + 1,
    )
)


def claim(
    connection: Connection, now: datetime, *, holder: str, wanted: Collection[str], lease: timedelta
) -> tuple[Delivery, ...]:
    """Claim those of ``wanted`` that are due, and suppress what is no longer needed in the same breath.

    A claim lasts for ``lease`` and is proven by its fence. Nothing is claimed for an incident somebody
    has acknowledged: its row stays locked until the claim is written.
    """
    chosen = (DELIVERY.c.id.in_(wanted), due(now))
    numbers = connection.execute(select(DELIVERY.c.incident).where(*chosen)).scalars()
    its = INCIDENT.c.id.in_({number for number in numbers if number is not None})
    connection.execute(select(INCIDENT.c.id).where(its).order_by(INCIDENT.c.id).with_for_update(read=True))
    incidents = {incident.id: incident for incident in rows.load_incidents(connection, its)}
    items = (
        _ready(connection, now, item, incidents.get(item.incident or 0))
        for item in outgoing.load(connection, *chosen)
    )
    return tuple(
        taken
        for item in items
        if item is not None and (taken := _taken(connection, now, item, holder, lease)) is not None
    )


def _ready(
    connection: Connection, now: datetime, item: Delivery, incident: Incident | None
) -> Delivery | None:
    """Return a message that may go out now; one that is no longer needed is suppressed."""
    if why := outbox.needless(item, incident):
        outgoing.save(connection, item, outbox.suppressed(item, why, now))
        return None
    if item.kind is not DeliveryKind.UPDATE:
        return item
    return outbox.knowing(item, _to_the_same(connection, item))


def _to_the_same(connection: Connection, item: Delivery) -> tuple[Delivery, ...]:
    same = (DELIVERY.c.incident == item.incident, DELIVERY.c.target == item.target)
    return outgoing.load(connection, DELIVERY.c.kind == DeliveryKind.UPDATE.value, *same)


def _taken(
    connection: Connection, now: datetime, item: Delivery, holder: str, lease: timedelta
) -> Delivery | None:
    """Take a message, unless another worker has."""
    mine = {"its_id": item.id, "its_fence": item.fence, "now": now, "by": holder, "lapses": now + lease}
    if connection.execute(_TAKE, mine).rowcount == 0:
        return None
    return replace(item, state=DeliveryState.SENDING, fence=item.fence + 1)


def settle(connection: Connection, now: datetime, tried: Tried) -> None:
    """Write what tries came to, where their claims still hold; what is to be given up is left alone."""
    for item, outcome in tried:
        if not outbox.hopeless(item, outcome):
            outgoing.save(connection, item, outbox.after(item, outcome, now))


def give_up(write: Write, tried: Tried) -> Answer:
    """Give up messages whose last try failed, and say so on the timeline.

    A contact's next way is tried at once; where the last way of everybody has failed, the next level's
    turn comes sooner (design 3.4).
    """
    told = []
    for item, outcome in tried:
        if not outbox.hopeless(item, outcome):
            continue
        incident = write.incident(item.incident) if item.incident is not None else None
        why = outbox.needless(item, incident)
        failed = outbox.after(item, outcome, write.now)
        ended = outbox.suppressed(failed, why, write.now) if why else failed
        if not outgoing.save(write.connection, item, ended) or why:
            continue
        contact = write.policy.contact(outbox.contact_of(item.target))
        following = outbox.next_way(item, contact, write.now)
        if following is not None:
            outgoing.put(write.connection, [following])
        name = contact.name if contact else item.target.partition(":")[2]
        facts = {
            "kind": item.kind.value,
            "target": name,
            "audience": item.audience,
            "why": ended.result,
            "next_way": following is not None,
        }
        by = "keeper" if item.kind is DeliveryKind.UPDATE else "escalation"
        told.append(f"{item.kind} to {name}: {ended.result}")
        if incident is None:
            write.tell("undelivered", item.target, facts, by)
            continue
        state = write.change(incident, (Change("undelivered", facts=facts, by=by),))
        if item.kind is DeliveryKind.PAGE and _reached_nobody(write.connection, item):
            write.change(state, ladder.hasten(write.policy, state, write.now))
    return Answer(text="; ".join(told), facts={"told": told})


def _reached_nobody(connection: Connection, item: Delivery) -> bool:
    """Tell whether every page of the level told last has failed; those of earlier ones do not count."""
    kind = DELIVERY.c.kind == DeliveryKind.PAGE.value
    pages = outgoing.load(connection, DELIVERY.c.incident == item.incident, kind)
    newest = max((page.seq for page in pages), default=item.seq)
    return newest == item.seq and outbox.reached_nobody([page for page in pages if page.seq == newest])


def retry(write: Write, delivery_id: str) -> Answer | Refused:
    """Put a message back that was given up: somebody wants it sent after all."""
    found = outgoing.load(write.connection, DELIVERY.c.id == delivery_id)
    if not found:
        return Refused("there is no such message", "", "not-found")
    item = found[0]
    if item.state is not DeliveryState.FAILED:
        reason = "it was not needed" if item.state is DeliveryState.SUPPRESSED else f"it is {item.state}"
        return Refused(f"only what was given up is sent again: {reason}")
    incident = write.incident(item.incident) if item.incident is not None else None
    if incident is not None and not incident.live and item.kind is not DeliveryKind.UPDATE:
        return Refused(f"{incident.key} is {incident.status}: there is nobody to wake")
    if item.kind is DeliveryKind.UPDATE and outbox.overtaken(item, _to_the_same(write.connection, item)):
        return Refused("a newer update has arrived there since", "send another one if it is still needed")
    outgoing.save(write.connection, item, outbox.again(item, write.now))
    contact = write.policy.contact(outbox.contact_of(item.target))
    name = contact.name if contact else item.target.partition(":")[2]
    facts = {"kind": item.kind.value, "target": name, "audience": item.audience}
    if incident is None:
        write.tell("retried", item.target, facts)
        return Answer("", f"{name} is tried again")
    write.change(incident, (Change("retried", facts=facts),))
    return Answer(incident.key, f"{incident.key}: {name} is tried again")
