"""Working through a checklist."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from data.domain import checklist, roles
from data.domain.change import Changes, Refused
from data.domain.incident import Incident, StepState
from data.domain.instants import format_instant
from data.store.commands.finding import find_incident
from data.store.commands.incidents import act, copied_steps, unique_steps
from data.store.definitions import load_runbooks
from data.store.queries.runbooks import latest
from data.store.unit import Answer, Write
from data.text import clean_line


def set_steps(
    write: Write, key: str, step_ids: Sequence[str], state: StepState, *, why: str = "", who: str = ""
) -> Answer | Refused:
    """Set steps to a state, all or none; one that already was answers who was first, without an event.

    ``who`` gives a step in work to somebody else.
    """
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    now, by = write.now, clean_line(who, 60).strip() or write.by
    incident = found
    changes = []
    firsts: dict[str, str] = {}
    for step_id in dict.fromkeys(step_ids):
        outcome = checklist.set_step(incident, step_id, state, by, now, clean_line(why))
        if isinstance(outcome, Refused):
            return outcome
        if isinstance(outcome, checklist.Already):
            firsts[step_id] = outcome.step.by
        else:
            changes.append(outcome)
    after = write.change(found, tuple(changes)) if changes else found
    steps = [
        {
            "id": step.id,
            "title": step.title,
            "state": step.state.value,
            "by": step.by,
            "at": format_instant(step.at) if step.at else None,
        }
        for step in after.steps
        if step.id in step_ids
    ]
    told = [f"{step_id} was already {state} by {first or 'somebody'}" for step_id, first in firsts.items()]
    told += [f"{step['title']}: {step['state']}" for step in steps if step["id"] not in firsts]
    return Answer(found.key, "; ".join(told), {"steps": steps, "already": firsts})


def give(write: Write, key: str, step_id: str, owner: str) -> Answer | Refused:
    """Make a step somebody's, empty nobody's; a warning comes back as a fact."""
    name = clean_line(owner, 60).strip()
    states: list[Incident] = []

    def said(state: Incident) -> str:
        states.append(state)
        step = state.step(step_id)
        return f'"{step.title}" is {name or "nobody"}\'s' if step else ""

    answer = act(
        write, key, lambda incident: checklist.give(incident, step_id, name, write.by, write.now), said
    )
    warning = roles.role_warning(states[0]) if states and name else ""
    return replace(answer, facts={"warning": warning}) if isinstance(answer, Answer) and warning else answer


def set_deadline(write: Write, key: str, step_id: str, due: datetime | None) -> Answer | Refused:
    """Say when a step is to be asked about; None takes that off."""
    return act(
        write,
        key,
        lambda incident: checklist.set_deadline(incident, step_id, due),
        lambda state: f"due at {format_instant(due)}" if due else "no deadline any more",
    )


def arrange(
    write: Write,
    key: str,
    step_id: str,
    *,
    owner: str | None = None,
    due: datetime | None = None,
    timed: bool,
) -> Answer | Refused:
    """Say whose a step is, and when it is asked about: both or none.

    ``owner`` None leaves whose it is, ``timed`` false leaves the deadline. A warning comes back as a fact.
    """
    name = clean_line(owner or "", 60).strip()

    def rule(incident: Incident) -> Changes | Refused:
        parts = [] if owner is None else [checklist.give(incident, step_id, name, write.by, write.now)]
        parts += [checklist.set_deadline(incident, step_id, due)] if timed else []
        refused = next((part for part in parts if isinstance(part, Refused)), None)
        return refused or tuple(change for part in parts if not isinstance(part, Refused) for change in part)

    states: list[Incident] = []

    def said(state: Incident) -> str:
        states.append(state)
        step = state.step(step_id)
        told = [] if owner is None else [f"{name or 'nobody'}'s"]
        told += [f"due at {format_instant(due)}" if due else "no deadline any more"] if timed else []
        return f'"{step.title}": {", ".join(told)}' if step else ""

    answer = act(write, key, rule, said)
    warning = roles.role_warning(states[0]) if states and name else ""
    return replace(answer, facts={"warning": warning}) if isinstance(answer, Answer) and warning else answer


def add(
    write: Write, key: str, title: str, *, owner: str = "", due: datetime | None = None
) -> Answer | Refused:
    """Add a step of the responders' own to an incident; with ``due`` it reminds them."""
    words, name = clean_line(title).strip(), clean_line(owner, 60).strip()
    return act(
        write,
        key,
        lambda incident: checklist.add(incident, words, name, due),
        lambda state: f"{state.steps[-1].id} added to {state.key}: {state.steps[-1].title}",
    )


def attach(write: Write, key: str, runbook_id: str) -> Answer | Refused:
    """Copy a runbook onto an incident."""
    runbook = next((item for item in load_runbooks(write.connection) if item.id == runbook_id), None)
    if runbook is None:
        return Refused(f"there is no runbook {runbook_id}", "", "not-found")
    version = latest(write.connection).get(runbook_id)

    def rule(incident: Incident) -> Changes | Refused:
        steps = unique_steps(incident.steps, copied_steps(runbook))
        return checklist.attach(incident, steps, runbook.id, version.number if version else 0)

    return act(write, key, rule, lambda state: f"{runbook.title} attached to {state.key}")
