"""The record, told line by line."""

from sqlalchemy import Connection, select

from data.boarding import lines
from data.store.rows import event_of
from data.store.tables import EVENT
from data.views import TimelineLine


def latest(connection: Connection, count: int) -> tuple[TimelineLine, ...]:
    """Return the newest lines of the room, newest first."""
    found = connection.execute(select(EVENT).order_by(EVENT.c.seq.desc()).limit(count * 2)).mappings()
    return lines(event_of(row) for row in found)[:count]
