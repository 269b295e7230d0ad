"""Who works for the room: a row for each process, written every few seconds (design 7)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, update

from data.store.commands.leases import insert_unless_there
from data.store.tables_outside import WORKER
from data.text import clean_line

FORGET = timedelta(days=1)


def present(
    connection: Connection,
    now: datetime,
    *,
    holder: str,
    host: str,
    form: str,
    since: datetime,
    trouble: str = "",
) -> None:
    """Say that a process is at work now, and forget those silent for a day."""
    said = {"seen_at": now, "trouble": clean_line(trouble)}
    if connection.execute(update(WORKER).where(WORKER.c.holder == holder).values(said)).rowcount == 0:
        row = {"holder": holder, "host": host, "form": form, "since": since, **said}
        insert_unless_there(connection, WORKER, [row])
        connection.execute(delete(WORKER).where(WORKER.c.seen_at < now - FORGET))


def gone(connection: Connection, now: datetime, *, holder: str) -> None:
    """Say that a process works no more."""
    connection.execute(delete(WORKER).where(WORKER.c.holder == holder))
