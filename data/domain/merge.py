"""Two incidents that are one: merging, and what the survivor takes over (design 3.2, 3.3)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from data.domain import clocks, ladder
from data.domain.change import AUDIENCE, Change, Changes, Refused
from data.domain.incident import Disposition, Incident, Status
from data.domain.lifecycle import resolve
from data.domain.policy import Policy
from data.domain.severity import worse

_TAKEN = ("applies", "since", "sent_at", "snoozed_until", "snooze_why", "by_hand")


def merge(
    policy: Policy, source: Incident, target: Incident, by: str, now: datetime, why: str = ""
) -> tuple[Changes, Changes] | Refused:
    """Fold ``source`` into ``target``: (changes of the source, changes of the target).

    The survivor takes the higher severity, the earliest detection, all causes and audiences; if that
    raises its severity, acknowledgement is asked anew. An audience never has to wait longer than the
    incident it was promised an update on would have let it.
    """
    if source.id == target.id:
        return Refused(f"{source.key} cannot be merged into itself")
    if target.status.over:
        return Refused(f"{target.key} is already {target.status}", "merge into a live incident")
    ended = resolve(source, Disposition.DUPLICATE, by, now, why=why or "merged", of=target.id)
    if isinstance(ended, Refused):
        return ended
    return ended, _take_over(policy, source, target, now)


def _take_over(policy: Policy, source: Incident, target: Incident, now: datetime) -> Changes:
    severity = worse(source.severity, target.severity)
    raised = severity < target.severity
    known = {cause.key for cause in target.causes}
    after: dict[str, Any] = {
        "severity": severity,
        "confirmed": source.confirmed or target.confirmed,
        "detected_at": min(source.detected_at, target.detected_at),
        "causes": target.causes + tuple(cause for cause in source.causes if cause.key not in known),
        "services": tuple(dict.fromkeys(target.services + source.services)),
    }
    if source.began_at or target.began_at:
        after["began_at"] = min(at for at in (source.began_at, target.began_at) if at)
    merged = replace(target, **after)
    told: Changes = ()
    if raised:
        after |= {"severity_by": source.severity_by, "severity_why": f"merged {source.key}"}
    if raised and target.acknowledged_at is not None and target.response is not None:
        after |= {
            "acknowledged_at": None,
            "acknowledged_by": "",
            "lapsed_at": None,
            "lapse_warned": False,
            "breached": False,
            "response": clocks.begin_response(policy, severity, now),
            "status": Status.DETECTED,
        }
        told = (ladder.start(policy, replace(merged, acknowledged_at=None, lapsed_at=None), now),)
    elif target.acknowledged_at is None and target.response is not None:
        response = target.response
        earliest = merged.detected_at + policy.response(target.severity)
        if earliest < response.due and not clocks.missed(response, now):
            response = replace(response, set_from=merged.detected_at, due=earliest)
        response = replace(response, started=min(response.started, merged.detected_at))
        if raised:
            response = clocks.change_response(policy, response, target.severity, severity, now)
            after |= ladder.re_aim(policy, merged, target.severity, now)
            told = ladder.wake(policy, merged, now)
        after["response"] = response
    changed = {name: value for name, value in after.items() if getattr(target, name) != value}
    heard = () if target.backfilled else _audiences(policy, source, target, merged, now)
    return (Change("merged", changed, facts={"from": source.key}), *heard, *told)


def _audiences(
    policy: Policy, source: Incident, target: Incident, merged: Incident, now: datetime
) -> Changes:
    raised = merged.severity < target.severity
    moved = clocks.change_updates(policy, target, merged.severity, now) if raised else ()
    after = {change.subject: dict(change.after) for change in moved}
    for clock in source.updates:
        if not clock.applies:
            continue
        own = target.clock(clock.audience)
        values = after.setdefault(AUDIENCE + clock.audience, {})
        if own is None or not own.applies:
            cadence = policy.cadence(merged.severity, clock.audience)
            soon = clocks.opening(policy.audience(clock.audience), now + cadence)
            values |= {name: getattr(clock, name) for name in _TAKEN}
            values |= {"due": min(clock.due, soon)}
        elif own.sent_at is None and clock.due < values.get("due", own.due):
            values["due"] = clock.due
    return tuple(Change("clock", values, subject) for subject, values in after.items() if values)
