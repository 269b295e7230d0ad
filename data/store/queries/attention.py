"""Whose turn the ladder says it is (design 3.4)."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from data.store.tables import EVENT


class Turn(NamedTuple):
    """The ladder has come to somebody: the incident's key, and the seq of the event that says so."""

    key: str
    seq: int


def turns_since(connection: Connection, seq: int, names: Collection[str]) -> tuple[Turn, ...]:
    """Return the turns of somebody known by some names, in small letters, among the events after ``seq``."""
    found = connection.execute(
        select(EVENT.c.incident, EVENT.c.seq, EVENT.c.data)
        .where(EVENT.c.seq > seq, EVENT.c.kind == "escalation", EVENT.c.incident.is_not(None))
        .order_by(EVENT.c.seq)
    )
    return tuple(
        Turn(f"INC-{row.incident}", row.seq)
        for row in found
        if any(str(name).lower() in names for name in row.data.get("contacts") or ())
    )
