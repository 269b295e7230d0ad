"""What the keeper does when its time has come: whoever runs it, each thing happens once (design 7)."""

from datetime import datetime

from sqlalchemy import Connection, and_, exists, or_, select

from data.domain import clocks, lapse, lifecycle
from data.domain.proposal import ProposalState
from data.domain.severity import Severity
from data.store import rows
from data.store.commands.proposals import open_unanswered, unmute_expired
from data.store.definitions import load_policy
from data.store.tables import INCIDENT, MUTE, PROPOSAL
from data.store.unit import Answer, Write

_MAJOR = [severity.value for severity in Severity if severity.major]


def due(connection: Connection, now: datetime) -> bool:
    """Tell whether anything waits for the keeper; a look that costs no write."""
    proposals = and_(PROPOSAL.c.state == ProposalState.PROPOSED.value, PROPOSAL.c.opens_at <= now)
    # the strict due of a P0 is missed at the very instant, the others just after it
    breaches = and_(
        INCIDENT.c.live,
        INCIDENT.c.acknowledged_at.is_(None),
        ~INCIDENT.c.breached,
        or_(
            INCIDENT.c.response_due < now,
            and_(INCIDENT.c.response_strict, INCIDENT.c.response_due <= now),
        ),
    )
    # a lapse comes one whole cadence after an update fell due; its warning ten minutes before
    silent = and_(
        INCIDENT.c.live,
        INCIDENT.c.severity.in_(_MAJOR),
        INCIDENT.c.acknowledged_at.is_not(None),
        INCIDENT.c.lapsed_at.is_(None),
        INCIDENT.c.update_due <= now,
    )
    found = connection.execute(
        select(exists().where(proposals), exists().where(breaches), exists().where(MUTE.c.until <= now))
    ).one()
    if any(found):
        return True
    if not connection.execute(select(exists().where(silent))).scalar():
        return False
    policy = load_policy(connection)
    for incident in rows.load_incidents(connection, silent):
        at = clocks.lapses_at(policy, incident)
        if at is not None and (now >= at or (not incident.lapse_warned and now >= at - clocks.LAPSE_WARNING)):
            return True
    return False


def keep(write: Write) -> Answer:
    """Open unanswered proposals, record breaches, warn of lapses and let them happen."""
    unmute_expired(write)
    opened = open_unanswered(write).facts["opened"]
    told = []
    unheld = and_(INCIDENT.c.live, INCIDENT.c.acknowledged_at.is_(None), ~INCIDENT.c.breached)
    for incident in rows.load_incidents(write.connection, unheld):
        changes = lifecycle.breach(incident, write.now)
        if changes:
            write.change(incident, changes)
            told.append(f"{incident.key} breached")
    held = and_(INCIDENT.c.live, INCIDENT.c.acknowledged_at.is_not(None), INCIDENT.c.lapsed_at.is_(None))
    for incident in rows.load_incidents(write.connection, held & INCIDENT.c.severity.in_(_MAJOR)):
        changes = lapse.lapse(write.policy, incident, write.now) or lapse.warn_of_lapse(
            write.policy, incident, write.now
        )
        if changes:
            write.change(incident, changes)
            told.append(f"{incident.key}: {changes[0].kind}")
    return Answer(text=", ".join([*opened, *told]), facts={"opened": opened, "told": told})
