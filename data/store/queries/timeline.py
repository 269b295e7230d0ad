"""The record, told line by line."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from data.domain.change import Event
from data.domain.describe import describe
from data.store.rows import event_of
from data.store.tables import EVENT
from data.views import TimelineLine


def lines(events: Iterable[Event]) -> tuple[TimelineLine, ...]:
    """Return the events worth telling, in their order."""
    told = ((event, describe(event)) for event in events)
    return tuple(
        TimelineLine(
            event.seq,
            event.at,
            event.by,
            event.kind,
            text,
            f"INC-{event.incident}" if event.incident is not None else "",
        )
        for event, text in told
        if text
    )


def latest(connection: Connection, count: int) -> tuple[TimelineLine, ...]:
    """Return the newest lines of the room, newest first."""
    found = connection.execute(select(EVENT).order_by(EVENT.c.seq.desc()).limit(count * 3)).mappings()
    return lines(event_of(row) for row in found)[:count]
