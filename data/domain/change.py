"""Changes, the events they become, and the fold that rebuilds an incident from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from data.domain.codec import decode, encode, field_types
from data.domain.incident import Incident, Step, UpdateClock, is_operator

STEP = "step:"
AUDIENCE = "audience:"
STEPS = "steps"
SECTION = "section:"  # of the post-mortem: beside the incident, with rows of its own
ACTION = "action:"


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer, not an error: why a command was not carried out, and what to do instead."""

    reason: str
    hint: str = ""
    code: str = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changes: ``after`` holds new field values of ``subject``.

    ``subject`` is empty for the incident itself, ``step:ID``, ``audience:ID``, or ``steps`` when
    ``after["add"]`` brings new ones. ``facts`` is JSON the timeline tells beside the change.
    """

    kind: str
    after: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None  # None: when the command ran
    by: str = ""  # empty: whoever gave the command
    undoes: int | None = None  # the seq of the event this takes back


@dataclass(frozen=True, slots=True)
class Event:
    """A fact on the timeline; ``data`` is JSON with ``before``, ``after`` and the facts beside them."""

    seq: int
    incident: int | None
    subject: str
    at: datetime
    recorded_at: datetime
    by: str
    host: str
    kind: str
    version: int
    data: Mapping[str, Any]
    command: str = ""
    undoes: int | None = None

    @property
    def before(self) -> Mapping[str, Any]:
        """The fields as they were, encoded."""
        return self.data.get("before") or {}

    @property
    def after(self) -> Mapping[str, Any]:
        """The fields as they became, encoded."""
        return self.data.get("after") or {}


Changes = tuple[Change, ...]


def before_of(incident: Incident | None, change: Change) -> dict[str, Any]:
    """Return the present encoded values of the fields a change sets."""
    if incident is None or change.subject == STEPS:
        return {}
    target = _target(incident, change.subject)
    if target is None:
        # An audience without a clock is one that was not to be told: that is what undoing goes back to.
        return {"applies": False} if change.after.get("applies") else {}
    return {name: encode(getattr(target, name)) for name in change.after}


def apply(incident: Incident | None, event: Event) -> Incident:
    """Return the incident after one event; the first event of an incident brings all its fields."""
    if incident is None:
        state: Incident = decode(Incident, {"id": event.incident, **event.after})
    elif event.subject == STEPS:
        added = tuple(decode(Step, item) for item in event.after.get("add", ()))
        removed = set(event.after.get("remove", ()))
        state = replace(
            incident, steps=tuple(step for step in incident.steps if step.id not in removed) + added
        )
    else:
        state = _set(incident, event.subject, event.after)
    if not is_operator(event.by):
        return replace(state, version=event.version)
    touched = event.at if state.touched_at is None else max(event.at, state.touched_at)
    # Whoever does something has seen the incident: the next lapse is a new one, with its own warning.
    return replace(state, version=event.version, touched_at=touched, lapse_warned=False)


def fold(events: Iterable[Event]) -> Incident | None:
    """Rebuild an incident, checklist and clocks included, from its events in order of ``seq``."""
    state: Incident | None = None
    for event in events:
        state = apply(state, event)
    return state


def _target(incident: Incident, subject: str) -> Incident | Step | UpdateClock | None:
    if subject.startswith(STEP):
        return incident.step(subject.removeprefix(STEP))
    if subject.startswith(AUDIENCE):
        return incident.clock(subject.removeprefix(AUDIENCE))
    return incident


def _set(incident: Incident, subject: str, after: Mapping[str, Any]) -> Incident:
    if not after or subject.startswith((SECTION, ACTION)):
        return incident
    if subject.startswith(STEP):
        key = subject.removeprefix(STEP)
        values = _decoded(Step, after)
        return replace(
            incident,
            steps=tuple(replace(step, **values) if step.id == key else step for step in incident.steps),
        )
    if subject.startswith(AUDIENCE):
        key = subject.removeprefix(AUDIENCE)
        if incident.clock(key) is None:
            new: UpdateClock = decode(UpdateClock, {"audience": key, **after})
            return replace(incident, updates=(*incident.updates, new))
        values = _decoded(UpdateClock, after)
        return replace(
            incident,
            updates=tuple(
                replace(clock, **values) if clock.audience == key else clock for clock in incident.updates
            ),
        )
    return replace(incident, **_decoded(Incident, after))


def _decoded(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    hints = field_types(kind)
    return {name: decode(hints[name], value) for name, value in values.items() if name in hints}
