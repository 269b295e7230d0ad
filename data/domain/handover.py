"""Shift changes: whose incidents have to be handed over, and who takes them (design 3.4, 4 view 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.domain import roles
from data.domain.change import Change, Changes, Refused
from data.domain.incident import Incident, Role
from data.domain.on_call import Calendar, contact_of, on_call, same
from data.domain.policy import Contact, Policy


@dataclass(frozen=True, slots=True)
class Held:
    """A live incident somebody has, by its key, and since when it is acknowledged."""

    key: str
    by: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """An incident whose holder's shift has ended while others are on call: one of them should accept it."""

    key: str
    outgoing: str
    incoming: tuple[str, ...]
    level: str  # its id
    ended: datetime


def held(incidents: Iterable[Incident]) -> tuple[Held, ...]:
    """Return the incidents somebody has."""
    return tuple(
        Held(item.key, item.acknowledged_by, item.acknowledged_at)
        for item in incidents
        if item.live and item.held and item.acknowledged_at is not None
    )


def due(
    policy: Policy, calendars: Iterable[Calendar], incidents: Iterable[Held], now: datetime
) -> tuple[Handover, ...]:
    """Return what has to be handed over now, in the order of the incidents.

    Only a shift that ended since the acknowledgement counts: who took an incident in their free time
    meant to, and who is on call on any level still has a shift to do it in.
    """
    copies = {copy.level: copy for copy in calendars}
    levels = sorted(policy.levels, key=lambda level: level.rank)
    known = [copies[level.id] for level in levels if level.calendar and level.id in copies]
    found = []
    for incident in incidents if known else ():
        holder = contact_of(incident.by, policy.contacts)
        running = [on_call(copy.shifts, now) for copy in known]
        if any(_is(holder, name, policy) for names in running for name in names):
            continue
        for copy, names in zip(known, running, strict=True):
            ends = [
                shift.ends
                for shift in copy.shifts
                if incident.since < shift.ends <= now
                and any(_is(holder, name, policy) for name in shift.people)
            ]
            if ends and names:
                incoming = tuple(contact_of(name, policy.contacts).name for name in names)
                found.append(Handover(incident.key, incident.by, incoming, copy.level, max(ends)))
                break
    return tuple(found)


def accept(policy: Policy, incident: Incident, by: str) -> Changes | Refused:
    """Take an incident over from whoever has it: no new acknowledgement, the response stays as it was.

    Command goes along where the outgoing person has it. Somebody who is not on call may accept too; the
    timeline then says so.
    """
    if incident.status.over:
        return Refused(f"{incident.key} is already {incident.status}")
    if incident.acknowledged_at is None:
        return Refused(f"nobody has acknowledged {incident.key} yet", f"warroom ack {incident.key}")
    if incident.lapsed_at is not None:
        return Refused(f"the acknowledgement of {incident.key} has lapsed", f"warroom ack {incident.key}")
    outgoing = incident.acknowledged_by
    if _is(contact_of(outgoing, policy.contacts), by, policy):
        return Refused(f"{incident.key} is already yours")
    facts = {"from": outgoing, "not_on_call": off_duty(policy, by)}
    changes: Changes = (Change("handover", {"acknowledged_by": by}, facts=facts),)
    if same(incident.role(Role.IC), outgoing):
        command = roles.take_role(incident, Role.IC, by, by)
        changes += () if isinstance(command, Refused) else command
    return changes


def off_duty(policy: Policy, person: str) -> bool:
    """True where calendars have others on call now, and not this person."""
    holder = contact_of(person, policy.contacts)
    running = [contact for contacts in policy.on_call.values() for contact in contacts]
    return bool(running) and not any(_is(holder, contact.name, policy) for contact in running)


def _is(holder: Contact, name: str, policy: Policy) -> bool:
    """Tell whether a name means this person."""
    other = contact_of(name, policy.contacts)
    return other.id == holder.id if holder.id and other.id else same(other.name, holder.name)
