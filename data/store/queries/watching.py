"""What whoever watches the checks has to know beside their healths."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from data.domain.severity import Severity
from data.store.tables import CAUSE, EVENT, INCIDENT, MUTE, PROPOSAL

_RECONFIGURES = ("configured", "maintenance")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A cause that is spoken for: on an incident, on a proposal, or muted until an instant."""

    clear: bool = False  # it was last seen to have ended
    incident: int | None = None
    proposal: int | None = None
    muted_until: datetime | None = None
    severity: Severity | None = None  # of the proposal
    alerts: int = 0  # how many of it the timeline has told of
    worst: Severity | None = None  # and how severe


def spoken_for(connection: Connection) -> dict[str, Spoken]:
    """Return every cause of proposals and live incidents, and the muted ones, by key."""
    spoken = {
        row.cause: Spoken(muted_until=row.until)
        for row in connection.execute(select(MUTE.c.cause, MUTE.c.until))
    }
    places = connection.execute(select(CAUSE.c.key, CAUSE.c.proposal, CAUSE.c.incident)).all()
    if not places:
        return spoken
    told: dict[str, tuple[bool, int, Severity | None]] = {}
    severities: dict[int, Severity] = {}
    for table, place in ((PROPOSAL, CAUSE.c.proposal), (INCIDENT, CAUSE.c.incident)):
        columns = select(table.c.id, table.c.severity, table.c.causes)
        holders = columns.where(table.c.id.in_(select(place).where(place.is_not(None))))
        for number, severity, held in connection.execute(holders):
            told.update((cause["key"], _told(cause)) for cause in held)
            if table is PROPOSAL:
                severities[number] = Severity(severity)
    for row in places:
        severity = severities.get(row.proposal) if row.proposal is not None else None
        clear, alerts, worst = told.get(row.key, (False, 0, None))
        spoken[row.key] = Spoken(
            clear, row.incident, row.proposal, severity=severity, alerts=alerts, worst=worst
        )
    return spoken


def _told(cause: Mapping[str, Any]) -> tuple[bool, int, Severity | None]:
    """Return whether a cause has ended, and what was told of its alerts."""
    worst = cause.get("worst")
    return cause["cleared_at"] is not None, cause.get("alerts", 0), Severity(worst) if worst else None


def reconfigured(connection: Connection, seq: int) -> bool:
    """Tell whether checks, maintenance or settings changed after an event."""
    query = select(EVENT.c.seq).where(EVENT.c.seq > seq, EVENT.c.kind.in_(_RECONFIGURES)).limit(1)
    return connection.execute(query).scalar() is not None
