"""The calendars as they were read last, and what people have while shifts change."""

from typing import Any

from sqlalchemy import Connection, select

from data.domain.codec import decode
from data.domain.handover import Held
from data.domain.on_call import Calendar, OnCallShift
from data.store.tables import INCIDENT
from data.store.tables_outside import CALENDAR


def calendars(connection: Connection) -> tuple[Calendar, ...]:
    """Return the last good copy of every level's calendar."""
    found = connection.execute(select(CALENDAR).order_by(CALENDAR.c.level))
    return tuple(calendar_of(row) for row in found.mappings())


def calendar(connection: Connection, level: str) -> Calendar | None:
    """Return the last good copy of one level's calendar; None where none was ever looked for."""
    found = connection.execute(select(CALENDAR).where(CALENDAR.c.level == level)).mappings().first()
    return None if found is None else calendar_of(found)


def calendar_of(row: Any) -> Calendar:
    """Return the calendar a row holds."""
    return Calendar(
        row["level"],
        tuple(decode(OnCallShift, item) for item in row["shifts"] or ()),
        row["fetched_at"],
        row["ok_at"],
        row["until"],
        row["trouble"],
    )


def held_now(connection: Connection) -> tuple[Held, ...]:
    """Return the live incidents somebody has."""
    found = connection.execute(
        select(INCIDENT.c.id, INCIDENT.c.acknowledged_by, INCIDENT.c.acknowledged_at)
        .where(INCIDENT.c.live, INCIDENT.c.acknowledged_at.is_not(None), INCIDENT.c.lapsed_at.is_(None))
        .order_by(INCIDENT.c.id)
    )
    return tuple(Held(f"INC-{row.id}", row.acknowledged_by, row.acknowledged_at) for row in found)
