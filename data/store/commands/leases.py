"""Leases: who looks at which check until when; no worker leads, each claims what is due (design 7)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, or_, select, update

from data.domain.check import Check
from data.domain.health import first_due
from data.store import dialects
from data.store.tables import LEASE

LEASE_FOR = timedelta(seconds=30)
PREFIX = "check:"


@dataclass(frozen=True, slots=True)
class Claim:
    """A check this worker may probe at ``due``, proven by its fence."""

    check: str
    due: datetime
    fence: int


def sync_leases(connection: Connection, checks: Iterable[Check], now: datetime) -> None:
    """Give every check a lease row, and drop those of checks that are no more.

    A due that lies further ahead than an interval (it was shortened, or a clock was wrong) is set anew.
    """
    wanted = {PREFIX + check.id: check for check in checks}
    known = connection.execute(
        select(LEASE.c.id, LEASE.c.next_due).where(LEASE.c.id.startswith(PREFIX, autoescape=True))
    ).all()
    for row in known:
        check = wanted.get(row.id)
        if check is not None and row.next_due > now + check.every * 1.2:
            connection.execute(
                update(LEASE)
                .where(LEASE.c.id == row.id)
                .values(next_due=first_due(check, now), holder="", until=None)
            )
    names = {row.id for row in known}
    new = [
        {"id": key, "next_due": first_due(check, now), "holder": "", "until": None, "fence": 0}
        for key, check in wanted.items()
        if key not in names
    ]
    insert_unless_there(connection, LEASE, new)
    gone = [name for name in names if name not in wanted]
    if gone:
        connection.execute(delete(LEASE).where(LEASE.c.id.in_(gone)))


def claim(
    connection: Connection,
    now: datetime,
    holder: str,
    mine: Collection[str],
    *,
    ahead: timedelta = timedelta(seconds=1),
    lease: timedelta | Mapping[str, timedelta] = LEASE_FOR,
    most: int = 500,
) -> tuple[Claim, ...]:
    """Claim checks due within ``ahead`` that nobody holds; ``mine`` are those this host can probe.

    ``lease`` is how long a claim lasts, for all or by check.
    """
    due = (
        select(LEASE.c.id, LEASE.c.next_due, LEASE.c.fence)
        .where(
            LEASE.c.next_due <= now + ahead,
            LEASE.c.id.startswith(PREFIX, autoescape=True),
            or_(LEASE.c.until.is_(None), LEASE.c.until <= now),
        )
        .order_by(LEASE.c.next_due)
        .with_for_update(skip_locked=True)
    )
    # those of others must not use up what one batch may take
    found = [row for row in connection.execute(due) if row.id.removeprefix(PREFIX) in mine][:most]
    if not found:
        return ()
    lasts = lease if isinstance(lease, Mapping) else {}
    usual = LEASE_FOR if isinstance(lease, Mapping) else lease
    taken = (
        update(LEASE)
        .where(LEASE.c.id == bindparam("key"), LEASE.c.fence == bindparam("seen"))
        .values(holder=holder, until=bindparam("ends"), fence=bindparam("next"))
    )
    connection.execute(
        taken,
        [
            {
                "key": row.id,
                "seen": row.fence,
                "next": row.fence + 1,
                "ends": now + lasts.get(row.id.removeprefix(PREFIX), usual),
            }
            for row in found
        ],
    )
    return tuple(Claim(row.id.removeprefix(PREFIX), row.next_due, row.fence + 1) for row in found)


def release(connection: Connection, holder: str) -> None:
    """Give back everything a holder has claimed, so that nobody need wait for its leases to run out."""
    connection.execute(update(LEASE).where(LEASE.c.holder == holder).values(holder="", until=None))


def insert_unless_there(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, leaving alone those that another worker was faster to insert."""
    if not rows:
        return
    statement = dialects.insert(table, connection.dialect.name).on_conflict_do_nothing()
    connection.execute(statement, rows)
