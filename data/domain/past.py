"""Incidents that were over before this room knew of them, as they are written into its record."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.domain.change import Change, Changes, Refused
from data.domain.incident import Disposition, Incident, Status
from data.domain.lifecycle import declare
from data.domain.policy import Policy
from data.domain.severity import Severity

PLACE = "status page"  # whom an imported update told


@dataclass(frozen=True, slots=True)
class PastUpdate:
    """What was told at an instant, and the status it told of; None where it told of none."""

    at: datetime
    text: str
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class PastIncident:
    """An incident that is over, as another system keeps it; ``key`` is its id there."""

    key: str
    title: str
    severity: Severity
    detected_at: datetime
    resolved_at: datetime
    why: str = ""  # of the severity
    began_at: datetime | None = None
    services: tuple[str, ...] = ()
    updates: tuple[PastUpdate, ...] = ()  # oldest first


def recorded(
    policy: Policy, past: PastIncident, by: str, now: datetime
) -> tuple[Incident, Changes] | Refused:
    """Return a past incident, still without a number, and the changes that tell it at their own instants.

    No clock runs and nobody is paged (backfilled); it is closed, for a post-mortem was elsewhere.
    ``by`` names the import. Refused where it lies ahead of ``now``.
    """
    if past.resolved_at > now:
        return Refused("it ends in the future")
    incident = Incident(
        id=0,
        title=past.title,
        severity=past.severity,
        status=Status.DETECTED,
        detected_at=past.detected_at,
        opened_at=now,
        opened_by=by,
        began_at=past.began_at,
        services=past.services,
        severity_by=by,
        severity_why=past.why,
        backfilled=True,
    )
    opened = declare(policy, incident, now)
    if isinstance(opened, Refused):
        return opened
    changes = [*opened, *_told(past)]
    return incident, tuple(replace(change, by=by) for change in changes)


def _told(past: PastIncident) -> list[Change]:
    told: list[Change] = []
    status, over = Status.DETECTED, False
    for update in past.updates:
        if update.at > past.resolved_at and not over:
            told += _ended(past)
            over = True
        moved = update.status
        if moved is not None and not moved.over and not over and moved is not status:
            told.append(Change("status", {"status": moved}, at=update.at))
            status = moved
        facts: dict[str, Any] = {"text": update.text, "audiences": [PLACE], "means": "by import"}
        if update.status is Status.RESOLVED:
            facts["final"] = True
        told.append(Change("update", facts=facts, at=update.at))
    return told if over else told + _ended(past)


def _ended(past: PastIncident) -> list[Change]:
    at = past.resolved_at
    ended = {"status": Status.RESOLVED, "resolved_at": at, "disposition": Disposition.FIXED}
    closed = {"status": Status.CLOSED, "closed_at": at, "post_mortem": "not needed"}
    return [Change("resolved", ended, at=at), Change("closed", closed, at=at)]
