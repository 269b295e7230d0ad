"""Who does what, and what belongs to an incident (design 3.9)."""

from data.domain.change import Change, Changes, Refused
from data.domain.incident import Incident, Link, Role


def take_role(incident: Incident, role: Role, person: str, by: str) -> Changes | Refused:
    """Give a role to somebody; one person at a time, except experts. Empty ``person`` lays it down.

    Laying down an expert's role means the one of ``by``.
    """
    holder = incident.role(role)
    if role is Role.EXPERT:
        holder = "" if person else by
        if person and (role, person) in incident.roles:
            return Refused(f"{person} is already an expert on {incident.key}")
        if not person and (role, by) not in incident.roles:
            return Refused(f"{by} is no expert on {incident.key}")
        kept = tuple(pair for pair in incident.roles if person or pair != (role, by))
    else:
        if holder == person:
            return Refused(f"{person or 'nobody'} is already {role} of {incident.key}")
        kept = tuple(pair for pair in incident.roles if pair[0] is not role)
    roles = (*kept, (role, person)) if person else kept
    return (Change("role", {"roles": roles}, facts={"role": role.value, "from": holder, "to": person}),)


def role_warning(incident: Incident) -> str:
    """Return why the commander should hand something over, or an empty string (design 3.9)."""
    commander = incident.role(Role.IC)
    if commander and (Role.EXPERT, commander) in incident.roles:
        return f"{commander} is commander and expert: hand one of them over"
    if commander and any(step.by == commander and step.state == "doing" for step in incident.steps):
        return f"{commander} is commander and works on a step: hand one of them over"
    if commander and any(
        step.owner == commander and step.state in ("todo", "doing") for step in incident.steps
    ):
        return f"{commander} is commander and has a step: hand one of them over"
    return ""


def link(incident: Incident, new: Link) -> Changes | Refused:
    """Attach a ticket, a bridge, a page or another incident."""
    if new in incident.links:
        return Refused(f"{incident.key} already has that {new.kind} link")
    return (
        Change("link", {"links": (*incident.links, new)}, facts={"kind": new.kind, "target": new.target}),
    )
