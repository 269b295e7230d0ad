"""What people do to an incident."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from data.domain import clocks, lifecycle
from data.domain.cause_names import cause_name
from data.domain.change import Change, Changes, Refused
from data.domain.clocks import read_response
from data.domain.incident import Disposition, Incident, Status, Step
from data.domain.merge import merge as merged
from data.domain.proposal import MUTE_AT_MOST
from data.domain.room import Runbook
from data.domain.severity import Severity
from data.store import causes
from data.store.commands.attaching import settle
from data.store.commands.finding import already_over, find_incident
from data.store.definitions import load_runbooks, load_services
from data.store.unit import Answer, Write
from data.text import clean, clean_line

Rule = Callable[[Incident], Changes | Refused]


def act(write: Write, key: str, rule: Rule, text: Callable[[Incident], str]) -> Answer | Refused:
    """Find an incident, apply a rule to it, and say what became of it."""
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    changes = rule(found)
    if isinstance(changes, Refused):
        return changes
    state = write.change(found, changes)
    return Answer(state.key, text(state))


def copied_steps(runbook: Runbook) -> tuple[Step, ...]:
    """Return a runbook's steps as they are copied onto an incident, with ids people can type."""
    short = "".join(word[0] for word in runbook.id.replace("_", "-").split("-") if word) or "s"
    return tuple(
        Step(
            id=f"{short}{number}",
            runbook=runbook.id,
            phase=step.phase or runbook.title,
            title=step.title,
            kind=step.kind,
            detail=step.detail,
            command=step.command,
            auto=step.auto,
            second=step.second,
        )
        for number, step in enumerate(runbook.steps, start=1)
    )


def unique_steps(taken: Sequence[Step], steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return steps whose ids do not collide with those an incident already has."""
    known = {step.id for step in taken}
    prefix = ""
    while any(prefix + step.id in known for step in steps):
        prefix += "x"
    return tuple(replace(step, id=prefix + step.id) for step in steps) if prefix else steps


def standing_steps(write: Write) -> tuple[Step, ...]:
    """Return the steps every new incident starts with (guide: Incident Response Process)."""
    steps: tuple[Step, ...] = ()
    for runbook in load_runbooks(write.connection):
        if runbook.always:
            steps += unique_steps(steps, copied_steps(runbook))
    return steps


def declare(
    write: Write,
    title: str,
    severity: Severity,
    *,
    services: Sequence[str] = (),
    detected_at: datetime | None = None,
    began_at: datetime | None = None,
    why: str = "",
    runbooks: Sequence[str] = (),
    backfill: bool = False,
) -> Answer | Refused:
    """Open an incident by hand; level 1 is told in the same transaction."""
    unknown = [
        item for item in services if item not in {known.id for known in load_services(write.connection)}
    ]
    if unknown:
        known_ids = ", ".join(service.id for service in load_services(write.connection)) or "none yet"
        return Refused(f"there is no service {unknown[0]}", f"services: {known_ids}", "not-found")
    steps = standing_steps(write)
    for runbook_id in runbooks:
        runbook = next((item for item in load_runbooks(write.connection) if item.id == runbook_id), None)
        if runbook is None:
            return Refused(f"there is no runbook {runbook_id}", "", "not-found")
        steps += unique_steps(steps, copied_steps(runbook))
    incident = Incident(
        id=0,
        title=clean_line(title).strip(),
        severity=severity,
        status=Status.DETECTED,
        detected_at=detected_at or write.now,
        opened_at=write.now,
        opened_by=write.by,
        began_at=began_at,
        services=tuple(dict.fromkeys(services)),
        severity_by=write.by,
        severity_why=clean_line(why),
        backfilled=backfill,
        steps=steps,
    )
    changes = lifecycle.declare(write.policy, incident, write.now)
    if isinstance(changes, Refused):
        return changes
    number = write.next_incident()
    state = write.open(replace(incident, id=number), changes)
    return Answer(state.key, f"{state.key} declared as {severity} {severity.word}")


def acknowledge(write: Write, key: str, text: str = "") -> Answer | Refused:
    """Acknowledge: somebody has it. The answer says whether in time."""

    def said(state: Incident) -> str:
        reading = read_response(state, write.now)
        late = reading is not None and reading.state == clocks.ResponseState.BREACHED
        return f"{state.key} acknowledged by {write.by}" + (", after the response was due" if late else "")

    def rule(incident: Incident) -> Changes | Refused:
        over = already_over(write, incident)
        return over or lifecycle.acknowledge(incident, write.by, write.now, clean_line(text))

    return act(write, key, rule, said)


def set_severity(write: Write, key: str, new: Severity, why: str = "") -> Answer | Refused:
    """Change the severity."""
    return act(
        write,
        key,
        lambda incident: lifecycle.set_severity(
            write.policy, incident, new, write.by, write.now, clean_line(why)
        ),
        lambda state: (
            f"{state.key} is now {state.severity} {state.severity.word}"
            + ("" if state.live else f"; it is {state.status}: no clock starts")
        ),
    )


def set_status(write: Write, key: str, to: Status, why: str = "") -> Answer | Refused:
    """Change the status; resolving is ``resolve``. A reopened incident takes its causes back."""
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    changes = lifecycle.set_status(write.policy, found, to, write.by, write.now, clean_line(why))
    if isinstance(changes, Refused):
        return changes
    state = write.change(found, changes)
    if found.live != state.live:
        settle(write, state)
    return Answer(state.key, f"{state.key} is now {state.status}")


def note(write: Write, key: str, text: str) -> Answer | Refused:
    """Write a note on the timeline."""
    words = clean(text).strip()
    if not words:
        return Refused("a note needs some text")
    return act(
        write,
        key,
        lambda _: (Change("note", facts={"text": words}),),
        lambda state: f"noted on {state.key}",
    )


def resolve(
    write: Write,
    key: str,
    how: Disposition,
    *,
    why: str = "",
    of: str | None = None,
    still: Sequence[str] = (),
) -> Answer | Refused:
    """End an incident; ``still`` names what fails beside its causes. A duplicate hands all to ``of``."""
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    if over := already_over(write, found):
        return over
    original = find_incident(write, of) if of else None
    if isinstance(original, Refused):
        return original
    reason = clean_line(why)
    if how is Disposition.DUPLICATE and original is not None and original.live:
        return merge_into(write, found, original, reason)
    ended = lifecycle.resolve(
        found,
        how,
        write.by,
        write.now,
        why=reason,
        of=original.id if original else None,
        still=tuple(dict.fromkeys((*open_causes(found), *still))),
    )
    if isinstance(ended, Refused):
        return ended
    state = write.change(found, ended)
    causes.release(write.connection, state.id)
    for cause in state.causes:
        if cause.cleared_at is None:  # knowingly resolved: it is news again once it has cleared
            until = write.now + MUTE_AT_MOST
            causes.mute(write.connection, cause.key, until, write.by, f"resolved {state.key}")
    return Answer(state.key, f"{state.key} resolved: {how}")


def merge_into(write: Write, source: Incident, target: Incident, why: str) -> Answer | Refused:
    """Fold an incident into a live one: severity, detection, causes and audiences (design 3.2)."""
    changes = merged(write.policy, source, target, write.by, write.now, why)
    if isinstance(changes, Refused):
        return changes
    settle(write, write.change(source, changes[0]), write.change(target, changes[1]))
    return Answer(target.key, f"{source.key} merged into {target.key}", {"from": source.key})


def open_causes(incident: Incident) -> tuple[str, ...]:
    """Return what still fails, as people say it."""
    return tuple(cause_name(cause.key) for cause in incident.causes if not cause.cleared_at)
