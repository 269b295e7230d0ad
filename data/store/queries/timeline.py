"""The record, told line by line."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, select, type_coerce
from sqlalchemy.types import NullType

from data.boarding import lines
from data.domain.change import Event
from data.store.tables import EVENT
from data.views import TimelineLine

_COLUMNS = ("seq", "incident", "subject", "at", "by", "host", "kind", "version", "command", "undoes", "data")
# untyped: most of the newest events were told a moment ago, and are known again by what the driver gives
_NEWEST: Any = (
    select(*(type_coerce(EVENT.c[name], NullType()) for name in _COLUMNS))
    .order_by(EVENT.c.seq.desc())
    .limit(bindparam("most", type_=Integer))
)


def latest(connection: Connection, count: int) -> tuple[TimelineLine, ...]:
    """Return the newest lines of the room, newest first."""
    found: list[TimelineLine] = []
    for row in connection.execute(_NEWEST, {"most": count * 2}).all():
        values = tuple(row)
        found += _known(*values) if isinstance(values[-1], str) else _told(*values)
    return tuple(found[:count])


def _told(
    seq: int,
    incident: int | None,
    subject: str,
    at: Any,
    by: str,
    host: str,
    kind: str,
    version: int,
    command: str,
    undoes: int | None,
    data: Any,
) -> tuple[TimelineLine, ...]:
    when = datetime.fromisoformat(at) if isinstance(at, str) else at.astimezone(UTC)
    facts = json.loads(data) if isinstance(data, str) else data or {}
    event = Event(seq, incident, subject, when, when, by, host, kind, version, facts, command, undoes)
    return lines((event,))


_known = lru_cache(maxsize=512)(_told)
