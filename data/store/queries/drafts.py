"""What somebody has typed and not yet sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from data.store.tables_after import DRAFT
from data.text import clean_line


class Kept(NamedTuple):
    """A draft as it was kept last, and when (UTC); ``data`` is what belongs to it beside the text."""

    text: str
    at: datetime
    data: Mapping[str, Any]


def draft(connection: Connection, operator: str, key: str) -> Kept | None:
    """Return an operator's draft; None where there is none."""
    row = connection.execute(
        select(DRAFT.c.text, DRAFT.c.at, DRAFT.c.data).where(
            DRAFT.c.operator == clean_line(operator), DRAFT.c.key == clean_line(key)
        )
    ).one_or_none()
    return None if row is None else Kept(row.text, row.at, dict(row.data or {}))
