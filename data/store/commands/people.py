"""Who does what on an incident (design 3.9)."""

from dataclasses import replace

from data.domain import lapse, roles
from data.domain.change import Refused
from data.domain.incident import Role
from data.store.commands.finding import find_incident
from data.store.commands.incidents import act
from data.store.unit import Answer, Write
from data.text import clean_line


def take_role(write: Write, key: str, role: Role, person: str) -> Answer | Refused:
    """Give a role to somebody, or lay it down; a warning comes back as a fact."""
    name = clean_line(person, 60).strip()
    answer = act(
        write,
        key,
        lambda incident: roles.take_role(incident, role, name, write.by),
        lambda state: f"{name or 'nobody'} is {role} of {state.key}",
    )
    if isinstance(answer, Refused):
        return answer
    state = find_incident(write, key)
    warning = "" if isinstance(state, Refused) else roles.role_warning(state)
    return replace(answer, facts={"warning": warning}) if warning else answer


def keep(write: Write, key: str) -> Answer | Refused:
    """Keep an acknowledgement that is about to lapse."""
    return act(write, key, lapse.keep, lambda state: f"{state.key} stays with {state.acknowledged_by}")
