"""What machines find: proposed, attached, opened or withdrawn, never resolved (design 3.6)."""

from dataclasses import replace

from sqlalchemy import Connection, select

from data.domain import lapse
from data.domain.change import Change
from data.domain.incident import Incident
from data.domain.proposal import Proposal, ProposalState, opens_at
from data.domain.severity import worse
from data.store import causes, rows
from data.store.commands.attaching import answer, live_incident, waiting_proposal
from data.store.commands.opening import Finding, cleaned, facts_of, open_proposal, propose
from data.store.tables import CAUSE, INCIDENT, MUTE, PROPOSAL
from data.store.unit import Answer, Write
from data.text import clean_line

__all__ = ["Finding", "attached", "cleared", "found"]


def found(write: Write, finding: Finding) -> Answer:
    """Take in a finding: it attaches to what its service already has, or becomes a proposal."""
    finding = cleaned(finding)
    proposal_id, incident_id = causes.place(write.connection, finding.key)
    if incident_id is not None:
        return _returned(write, finding, incident_id)
    if proposal_id is not None:
        return _seen_again(write, finding, proposal_id)
    if causes.muted(write.connection, finding.key, write.now):
        return Answer(text=f"{finding.key} is muted")
    live = live_incident(write, finding.services)
    if live is not None:
        return _attach(write, finding, live)
    waiting = waiting_proposal(write, finding.services)
    if waiting is not None:
        return _join(write, finding, waiting)
    return propose(write, finding)


def _attach(write: Write, finding: Finding, live: Incident) -> Answer:
    cause = finding.cause(write.now, live.severity)
    change = Change(
        "cause", {"causes": (*live.causes, cause)}, facts=facts_of(finding, "attached"), by=finding.key
    )
    write.change(live, (change, *lapse.resume_ladder(live)))
    causes.put(write.connection, finding.key, incident=live.id)
    return Answer(live.key, f"{finding.title} attached to {live.key}")


def _join(write: Write, finding: Finding, waiting: Proposal) -> Answer:
    joined = replace(waiting, causes=(*waiting.causes, finding.cause(write.now)))
    joined = replace(joined, severity=worse(waiting.severity, finding.severity))
    if not finding.waits:
        due = opens_at(write.policy, joined.severity, waiting.proposed_at)
        joined = replace(joined, opens_at=min((at for at in (due, waiting.opens_at) if at), default=None))
    rows.save_proposal(write.connection, joined)
    causes.put(write.connection, finding.key, proposal=waiting.id)
    facts = facts_of(finding, "attached", waiting.key)
    write.tell("attached", f"proposal:{waiting.key}", facts, finding.key)
    if finding.opens:
        return open_proposal(write, joined, ProposalState.OPENED)
    return Answer(waiting.key, f"{finding.title} attached to {waiting.key}")


def _returned(write: Write, finding: Finding, number: int) -> Answer:
    incident = write.incident(number)
    if incident is None or not any(
        cause.key == finding.key and cause.cleared_at is not None for cause in incident.causes
    ):
        return Answer(incident.key if incident else "")
    after = tuple(
        finding.cause(write.now, incident.severity) if cause.key == finding.key else cause
        for cause in incident.causes
    )
    change = Change("cause", {"causes": after}, facts=facts_of(finding, "down"), by=finding.key)
    write.change(incident, (change, *lapse.resume_ladder(incident)))
    return Answer(incident.key, f"{finding.title} again on {incident.key}")


def _seen_again(write: Write, finding: Finding, number: int) -> Answer:
    proposal = rows.load_proposal(write.connection, number)
    if proposal is None:
        return Answer()
    after = tuple(
        replace(cause, cleared_at=None) if cause.key == finding.key else cause for cause in proposal.causes
    )
    if after != proposal.causes:
        rows.save_proposal(write.connection, replace(proposal, causes=after))
    return Answer(proposal.key)


def cleared(write: Write, key: str, why: str) -> Answer:
    """Take in that a cause has ended: it proposes resolving, or withdraws a proposal; it never resolves."""
    causes.unmute(write.connection, key)
    proposal_id, incident_id = causes.place(write.connection, key)
    if proposal_id is not None:
        return _proposal_cleared(write, key, proposal_id, why)
    incident = write.incident(incident_id) if incident_id is not None else None
    if incident is None:
        return Answer()
    after = tuple(
        replace(cause, cleared_at=write.now) if cause.key == key and cause.cleared_at is None else cause
        for cause in incident.causes
    )
    if after == incident.causes:
        return Answer(incident.key)
    facts = {"key": key, "state": "clear", "why": clean_line(why)}
    changes = [Change("cause", {"causes": after}, facts=facts, by=key)]
    state = replace(incident, causes=after)
    if state.causes_clear:
        changes += lapse.hold_ladder(state)
    write.change(incident, tuple(changes))
    return Answer(incident.key, f"{key} is clear on {incident.key}")


def _proposal_cleared(write: Write, key: str, number: int, why: str) -> Answer:
    proposal = rows.load_proposal(write.connection, number)
    if proposal is None:
        return Answer()
    after = tuple(
        replace(cause, cleared_at=write.now) if cause.key == key and cause.cleared_at is None else cause
        for cause in proposal.causes
    )
    state = replace(proposal, causes=after)
    if not state.clear:
        rows.save_proposal(write.connection, state)
        return Answer(state.key)
    answer(write, replace(state, state=ProposalState.WITHDRAWN), key)
    for cause in state.causes:
        causes.free(write.connection, cause.key)
    facts = {"key": state.key, "title": state.title, "why": clean_line(why)}
    write.tell("withdrawn", f"proposal:{state.key}", facts, key)
    return Answer(state.key, f"{state.key} withdrawn: every cause is clear")


def attached(connection: Connection) -> dict[str, bool]:
    """Return every cause that is spoken for, and whether it was last seen clear.

    Those are the causes of proposals and live incidents, and the muted ones: whoever watches them has
    to say when they clear.
    """
    clear = dict.fromkeys(connection.execute(select(MUTE.c.cause)).scalars(), False)
    for table, place in ((PROPOSAL, CAUSE.c.proposal), (INCIDENT, CAUSE.c.incident)):
        holders = select(table.c.causes).where(table.c.id.in_(select(place).where(place.is_not(None))))
        for held in connection.execute(holders).scalars():
            clear.update((cause["key"], cause["cleared_at"] is not None) for cause in held)
    return clear
