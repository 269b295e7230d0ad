"""Incidents as a status page publishes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

FIRST = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
IMPACTS = ("critical", "major", "minor", "none")
STATUSES = ("investigating", "identified", "monitoring", "resolved")


def update(at: datetime, status: str, body: str = "We are looking into it.") -> dict[str, Any]:
    """Return an update as the page keeps it."""
    stamp = at.isoformat(timespec="milliseconds")
    return {"id": f"u{at:%H%M}", "status": status, "body": body, "display_at": stamp, "created_at": stamp}


def incident(number: int = 1, **other: Any) -> dict[str, Any]:
    """Return a resolved incident with four updates, newest first as pages have it."""
    start = FIRST + timedelta(hours=7 * number)
    steps = [update(start + timedelta(minutes=15 * step), word) for step, word in enumerate(STATUSES)]
    return {
        "id": f"x{number:04}",
        "name": f"Elevated errors {number}",
        "status": "resolved",
        "impact": IMPACTS[number % 4],
        "created_at": start.isoformat(),
        "started_at": start.isoformat(),
        "resolved_at": (start + timedelta(minutes=45)).isoformat(),
        "incident_updates": steps[::-1],
        "components": [{"id": "c1", "name": "API Gateway"}],
    } | other


def page(*incidents: Any) -> dict[str, Any]:
    """Return the page's answer."""
    return {"page": {"id": "p1", "name": "Acme"}, "incidents": list(incidents)}
