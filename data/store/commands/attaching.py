"""Where causes belong: one live place at a time, whatever was reopened, merged, split or undone."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from data.domain.change import Change
from data.domain.incident import Incident
from data.domain.proposal import Proposal, ProposalState
from data.store import causes, rows
from data.store.tables import INCIDENT, PROPOSAL
from data.store.unit import Write


def settle(write: Write, *incidents: Incident) -> tuple[Incident, ...]:
    """Make the places of causes what these incidents' states say; return the states as they are now.

    A live incident takes its causes back from a waiting proposal, which is withdrawn when nothing is
    left of it; a cause another live incident has taken meanwhile stays there.
    """
    for incident in incidents:
        causes.release(write.connection, incident.id)
    return tuple(_claim(write, incident) if incident.live else incident for incident in incidents)


def _claim(write: Write, incident: Incident) -> Incident:
    lost = set()
    for cause in incident.causes:
        proposal, holder = causes.place(write.connection, cause.key)
        if holder is not None and holder != incident.id:
            lost.add(cause.key)
            continue
        if proposal is not None:
            _take_from(write, proposal, cause.key, incident)
        causes.put(write.connection, cause.key, incident=incident.id)
        causes.unmute(write.connection, cause.key)
    if not lost:
        return incident
    kept = tuple(cause for cause in incident.causes if cause.key not in lost)
    facts = {"key": ", ".join(sorted(lost)), "state": "elsewhere"}
    return write.change(incident, (Change("cause", {"causes": kept}, facts=facts),))


def _take_from(write: Write, number: int, key: str, incident: Incident) -> None:
    proposal = rows.load_proposal(write.connection, number)
    if proposal is None:
        return
    rest = tuple(cause for cause in proposal.causes if cause.key != key)
    if rest:
        rows.save_proposal(write.connection, replace(proposal, causes=rest))
        return
    answer(write, replace(proposal, state=ProposalState.WITHDRAWN), write.by)
    facts = {"key": proposal.key, "title": proposal.title, "why": f"{incident.key} has it"}
    write.tell("withdrawn", f"proposal:{proposal.key}", facts)


def answer(write: Write, proposal: Proposal, by: str) -> None:
    """Save what became of a proposal, and by whom."""
    rows.save_proposal(write.connection, replace(proposal, answered_by=by, answered_at=write.now))


def live_incident(write: Write, services: Sequence[str]) -> Incident | None:
    """Return the most severe live incident on one of some services."""
    if not services:
        return None
    live = write.connection.execute(
        select(INCIDENT.c.id, INCIDENT.c.services)
        .where(INCIDENT.c.live)
        .order_by(INCIDENT.c.severity, INCIDENT.c.id)
    )
    number = next((row.id for row in live if set(row.services) & set(services)), None)
    return write.incident(number) if number is not None else None


def waiting_proposal(write: Write, services: Sequence[str]) -> Proposal | None:
    """Return the oldest proposal on one of some services that nobody has answered."""
    if not services:
        return None
    waiting = write.connection.execute(
        select(PROPOSAL).where(PROPOSAL.c.state == ProposalState.PROPOSED.value).order_by(PROPOSAL.c.id)
    ).mappings()
    proposals = (rows.proposal_of(row) for row in waiting)
    return next((item for item in proposals if set(item.services) & set(services)), None)
