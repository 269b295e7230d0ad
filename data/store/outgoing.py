"""Rows of the outbox, and the messages that events ask for (design 3.4, 7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, func, select, update

from data.domain import paging
from data.domain.change import Event
from data.domain.delivery import Delivery, DeliveryKind, DeliveryState
from data.domain.incident import Incident, LadderState
from data.domain.policy import Policy
from data.store import rows
from data.store.commands.leases import insert_unless_there
from data.store.tables import EVENT
from data.store.tables_outside import DELIVERY
from data.text import clean, clean_line

_NAMES = tuple(item.name for item in fields(Delivery))
_COLUMNS = tuple(DELIVERY.c[name] for name in _NAMES)
# built once: a storm writes hundreds, and building it costs more than running it
_SAVE = update(DELIVERY).where(
    DELIVERY.c.id == bindparam("its_id"),
    DELIVERY.c.fence == bindparam("its_fence"),
    DELIVERY.c.state == bindparam("its_state"),
    DELIVERY.c.attempts == bindparam("its_attempts"),
)


def values(item: Delivery) -> dict[str, Any]:
    """Return a message's row, without who holds it; its words are made fit to be stored and shown."""
    found = {name: getattr(item, name) for name in _NAMES}
    return {
        **found,
        "kind": item.kind.value,
        "state": item.state.value,
        "options": dict(item.options),
        "subject": clean_line(item.subject),
        "body": clean(item.body),
        "result": clean_line(item.result, 300),
    }


def delivery_of(row: RowMapping) -> Delivery:
    """Return a row of the outbox as a message."""
    found = {name: row[name] for name in _NAMES}
    return Delivery(**{**found, "kind": DeliveryKind(found["kind"]), "state": DeliveryState(found["state"])})


def load(connection: Connection, *where: ColumnElement[bool]) -> tuple[Delivery, ...]:
    """Return messages, those asked for first coming first."""
    query = select(*_COLUMNS).where(*where).order_by(DELIVERY.c.seq, DELIVERY.c.target, DELIVERY.c.id)
    return tuple(delivery_of(row) for row in connection.execute(query).mappings())


def put(connection: Connection, items: Iterable[Delivery]) -> None:
    """Put messages into the outbox; one that is there already, by its key, stays as it is."""
    insert_unless_there(
        connection, DELIVERY, [{**values(item), "holder": "", "until": None} for item in items]
    )


def save(connection: Connection, before: Delivery, after: Delivery) -> bool:
    """Write what became of a message and let go of it; False when it is no longer as it was seen."""
    seen = {
        "its_id": before.id,
        "its_fence": before.fence,
        "its_state": before.state.value,
        "its_attempts": before.attempts,
    }
    changed = connection.execute(_SAVE, {**values(after), "holder": "", "until": None, **seen})
    return changed.rowcount == 1


def asks(event: Event) -> bool:
    """Tell whether an event may ask for a message or for one that was held back."""
    return event.kind in ("escalation", "lapse warning", "undone")


def ask(
    connection: Connection,
    policy: Policy,
    states: Mapping[int, Incident],
    events: Sequence[Event],
    now: datetime,
) -> None:
    """Put what the events of a write ask for into the outbox, in the very transaction that tells them.

    ``states`` are the incidents as the write leaves them.
    """
    for event in events:
        incident = states.get(event.incident) if event.incident is not None else None
        if incident is None:
            continue
        if event.kind == "escalation":
            before = (*_escalations(connection, incident), *_earlier(events, event))
            put(connection, paging.pages(policy, incident, event, before, now))
        elif event.kind == "lapse warning":
            put(connection, paging.notices(policy, incident, event, now))
        elif event.kind == "undone" and "ladder" in event.after:
            _revive(connection, incident, now)


def _escalations(connection: Connection, incident: Incident) -> tuple[Event, ...]:
    since = incident.reopened_at or incident.detected_at
    return rows.load_events(
        connection, EVENT.c.incident == incident.id, EVENT.c.kind == "escalation", EVENT.c.at >= since
    )


def _earlier(events: Sequence[Event], event: Event) -> list[Event]:
    same = (event.incident, event.kind)
    return [item for item in events if (item.incident, item.kind) == same and item.seq < event.seq]


def _revive(connection: Connection, incident: Incident, now: datetime) -> None:
    """Send after all what an acknowledgement held back that was taken back: nobody has the incident."""
    rung = incident.ladder
    if rung is None or rung.state is not LadderState.RUNNING or incident.held or not incident.live:
        return
    its = (DELIVERY.c.incident == incident.id, DELIVERY.c.kind == DeliveryKind.PAGE.value)
    newest = select(func.max(DELIVERY.c.seq)).where(*its).scalar_subquery()
    connection.execute(
        update(DELIVERY)
        .where(
            *its,
            DELIVERY.c.state == DeliveryState.SUPPRESSED.value,
            DELIVERY.c.level == rung.level,
            DELIVERY.c.seq == newest,
        )
        .values(state=DeliveryState.WAITING.value, next_at=now, ended_at=None, result="")
    )
