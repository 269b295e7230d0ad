"""Finding what a command names."""

import re

from data.domain.change import Refused
from data.domain.incident import Incident
from data.domain.proposal import Proposal
from data.store import rows
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
