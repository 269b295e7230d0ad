"""Calendars as workers fetch them: one claims a level's, keeps what it got, and tells what it means.

A copy that cannot be renewed stays as it is, with the reason beside it (design 1, promise 5).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from data.domain.change import Refused
from data.domain.codec import encode
from data.domain.on_call import OnCallShift, contact_of, on_call
from data.store.commands.leases import insert_unless_there
from data.store.queries.calendars import calendar
from data.store.tables import LEASE
from data.store.tables_outside import CALENDAR
from data.store.unit import Answer, Write
from data.text import clean_line

PREFIX = "calendar:"
KEPT = timedelta(days=30)  # how long a shift that has ended is remembered: incidents may outlive it


@dataclass(frozen=True, slots=True)
class CalendarClaim:
    """A level whose calendar this worker may fetch now, proven by its fence."""

    level: str
    fence: int


def due_calendars(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Return the levels whose calendar is to be fetched and that nobody fetches right now."""
    return tuple(row.id.removeprefix(PREFIX) for row in connection.execute(_due(now)))


def _due(now: datetime) -> Any:
    return select(LEASE.c.id, LEASE.c.fence).where(
        LEASE.c.id.startswith(PREFIX, autoescape=True),
        LEASE.c.next_due <= now,
        or_(LEASE.c.until.is_(None), LEASE.c.until <= now),
    )


def sync_calendars(
    connection: Connection, now: datetime, levels: Collection[str], changed: Collection[str] = ()
) -> None:
    """Give every level with a calendar its lease, due at once; drop what belongs to others.

    ``changed`` ones have another address now and are fetched at once too.
    """
    known = connection.execute(select(LEASE.c.id).where(LEASE.c.id.startswith(PREFIX, autoescape=True)))
    names = {name.removeprefix(PREFIX) for name in known.scalars()}
    rows = [
        {"id": PREFIX + level, "next_due": now, "holder": "", "until": None, "fence": 0}
        for level in levels
        if level not in names
    ]
    insert_unless_there(connection, LEASE, rows)
    if changed:
        here = LEASE.c.id.in_([PREFIX + level for level in changed])
        connection.execute(update(LEASE).where(here).values(next_due=now))
    if gone := names.difference(levels):
        connection.execute(delete(LEASE).where(LEASE.c.id.in_([PREFIX + level for level in gone])))
        connection.execute(delete(CALENDAR).where(CALENDAR.c.level.in_(gone)))


def claim_calendars(
    connection: Connection, now: datetime, holder: str, levels: Collection[str], lease: timedelta
) -> tuple[CalendarClaim, ...]:
    """Claim the calendars of these levels that are due, for as long as a lease."""
    wanted = _due(now).where(LEASE.c.id.in_([PREFIX + level for level in levels]))
    claims = []
    for row in connection.execute(wanted.with_for_update(skip_locked=True)).all():
        here = (LEASE.c.id == row.id) & (LEASE.c.fence == row.fence)
        taken = {"holder": holder, "until": now + lease, "fence": row.fence + 1}
        if connection.execute(update(LEASE).where(here).values(taken)).rowcount:
            claims.append(CalendarClaim(row.id.removeprefix(PREFIX), row.fence + 1))
    return tuple(claims)


def release_calendars(connection: Connection, now: datetime, holder: str) -> None:
    """Give back what a holder has claimed."""
    mine = LEASE.c.id.startswith(PREFIX, autoescape=True) & (LEASE.c.holder == holder)
    connection.execute(update(LEASE).where(mine).values(holder="", until=None))


def keep_calendar(
    connection: Connection,
    now: datetime,
    claim: CalendarClaim,
    shifts: tuple[OnCallShift, ...],
    until: datetime,
    again: timedelta,
    warning: str = "",
) -> bool:
    """Keep a good copy and give the claim back; False for a late one, which is not kept.

    Shifts of the copy before that have ended stay for a while: many feeds forget them at once.
    """
    if not _give_back(connection, now, claim, again):
        return False
    before = calendar(connection, claim.level)
    past = [
        shift
        for shift in (before.shifts if before else ())
        if now - KEPT < shift.ends <= now and shift not in shifts
    ]
    kept = sorted((*past, *shifts), key=lambda shift: (shift.starts, shift.ends, shift.people))
    values = {"fetched_at": now, "ok_at": now, "trouble": clean_line(warning), "until": until}
    _put(connection, claim.level, {**values, "shifts": encode(kept)})
    return True


def calendar_failed(
    connection: Connection, now: datetime, claim: CalendarClaim, why: str, again: timedelta
) -> bool:
    """Note why a calendar could not be fetched, and give the claim back; False for a late one."""
    if not _give_back(connection, now, claim, again):
        return False
    _put(connection, claim.level, {"fetched_at": now, "trouble": clean_line(why)})
    return True


def calendar_out_of_reach(
    connection: Connection, now: datetime, level: str, why: str, patience: timedelta
) -> None:
    """Note that this host cannot fetch a calendar, unless another one can and did so lately."""
    found = calendar(connection, level)
    if found is not None and (found.trouble == why or (found.ok_at and now - found.ok_at < patience)):
        return
    _put(connection, level, {"trouble": clean_line(why)})


def _give_back(connection: Connection, now: datetime, claim: CalendarClaim, again: timedelta) -> bool:
    here = (LEASE.c.id == PREFIX + claim.level) & (LEASE.c.fence == claim.fence)
    freed = {"holder": "", "until": None, "next_due": now + again}
    return bool(connection.execute(update(LEASE).where(here).values(freed)).rowcount)


def _put(connection: Connection, level: str, values: Mapping[str, Any]) -> None:
    if connection.execute(update(CALENDAR).where(CALENDAR.c.level == level).values(values)).rowcount:
        return
    row: dict[str, Any] = {"fetched_at": None, "ok_at": None, "until": None, "shifts": []}
    insert_unless_there(connection, CALENDAR, [{"level": level, **row, **values}])


def tell_on_call(write: Write, level_id: str) -> Answer | Refused:
    """Write on the record who is on call on a level now: a shift has changed."""
    level, found = write.policy.level(level_id), calendar(write.connection, level_id)
    if level is None or found is None:
        return Refused(f"the level {level_id} has no calendar")
    people = [contact_of(name, write.policy.contacts).name for name in on_call(found.shifts, write.now)]
    write.tell("on call", level_id, {"level": level.name, "people": people})
    return Answer(level_id, f"{level.name}: {', '.join(people) or 'nobody'}")


def tell_calendar(write: Write, level_id: str) -> Answer | Refused:
    """Write on the record that a level's calendar went stale, or is read again."""
    level, found = write.policy.level(level_id), calendar(write.connection, level_id)
    if level is None or found is None:
        return Refused(f"the level {level_id} has no calendar")
    stale = found.stale(write.now)
    write.tell("calendar", level_id, {"level": level.name, "stale": stale, "why": found.trouble})
    return Answer(level_id, f"{level.name}: calendar {'stale' if stale else 'read'}")
