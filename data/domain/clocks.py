"""The two clocks: time to respond, and time to the next stakeholder update (design 3.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from data.domain.change import AUDIENCE, Change, Changes, Refused
from data.domain.incident import Incident, Response, Status, UpdateClock
from data.domain.policy import Audience, Policy
from data.domain.severity import Severity

LAPSE_WARNING = timedelta(minutes=10)


class ResponseState(StrEnum):
    """How the response clock stands."""

    RUNNING = "running"
    WARNING = "warning"
    LATE = "late"
    MET = "met"
    BREACHED = "breached"


class UpdateState(StrEnum):
    """How an update clock stands."""

    RUNNING = "running"
    OVERDUE = "overdue"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock read at one instant: its state, its due (UTC) and, for a stopped one, how long it took.

    ``also`` is how many more audiences are overdue, or due at the same instant.
    """

    state: str
    due: datetime | None
    took: timedelta | None = None
    audience: str = ""
    snoozed: bool = False
    also: int = 0


def begin_response(policy: Policy, severity: Severity, started: datetime) -> Response:
    """Return the clock of an incident first known at ``started`` (guide: Response Times)."""
    return Response(started, started, started + policy.response(severity), severity is Severity.P0)


def missed(response: Response, at: datetime) -> bool:
    """True when an acknowledgement at ``at`` comes too late: P0 must be before its due."""
    return at >= response.due if response.strict else at > response.due


def change_response(
    policy: Policy, response: Response, old: Severity, new: Severity, at: datetime
) -> Response:
    """Return the running clock after a severity change at ``at``.

    An upgrade never gives more time; a downgrade counts from the start again; a due that has passed stays.
    """
    strict = new is Severity.P0
    if missed(response, at):
        return response
    if new < old:
        due = at + policy.response(new)
        if due < response.due:
            return Response(response.started, at, due, strict)
        return Response(response.started, response.set_from, response.due, strict)
    return Response(response.started, response.started, response.started + policy.response(new), strict)


def warning_at(set_from: datetime, due: datetime) -> datetime:
    """When the response clock begins to warn: after four fifths of the time (design 3.2)."""
    return due - (due - set_from) // 5  # in whole numbers: a share in floats costs three times as much


def read_response(incident: Incident, now: datetime) -> Reading | None:
    """Read the response clock; None for a backfilled incident, which has none."""
    response = incident.response
    if response is None:
        return None
    if incident.acknowledged_at is not None:
        late = missed(response, incident.acknowledged_at)
        state = ResponseState.BREACHED if late else ResponseState.MET
        return Reading(state, response.due, incident.acknowledged_at - response.started)
    if missed(response, now):
        return Reading(ResponseState.LATE, response.due)
    warned = now >= warning_at(response.set_from, response.due)
    return Reading(ResponseState.WARNING if warned else ResponseState.RUNNING, response.due)


def applies(audience: Audience, severity: Severity, by_hand: bool | None) -> bool:
    """Tell whether an audience hears of an incident: by severity, or as somebody switched it."""
    if by_hand is not None:
        return by_hand
    return not audience.by_hand and severity in audience.severities


def begin_updates(policy: Policy, severity: Severity, started: datetime) -> tuple[UpdateClock, ...]:
    """Return one clock per audience, those that do not apply standing still."""
    return tuple(
        UpdateClock(
            audience.id,
            applies(audience, severity, None),
            started,
            opening(audience, started + policy.cadence(severity, audience.id)),
        )
        for audience in policy.audiences
    )


def opening(audience: Audience | None, due: datetime) -> datetime:
    """Return ``due``, moved to the audience's next opening when it lies outside its hours."""
    return due if audience is None or audience.hours is None else audience.hours.next_open(due)


def outside(audience: Audience | None, due: datetime) -> dict[str, datetime]:
    """Return the fact that a due moved to an opening: where it would have been; empty when it did not."""
    return {} if opening(audience, due) == due else {"outside": due}


def change_updates(policy: Policy, incident: Incident, new: Severity, at: datetime) -> Changes:
    """Return how the audiences' clocks move when the severity changes to ``new`` at ``at``."""
    changes = []
    for audience in policy.audiences:
        clock = incident.clock(audience.id)
        now_applies = applies(audience, new, clock.by_hand if clock else None)
        cadence = policy.cadence(new, audience.id)
        plain = at + cadence
        soon = opening(audience, plain)
        after: dict[str, object]
        if clock is None or (now_applies and not clock.applies):
            after = {"applies": now_applies, **_from(clock, at, soon)}
        elif not now_applies:
            after = {"applies": False} if clock.applies else {}
        elif new < incident.severity:
            after = {"due": min(clock.due, soon)}
            if clock.snoozed_until is not None:
                after["snoozed_until"] = min(clock.snoozed_until, soon)
        else:
            # What was sent before an audience was switched on again says nothing about now.
            told = max(clock.sent_at or clock.since, clock.since)
            plain = told + cadence
            after = {"due": opening(audience, plain)}
        if clock is None or any(getattr(clock, name) != value for name, value in after.items()):
            moved = outside(audience, plain) if after.get("due") == opening(audience, plain) else {}
            changes.append(Change("clock", after, AUDIENCE + audience.id, moved))
    return tuple(changes)


