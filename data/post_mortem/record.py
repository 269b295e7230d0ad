"""What an incident's events say about how it went, read once from the first to the last."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from data.domain import clocks
from data.domain.change import AUDIENCE, Event, apply
from data.domain.describe import describe
from data.domain.incident import Incident, Role, is_operator
from data.domain.running import STARTED, UNKNOWN, open_ends
from data.post_mortem.model import Attained, Held, Level, Moment, Row, Span

LATE = timedelta(minutes=1)  # what a person wrote down later than this, they remembered
AFTER = frozenset({"section", "post-mortem", "action"})  # the writing itself is no part of the story
_ROLES = {
    Role.IC: "Incident commander",
    Role.DEPUTY: "Deputy",
    Role.SCRIBE: "Scribe",
    Role.COMMS: "Comms lead",
    Role.EXPERT: "Subject-matter expert",
}


@dataclass(slots=True)
class Record:
    """The story of an incident as its events tell it."""

    incident: Incident
    levels: list[Level] = field(default_factory=list)
    answered: list[bool] = field(default_factory=list)  # each response: in time or not
    told: list[tuple[Event, tuple[str, ...]]] = field(default_factory=list)  # updates and their audiences
    in_time: int = 0  # updates, by audience
    too_late: int = 0
    acknowledged: tuple[datetime, str] | None = None  # the first time
    resolved: list[tuple[datetime, str]] = field(default_factory=list)
    reopened: list[tuple[datetime, str]] = field(default_factory=list)
    lapses: int = 0
    levels_told: list[str] = field(default_factory=list)
    roles: dict[Role, list[str]] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)  # everybody who did something, in order
    events: tuple[Event, ...] = ()


def read(incident: Incident, events: Iterable[Event]) -> Record:
    """Read the events of an incident, oldest first."""
    record = Record(incident, events=tuple(events))
    state: Incident | None = None
    for event in record.events:
        before, state = state, apply(state, event)
        if is_operator(event.by) and event.by and event.by not in record.people:
            record.people.append(event.by)
        for role, person in state.roles:
            held = record.roles.setdefault(role, [])
            if person not in held:
                held.append(person)
        _severity(record, before, state, event)
        _clocks(record, before, state, event)
        _turns(record, event)
    if incident.live and incident.response is not None and incident.breached and not incident.held:
        record.answered.append(False)
    return record


def _severity(record: Record, before: Incident | None, after: Incident, event: Event) -> None:
    if before is None or before.severity is not after.severity:
        at = after.detected_at if before is None else event.at
        why = after.severity_why if before is None else str(event.data.get("why", ""))
        record.levels.append(Level(at, after.severity, event.by, why))


def _clocks(record: Record, before: Incident | None, after: Incident, event: Event) -> None:
    if before is None:
        return
    if before.acknowledged_at is None and after.acknowledged_at is not None:
        record.acknowledged = record.acknowledged or (after.acknowledged_at, after.acknowledged_by)
        if before.response is not None:
            record.answered.append(not clocks.missed(before.response, after.acknowledged_at))
    if event.kind == "clock" and event.after.get("sent_at") and before.live:
        clock = before.clock(event.subject.removeprefix(AUDIENCE))
        if clock is not None and clock.applies:
            late = event.at > clocks.effective_due(clock)
            record.too_late += late
            record.in_time += not late
    if before.live and not after.live:
        waiting = [clock for clock in before.updates if clock.applies and not before.backfilled]
        record.too_late += sum(clocks.effective_due(clock) < event.at for clock in waiting)
        record.resolved.append((event.at, event.by))
    elif after.live and not before.live:
        record.reopened.append((event.at, event.by))


def _turns(record: Record, event: Event) -> None:
    if event.kind == "update":
        audiences = event.data.get("audiences")
        record.told.append((event, tuple(map(str, audiences)) if isinstance(audiences, list) else ()))
    elif event.kind == "lapsed":
        record.lapses += 1
    elif event.kind == "escalation":
        name = str(event.data.get("name") or event.data.get("level") or "")
        if name and name not in record.levels_told:
            record.levels_told.append(name)


def remembered(event: Event) -> bool:
    """Tell whether a person gave an event its instant afterwards: nobody measured it."""
    return is_operator(event.by) and event.recorded_at - event.at > LATE


def rows(record: Record) -> list[Row]:
    """Return what happened, for the timeline table, in the order of the record."""
    unended = open_ends(record.events)
    told = ((event, _told(event, unended)) for event in record.events if event.kind not in AFTER)
    return [Row(event.at, event.by, text, remembered(event)) for event, text in told if text]


def _told(event: Event, unended: frozenset[int]) -> str:
    """Return an event in words; of a command that ran its end is enough, where that is known."""
    if event.kind != STARTED:
        return describe(event)
    return f"{describe(event)} ({UNKNOWN})" if event.seq in unended else ""


def moments(record: Record) -> list[Moment]:
    """Return every instant of the header, in order of time."""
    incident = record.incident
    first = record.events[0] if record.events else None
    found = []
    if incident.began_at is not None:
        found.append(Moment("Began", incident.began_at, about=True))
    found.append(
        Moment("Detected", incident.detected_at, incident.opened_by, first is not None and remembered(first))
    )
    if record.acknowledged is not None:
        found.append(Moment("Acknowledged", *record.acknowledged))
    found += [
        Moment(
            f"{'Final update' if event.data.get('final') else 'Update'} to {', '.join(told)}",
            event.at,
            event.by,
        )
        for event, told in record.told
    ]
    found += [Moment("Resolved", at, by) for at, by in record.resolved]
    found += [Moment("Reopened", at, by) for at, by in record.reopened]
    if incident.closed_at is not None:
        found.append(Moment("Closed", incident.closed_at))
    return sorted(found, key=lambda moment: moment.at)


def spans(record: Record) -> list[Span]:
    """Return the durations: time to detect, to acknowledge, to resolve, and how long it lasted in all."""
    incident = record.incident
    began, detected = incident.began_at, incident.detected_at
    ended = record.resolved[-1][0] if record.resolved and not incident.live else None
    found = []
    if began is not None:
        found.append(Span("Time to detect", detected - began))
    if record.acknowledged is not None:
        found.append(Span("Time to acknowledge", record.acknowledged[0] - detected))
    if ended is not None:
        found.append(Span("Time to resolve", ended - detected))
        found.append(Span("Duration", ended - (began or detected)))
    return found


def people(record: Record) -> list[Held]:
    """Return who held which role, and who else took part."""
    found = [Held(name, tuple(record.roles[role])) for role, name in _ROLES.items() if record.roles.get(role)]
    named = {person for held in found for person in held.people}
    others = tuple(person for person in record.people if person not in named)
    return [*found, Held("Responders", others)] if others else found


def attained(record: Record) -> list[Attained]:
    """Return how many responses and updates came in time."""
    found = []
    if record.answered:
        found.append(Attained("Responses in time", sum(record.answered), len(record.answered)))
    if due := record.in_time + record.too_late:
        found.append(Attained("Updates in time", record.in_time, due))
    return found
