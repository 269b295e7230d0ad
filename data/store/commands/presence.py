"""Who is here: a row for each console, written while somebody sits at it; no event, nothing of the record."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from data.store import dialects
from data.store.tables_after import PRESENCE
from data.text import clean_line

FORGET = timedelta(hours=1)  # after which the row of a console that was killed is removed
_GIVEN = ("operator", "host", "view", "incident", "writing", "since", "seen_at", "key_at")


def here(
    connection: Connection,
    now: datetime,
    *,
    holder: str,
    operator: str,
    host: str,
    view: str,
    incident: int | None,
    writing: str,
    since: datetime,
    key_at: datetime | None,
) -> None:
    """Say that somebody is here now; ``since`` is since when they are at what they are at."""
    row = {
        "holder": holder,
        "operator": clean_line(operator),
        "host": clean_line(host),
        "view": view,
        "incident": incident,
        "writing": clean_line(writing),
        "since": since,
        "seen_at": now,
        "key_at": key_at,
    }
    statement = dialects.insert(PRESENCE, connection.dialect.name)
    changed = {name: statement.excluded[name] for name in _GIVEN}
    connection.execute(
        statement.on_conflict_do_update(index_elements=[PRESENCE.c.holder], set_=changed), [row]
    )
    connection.execute(delete(PRESENCE).where(PRESENCE.c.seen_at < now - FORGET))


def gone(connection: Connection, now: datetime, *, holder: str) -> None:
    """Say that a console was left."""
    connection.execute(delete(PRESENCE).where(PRESENCE.c.holder == holder))
