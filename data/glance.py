"""A first glance at a SQLite store: the board, before the database library is even loaded.

Waiting for it costs half of the time to the first board. Only what the driver gives is used, nothing is
written, and at anything unusual there is no glance: the store itself then says what is wrong.
"""

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from data.boarding import COLUMNS, LATEST, handing_over, incident_row, lines, order, policy_of, proposal_row
from data.domain.change import Event
from data.domain.codec import decode
from data.domain.handover import Held
from data.domain.incident import Cause
from data.domain.on_call import Calendar
from data.domain.policy import Policy
from data.domain.proposal import Proposal, ProposalState
from data.domain.room import SPECS, Kind, RoomSettings
from data.domain.severity import Severity
from data.duty import Duty, at, on_call
from data.views import BoardView

SCHEMA = 2  # the store version this can read; another one waits for the store
_KINDS = (Kind.ROOM, Kind.SEVERITY, Kind.AUDIENCE, Kind.LEVEL, Kind.CONTACT)


def glance(path: Path, now: datetime) -> BoardView | None:
    """Return the board as it is on disk, or None when the file is anything but a store at rest."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=0.05)) as db:
            db.row_factory = sqlite3.Row
            if db.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
                return None
            db.execute("BEGIN")
            return _board(db, now)
    except (sqlite3.Error, ValueError, KeyError, TypeError):
        return None


def _board(db: sqlite3.Connection, now: datetime) -> BoardView:
    specs: dict[Kind, tuple[Any, ...]] = {}
    marks = ",".join("?" * len(_KINDS))
    for row in db.execute(
        f"SELECT kind, spec FROM definition WHERE retired_at IS NULL AND kind IN ({marks}) "  # noqa: S608
        "ORDER BY kind, position, id",
        [kind.value for kind in _KINDS],
    ):
        kind = Kind(row["kind"])
        specs[kind] = (*specs.get(kind, ()), decode(SPECS[kind], json.loads(row["spec"])))
    settings: RoomSettings = (specs.get(Kind.ROOM) or (RoomSettings(),))[0]
    live = [
        incident_row(tuple(row))
        for row in db.execute(f"SELECT {', '.join(COLUMNS)} FROM incident WHERE live = 1")  # noqa: S608
    ]
    waiting = db.execute("SELECT * FROM proposal WHERE state = ?", (ProposalState.PROPOSED.value,))
    live += [proposal_row(_proposal(row)) for row in waiting]
    recent = db.execute("SELECT * FROM event ORDER BY seq DESC LIMIT ?", (LATEST * 2,))
    duty = _duty(db, policy_of(specs), now)
    due = duty.due(_held(db)) if duty.calendars else ()
    people = on_call(duty, due)
    return BoardView(
        seq=db.execute("SELECT seq FROM counter").fetchone()[0],
        room=settings.name,
        rows=handing_over(sorted(live, key=order), due),
        latest=lines(_event(row) for row in recent)[:LATEST],
        on_call=people,
        incidents_ever=db.execute("SELECT incident FROM counter").fetchone()[0],
        nobody_on_call=not any(person.contacts for person in people),
        zone=settings.timezone,
    )


def _duty(db: sqlite3.Connection, policy: Policy, now: datetime) -> Duty:
    if not any(level.calendar for level in policy.levels):
        return Duty(policy)
    return at(policy, [_calendar(row) for row in db.execute("SELECT * FROM calendar ORDER BY level")], now)


def _calendar(row: sqlite3.Row) -> Calendar:
    values = {**row, "shifts": json.loads(row["shifts"] or "[]")}
    found: Calendar = decode(Calendar, values)
    return found


def _held(db: sqlite3.Connection) -> list[Held]:
    """Return the live incidents somebody has."""
    found = db.execute(
        "SELECT id, acknowledged_by, acknowledged_at FROM incident "
        "WHERE live = 1 AND acknowledged_at IS NOT NULL AND lapsed_at IS NULL ORDER BY id"
    )
    return [Held(f"INC-{number}", by, datetime.fromisoformat(since)) for number, by, since in found]


def _event(row: sqlite3.Row) -> Event:
    values = dict(row)
    for name in ("at", "recorded_at"):
        values[name] = datetime.fromisoformat(values[name])
    return Event(**{**values, "data": json.loads(values["data"] or "{}")})


def _proposal(row: sqlite3.Row) -> Proposal:
    return Proposal(
        id=row["id"],
        title=row["title"],
        severity=Severity(row["severity"]),
        why=row["why"],
        proposed_at=datetime.fromisoformat(row["proposed_at"]),
        opens_at=datetime.fromisoformat(row["opens_at"]) if row["opens_at"] else None,
        services=tuple(json.loads(row["services"] or "[]")),
        causes=tuple(decode(Cause, item) for item in json.loads(row["causes"] or "[]")),
    )
