"""What a shift hands over, incident by incident: as facts, as plain text, and as JSON (design 9)."""

import textwrap
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from data import json_views
from data.domain import clocks
from data.domain.durations import age, brief
from data.domain.handover import Handover
from data.domain.incident import Incident, LadderState, Step, StepState
from data.text_table import Line, Part, cells, line
from data.text_views import clock_time, order, response, severity, update
from data.views import HandoverView, LevelView, Turn

Written = Callable[[datetime], str]
_STEPS = 3  # of the open ones, named
_LABEL = 10  # cells before a fact


def sorted_incidents(view: HandoverView, now: datetime) -> tuple[Incident, ...]:
    """Return the incidents as the board sorts them."""
    return tuple(sorted(view.incidents, key=lambda item: order(item, now)))


def due_of(view: HandoverView, key: str) -> Handover | None:
    """Return what has to happen with an incident at this shift change."""
    return next((item for item in view.due if item.key == key), None)


def holder(view: HandoverView, item: Incident) -> str:
    """Return who has an incident now, or that nobody has."""
    return item.acknowledged_by if item.held else "nobody"


def facts(
    view: HandoverView, item: Incident, now: datetime, written: Written | None = None
) -> Iterator[tuple[str, Part]]:
    """Yield what the next person has to know, label and words; ``written`` says how to write an instant."""
    at: Written = written or partial(clock_time, now=now)
    yield "holder", _holder(view, item, at)
    reading = clocks.read_response(item, now)
    words = response(reading, now)
    due = f", due {at(reading.due)}" if reading and reading.due and reading.took is None else ""
    yield "respond", Part(words.text + due, words.tone)
    told = clocks.read_update(item, now)
    words = update(told, now)
    due = f", due {at(told.due)}, {told.audience}" if told.due else ""
    yield "update", Part(words.text + due, words.tone)
    yield "ladder", _ladder(view, item, now, at)
    yield "steps", Part(_steps(item))
    for clock in item.updates:
        if clock.applies and clock.snoozed_until is not None and clock.snoozed_until > now:
            until = at(clock.snoozed_until)
            yield "snoozed", Part(f"{clock.audience} until {until}: {clock.snooze_why}")


def _holder(view: HandoverView, item: Incident, at: Written) -> Part:
    due = due_of(view, item.key)
    if due is not None:
        takes = ", ".join(due.incoming)
        return Part(
            f"{due.outgoing}, whose shift ended {at(due.ended)}; {takes} has to accept it",
            "late",
        )
    if item.lapsed_at is not None:
        return Part(f"nobody: the acknowledgement of {item.acknowledged_by} has lapsed", "late")
    return Part(item.acknowledged_by) if item.held else Part("nobody has acknowledged it", "late")


def _ladder(view: HandoverView, item: Incident, now: datetime, at: Written) -> Part:
    ladder = item.ladder
    if ladder is None or ladder.state is LadderState.STOPPED:
        return Part("stopped")
    if ladder.state is LadderState.NOBODY:
        return Part("no one can be paged: no level has a contact", "late")
    coming = view.policy.level(ladder.next_level) if ladder.next_level else None
    if coming is None or ladder.next_at is None:
        return Part(ladder.state.value)
    left = (
        f"in {brief(ladder.next_at - now)}" if ladder.next_at > now else f"late {brief(now - ladder.next_at)}"
    )
    return Part(f"next {coming.name} {left}, at {at(ladder.next_at)}", "soon")


def open_steps(item: Incident) -> tuple[Step, ...]:
    """Return the steps that still need somebody, those somebody works on first."""
    waiting = [step for step in item.steps if step.state in (StepState.DOING, StepState.TODO)]
    return tuple(sorted(waiting, key=lambda step: step.state is not StepState.DOING))


def _steps(item: Incident) -> str:
    waiting = open_steps(item)
    if not waiting:
        return f"all {len(item.steps)} done" if item.steps else "none"
    named = ", ".join(step.title + (f" ({step.by})" if step.by else "") for step in waiting[:_STEPS])
    more = f" and {len(waiting) - _STEPS} more" if len(waiting) > _STEPS else ""
    return f"{len(waiting)} of {len(item.steps)} open: {named}{more}"


