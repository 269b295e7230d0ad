"""How far somebody has read an incident's record."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from data.store.commands.finding import incident_number
from data.store.tables_after import LOOKED
from data.text import clean_line


class Looked(NamedTuple):
    """The last event an operator has seen of an incident, and when that was (UTC)."""

    seq: int
    at: datetime


def looked(connection: Connection, operator: str, key: str) -> Looked | None:
    """Return how far an operator has read an incident; None where they never did."""
    row = connection.execute(
        select(LOOKED.c.seq, LOOKED.c.at).where(
            LOOKED.c.operator == clean_line(operator), LOOKED.c.incident == incident_number(key)
        )
    ).one_or_none()
    return None if row is None else Looked(row.seq, row.at)
