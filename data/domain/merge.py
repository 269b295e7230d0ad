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


def merge(
    policy: Policy, source: Incident, target: Incident, by: str, now: datetime, why: str = ""
) -> tuple[Changes, Changes] | Refused:
    """Fold ``source`` into ``target``: (changes of the source, changes of the target).

    The survivor takes the higher severity, the earliest detection, all causes and audiences; if that
    raises its severity, acknowledgement is asked anew.
    """
    if source.id == target.id:
        return Refused(f"{source.key} cannot be merged into itself")
    if target.status.over:
        return Refused(f"{target.key} is already {target.status}", "merge into a live incident")
    ended = resolve(source, Disposition.DUPLICATE, by, now, why=why or "merged", of=target.id)
    if isinstance(ended, Refused):
        return ended
    return ended, (*_take_over(policy, source, target, now),)


def _take_over(policy: Policy, source: Incident, target: Incident, now: datetime) -> Changes:
    severity = worse(source.severity, target.severity)
    raised = severity < target.severity
    known = {cause.key for cause in target.causes}
    after: dict[str, Any] = {
        "severity": severity,
        "detected_at": min(source.detected_at, target.detected_at),
        "causes": target.causes + tuple(cause for cause in source.causes if cause.key not in known),
        "services": tuple(dict.fromkeys(target.services + source.services)),
    }
    if source.began_at or target.began_at:
        after["began_at"] = min(at for at in (source.began_at, target.began_at) if at)
    merged = replace(target, **after)
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
        bare = replace(merged, acknowledged_at=None)
        after["ladder"] = ladder.begin(policy, bare, now).after["ladder"]
    elif target.acknowledged_at is None and target.response is not None:
        response = target.response
        if raised:
            response = clocks.change_response(policy, response, target.severity, severity, now)
            after |= ladder.re_aim(policy, merged, target.severity, now)
        earliest = merged.detected_at + policy.response(severity)
        if earliest < response.due and not clocks.missed(response, now):
            response = replace(response, set_from=merged.detected_at, due=earliest)
        after["response"] = replace(response, started=min(response.started, merged.detected_at))
    changes = [Change("merged", after, facts={"from": source.key})]
    changes += clocks.change_updates(policy, target, severity, now) if raised else ()
    moved = {change.subject for change in changes}
    for clock in source.updates:
        own = target.clock(clock.audience)
        if clock.applies and (own is None or not own.applies) and AUDIENCE + clock.audience not in moved:
            taken = {"applies": True, "since": clock.since, "due": clock.due, "sent_at": clock.sent_at}
            changes.append(Change("clock", {**taken, "by_hand": clock.by_hand}, AUDIENCE + clock.audience))
    return tuple(changes)
