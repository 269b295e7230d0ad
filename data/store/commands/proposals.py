"""What machines find: proposed, attached, opened or withdrawn, never resolved (design 3.6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, select

from data.domain import lapse, lifecycle
from data.domain.change import Change, Refused
from data.domain.incident import Cause, Incident, Status
from data.domain.proposal import MUTE_AT_MOST, Proposal, ProposalState, opens_at
from data.domain.severity import Severity, worse
from data.store import causes, rows
from data.store.commands.finding import find_proposal
from data.store.commands.incidents import standing_steps
from data.store.tables import CAUSE, INCIDENT, MUTE, PROPOSAL
from data.store.unit import Answer, Write
from data.text import clean_line


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check or an alert says is wrong. ``key`` is the cause: ``check:ID``, ``mass``, ``alert:…``."""

    key: str
    title: str
    severity: Severity
    why: str
    services: tuple[str, ...] = ()
    opens: bool = False  # open at once instead of proposing
    waits: bool = False  # never opens by itself


def found(write: Write, finding: Finding) -> Answer:
    """Take in a finding: it attaches to what its service already has, or becomes a proposal."""
    finding = replace(finding, title=clean_line(finding.title), why=clean_line(finding.why))
    proposal_id, incident_id = causes.place(write.connection, finding.key)
    if incident_id is not None:
        return _returned(write, finding, incident_id)
    if proposal_id is not None:
        return _seen_again(write, finding, proposal_id)
    if causes.muted(write.connection, finding.key, write.now):
        return Answer(text=f"{finding.key} is muted")
    live = _live_incident(write, finding.services)
    if live is not None:
        cause = Cause(finding.key, write.now)
        change = Change(
            "cause", {"causes": (*live.causes, cause)}, facts=_facts(finding, "attached"), by=finding.key
        )
        write.change(live, (change, *lapse.resume_ladder(live)))
        causes.put(write.connection, finding.key, incident=live.id)
        return Answer(live.key, f"{finding.title} attached to {live.key}")
    waiting = _open_proposal(write, finding.services)
    if waiting is not None and not finding.opens:
        joined = replace(
            waiting,
            causes=(*waiting.causes, Cause(finding.key, write.now)),
            severity=worse(waiting.severity, finding.severity),
        )
        due = opens_at(write.policy, joined.severity, waiting.proposed_at)
        joined = replace(joined, opens_at=min((at for at in (due, waiting.opens_at) if at), default=None))
        rows.save_proposal(write.connection, joined)
        causes.put(write.connection, finding.key, proposal=waiting.id)
        write.tell(
            "attached", f"proposal:{waiting.key}", _facts(finding, "attached", waiting.key), finding.key
        )
        return Answer(waiting.key, f"{finding.title} attached to {waiting.key}")
    return _propose(write, finding)


def _propose(write: Write, finding: Finding) -> Answer:
    before = _recent(write, finding.key)
    proposal = Proposal(
        id=write.next_proposal(),
        title=finding.title if before is None else f"{before.key} is back: {finding.title}",
        severity=finding.severity,
        why=finding.why,
        proposed_at=write.now,
        opens_at=None if finding.waits else opens_at(write.policy, finding.severity, write.now),
        services=finding.services,
        causes=(Cause(finding.key, write.now),),
        reopens=before.id if before else None,
    )
    rows.save_proposal(write.connection, proposal, new=True)
    causes.put(write.connection, finding.key, proposal=proposal.id)
    write.tell("proposed", f"proposal:{proposal.key}", _facts(finding, "down", proposal.key), finding.key)
    if finding.opens:
        return _open(write, proposal, ProposalState.OPENED, finding.severity)
    return Answer(proposal.key, f"{proposal.key} proposed: {proposal.title}")


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
    state = replace(
        proposal,
        causes=tuple(
            replace(cause, cleared_at=write.now) if cause.key == key else cause for cause in proposal.causes
        ),
    )
    if not state.clear:
        rows.save_proposal(write.connection, state)
        return Answer(state.key)
    _answer(write, replace(state, state=ProposalState.WITHDRAWN), key)
    for cause in state.causes:
        causes.free(write.connection, cause.key)
    facts = {"key": state.key, "title": state.title, "why": clean_line(why)}
    write.tell("withdrawn", f"proposal:{state.key}", facts, key)
    return Answer(state.key, f"{state.key} withdrawn: every cause is clear")


