"""How well a drill was handled: every rule of the guide that was kept, missed, or is still open."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from data.domain import clocks
from data.domain.change import AUDIENCE, Event, apply
from data.domain.clocks import ResponseState
from data.domain.drill import Expected, Kept, Mark, Played, Scenario, Score
from data.domain.durations import brief, spoken
from data.domain.incident import PHASES, Disposition, Incident, Step, StepState, UpdateClock
from data.domain.policy import Policy
from data.domain.severity import Severity
from data.domain.words import count, list_of

AFTER = PHASES[-1]  # a drill ends before what comes after an incident


def score(scenario: Scenario, played: Played, policy: Policy, now: datetime, *, final: bool) -> Score:
    """Judge a drill at ``now``; with ``final`` it is over, and what is undone by then is missed."""
    incident = played.incident
    if incident is None:
        marks: Iterable[Mark] = _unopened(played, final=final)
    else:
        over = final or not incident.live
        marks = (
            *_acknowledged(policy, incident, now, final=final),
            _severity(scenario.expected, incident, played.events, over=over),
            _services(scenario.expected, incident, over=over),
            *_told(policy, incident, played.events, now, over=over),
            *_checklist(incident.steps, over=over),
            _runbook(scenario.expected, incident, over=over),
            *_lapsed(played.events),
            _resolved(incident, played.events, over=over),
        )
    return Score(tuple(marks), played.hints, len(scenario.hints))


def _undone(over: bool) -> Kept:
    return Kept.MISSED if over else Kept.OPEN


def _unopened(played: Played, *, final: bool) -> Iterator[Mark]:
    rule = "guide: Detection & Alerting, Verify incident is real"
    if played.dismissed:
        names = ", ".join(played.dismissed)
        yield Mark("incident", Kept.MISSED, f"{names} was dismissed as a false alarm, and it was none", rule)
    else:
        text = "no incident was opened: nobody declared or confirmed one"
        yield Mark("incident", _undone(final), text, rule)


def _acknowledged(policy: Policy, incident: Incident, now: datetime, *, final: bool) -> Iterator[Mark]:
    reading, response = clocks.read_response(incident, now), incident.response
    if reading is None or reading.due is None or response is None:
        return
    within = spoken(response.due - response.started)
    rule = f"guide: Response Times, {incident.severity} within {spoken(policy.response(incident.severity))}"
    if reading.took is not None:
        state = Kept.KEPT if reading.state == ResponseState.MET else Kept.MISSED
        text = f"acknowledged after {brief(reading.took)}, there were {within}"
    elif reading.state == ResponseState.LATE:
        state, text = Kept.MISSED, f"not acknowledged: it was due {brief(now - reading.due)} ago"
    else:
        ended = " when the drill ended" if final else ""
        state, text = Kept.OPEN, f"not acknowledged{ended}: due in {brief(reading.due - now)}"
    yield Mark("acknowledge", state, text, rule)


def _severity(expected: Expected, incident: Incident, events: Sequence[Event], *, over: bool) -> Mark:
    right = incident.severity is expected.severity
    wanted = f"{expected.severity} {expected.severity.word}"
    why = expected.why or expected.severity.meaning
    rule = f"guide: Severity Levels, {wanted}: {expected.severity.meaning}"
    if right and incident.confirmed:
        first = _first_at(events, expected.severity)
        after = first - incident.detected_at if first else timedelta()
        late = f", from {brief(after)} on" if after >= timedelta(seconds=1) else ""
        return Mark("severity", Kept.KEPT, f"{wanted}, as it should be{late}", rule)
    if right:
        return Mark("severity", _undone(over), f"{wanted} fits, but nobody confirmed it", rule)
    # to say what fits while it is live would be a hint
    text = (
        f"left at {incident.severity}, where {wanted} fits: {why}" if over else f"{incident.severity} so far"
    )
    return Mark("severity", _undone(over), text, rule if over else "guide: Severity Levels")


def _first_at(events: Sequence[Event], severity: Severity) -> datetime | None:
    """Return since when it has been the severity it is now."""
    since = None
    for event in events:
        if (found := event.after.get("severity")) is not None:
            since = (since or event.at) if found == severity else None
    return since


def _services(expected: Expected, incident: Incident, *, over: bool) -> Mark:
    rule = "guide: Investigation, Assess impact scope"
    wanted, named = ", ".join(expected.services), ", ".join(incident.services) or "no service"
    if set(expected.services) & set(incident.services):
        return Mark("service", Kept.KEPT, f"it names {named}", rule)
    return Mark("service", _undone(over), f"it names {named}" + (f", not {wanted}" if over else ""), rule)


@dataclass(slots=True)
class _Telling:
    sent: int = 0
    late: int = 0
    worst: timedelta = timedelta()


def _told(
    policy: Policy, incident: Incident, events: Sequence[Event], now: datetime, *, over: bool
) -> Iterator[Mark]:
    end = incident.resolved_at or now
    heard = _updates(events)
    for clock in incident.updates:
        if not clock.applies:
            continue
        audience = policy.audience(clock.audience)
        name = audience.name if audience else clock.audience
        cadence = spoken(policy.cadence(incident.severity, clock.audience))
        rule = f"guide: Update Frequency, {incident.severity} every {cadence}"
        yield _audience(name, clock, heard.get(clock.audience, _Telling()), rule, end, over=over)


def _audience(name: str, clock: UpdateClock, told: _Telling, rule: str, end: datetime, *, over: bool) -> Mark:
    due = clocks.effective_due(clock)
    silent = end - due
    if silent > timedelta():
        return Mark("update", Kept.MISSED, f"{name}: an update is overdue by {brief(silent)}", rule)
    if told.late:
        words = f"{told.late} of {count(told.sent, 'update')} late, by {brief(told.worst)} at most"
        return Mark("update", Kept.MISSED, f"{name}: {words}", rule)
    if told.sent:
        return Mark("update", Kept.KEPT, f"{name}: {count(told.sent, 'update')}, each in time", rule)
    if over:
        return Mark(
            "update", Kept.MISSED, f"{name}: never told", "guide: Initial Response, Notify stakeholders"
        )
    return Mark("update", Kept.OPEN, f"{name}: not told yet, due in {brief(-silent)}", rule)


def _updates(events: Sequence[Event]) -> dict[str, _Telling]:
    """Return what each audience heard while it was live, each update held against its due."""
    found: dict[str, _Telling] = {}
    state: Incident | None = None
    for event in events:
        before, state = state, apply(state, event)
        if before is None or event.kind != "clock" or not event.after.get("sent_at"):
            continue
        name = event.subject.removeprefix(AUDIENCE)
        clock = before.clock(name)
        if clock is None or not clock.applies:
            continue
        told = found.setdefault(name, _Telling())
        # what is told after the end was due by then, and no later
        late = (before.resolved_at or event.at) - clocks.effective_due(clock)
        told.sent += 1
        if late > timedelta():
            told.late += 1
            told.worst = max(told.worst, late)
    return found


def _checklist(steps: Sequence[Step], *, over: bool) -> Iterator[Mark]:
    """Yield a mark for each of the guide's phases, and for each runbook beside it."""
    judged = [step for step in steps if step.phase != AFTER]
    judged.sort(key=lambda step: PHASES.index(step.phase) if step.phase in PHASES else len(PHASES))
    for title, some in groupby(judged, key=lambda step: step.phase or step.runbook):
        yield _phase(title, list(some), over=over)


