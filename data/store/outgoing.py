"""Rows of the outbox, and the messages that events ask for (design 3.4, 7)."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, select, update

from data.domain.delivery import Delivery, DeliveryKind, DeliveryState
from data.store.commands.leases import insert_unless_there
from data.store.tables_outside import DELIVERY
from data.text import clean, clean_line

_NAMES = tuple(item.name for item in fields(Delivery))
_COLUMNS = tuple(DELIVERY.c[name] for name in _NAMES)


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


def save(connection: Connection, item: Delivery) -> bool:
    """Write what became of a message and let go of it; False when another one has claimed it since."""
    changed = connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id == item.id, DELIVERY.c.fence == item.fence)
        .values({**values(item), "holder": "", "until": None})
    )
    return changed.rowcount == 1
