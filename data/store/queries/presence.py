"""Who is here, and which worker has claimed what, as far as they have said so lately."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, bindparam, select

from data.domain.presence import GONE, Present
from data.store.tables import LEASE
from data.store.tables_after import PRESENCE

_HERE = (
    select(PRESENCE)
    .where(PRESENCE.c.seen_at >= bindparam("since"))
    .order_by(PRESENCE.c.operator, PRESENCE.c.holder)
)


@dataclass(frozen=True, slots=True)
class Held:
    """What a worker has claimed at the moment: the names by kind (check, source, calendar), until when.

    ``fence`` is the highest among them: how often that one was claimed so far.
    """

    holder: str
    until: datetime
    fence: int
    names: tuple[tuple[str, tuple[str, ...]], ...]


def present(connection: Connection, now: datetime) -> tuple[Present, ...]:
    """Return everybody who gave a sign of life in the last seconds, by name."""
    rows = connection.execute(_HERE, {"since": now - GONE}).all()
    return tuple(
        Present(
            row.holder,
            row.operator,
            row.host,
            row.view,
            row.since,
            row.seen_at,
            f"INC-{row.incident}" if row.incident is not None else "",
            tuple(filter(None, row.writing.split(", "))),
            row.key_at,
        )
        for row in rows
    )


def held(connection: Connection, now: datetime) -> tuple[Held, ...]:
    """Return who has claimed what, by holder; what nobody works on at the moment is in none."""
    query = (
        select(LEASE).where(LEASE.c.holder != "", LEASE.c.until > now).order_by(LEASE.c.holder, LEASE.c.id)
    )
    found = []
    for holder, rows in groupby(connection.execute(query), key=lambda row: row.holder):
        leases = list(rows)
        kinds: dict[str, list[str]] = defaultdict(list)
        for row in leases:
            kind, _, name = row.id.partition(":")
            kinds[kind].append(name)
        found.append(
            Held(
                holder,
                max(row.until for row in leases),
                max(row.fence for row in leases),
                tuple((kind, tuple(names)) for kind, names in kinds.items()),
            )
        )
    return tuple(found)
