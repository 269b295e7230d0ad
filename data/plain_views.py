"""The list and one incident for whoever listens to a screen reader: one sentence a line, its label first.

No table, no padding, no glyph that only the eye understands; durations and instants in words.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from data import delivery_views, text_views
from data.alert_views import severity_of, state_of
from data.domain import clocks
from data.domain.alert import Alert
from data.domain.clocks import Reading, ResponseState, UpdateState
from data.domain.delivery import Delivery
from data.domain.incident import Incident, Role, Step, StepState
from data.domain.instants import format_instant
from data.domain.policy import Policy
from data.domain.proposal import Proposal
from data.domain.severity import Severity
from data.domain.words import count
from data.text_table import Part
from data.views import TimelineLine

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_STEPS = {
    StepState.TODO: "to do",
    StepState.DOING: "being done",
    StepState.DONE: "done",
    StepState.SKIPPED: "skipped",
}
_BOXES = {"[x] ": "done, ", "[ ] ": "not done, ", "[-] ": "skipped, ", "[>] ": "being done, "}
_SPOKEN = {"respond", "update", "status", "severity", "detected"}  # said here in words of their own


def listing(items: Iterable[Incident | Proposal], now: datetime) -> list[str]:
    """Return incidents and proposals in the board's order, an empty line between two."""
    told: list[str] = []
    for item in sorted(items, key=lambda item: text_views.order(item, now)):
        told += ["", *(proposal(item, now) if isinstance(item, Proposal) else _incident(item, now))]
    return told[1:]


def proposal(item: Proposal, now: datetime) -> list[str]:
    """Return one proposal."""
    told = [f"Proposal {item.key}: {_ended(item.title)}", _severity(item.severity)]
    if item.state != "proposed":
        became = f" as INC-{item.incident}" if item.incident else ""
        by = f" by {item.answered_by}" if item.answered_by else ""
        told.append(f"Status: {item.state}{became}{by}.")
    elif item.opens_at is None:
        told.append("Opens: never by itself, it waits for an answer.")
    else:
        told.append(f"Opens: {_ahead(item.opens_at, now)}.")
    if item.why:
        told.append(f"Why: {_ended(item.why)}")
    if item.services:
        told.append(f"Services: {', '.join(item.services)}.")
    return [*told, f"Proposed: {_ago(item.proposed_at, now)}."]


def show(
    item: Incident,
    policy: Policy,
    timeline: Sequence[TimelineLine],
    now: datetime,
    deliveries: Sequence[Delivery] = (),
    alerts: Sequence[Alert] = (),
) -> list[str]:
    """Return one incident: what the list says of it, then facts, checklist, who was told, timeline."""
    told = _incident(item, now)
    for label, words in text_views.facts(item, policy, now):
        if label not in _SPOKEN:
            told.append(f"{label.capitalize()}: {_ended(words.text if isinstance(words, Part) else words)}")
    told += [f"Alert: {alert.name}, {severity_of(alert)}, {state_of(alert)}." for alert in alerts]
    told += [_step(step) for step in item.steps]
    for sent in deliveries:
        told.append(f"Told: {delivery_views.to(sent, policy)}, {_ended(delivery_views.says(sent))}")
    return told + list(_timeline(timeline))


def _incident(item: Incident, now: datetime) -> list[str]:
    status = item.status.value
    status += "" if item.confirmed else ", unconfirmed"
    status += ", its acknowledgement has lapsed" if item.lapsed_at and item.live else ""
    return [
        f"Incident {item.key}: {_ended(item.title)}",
        _severity(item.severity),
        f"Status: {status}.",
        f"Incident commander: {item.role(Role.IC) or 'nobody'}.",
        f"Response: {_response(clocks.read_response(item, now), now)}.",
        f"Next update: {_update(clocks.read_update(item, now), now)}.",
        f"Steps: {item.steps_done} of {len(item.steps)} done.",
        f"Detected: {_ago(item.detected_at, now)}.",
    ]


def _severity(level: Severity) -> str:
    return f"Severity: {level.value}, {level.word}."


def _response(reading: Reading | None, now: datetime) -> str:
    if reading is None or reading.due is None:
        return "no clock"
    if reading.took is not None:
        word = "too late, after" if reading.state == ResponseState.BREACHED else "in time, after"
        return f"{word} {words_of(reading.took)}"
    return _ahead(reading.due, now)


def _update(reading: Reading, now: datetime) -> str:
    if reading.due is None:
        return "none, the clock has stopped"
    told = _ahead(reading.due, now)
    if reading.state != UpdateState.OVERDUE and reading.snoozed:
        told += ", put off"
    return f"{told}, to {reading.audience}" if reading.audience else told


def _ahead(due: datetime, now: datetime) -> str:
    if due < now:
        return f"late by {words_of(now - due)}, it was due at {_at(due)}"
    return f"due in {words_of(due - now)}, at {_at(due)}"


def _ago(at: datetime, now: datetime) -> str:
    return f"{_at(at)}, {words_of(now - at)} ago"


def _step(step: Step) -> str:
    who = f" by {step.by}" if step.by else ""
    when = f" at {_at(step.at)}" if step.at else ""
    why = f", because: {step.why}" if step.why else ""
    return f"Step {step.id}, {_STEPS[step.state]}{who}{when}: {_ended(step.title + why)}"


def _timeline(lines: Sequence[TimelineLine]) -> Iterator[str]:
    for entry in lines:
        text = " ".join(entry.text.split())
        box = next((box for box in _BOXES if text.startswith(box)), "")
        yield f"Event at {_at(entry.at)} by {entry.by}: {_BOXES.get(box, '')}{_ended(text.removeprefix(box))}"


def words_of(span: timedelta) -> str:
    """Return a duration in its two largest units: "2 minutes 10 seconds"."""
    left = max(0, round(span.total_seconds()))
    told: list[str] = []
    for name, size in _UNITS:
        number, left = divmod(left, size)
        if number or (name == "second" and not told):
            told.append(count(number, name))
        elif told:
            break
    return " ".join(told[:2])


def _at(at: datetime) -> str:
    return format_instant(at).replace("T", " ").replace("Z", " UTC")


def _ended(text: str) -> str:
    """End a sentence that has no end of its own."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
