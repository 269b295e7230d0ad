"""What somebody has typed and not yet sent: theirs alone, and no event (design 4: it is never lost)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete

from data.store import dialects
from data.store.tables_after import DRAFT
from data.text import clean, clean_line

FORGET = timedelta(days=30)
LONGEST = 100_000  # characters


def keep(
    connection: Connection,
    now: datetime,
    *,
    operator: str,
    key: str,
    text: str,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Keep an operator's draft in the place of the one before; those of a month ago are forgotten."""
    row = {
        "operator": clean_line(operator),
        "key": clean_line(key),
        "text": clean(text)[:LONGEST],
        "data": dict(data or {}),
        "at": now,
    }
    statement = dialects.insert(DRAFT, connection.dialect.name)
    changed = {name: statement.excluded[name] for name in ("text", "data", "at")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=[DRAFT.c.operator, DRAFT.c.key], set_=changed), [row]
    )
    connection.execute(delete(DRAFT).where(DRAFT.c.at < now - FORGET))


def drop(connection: Connection, now: datetime, *, operator: str, key: str) -> None:
    """Forget an operator's draft: it was sent, or is wanted no more."""
    mine = (DRAFT.c.operator == clean_line(operator), DRAFT.c.key == clean_line(key))
    connection.execute(delete(DRAFT).where(*mine))
