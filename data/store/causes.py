"""Where each cause that has not ended is attached: one place at a time."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from data.store.tables import CAUSE, MUTE


def place(connection: Connection, key: str) -> tuple[int | None, int | None]:
    """Return (proposal, incident) a cause is attached to; both None when it is free."""
    row = connection.execute(
        select(CAUSE.c.proposal, CAUSE.c.incident).where(CAUSE.c.key == key)
    ).one_or_none()
    return (None, None) if row is None else (row.proposal, row.incident)


def put(
    connection: Connection, key: str, *, proposal: int | None = None, incident: int | None = None
) -> None:
    """Attach a cause, moving it from wherever it was."""
    values = {"proposal": proposal, "incident": incident}
    if connection.execute(update(CAUSE).where(CAUSE.c.key == key).values(values)).rowcount == 0:
        connection.execute(insert(CAUSE), [{"key": key, **values}])


def free(connection: Connection, key: str) -> None:
    """Let a cause go: if it returns it is looked at anew."""
    connection.execute(delete(CAUSE).where(CAUSE.c.key == key))


def release(connection: Connection, incident: int) -> None:
    """Let go of every cause of an incident that is over."""
    connection.execute(delete(CAUSE).where(CAUSE.c.incident == incident))


def mute(connection: Connection, key: str, until: datetime, by: str, why: str) -> None:
    """Let a cause open nothing until it clears, at most until an instant."""
    connection.execute(delete(MUTE).where(MUTE.c.cause == key))
    connection.execute(insert(MUTE), [{"cause": key, "until": until, "by": by, "why": why}])


def muted(connection: Connection, key: str, now: datetime) -> bool:
    """True while a cause is muted."""
    until = connection.execute(select(MUTE.c.until).where(MUTE.c.cause == key)).scalar()
    return until is not None and until > now


def unmute(connection: Connection, key: str) -> None:
    """Let a cause that cleared open something again."""
    connection.execute(delete(MUTE).where(MUTE.c.cause == key))
