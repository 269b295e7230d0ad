"""Who works for the room, as far as they have said so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from data.store.tables_outside import WORKER


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A process at work: console or watch, where, since when, and when it last said so (UTC)."""

    holder: str
    host: str
    form: str
    since: datetime
    seen_at: datetime
    trouble: str


def workers(connection: Connection) -> tuple[WorkerSeen, ...]:
    """Return everybody seen in the last day, the latest first."""
    found = connection.execute(select(WORKER).order_by(WORKER.c.seen_at.desc(), WORKER.c.holder))
    return tuple(
        WorkerSeen(row.holder, row.host, row.form, row.since, row.seen_at, row.trouble) for row in found
    )