def confirm(write: Write, key: str, severity: Severity | None = None) -> Answer | Refused:
    """Open a proposal as an incident, its severity confirmed by a person."""
    proposal = find_proposal(write, key)
    if isinstance(proposal, Refused):
        return proposal
    refused = _answered(proposal)
    return refused or _open(write, proposal, ProposalState.CONFIRMED, severity or proposal.severity)


def dismiss(write: Write, key: str, why: str) -> Answer | Refused:
    """Dismiss a proposal with a reason; its causes are muted until they clear, at most four hours."""
    proposal = find_proposal(write, key)
    if isinstance(proposal, Refused):
        return proposal
    refused = _answered(proposal)
    if refused is not None:
        return refused
    reason = clean_line(why).strip()
    if not reason:
        return Refused("dismissing a proposal needs a reason", "say why")
    until = write.now + MUTE_AT_MOST
    for cause in proposal.causes:
        causes.free(write.connection, cause.key)
        causes.mute(write.connection, cause.key, until, write.by, reason)
    _answer(write, replace(proposal, state=ProposalState.DISMISSED), write.by)
    facts = {"key": proposal.key, "title": proposal.title, "why": reason}
    write.tell("dismissed", f"proposal:{proposal.key}", facts)
    return Answer(proposal.key, f"{proposal.key} dismissed; muted until it clears, at most 4 h")


def open_unanswered(write: Write) -> Answer:
    """Open the proposals nobody answered in time, marked unconfirmed (a keeper's duty)."""
    due = write.connection.execute(
        select(PROPOSAL)
        .where(PROPOSAL.c.state == ProposalState.PROPOSED.value, PROPOSAL.c.opens_at <= write.now)
        .order_by(PROPOSAL.c.id)
    ).mappings()
    opened = [
        _open(write, proposal, ProposalState.OPENED, proposal.severity).key
        for proposal in [rows.proposal_of(row) for row in due]
    ]
    return Answer(text=", ".join(opened), facts={"opened": opened})


def _open(write: Write, proposal: Proposal, how: ProposalState, severity: Severity) -> Answer:
    person = how is ProposalState.CONFIRMED
    by = write.by if person else proposal.causes[0].key
    before = write.incident(proposal.reopens) if proposal.reopens is not None else None
    if before is not None and before.status is Status.RESOLVED:
        changes = lifecycle.reopen(write.policy, before, Status.DETECTED, by, write.now, proposal.why)
        if isinstance(changes, Refused):
            raise ValueError(changes.reason)
        known = {cause.key for cause in proposal.causes}
        kept = tuple(cause for cause in before.causes if cause.key not in known)
        again = Change("cause", {"causes": kept + proposal.causes}, facts={"key": proposal.causes[0].key})
        state = write.change(before, tuple(replace(change, by=by) for change in (*changes, again)))
    else:
        incident = Incident(
            id=write.next_incident(),
            title=proposal.title,
            severity=severity,
            status=Status.DETECTED,
            detected_at=proposal.proposed_at,
            opened_at=write.now,
            opened_by=by,
            services=proposal.services,
            severity_by=by,
            severity_why=proposal.why,
            confirmed=person,
            causes=proposal.causes,
            steps=standing_steps(write),
        )
        declared = lifecycle.declare(write.policy, incident, write.now)
        if isinstance(declared, Refused):
            raise ValueError(declared.reason)
        opening = tuple(replace(change, by=change.by or by) for change in declared)
        state = write.open(incident, opening)
    _answer(write, replace(proposal, state=how, incident=state.id), by)
    for cause in proposal.causes:
        causes.put(write.connection, cause.key, incident=state.id)
    facts = {"key": proposal.key, "title": proposal.title, "incident": state.key}
    write.tell("confirmed" if person else "opened", f"proposal:{proposal.key}", facts, by)
    if not person and state.causes_clear:
        state = write.change(state, lapse.hold_ladder(state))
    word = "confirmed" if person else "opened unconfirmed"
    return Answer(state.key, f"{proposal.key} {word} as {state.key}", {"proposal": proposal.key})


def _answered(proposal: Proposal) -> Refused | None:
    if proposal.state is ProposalState.PROPOSED:
        return None
    became = f" as INC-{proposal.incident}" if proposal.incident else ""
    by = f" by {proposal.answered_by}" if proposal.answered_by else ""
    return Refused(f"{proposal.key} was already {proposal.state}{became}{by}")


