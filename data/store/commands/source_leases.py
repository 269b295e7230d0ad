"""Who asks which source of alerts until when: a lease row for each, as for checks (design 7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from data.domain.room import Source
from data.store.commands.leases import insert_unless_there
from data.store.tables import LEASE

PREFIX = "source:"
_AHEAD = 1.2  # intervals a plan may lie ahead


@dataclass(frozen=True, slots=True)
class SourceClaim:
    """A source this worker may ask at ``due``, proven by its fence."""

    source: str
    due: datetime
    fence: int
    holder: str


def sync(connection: Connection, now: datetime, *, sources: Iterable[Source]) -> None:
    """Give every source a lease row, due at once, and drop those of sources that are no more.

    A due that lies further ahead than an interval (it was shortened, or a clock was wrong) becomes now.
    """
    wanted = {PREFIX + source.id: source for source in sources}
    mine = LEASE.c.id.startswith(PREFIX, autoescape=True)
    known = {row.id: row.next_due for row in connection.execute(select(LEASE).where(mine))}
    gone = [key for key in known if key not in wanted]
    if gone:
        connection.execute(delete(LEASE).where(LEASE.c.id.in_(gone)))
    for key, source in wanted.items():
        if key in known and known[key] > now + source.every * _AHEAD:
            connection.execute(update(LEASE).where(LEASE.c.id == key).values(next_due=now))
    fresh = [
        {"id": key, "next_due": now, "holder": "", "until": None, "fence": 0}
        for key in wanted
        if key not in known
    ]
    insert_unless_there(connection, LEASE, fresh)


def due(connection: Connection, now: datetime) -> dict[str, datetime]:
    """Return the sources that are due and that nobody asks at the moment, with their dues."""
    rows = connection.execute(select(LEASE.c.id, LEASE.c.next_due).where(*_free(now)))
    return {row.id.removeprefix(PREFIX): row.next_due for row in rows}


def claim(
    connection: Connection, now: datetime, *, holder: str, mine: Mapping[str, timedelta]
) -> tuple[SourceClaim, ...]:
    """Claim sources that are due and that nobody holds.

    ``mine`` are those this host can ask, with how long a claim on each lasts.
    """
    free = (
        select(LEASE.c.id, LEASE.c.next_due, LEASE.c.fence)
        .where(*_free(now))
        .order_by(LEASE.c.next_due)
        .with_for_update(skip_locked=True)
    )
    claims = []
    for row in connection.execute(free).all():
        source = row.id.removeprefix(PREFIX)
        if source in mine:
            fence = row.fence + 1
            values = {"holder": holder, "until": now + mine[source], "fence": fence}
            connection.execute(update(LEASE).where(LEASE.c.id == row.id).values(values))
            claims.append(SourceClaim(source, row.next_due, fence, holder))
    return tuple(claims)


def holds(connection: Connection, claim: SourceClaim) -> bool:
    """Tell whether a claim still stands, and keep anybody from taking it until this transaction ends.

    A holder that comes back late finds another fence, or no source at all, and writes nothing.
    """
    mine = LEASE.c.holder == claim.holder
    kept = update(LEASE).where(_under(claim), mine).values(fence=claim.fence)
    return connection.execute(kept).rowcount == 1


def finish(connection: Connection, claim: SourceClaim, *, next_due: datetime) -> None:
    """Give a claim back, and plan when to ask again."""
    given = {"holder": "", "until": None, "next_due": next_due}
    connection.execute(update(LEASE).where(_under(claim)).values(given))


def next_due(planned: datetime, every: timedelta, now: datetime) -> datetime:
    """Return when to ask again, after ``now``: in steps of ``every`` from the plan, missed ones skipped."""
    if planned > now:  # it comes from a clock that was wrong
        return now + every
    return planned + every * ((now - planned) // every + 1)


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        LEASE.c.id.startswith(PREFIX, autoescape=True),
        LEASE.c.next_due <= now,
        or_(LEASE.c.until.is_(None), LEASE.c.until <= now),
    )


def _under(claim: SourceClaim) -> ColumnElement[bool]:
    return and_(LEASE.c.id == PREFIX + claim.source, LEASE.c.fence == claim.fence)