def sheet(view: HandoverView, now: datetime, width: int | None) -> list[Line]:
    """Return the whole sheet as plain text."""
    lines = [
        line(Part(f"Handover at {clock_time(now, now)}", "strong")),
        line(),
        line(Part("On call", "head")),
    ]
    for level in view.levels:
        lines += _level(level, now)
    lines += [line(), line(Part("Live incidents", "head"))]
    if not view.incidents:
        lines.append(line("  none: there is nothing to hand over"))
    for item in sorted_incidents(view, now):
        title = Part(item.title, "strong")
        lines.append(
            line(severity(item.severity), "  ", Part(item.key, "strong"), "  ", title, f"  {item.status}")
        )
        for label, part in facts(view, item, now):
            first, *rest = _wrapped(part.text, width, _LABEL + 2)
            lines.append(line("  ", Part(f"{label:<{_LABEL}}", "head"), Part(first, part.tone)))
            lines += [line(" " * (_LABEL + 2), Part(more, part.tone)) for more in rest]
    if view.due:
        keys = "".join(f" --accept {item.key}" for item in view.due)
        lines += [line(), line(Part(f"To accept: warroom handover{keys}", "strong"))]
    return lines


def _wrapped(text: str, width: int | None, indent: int) -> list[str]:
    if width is None or cells(text) <= width - indent:
        return [text]
    room = max(20, width - indent) * len(text) // max(1, cells(text))
    return textwrap.wrap(text, max(10, room)) or [""]


def _level(view: LevelView, now: datetime) -> list[Line]:
    head = f"  {view.level.rank} {view.level.name:<18}  "
    if view.now:
        told = [Part(", ".join(_turn(turn, now) for turn in view.now))]
        if not view.answering:
            told = [Part(told[0].text + "; no way to be reached", "late")]
    elif view.answering:
        gap = "nobody by the calendar; " if view.calendar else ""
        told = [Part(gap + ", ".join(contact.name for contact in view.answering))]
    else:
        told = [Part("nobody", "late")]
    if view.next:
        names = ", ".join(turn.contact.name for turn in view.next)
        told.append(Part(f"next {names} from {clock_time(view.next[0].starts, now)}"))
    calendar = view.calendar
    if calendar is not None and calendar.stale(now):
        how = f"STALE {age(now - calendar.ok_at)}" if calendar.ok_at else "not read yet"
        why = f": {calendar.trouble}" if calendar.trouble else ""
        told.append(Part(f"calendar {how}{why}", "late"))
    parts: list[str | Part] = [head]
    for number, part in enumerate(told):
        parts += ["  ", part] if number else [part]
    return [line(*parts)]


def _turn(turn: Turn, now: datetime) -> str:
    return turn.contact.name + (f" to {clock_time(turn.ends, now)}" if turn.ends else "")


def as_json(view: HandoverView, now: datetime) -> dict[str, Any]:
    """Return the sheet for scripts."""
    return {
        "at": json_views.instant(now),
        "on_call": [_level_json(level, now) for level in view.levels],
        "incidents": [_incident_json(view, item, now) for item in sorted_incidents(view, now)],
    }


def _level_json(view: LevelView, now: datetime) -> dict[str, Any]:
    calendar = view.calendar
    return {
        "level": view.level.rank,
        "id": view.level.id,
        "name": view.level.name,
        "answering": [contact.name for contact in view.answering],
        "now": [{"name": turn.contact.name, "until": json_views.instant(turn.ends)} for turn in view.now],
        "next": [{"name": turn.contact.name, "from": json_views.instant(turn.starts)} for turn in view.next],
        "gaps": [
            {
                "from": json_views.instant(gap.starts),
                "until": None if gap.open else json_views.instant(gap.ends),
            }
            for gap in view.gaps
        ],
        "calendar": None
        if calendar is None
        else {
            "ok_at": json_views.instant(calendar.ok_at),
            "stale": calendar.stale(now),
            "trouble": calendar.trouble,
        },
    }


def _incident_json(view: HandoverView, item: Incident, now: datetime) -> dict[str, Any]:
    due = due_of(view, item.key)
    return json_views.incident(item, view.policy, now) | {
        "holder": item.acknowledged_by if item.held else None,
        "handover": None
        if due is None
        else {
            "from": due.outgoing,
            "to": list(due.incoming),
            "level": due.level,
            "shift_ended": json_views.instant(due.ended),
        },
        "open_steps": [
            {"id": step.id, "title": step.title, "by": step.by or None} for step in open_steps(item)
        ],
        "snoozes": [
            {
                "audience": clock.audience,
                "until": json_views.instant(clock.snoozed_until),
                "why": clock.snooze_why,
            }
            for clock in item.updates
            if clock.applies and clock.snoozed_until is not None and clock.snoozed_until > now
        ],
    }
