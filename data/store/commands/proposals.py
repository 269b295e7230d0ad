"""What people answer to a proposal, and what happens when nobody does (design 3.6)."""

from dataclasses import replace

from sqlalchemy import delete, select

from data.domain import lapse
from data.domain.alert_groups import GROUP, HEARTBEAT, is_alert
from data.domain.alert_words import heartbeat_title, names_of, title_of, worst_first
from data.domain.cause_names import cause_name
from data.domain.change import Change, Refused
from data.domain.incident import Incident
from data.domain.proposal import MUTE_AT_MOST, Proposal, ProposalState
from data.domain.severity import Severity
from data.store import causes, rows
from data.store.commands.attaching import answer
from data.store.commands.finding import find_incident, find_proposal
from data.store.commands.opening import Finding, cleaned, open_proposal, propose
from data.store.queries.alerts import alerts_of
from data.store.tables import MUTE, PROPOSAL
from data.store.unit import Answer, Write
from data.text import clean_line


def confirm(write: Write, key: str, severity: Severity | None = None) -> Answer | Refused:
    """Open a proposal as an incident, its severity confirmed by a person."""
    proposal = find_proposal(write, key)
    if isinstance(proposal, Refused):
        return proposal
    return _answered(proposal) or open_proposal(write, proposal, ProposalState.CONFIRMED, severity)


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
        if cause.cleared_at is None:
            causes.mute(write.connection, cause.key, until, write.by, reason)
    answer(write, replace(proposal, state=ProposalState.DISMISSED), write.by)
    facts = {"key": proposal.key, "title": proposal.title, "why": reason}
    write.tell("dismissed", f"proposal:{proposal.key}", facts)
    return Answer(proposal.key, f"{proposal.key} dismissed; muted until it clears, at most 4 h")


def _answered(proposal: Proposal) -> Refused | None:
    if proposal.state is ProposalState.PROPOSED:
        return None
    became = f" as INC-{proposal.incident}" if proposal.incident else ""
    by = f" by {proposal.answered_by}" if proposal.answered_by else ""
    return Refused(f"{proposal.key} was already {proposal.state}{became}{by}")


def open_unanswered(write: Write) -> Answer:
    """Open the proposals nobody answered in time, marked unconfirmed (a keeper's duty)."""
    due = write.connection.execute(
        select(PROPOSAL)
        .where(PROPOSAL.c.state == ProposalState.PROPOSED.value, PROPOSAL.c.opens_at <= write.now)
        .order_by(PROPOSAL.c.id)
    ).mappings()
    opened = [
        open_proposal(write, proposal, ProposalState.OPENED).key
        for proposal in [rows.proposal_of(row) for row in due]
    ]
    return Answer(text=", ".join(opened), facts={"opened": opened})


def unmute_expired(write: Write) -> None:
    """Forget mutes that ran out."""
    write.connection.execute(delete(MUTE).where(MUTE.c.until <= write.now))


def split(write: Write, key: str, cause_key: str) -> Answer | Refused:
    """Take a cause off an incident; what still fails becomes a proposal of its own."""
    incident = find_incident(write, key)
    if isinstance(incident, Refused):
        return incident
    if not incident.live:
        return Refused(f"{incident.key} is already {incident.status}")
    cause = next((item for item in incident.causes if item.key == cause_key), None)
    if cause is None:
        known = ", ".join(item.key for item in incident.causes)
        return Refused(f"{incident.key} has no cause {cause_key}", f"causes: {known or 'none'}", "not-found")
    rest = replace(incident, causes=tuple(item for item in incident.causes if item is not cause))
    taken = Change("cause", {"causes": rest.causes}, facts={"key": cause_key, "state": "split"})
    write.change(incident, (taken, *(lapse.hold_ladder(rest) if rest.causes_clear else ())))
    causes.free(write.connection, cause_key)
    if cause.cleared_at is not None:
        return Answer(incident.key, f"{cause_key} taken off {incident.key}")
    return propose(write, _alone(write, cause_key, incident))


def _alone(write: Write, key: str, incident: Incident) -> Finding:
    """Return what a cause that is split off says of itself."""
    name, why = cause_name(key), f"split off {incident.key}"
    if not is_alert(key):
        return Finding(key, f"{name} is down", incident.severity, why, waits=True)
    alerts = alerts_of(write.connection, (key,))
    loud = worst_first(alert for alert in alerts if alert.loud)
    if key.startswith(GROUP) and loud:
        title = title_of(loud)
    elif key.startswith(HEARTBEAT) and alerts:
        title = heartbeat_title(alerts[0])
    else:
        title = f"{name}: {names_of(loud)}" if loud else name
    severity = loud[0].severity if loud else incident.severity
    return cleaned(Finding(key, title, severity, why, waits=True, alerts=len(loud)))
