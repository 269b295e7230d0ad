"""What the record can say for each part before anybody has written it; what it cannot says TODO."""

import re
from collections.abc import Callable, Mapping

from data.domain.describe import describe
from data.domain.incident import PHASES, Status, is_operator
from data.domain.instants import format_instant
from data.domain.post_mortem import PARTS, TODO, Part
from data.post_mortem import words
from data.post_mortem.record import Record, spans
from data.update_facts import answers_of

_MOST = 40  # lines of one part that come from the record
_CAUSE = re.compile(r"\s*(?:root[ -]cause|cause)\s*[:-]\s*(.+)", re.IGNORECASE | re.DOTALL)
_FACTOR = re.compile(r"\s*(?:contributing )?factor\s*[:-]\s*(.+)", re.IGNORECASE | re.DOTALL)
_FINDING = re.compile(r"\s*(?:finding|found|hypothesis)\s*[:-]\s*(.+)", re.IGNORECASE | re.DOTALL)
_LUCKY = re.compile(r"\s*luck(?:y|ily)?\s*[:-]\s*(.+)", re.IGNORECASE | re.DOTALL)


def drafts(record: Record) -> dict[str, str]:
    """Return every part as far as the record knows it."""
    return {part.id: _FILLED.get(part.id, _nothing)(record, part) for part in PARTS}


def todo(part: Part) -> str:
    """Return what stands in a part that nobody has written."""
    return f"{TODO}: {part.ask}."


def _nothing(_: Record, part: Part) -> str:
    return "" if part.id == "timeline" else todo(part)


def _lines(lines: list[str]) -> str:
    shown = [f"- {' '.join(line.split())}" for line in lines[:_MOST]]
    if len(lines) > _MOST:
        shown.append(f"- and {len(lines) - _MOST} more, in the timeline")
    return "\n".join(shown)


def _noted(record: Record, pattern: re.Pattern[str]) -> list[str]:
    """Return what notes say behind a word such as "cause:"."""
    notes = (str(event.data.get("text", "")) for event in record.events if event.kind == "note")
    return [match[1].strip() for match in map(pattern.fullmatch, notes) if match]


def _summary(record: Record, part: Part) -> str:
    incident = record.incident
    where = f" on {', '.join(incident.services)}" if incident.services else ""
    severity = incident.severity
    told = [f"{incident.title}: a {severity} ({severity.word}) incident{where}."]
    told.append(f"Detected at {format_instant(incident.detected_at)} by {incident.opened_by}")
    if record.acknowledged is not None:
        at, by = record.acknowledged
        told[-1] += f", acknowledged at {format_instant(at)} by {by}"
    told[-1] += "."
    if incident.live:
        told.append(f"{TODO}: it is {incident.status}, not resolved yet.")
    elif record.resolved:
        at, by = record.resolved[-1]
        how = str(incident.disposition or "").replace("-", " ")
        told.append(f"Resolved at {format_instant(at)} by {by}{': ' + how if how else ''}.")
    return " ".join(told)


def _impact(record: Record, part: Part) -> str:
    incident = record.incident
    lines = [f"{span.label}: {words.span(span)}" for span in spans(record) if span.label == "Duration"]
    if incident.services:
        lines.append(f"Services: {', '.join(incident.services)}")
    if alerts := sum(cause.alerts for cause in incident.causes):
        lines.append(f"Alerts: {alerts}")
    said = ""
    for event, _ in record.told:
        said = answers_of(event.data.get("answers")).impact or said
    if said:
        return _lines([f"As told last: {said}", *lines])
    return "\n".join(filter(None, (_lines(lines), todo(part))))


def _cause(record: Record, part: Part) -> str:
    if named := _noted(record, _CAUSE):
        return named[0] if len(named) == 1 else _lines(named)
    if found := _noted(record, _FINDING):
        return f"{_lines([f'Finding: {line}' for line in found])}\n{todo(part)}"
    return todo(part)


def _factors(record: Record, part: Part) -> str:
    named = _noted(record, _FACTOR)
    return _lines(named) if named else todo(part)


def _resolution(record: Record, part: Part) -> str:
    lines, enough = [], False
    done = {
        f"step:{step.id}"
        for step in record.incident.steps
        if step.phase == PHASES[3] or not _guide(step.phase)
    }
    for event in record.events:
        after = event.after
        fixing = event.kind == "status" and after.get("status") in (Status.FIXING, Status.MONITORING)
        ended = event.kind == "resolved"
        ticked = event.kind == "step" and after.get("state") == "done" and is_operator(event.by)
        step = ticked and event.subject in done
        if fixing or ended or step:
            lines.append(f"{format_instant(event.at)} {describe(event)}")
            enough = enough or step or bool(event.data.get("why"))
    if not enough:
        return "\n".join(filter(None, (_lines(lines), todo(part))))
    return _lines(lines)


def _guide(phase: str) -> bool:
    return phase in PHASES


def _well(record: Record, part: Part) -> str:
    lines = []
    if record.answered and all(record.answered) and record.acknowledged is not None:
        took = words.whole(record.acknowledged[0] - record.incident.detected_at)
        lines.append(f"Acknowledged in time, after {took}")
    if record.in_time and not record.too_late:
        lines.append(f"All {record.in_time} stakeholder updates that were due came in time")
    if record.incident.steps and record.incident.steps_done == len(record.incident.steps):
        lines.append("Every checklist step was worked through")
    return _lines(lines) if lines else todo(part)


def _badly(record: Record, part: Part) -> str:
    lines = []
    if late := record.answered.count(False):
        lines.append(
            "The response came too late" if late == 1 else f"The response came too late {late} times"
        )
    if record.too_late:
        due = record.in_time + record.too_late
        lines.append(f"{record.too_late} of {due} stakeholder updates came too late or not at all")
    if record.lapses:
        lines.append(f"The acknowledgement lapsed{'' if record.lapses == 1 else f' {record.lapses} times'}")
    if len(record.levels_told) > 1:
        lines.append(f"It climbed to {record.levels_told[-1]}")
    if record.reopened:
        lines.append("It came back after it was resolved")
    return _lines(lines) if lines else todo(part)


def _lucky(record: Record, part: Part) -> str:
    named = _noted(record, _LUCKY)
    return _lines(named) if named else todo(part)


def _actions(record: Record, part: Part) -> str:
    return ""


_FILLED: Mapping[str, Callable[[Record, Part], str]] = {
    "summary": _summary,
    "impact": _impact,
    "cause": _cause,
    "factors": _factors,
    "resolution": _resolution,
    "went-well": _well,
    "went-badly": _badly,
    "lucky": _lucky,
    "actions": _actions,
}
