"""Who took command of what from whom (design 3.9)."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from data.domain.incident import Role
from data.store.tables import EVENT


class Taken(NamedTuple):
    """Command of an incident went to somebody, by the hand of ``by``; the names may be empty."""

    key: str
    before: str
    after: str
    by: str


def taken_since(connection: Connection, seq: int, operator: str) -> tuple[Taken, ...]:
    """Return where others gave or took an operator's command among the events after ``seq``."""
    found = connection.execute(
        select(EVENT.c.incident, EVENT.c.by, EVENT.c.data)
        .where(EVENT.c.seq > seq, EVENT.c.kind == "role", EVENT.c.by != operator)
        .order_by(EVENT.c.seq)
    )
    told = (
        Taken(f"INC-{row.incident}", str(row.data.get("from", "")), str(row.data.get("to", "")), row.by)
        for row in found
        if row.data.get("role") == Role.IC.value
    )
    return tuple(item for item in told if operator in (item.before, item.after))
