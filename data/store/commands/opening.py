"""How a proposal comes to be, and how it becomes an incident (design 3.6)."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from data.domain import lapse, lifecycle
from data.domain.change import Change, Changes, Refused
from data.domain.incident import Cause, Incident, Status
from data.domain.proposal import Proposal, ProposalState, opens_at
from data.domain.severity import Severity, worse
from data.store import causes, rows
from data.store.commands.attaching import answer, settle
from data.store.commands.incidents import standing_steps
from data.store.tables import INCIDENT
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
    alerts: int = 0  # how many say so, where alerts do

    def cause(self, now: datetime, told: Severity = Severity.P0) -> Cause:
        """Return the cause it is from now on, on something for which ``told`` is how severe it is."""
        worst = max(self.severity, told) if self.alerts else None
        return Cause(self.key, now, alerts=self.alerts, worst=worst)


def cleaned(finding: Finding) -> Finding:
    """Return a finding whose words may be kept; one without a title is called by its key."""
    title = clean_line(finding.title).strip() or clean_line(finding.key)
    return replace(finding, title=title, why=clean_line(finding.why))


def facts_of(finding: Finding, state: str, key: str = "") -> dict[str, str]:
    """Return what the timeline tells of a finding."""
    return {
        "key": key or finding.key,
        "cause": finding.key,
        "title": finding.title,
        "why": finding.why,
        "state": state,
    }


def propose(write: Write, finding: Finding) -> Answer:
    """Propose an incident, or the reopening of one that had this cause and ended not long ago."""
    before = _recent(write, finding.key)
    proposal = Proposal(
        id=write.next_proposal(),
        title=finding.title if before is None else f"{before.key} is back: {finding.title}",
        severity=finding.severity,
        why=finding.why,
        proposed_at=write.now,
        opens_at=None if finding.waits else opens_at(write.policy, finding.severity, write.now),
        services=finding.services,
        causes=(finding.cause(write.now),),
        reopens=before.id if before else None,
    )
    rows.save_proposal(write.connection, proposal, new=True)
    causes.put(write.connection, finding.key, proposal=proposal.id)
    write.tell("proposed", f"proposal:{proposal.key}", facts_of(finding, "down", proposal.key), finding.key)
    if finding.opens:
        return open_proposal(write, proposal, ProposalState.OPENED)
    return Answer(proposal.key, f"{proposal.key} proposed: {proposal.title}")


def open_proposal(
    write: Write, proposal: Proposal, how: ProposalState, severity: Severity | None = None
) -> Answer:
    """Make a proposal an incident: confirmed by the person of this write, or opened by its first cause.

    ``severity`` is what a person chose; without it the proposal's counts, and a reopened incident
    keeps the higher one.
    """
    person = how is ProposalState.CONFIRMED
    by = write.by if person else proposal.causes[0].key
    before = write.incident(proposal.reopens) if proposal.reopens is not None else None
    # before the incident takes its causes: what is answered gives them away as a whole
    number = before.id if before is not None and before.status is Status.RESOLVED else write.next_incident()
    answer(write, replace(proposal, state=how, incident=number), by)
    for cause in proposal.causes:
        causes.put(write.connection, cause.key, incident=number)
    if before is not None and number == before.id:
        state = _reopened(write, proposal, before, by, severity)
    else:
        state = _declared(
            write, replace(proposal, severity=severity or proposal.severity), number, by, person
        )
    (state,) = settle(write, state)
    facts: dict[str, str | bool] = {"key": proposal.key, "title": proposal.title, "incident": state.key}
    if not person and (proposal.opens_at is None or write.now < proposal.opens_at):
        facts["at_once"] = True
    write.tell("confirmed" if person else "opened", f"proposal:{proposal.key}", facts, by)
    if state.causes_clear:
        state = write.change(state, lapse.hold_ladder(state))
    word = "confirmed" if person else "opened unconfirmed"
    return Answer(state.key, f"{proposal.key} {word} as {state.key}", {"proposal": proposal.key})


def _declared(write: Write, proposal: Proposal, number: int, by: str, person: bool) -> Incident:
    incident = Incident(
        id=number,
        title=proposal.title,
        severity=proposal.severity,
        status=Status.DETECTED,
        # a clock that was set back must not keep an outage from opening
        detected_at=min(proposal.proposed_at, write.now),
        opened_at=write.now,
        opened_by=by,
        services=proposal.services,
        severity_by=by,
        severity_why=proposal.why,
        confirmed=person,
        causes=proposal.causes,
        steps=standing_steps(write),
    )
    return write.open(incident, _by(by, lifecycle.declare(write.policy, incident, write.now)))


def _reopened(
    write: Write, proposal: Proposal, before: Incident, by: str, severity: Severity | None
) -> Incident:
    why = proposal.why or proposal.title
    changes = _by(by, lifecycle.reopen(write.policy, before, Status.DETECTED, by, write.now, why))
    known = {cause.key for cause in proposal.causes}
    kept = tuple(cause for cause in before.causes if cause.key not in known)
    again = Change("cause", {"causes": kept + proposal.causes}, facts={"key": proposal.causes[0].key}, by=by)
    state = write.change(before, (*changes, again))
    wanted = severity or worse(proposal.severity, state.severity)
    if wanted is state.severity:
        return state
    return write.change(
        state, _by(by, lifecycle.set_severity(write.policy, state, wanted, by, write.now, why))
    )


def _by(by: str, changes: Changes | Refused) -> Changes:
    """Give changes a name; a refusal here would be a mistake of the program's own."""
    if isinstance(changes, Refused):
        raise TypeError(changes.reason)
    return tuple(replace(change, by=change.by or by) for change in changes)


def _recent(write: Write, key: str) -> Incident | None:
    since = write.now - write.policy.reopen_within
    ended = write.connection.execute(
        select(INCIDENT.c.id, INCIDENT.c.causes)
        .where(INCIDENT.c.status == Status.RESOLVED.value, INCIDENT.c.resolved_at >= since)
        .order_by(INCIDENT.c.resolved_at.desc(), INCIDENT.c.id.desc())
    )
    for row in ended:
        if any(cause["key"] == key for cause in row.causes):
            incident = write.incident(row.id)
            if incident is not None and lifecycle.recurs(write.policy, incident, write.now):
                return incident
    return None