def _from(clock: UpdateClock | None, at: datetime, due: datetime) -> dict[str, object]:
    """Return the fields of a clock that starts at ``at``; a snooze from before does not count."""
    fresh: dict[str, object] = {"since": at, "due": due}
    if clock is not None and clock.snoozed_until is not None:
        fresh |= {"snoozed_until": None, "snooze_why": ""}
    return fresh


def switch_audience(policy: Policy, incident: Incident, audience: Audience, on: bool, at: datetime) -> Change:
    """Switch an audience on or off by hand; switched on, its first update counts from ``at``."""
    clock = incident.clock(audience.id)
    after: dict[str, object] = {"applies": on, "by_hand": on}
    facts: dict[str, datetime] = {}
    if on and (clock is None or not clock.applies):
        cadence = policy.cadence(incident.severity, audience.id)
        after |= _from(clock, at, opening(audience, at + cadence))
        facts = outside(audience, at + cadence)
    elif clock is None:
        after |= {"since": at, "due": at}
    return Change("audience", after, AUDIENCE + audience.id, facts)


def sent(
    policy: Policy, incident: Incident, audience_id: str, at: datetime, promised: datetime | None = None
) -> Change:
    """Reset an audience's clock by an update a person sent at ``at``; nothing else resets it.

    The next is due by the cadence, or when its text ``promised`` it, where that is sooner.
    """
    cadence = policy.cadence(incident.severity, audience_id)
    audience = policy.audience(audience_id)
    due = opening(audience, at + cadence)
    after: dict[str, object] = {
        "sent_at": at,
        "due": due if promised is None else min(due, promised),
        "snoozed_until": None,
        "snooze_why": "",
    }
    if incident.clock(audience_id) is None:
        known = audience is not None and applies(audience, incident.severity, None)
        after |= {"applies": known, "since": at}
    return Change("clock", after, AUDIENCE + audience_id, outside(audience, at + cadence))


def snooze(
    incident: Incident, until: datetime, why: str, now: datetime, audiences: Iterable[str] = ()
) -> Changes | Refused:
    """Put off the updates due before ``until``, with a reason; the cadence stays (design 3.2).

    Without ``audiences`` every one whose update is due before then is meant.
    """
    if incident.status.over:
        return Refused(f"{incident.key} is already {incident.status}")
    if until <= now:
        return Refused("a snooze has to end in the future", "give some minutes, or a time still to come")
    if not why.strip():
        return Refused("snoozing an update needs a reason", "say why")
    wanted = tuple(audiences)
    running = [clock for clock in incident.updates if clock.applies]
    unknown = [name for name in wanted if all(clock.audience != name for clock in running)]
    if unknown:
        return Refused(f"{', '.join(unknown)}: not told of {incident.key}", code="not-found")
    waiting = [clock for clock in running if not wanted or clock.audience in wanted]
    changes = tuple(
        Change("snooze", {"snoozed_until": until, "snooze_why": why}, AUDIENCE + clock.audience)
        for clock in waiting
        if effective_due(clock) < until
    )
    return changes or Refused("no update is due before then")


def effective_due(clock: UpdateClock) -> datetime:
    """Return when an audience's update is due, a snooze counted."""
    return max(clock.due, clock.snoozed_until) if clock.snoozed_until else clock.due


def read_update(incident: Incident, now: datetime) -> Reading:
    """Read the earliest applicable update clock; stopped once resolved or when nobody is to be told."""
    running = [clock for clock in incident.updates if clock.applies]
    if incident.status.over or not running or incident.backfilled:
        return Reading(UpdateState.STOPPED, None)
    first = min(running, key=effective_due)
    due = effective_due(first)
    state = UpdateState.OVERDUE if now > due else UpdateState.RUNNING
    also = sum(effective_due(clock) <= max(due, now) for clock in running) - 1
    return Reading(state, due, audience=first.audience, snoozed=due != first.due, also=also)


def read_audience(incident: Incident, clock: UpdateClock, now: datetime) -> Reading:
    """Read one audience's clock."""
    if incident.status.over or not clock.applies:
        return Reading(UpdateState.STOPPED, None, audience=clock.audience)
    due = effective_due(clock)
    state = UpdateState.OVERDUE if now > due else UpdateState.RUNNING
    return Reading(state, due, audience=clock.audience, snoozed=due != clock.due)


def lapses_at(policy: Policy, incident: Incident) -> datetime | None:
    """Return when the acknowledgement lapses: one full cadence of silence past the overdue update.

    None where it cannot: unacknowledged, over, monitoring, below P1, or with nobody to be told.
    """
    if incident.acknowledged_at is None or incident.lapsed_at is not None or not incident.severity.major:
        return None
    if incident.status.over or incident.status is Status.MONITORING:
        return None
    running = [clock for clock in incident.updates if clock.applies]
    if not running or incident.backfilled:
        return None
    first = min(running, key=effective_due)
    silent_since = max(effective_due(first), incident.touched_at or incident.acknowledged_at)
    return silent_since + policy.cadence(incident.severity, first.audience)


def soonest(readings: Iterable[Reading | None]) -> datetime | None:
    """Return the earliest due among running clocks."""
    dues = [item.due for item in readings if item is not None and item.due is not None and item.took is None]
    return min(dues, default=None)
