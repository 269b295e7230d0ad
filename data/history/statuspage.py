"""Reads an ``incidents.json`` as Atlassian Statuspage publishes it, under ``/api/v2/incidents.json``.

Whatever is in the file: what can be told of an incident is kept, what cannot is counted, and only a file
that holds no incidents at all is an error.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from data.domain.incident import Status
from data.domain.past import PastIncident, PastUpdate
from data.domain.severity import Severity
from data.text import clean, clean_line, decode

NAME = "statuspage"
MOST_SERVICES = 50
_SEVERITIES = {
    "critical": Severity.P0,
    "major": Severity.P1,
    "minor": Severity.P2,
    "none": Severity.P3,
}
_STATUSES = {
    "investigating": Status.INVESTIGATING,
    "identified": Status.FIXING,
    "monitoring": Status.MONITORING,
    "resolved": Status.RESOLVED,
}
_OVER = ("resolved", "postmortem")
_MAINTENANCE = ("scheduled", "in_progress", "verifying", "completed")
_NO_ID = re.compile(r"[^a-z0-9]+")


class NoHistory(ValueError):
    """A file that holds no incidents; the message says why."""


@dataclass(slots=True)
class History:
    """What a file holds: incidents by when they were detected, and how many entries are left out why."""

    incidents: tuple[PastIncident, ...] = ()
    maintenance: int = 0
    still_open: int = 0
    unreadable: int = 0
    services: dict[str, str] = field(default_factory=dict)  # id by the component's name

    @property
    def updates(self) -> int:
        """How many updates there are in all."""
        return sum(len(item.updates) for item in self.incidents)


def read(data: bytes) -> History:
    """Read a file's bytes. Raises NoHistory, and nothing else."""
    found = History()
    known: dict[str, PastIncident] = {}
    for entry in _entries(data, found):
        if not isinstance(entry, dict):
            found.unreadable += 1
        elif _is_maintenance(entry):
            found.maintenance += 1
        else:
            past = _incident(entry, found)
            if past is not None:
                known.setdefault(past.key, past)
    found.incidents = tuple(sorted(known.values(), key=lambda item: (item.detected_at, item.key)))
    return found


def _entries(data: bytes, found: History) -> list[Any]:
    try:
        value = json.loads(decode(data))
    except RecursionError:
        raise NoHistory("it is nested too deep to be read") from None
    except ValueError as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise NoHistory(f"it is not JSON{where}") from None
    if isinstance(value, dict):
        planned = value.get("scheduled_maintenances")
        found.maintenance += len(planned) if isinstance(planned, list) else 0
        value = value.get("incidents")
    if not isinstance(value, list):
        raise NoHistory('it has no list of "incidents"')
    return value


def _is_maintenance(entry: Mapping[str, Any]) -> bool:
    status, impact = entry.get("status"), entry.get("impact")
    return impact == "maintenance" or bool(entry.get("scheduled_for")) or status in _MAINTENANCE


def _incident(entry: Mapping[str, Any], found: History) -> PastIncident | None:
    """Return an incident that is over; None for another, which is counted."""
    raw = entry.get("incident_updates")
    updates = sorted(
        (item for item in map(_update, raw if isinstance(raw, list) else ()) if item is not None),
        key=lambda item: item.at,
    )
    created, started = _instant(entry.get("created_at")), _instant(entry.get("started_at"))
    instants = [at for at in (created, *(item.at for item in updates)) if at is not None]
    first = min(instants, default=started)
    if first is None:
        found.unreadable += 1
        return None
    resolved = _resolved_at(entry, updates)
    if resolved is None:
        found.still_open += 1
        return None
    impact = entry.get("impact")
    title = clean_line(_text(entry.get("name"))).strip() or "Incident without a name"
    return PastIncident(
        key=_key(entry, title, first),
        title=title,
        severity=_SEVERITIES.get(impact, Severity.P3) if isinstance(impact, str) else Severity.P3,
        detected_at=min(first, resolved),
        resolved_at=resolved,
        why=clean_line(f"impact {impact} on the status page") if isinstance(impact, str) else "",
        # the page sets both alike where nobody gave another start: that tells nothing of the detection
        began_at=started if started is not None and started < min(first, resolved) else None,
        services=_services(entry.get("components"), found),
        updates=tuple(updates),
    )


def _resolved_at(entry: Mapping[str, Any], updates: list[PastUpdate]) -> datetime | None:
    """Return when it ended, as the page or its updates say; None while it has not."""
    at = _instant(entry.get("resolved_at"))
    if at is not None:
        return at
    ends = [item.at for item in updates if item.status is Status.RESOLVED]
    status = entry.get("status")
    if status in _OVER or (status is None and ends):
        return max(ends or [item.at for item in updates], default=_instant(entry.get("updated_at")))
    return None


def _update(item: Any) -> PastUpdate | None:
    """Return an update; None for one without words or an instant."""
    if not isinstance(item, dict):
        return None
    at = _instant(item.get("display_at")) or _instant(item.get("created_at"))
    text = clean(_text(item.get("body"))).strip()
    if at is None or not text:
        return None
    status = item.get("status")
    return PastUpdate(at, text, _STATUSES.get(status) if isinstance(status, str) else None)


def _services(components: Any, found: History) -> tuple[str, ...]:
    """Return the ids that components' names make; groups of them are none."""
    ids: dict[str, None] = {}
    for item in components[:MOST_SERVICES] if isinstance(components, list) else ():
        name = clean_line(_text(item.get("name"))).strip() if isinstance(item, dict) else ""
        if name and item.get("group") is not True:
            ids[found.services.setdefault(name, service_id(name))] = None
    return tuple(ids)


def service_id(name: str) -> str:
    """Return the id a component's name makes: ``API Gateway`` is ``api-gateway``."""
    return _NO_ID.sub("-", name.lower()).strip("-")[:60].rstrip("-") or clean_line(name, 60)


def _key(entry: Mapping[str, Any], title: str, first: datetime) -> str:
    """Return its id on the page; where it has none, one that the same entry always gets."""
    given = entry.get("id")
    if isinstance(given, str | int) and not isinstance(given, bool):
        known = clean_line(str(given), 120)
        if known:
            return known
    return hashlib.sha256(f"{title}\n{first.isoformat()}".encode()).hexdigest()[:16]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _instant(value: Any) -> datetime | None:
    """Read an instant with an offset; None for anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        return at.astimezone(UTC) if at.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None