def _phase(title: str, steps: Sequence[Step], *, over: bool) -> Mark:
    done = sum(step.state is StepState.DONE for step in steps)
    skipped = sum(step.state is StepState.SKIPPED for step in steps)
    left = [step.title for step in steps if step.state in (StepState.TODO, StepState.DOING)]
    text = f"{title}: {done} of {count(len(steps), 'step')} done" + (
        f", {skipped} skipped" if skipped else ""
    )
    text += f"; left: {', '.join(left)}" if left else ""
    rule = f"guide: {title}" if title in PHASES else f"guide: Common Scenarios, {title}"
    return Mark("steps", _undone(over) if left else Kept.KEPT, text, rule)


def _runbook(expected: Expected, incident: Incident, *, over: bool) -> Mark:
    rule = "guide: Common Scenarios"
    if any(step.runbook == expected.runbook for step in incident.steps):
        return Mark("runbook", Kept.KEPT, f"the runbook {expected.runbook} was attached", rule)
    named = (
        f"the runbook {expected.runbook} was not attached" if over else "no fitting runbook is attached yet"
    )
    return Mark("runbook", _undone(over), named, rule)


def _lapsed(events: Sequence[Event]) -> Iterator[Mark]:
    if times := sum(event.kind == "lapsed" for event in events):
        again = f" {times} times" if times > 1 else ""
        text = f"the acknowledgement lapsed{again}: nobody acted, and an update was overdue"
        yield Mark("held", Kept.MISSED, text, "guide: Update Frequency")


def _resolved(incident: Incident, events: Sequence[Event], *, over: bool) -> Mark:
    rule = "guide: Resolution, Verify resolution"
    if incident.live or incident.resolved_at is None:
        return Mark(
            "resolve", _undone(over), "not resolved" + (" when the drill ended" if over else " yet"), rule
        )
    took = brief(incident.resolved_at - incident.detected_at)
    ended = next(event for event in reversed(events) if event.kind == "resolved")
    if still := list_of(ended.data.get("still")):
        text = f"resolved after {took} while {', '.join(still)} still failed"
        return Mark("resolve", Kept.MISSED, text, rule)
    if incident.disposition is Disposition.FALSE_ALARM:
        return Mark("resolve", Kept.MISSED, "called a false alarm, and it was none", rule)
    return Mark("resolve", Kept.KEPT, f"resolved after {took}", rule)
