"""How each deadline came about, told from the events alone (design 1, promise 2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from data.domain import clocks
from data.domain.change import AUDIENCE, Event, apply
from data.domain.durations import brief, format_duration
from data.domain.incident import Incident, LadderState, Response, UpdateClock


@dataclass(frozen=True, slots=True)
class Line:
    """One step of an explanation; instants in ``text`` carry their date where it is not that of ``at``."""

    at: datetime
    text: str


def explain(events: Sequence[Event], now: datetime) -> list[Line]:
    """Return, in order of time, what set each deadline of an incident, and last how it stands at ``now``.

    ``events`` are one incident's, in order of ``seq``. Of an incident that was split or taken back the
    restored dues are told too.
    """
    lines: list[Line] = []
    state: Incident | None = None
    for _, run in groupby(events, key=lambda event: event.command or event.seq):
        command = tuple(run)
        about = _Command(frozenset(event.kind for event in command), state)
        moved: list[tuple[str, str]] = []
        for event in command:
            new = apply(state, event)
            told = (_response(event, state, new), _ladder(event, state, new))
            lines += [Line(event.at, words) for words in told if words]
            moved += _updates(event, state, new, about)
            state = new
        if about.found is not None and state is not None and state.live:
            moved += _unmoved(about.found, state, command[-1].at)
        lines += [Line(command[0].at, words) for words in _grouped(moved)]
    lines.sort(key=lambda line: line.at)
    if state is not None:
        lines += [Line(now, words) for words in _standing(state, now)]
    return lines


def _response(event: Event, old: Incident | None, new: Incident) -> str:
    at, response = event.at, new.response
    if old is None or event.kind == "reopened":
        if response is None:
            return "recorded afterwards: no clock runs" if new.backfilled else ""
        word = "detected" if old is None else "reopened"
        words = f"response due {_rule(response, word, at)} ({new.severity}{_strict(response)})"
        return words if new.acknowledged_at is None else f"{words}; {_taken(new, at)}"
    if response is None:
        return ""
    if event.kind == "breach":
        late = event.recorded_at - event.at
        noticed = f", recorded {_span(late)} later" if late >= timedelta(seconds=1) else ""
        return f"response due {_clock(response.due, at)} passed unacknowledged: breach{noticed}"
    if event.kind == "lapsed":
        return "acknowledgement lapsed: the update was overdue by a whole cadence, and nobody did anything"
    if event.kind == "severity":
        return _severity(event, old, new, response)
    if event.kind == "merged":
        return _merged(event, old, new, response)
    if old.acknowledged_at is None and new.acknowledged_at is not None:
        return ("taken back: " if event.kind == "undone" else "") + _taken(new, at)
    if old.acknowledged_at == new.acknowledged_at and old.response == response:
        return ""
    return f"taken back: response due {_clock(response.due, at)} again{_strict(response)}"


def _severity(event: Event, old: Incident, new: Incident, response: Response) -> str:
    if old.severity is new.severity or old.response is None or not old.live:
        return ""
    at, due = event.at, _clock(response.due, event.at)
    raised = new.severity < old.severity
    words = f"severity {'raised' if raised else 'lowered'} {old.severity} → {new.severity}: "
    if old.acknowledged_at is not None:
        return f"{words}the response result stands"
    if clocks.missed(old.response, at):
        return f"{words}response due {due} had passed and stays missed"
    if not raised:
        return f"{words}response due {_rule(response, 'detected', at)}{_strict(response)}"
    if response.due < old.response.due:
        was = _clock(old.response.due, at)
        return f"{words}response due {_rule(response, 'changed', at)}, sooner than {was}{_strict(response)}"
    return f"{words}response stays due {due}, sooner than counted from the change{_strict(response)}"


def _merged(event: Event, old: Incident, new: Incident, response: Response) -> str:
    words = f"merged {event.data.get('from', '')}: "
    if old.acknowledged_at is not None and new.acknowledged_at is None:
        rule = _rule(response, "merged", event.at)
        return f"{words}raised to {new.severity}, acknowledgement asked anew, response due {rule}"
    if old.response is None or old.response.due == response.due:
        return f"{words}the response stands"
    was = _clock(old.response.due, event.at)
    detected = _clock(new.detected_at, event.at)
    due = _clock(response.due, event.at)
    return f"{words}response due {due} (was {was}), {new.severity} detected {detected}"


def _taken(new: Incident, at: datetime) -> str:
    reading = clocks.read_response(new, at)
    if reading is None or reading.took is None or reading.due is None:
        return ""
    took, due = brief(reading.took), _clock(reading.due, at)
    return f"acknowledged by {new.acknowledged_by}: response {reading.state} after {took}, due was {due}"


def _ladder(event: Event, old: Incident | None, new: Incident) -> str:
    was, rung, at = (old.ladder if old else None), new.ladder, event.at
    if rung is None or rung == was:
        return ""
    if rung.state is LadderState.NOBODY:
        return "ladder stands still: no one can be paged"
    coming = f"{rung.next_level} due {_clock(rung.next_at, at)}" if rung.next_at else ""
    if rung.told_at is not None and (was is None or rung.told_at != was.told_at) and rung.told_at == at:
        name = event.data.get("name") or rung.level
        late = event.data.get("late")
        words = f"ladder: turn of {name}" + (f" {_span(timedelta(seconds=late))} late" if late else "")
        if rung.state is LadderState.EXHAUSTED:
            return f"{words}, nobody is left after it"
        if rung.next_at is None:
            return words
        return f"{words}, {coming} = turn + {_span(rung.next_at - rung.told_at)}"
    if was is not None and rung.state is not was.state and event.kind != "undone":
        match rung.state:
            case LadderState.STOPPED:
                return "ladder stopped"
            case LadderState.HELD:
                return "ladder held: every cause is clear, nobody has confirmed"
            case LadderState.RUNNING:
                return f"ladder climbs on: {coming}"
    if was is not None and rung.next_at != was.next_at and rung.next_at is not None:
        before = f" (was {_clock(was.next_at, at)})" if was.next_at else ""
        return f"ladder: {coming}{before}"
    return ""


@dataclass(frozen=True, slots=True)
class _Command:
    """What one command is about: the kinds of its events, and the incident it found."""

    kinds: frozenset[str]
    found: Incident | None


def _updates(
    event: Event, old: Incident | None, new: Incident, command: _Command
) -> Iterator[tuple[str, str]]:
    """Yield (audience, why its update is due when it is) for what an event did to the update clocks."""
    if old is None:
        outside = event.data.get("outside") or {}
        for clock in new.updates:
            if clock.applies:
                rule = _counted(clock, "detected", clock.since, outside.get(clock.audience), event.at)
                yield clock.audience, f"due {rule}"
    elif event.subject.startswith(AUDIENCE):
        audience = event.subject.removeprefix(AUDIENCE)
        was, clock_now = old.clock(audience), new.clock(audience)
        words = _moved(event, was, clock_now, new, command) if clock_now is not None else ""
        if words:
            yield audience, words


def _moved(
    event: Event, was: UpdateClock | None, clock: UpdateClock, new: Incident, command: _Command
) -> str:
    at, plain = event.at, event.data.get("outside")
    due = _clock(clocks.effective_due(clock), at)
    if event.kind == "snooze":
        return f"snoozed to {due}: {clock.snooze_why}"
    if not clock.applies:
        return "not told any more" if was is not None and was.applies else ""
    if event.kind == "undone":
        return f"taken back, due {due} again"
    if clock.sent_at == at and (was is None or was.sent_at != at):
        return f"sent, next due {_counted(clock, 'sent', at, plain, at)}"
    if "merged" in command.kinds:
        return f"due {due}, taken over by the merge"
    if "reopened" in command.kinds:
        return f"due {_counted(clock, 'reopened', at, plain, at)}"
    if was is None or not was.applies:
        return f"told from now on, due {_counted(clock, 'switched on', at, plain, at)}"
    before = _clock(clocks.effective_due(was), at)
    if command.found is not None and new.severity < command.found.severity:
        if clock.due == was.due:
            return f"snooze cut short, due {due} (was {before})"
        return f"due {_counted(clock, 'changed', at, plain, at)}, sooner than {before}"
    if clock.due == was.due:
        return ""
    sent = clock.sent_at if clock.sent_at is not None and clock.sent_at >= clock.since else None
    start = sent or clock.since
    return f"due {_counted(clock, 'sent' if sent else 'detected', start, plain, at)} (was {before})"


def _unmoved(found: Incident, state: Incident, at: datetime) -> list[tuple[str, str]]:
    """Return the audiences whose due a severity change left alone."""
    if found.severity is state.severity or found.backfilled:
        return []
    return [
        (clock.audience, f"stays due {_clock(clocks.effective_due(clock), at)}")
        for clock in state.updates
        if clock.applies and clock == found.clock(clock.audience)
    ]


def _grouped(moved: list[tuple[str, str]]) -> list[str]:
    """Say once what holds for several audiences."""
    audiences: dict[str, list[str]] = {}
    for audience, words in moved:
        audiences.setdefault(words, []).append(audience)
    return [f"update to {', '.join(names)}: {words}" for words, names in audiences.items()]


def _standing(incident: Incident, now: datetime) -> Iterator[str]:
    """Yield how each clock reads at ``now``."""
    response = clocks.read_response(incident, now)
    if response is None or response.due is None:
        yield "now: no response clock"
    elif response.took is not None:
        yield f"now: response {response.state} after {brief(response.took)}"
    else:
        yield f"now: response {response.state}, due {_away(response.due, now)}"
    readings = [clocks.read_audience(incident, clock, now) for clock in incident.updates]
    running = [item for item in readings if item.due is not None] if not incident.backfilled else []
    for words in _grouped(
        [
            (
                item.audience,
                f"{item.state}, due {_away(item.due, now)}" + (", snoozed" if item.snoozed else ""),
            )
            for item in running
            if item.due is not None
        ]
    ):
        yield f"now: {words}"
    if not running:
        yield "now: update clock stopped"
    rung = incident.ladder
    if rung is not None and rung.state is LadderState.RUNNING and rung.next_at is not None:
        yield f"now: ladder running, {rung.next_level} due {_away(rung.next_at, now)}"
    elif rung is not None:
        yield f"now: ladder {_STANDS[rung.state]}"


_STANDS = {
    LadderState.RUNNING: "running",
    LadderState.STOPPED: "stopped",
    LadderState.HELD: "held",
    LadderState.EXHAUSTED: "has been through everybody",
    LadderState.NOBODY: "stands still: no one can be paged",
}


def _rule(response: Response, word: str, at: datetime) -> str:
    start = _clock(response.set_from, at)
    return f"{_clock(response.due, at)} = {word} {start} + {_span(response.due - response.set_from)}"


def _counted(clock: UpdateClock, word: str, start: datetime, plain: str | None, at: datetime) -> str:
    """Say what a due is counted from; ``plain`` is where it was before it moved to an opening."""
    due = _clock(clock.due, at)
    if plain is None:
        return f"{due} = {word} {_clock(start, at)} + {_span(clock.due - start)}"
    wanted = datetime.fromisoformat(plain)
    rule = f"{word} {_clock(start, at)} + {_span(wanted - start)}"
    return f"{due}, their next opening after {_clock(wanted, at)} = {rule}"


def _strict(response: Response) -> str:
    return ", met only before it" if response.strict else ""


def _clock(instant: datetime | None, at: datetime) -> str:
    """Write an instant, with its date where that is not the date of ``at``."""
    if instant is None:
        return "never"
    moment = instant.astimezone(UTC)
    day = "" if moment.date() == at.astimezone(UTC).date() else f"{moment:%Y-%m-%d} "
    return f"{day}{moment:%H:%M:%S}Z"


def _away(due: datetime, now: datetime) -> str:
    side = f"in {brief(due - now)}" if due >= now else f"{brief(now - due)} ago"
    return f"{_clock(due, now)} ({side})"


def _span(span: timedelta) -> str:
    whole = timedelta(seconds=round(span.total_seconds()))
    return format_duration(whole) if whole > timedelta(0) else "0s"