def _answer(write: Write, proposal: Proposal, by: str) -> None:
    rows.save_proposal(write.connection, replace(proposal, answered_by=by, answered_at=write.now))


def _facts(finding: Finding, state: str, key: str = "") -> dict[str, str]:
    return {
        "key": key or finding.key,
        "cause": finding.key,
        "title": finding.title,
        "why": finding.why,
        "state": state,
    }


def _returned(write: Write, finding: Finding, number: int) -> Answer:
    incident = write.incident(number)
    if incident is None or not any(
        cause.key == finding.key and cause.cleared_at is not None for cause in incident.causes
    ):
        return Answer(incident.key if incident else "")
    after = tuple(
        Cause(cause.key, write.now) if cause.key == finding.key else cause for cause in incident.causes
    )
    change = Change("cause", {"causes": after}, facts=_facts(finding, "down"), by=finding.key)
    write.change(incident, (change, *lapse.resume_ladder(incident)))
    return Answer(incident.key, f"{finding.title} again on {incident.key}")


def _seen_again(write: Write, finding: Finding, number: int) -> Answer:
    proposal = rows.load_proposal(write.connection, number)
    if proposal is None:
        return Answer()
    after = tuple(
        replace(cause, cleared_at=None) if cause.key == finding.key else cause for cause in proposal.causes
    )
    rows.save_proposal(write.connection, replace(proposal, causes=after))
    return Answer(proposal.key)


def _live_incident(write: Write, services: Sequence[str]) -> Incident | None:
    if not services:
        return None
    live = write.connection.execute(
        select(INCIDENT.c.id, INCIDENT.c.services).where(INCIDENT.c.live).order_by(INCIDENT.c.severity)
    )
    number = next((row.id for row in live if set(row.services) & set(services)), None)
    return write.incident(number) if number is not None else None


def _open_proposal(write: Write, services: Sequence[str]) -> Proposal | None:
    waiting = write.connection.execute(
        select(PROPOSAL).where(PROPOSAL.c.state == ProposalState.PROPOSED.value).order_by(PROPOSAL.c.id)
    ).mappings()
    proposals = (rows.proposal_of(row) for row in waiting)
    return next((item for item in proposals if set(item.services) & set(services)), None)


def _recent(write: Write, key: str) -> Incident | None:
    since = write.now - write.policy.reopen_within
    ended = write.connection.execute(
        select(INCIDENT.c.id, INCIDENT.c.causes)
        .where(INCIDENT.c.status == Status.RESOLVED.value, INCIDENT.c.resolved_at >= since)
        .order_by(INCIDENT.c.id.desc())
    )
    for row in ended:
        if any(cause["key"] == key for cause in row.causes):
            incident = write.incident(row.id)
            if incident is not None and lifecycle.recurs(write.policy, incident, write.now):
                return incident
    return None


def attached(connection: Connection) -> dict[str, bool]:
    """Return every cause attached to a proposal or live incident, and whether it was last seen clear."""
    clear: dict[str, bool] = {}
    for table, place in ((PROPOSAL, CAUSE.c.proposal), (INCIDENT, CAUSE.c.incident)):
        holders = select(table.c.causes).where(table.c.id.in_(select(place).where(place.is_not(None))))
        for held in connection.execute(holders).scalars():
            clear.update((cause["key"], cause["cleared_at"] is not None) for cause in held)
    known = set(connection.execute(select(CAUSE.c.key)).scalars())
    return {key: cleared for key, cleared in clear.items() if key in known}


def unmute_expired(write: Write) -> None:
    """Forget mutes that ran out."""
    write.connection.execute(delete(MUTE).where(MUTE.c.until <= write.now))


def split(write: Write, incident: Incident, key: str) -> Answer | Refused:
    """Take a cause off an incident into a proposal of its own."""
    cause = next((item for item in incident.causes if item.key == key), None)
    if cause is None:
        return Refused(f"{incident.key} has no cause {key}", "", "not-found")
    rest = tuple(item for item in incident.causes if item.key != key)
    facts = {"key": key, "state": "split"}
    write.change(incident, (Change("cause", {"causes": rest}, facts=facts),))
    causes.free(write.connection, key)
    if cause.cleared_at is not None:
        return Answer(incident.key, f"{key} taken off {incident.key}")
    title = key.partition(":")[2] or key
    return _propose(
        write, Finding(key, f"{title} is down", incident.severity, f"split off {incident.key}", waits=True)
    )
