"""Reads an ``incidents.json`` as Atlassian Statuspage publishes it, under ``/api/v2/incidents.json``.

Whatever is in the file: what can be told of an incident is kept, what cannot is counted, and only a file
that holds no incidents at all is an error.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from data.domain.incident import Status
from data.domain.past import PastIncident, PastUpdate
from data.domain.severity import Severity
from data.history.model import History, NoHistory, in_order, instant, service_id
from data.text import clean, clean_line, decode

NAME = "statuspage"
MOST_SERVICES = 50
SEVERITIES = {
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


def read(data: bytes) -> History:
    """Read a file's bytes. Raises NoHistory, and nothing else."""
    found = History(NAME)
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
    found.incidents = in_order(known)
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
    created, started = instant(entry.get("created_at")), instant(entry.get("started_at"))
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
        severity=SEVERITIES.get(impact, Severity.P3) if isinstance(impact, str) else Severity.P3,
        detected_at=min(first, resolved),
        resolved_at=resolved,
        why=clean_line(f"impact {impact} on the status page") if isinstance(impact, str) else "",
        # the page sets both alike where nobody gave another start: that tells nothing of the detection
        began_at=started if started is not None and started < min(first, resolved) else None,
        services=_services(entry.get("components")),
        updates=tuple(updates),
    )


def _resolved_at(entry: Mapping[str, Any], updates: list[PastUpdate]) -> datetime | None:
    """Return when it ended, as the page or its updates say; None while it has not."""
    at = instant(entry.get("resolved_at"))
    if at is not None:
        return at
    ends = [item.at for item in updates if item.status is Status.RESOLVED]
    status = entry.get("status")
    if status in _OVER or (status is None and ends):
        return max(ends or [item.at for item in updates], default=instant(entry.get("updated_at")))
    return None


def _update(item: Any) -> PastUpdate | None:
    """Return an update; None for one without words or an instant."""
    if not isinstance(item, dict):
        return None
    at = instant(item.get("display_at")) or instant(item.get("created_at"))
    text = clean(_text(item.get("body"))).strip()
    if at is None or not text:
        return None
    status = item.get("status")
    return PastUpdate(at, text, _STATUSES.get(status) if isinstance(status, str) else None)


def _services(components: Any) -> tuple[str, ...]:
    """Return the ids that components' names make; groups of them are none."""
    ids: dict[str, None] = {}
    for item in components[:MOST_SERVICES] if isinstance(components, list) else ():
        name = clean_line(_text(item.get("name"))).strip() if isinstance(item, dict) else ""
        if name and item.get("group") is not True:
            ids[service_id(name)] = None
    return tuple(ids)


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
