"""Finding what a command names."""

import re

from sqlalchemy import select

from data.domain.change import Refused
from data.domain.incident import Incident
from data.domain.lifecycle import seconds_ago
from data.domain.proposal import Proposal
from data.store import rows
from data.store.tables import EVENT
from data.store.unit import Write

_INCIDENT = re.compile(r"(?:INC-)?0*(\d{1,9})", re.IGNORECASE)
_PROPOSAL = re.compile(r"PR-0*(\d{1,9})", re.IGNORECASE)


def incident_number(key: str) -> int | None:
    """Return the number in ``INC-42``, ``inc-42`` or ``42``; None for anything else."""
    match = _INCIDENT.fullmatch(key.strip())
    return int(match[1]) if match else None


def proposal_number(key: str) -> int | None:
    """Return the number in ``PR-3``; None for anything else."""
    match = _PROPOSAL.fullmatch(key.strip())
    return int(match[1]) if match else None


def find_incident(write: Write, key: str) -> Incident | Refused:
    """Return the incident a key names, or that there is none."""
    number = incident_number(key)
    found = write.incident(number) if number is not None else None
    return found or no_incident(key)


def already_over(write: Write, incident: Incident) -> Refused | None:
    """Return that an incident is over, when it ended and by whom; None while it is live."""
    if not incident.status.over:
        return None
    ends = select(EVENT.c.at, EVENT.c.by).where(
        EVENT.c.incident == incident.id, EVENT.c.kind == incident.status.value
    )
    ended = write.connection.execute(ends.order_by(EVENT.c.seq.desc()).limit(1)).one_or_none()
    who = f" {seconds_ago(ended.at, write.now)} by {ended.by}" if ended else ""
    return Refused(f"{incident.key} was already {incident.status}{who}")


def no_incident(key: str) -> Refused:
    """Say that there is no such incident."""
    return Refused(f"there is no incident {key[:40]}", "warroom list shows them", "not-found")


def find_proposal(write: Write, key: str) -> Proposal | Refused:
    """Return the proposal a key names, or that there is none."""
    number = proposal_number(key)
    found = rows.load_proposal(write.connection, number) if number is not None else None
    if found is None:
        return Refused(f"there is no proposal {key[:40]}", "warroom list shows them", "not-found")
    return found
