"""From detected to closed: what may happen to an incident, and what it changes (design 3.3)."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from data.domain import clocks, ladder
from data.domain.change import Change, Changes, Refused
from data.domain.incident import (
    Disposition,
    Incident,
    Ladder,
    LadderState,
    Status,
    is_operator,
)
from data.domain.policy import Policy
from data.domain.severity import Severity

NEEDS_REASON = "reason"  # a refusal that a reason lifts
_DERIVED = frozenset({"id", "version", "touched_at"})


def seconds_ago(then: datetime, now: datetime) -> str:
    """Say how long ago something happened, as a refusal does: "3 s ago"."""
    seconds = max(0, int((now - then).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def declare(policy: Policy, incident: Incident, now: datetime) -> Changes | Refused:
    """Open an incident: its clocks run from ``detected_at``, level 1 is told in the same breath.

    ``incident`` holds what is known (title, severity, detected_at, causes, steps); a backfilled one
    never pages and has no clocks.
    """
    if incident.detected_at > now:
        return Refused("detected_at lies in the future", "give an instant that has passed")
    if incident.began_at is not None and incident.began_at > incident.detected_at:
        return Refused("it cannot have begun after it was detected")
    if not incident.title.strip():
        return Refused("an incident needs a title")
    started = incident.detected_at
    if not incident.backfilled:
        incident = replace(
            incident,
            response=clocks.begin_response(policy, incident.severity, started),
            updates=clocks.begin_updates(policy, incident.severity, started),
        )
    after = {
        item.name: getattr(incident, item.name) for item in fields(incident) if item.name not in _DERIVED
    }
    moved = {
        audience.id: clocks.outside(audience, started + policy.cadence(incident.severity, audience.id))
        for audience in policy.audiences
        if not incident.backfilled
    }
    facts = {"outside": {name: fact["outside"] for name, fact in moved.items() if fact}}
    opened = Change("declared", after, at=started, facts=facts if facts["outside"] else {})
    if incident.backfilled or not incident.live:
        return (opened,)
    return (opened, ladder.start(policy, incident, now))


def _breach(incident: Incident, at: datetime) -> Changes:
    """Return the breach that an acknowledgement at ``at`` finds unrecorded; its instant is the due."""
    response = incident.response
    if response is None or incident.breached or incident.acknowledged_at is not None:
        return ()
    if not clocks.missed(response, at):
        return ()
    return (Change("breach", {"breached": True}, at=response.due, by="keeper"),)


def breach(incident: Incident, now: datetime) -> Changes:
    """Record a missed response once, however late it is noticed (a keeper's duty)."""
    return () if incident.status.over else _breach(incident, now)


def acknowledge(incident: Incident, by: str, now: datetime, text: str = "") -> Changes | Refused:
    """Take an incident: stops the response clock and the ladder."""
    if incident.status.over:
        return Refused(f"{incident.key} is already {incident.status}")
    if incident.held:
        return Refused(f"{incident.key} was already acknowledged {_taken(incident, now)}")
    after: dict[str, Any] = _held_by(incident, by, now)
    if incident.status is Status.DETECTED:
        after["status"] = Status.ACKNOWLEDGED
    return (*_breach(incident, now), Change("acknowledged", after, facts={"text": text} if text else {}))


def _taken(incident: Incident, now: datetime) -> str:
    """Say who has it and since when; taken again after a lapse, the first instant is another person's."""
    by, at = incident.acknowledged_by, incident.acknowledged_at or now
    rung = incident.ladder
    if rung is not None and rung.started > at:  # nothing but a lapse starts a ladder after that
        return f"again by {by}, after it had lapsed {seconds_ago(rung.started, now)}"
    return f"{seconds_ago(at, now)} by {by}"


def _held_by(incident: Incident, by: str, now: datetime) -> dict[str, Any]:
    after: dict[str, Any] = {"acknowledged_by": by, "confirmed": True, **ladder.stopped(incident)}
    if incident.acknowledged_at is None:
        after["acknowledged_at"] = now
    if incident.lapsed_at is not None:
        after |= {"lapsed_at": None, "lapse_warned": False}
    return after


def set_status(
    policy: Policy, incident: Incident, to: Status, by: str, now: datetime, why: str = ""
) -> Changes | Refused:
    """Move an incident forward, or backward with a reason; past detected it is acknowledged too."""
    was = incident.status
    if to is was:
        return Refused(f"{incident.key} is already {was}")
    if was is Status.CLOSED:
        return Refused(f"{incident.key} is closed", "declare a new incident and link it to this one")
    if to is Status.RESOLVED:
        return Refused("resolving needs to say how it ended", "use resolve")
    if to is Status.CLOSED:
        return close(incident, by, now, why)
    if was is Status.RESOLVED:
        return reopen(policy, incident, to, by, now, why)
    if to.order < was.order and not why.strip():
        return Refused(f"going back from {was} to {to} needs a reason", "say why", NEEDS_REASON)
    facts = {"why": why} if why else {}
    after: dict[str, Any] = {"status": to}
    breached: Changes = ()
    told: Changes = ()
    if to is Status.DETECTED:
        bare = {"acknowledged_at": None, "acknowledged_by": "", "lapsed_at": None, "lapse_warned": False}
        after |= bare
        if incident.ladder is not None:
            told = (ladder.start(policy, replace(incident, acknowledged_at=None, lapsed_at=None), now),)
    elif not incident.held:
        breached = _breach(incident, now)
        after |= _held_by(incident, by, now)
    return (*breached, Change("status", after, facts=facts), *told)


def resolve(
    incident: Incident,
    how: Disposition,
    by: str,
    now: datetime,
    *,
    why: str = "",
    of: int | None = None,
    still: Iterable[str] = (),
) -> Changes | Refused:
    """End an incident with a disposition; ``still`` names checks down and alerts firing, which ask why.

    Only a person ends one (design 1): a machine is refused.
    """
    if incident.status.over:
        since = seconds_ago(incident.resolved_at or now, now)
        return Refused(f"{incident.key} is already {incident.status} ({since})")
    if not is_operator(by):
        return Refused(f"only a person resolves {incident.key}", "propose it instead")
    firing = tuple(still)
    if firing and not why.strip():
        return Refused(
            f"still failing: {', '.join(firing)}", "give a reason to resolve all the same", NEEDS_REASON
        )
    if how is Disposition.DUPLICATE and of is None:
        return Refused("a duplicate needs its original", "name the incident it duplicates")
    if how is not Disposition.DUPLICATE and of is not None:
        return Refused("only a duplicate has an original")
    if of == incident.id:
        return Refused(f"{incident.key} cannot be a duplicate of itself")
    after: dict[str, Any] = {"status": Status.RESOLVED, "resolved_at": now, "disposition": how}
    if of is not None:
        after["duplicate_of"] = of
    breached: Changes = ()
    if not incident.held:
        breached = _breach(incident, now)
        after |= _held_by(incident, by, now)
    facts: dict[str, Any] = {"why": why} if why else {}
    if firing:
        facts["still"] = list(firing)
    return (*breached, Change("resolved", after, facts=facts))


def close(incident: Incident, by: str, now: datetime, why: str = "") -> Changes | Refused:
    """Close a resolved incident; P0 and P1 need their post-mortem final, or a reason for none."""
    if incident.status is Status.CLOSED:
        return Refused(f"{incident.key} is already closed")
    if incident.status is not Status.RESOLVED:
        return Refused(f"{incident.key} is {incident.status}, not resolved", "resolve it first")
    after: dict[str, Any] = {"status": Status.CLOSED, "closed_at": now}
    if incident.severity.major and incident.post_mortem not in ("final", "not needed"):
        if not why.strip():
            return Refused(
                f"a {incident.severity} needs its post-mortem before it is closed",
                "or say why none is needed",
                NEEDS_REASON,
            )
        after["post_mortem"] = "not needed"
    return (Change("closed", after, facts={"why": why} if why else {}),)


def reopen(
    policy: Policy, incident: Incident, to: Status, by: str, now: datetime, why: str = ""
) -> Changes | Refused:
    """Reopen a resolved incident: new clocks and a new ladder from now; the old figures stay on record.

    Reopened as anything but detected, it is held by whoever did it; reopened by a machine, it is
    unconfirmed again. A backfilled one still pages nobody.
    """
    if incident.status is not Status.RESOLVED:
        return Refused(f"{incident.key} is {incident.status}, not resolved")
    if not why.strip():
        return Refused("reopening needs a reason", "say why", NEEDS_REASON)
    fresh = replace(
        incident,
        status=to,
        reopened_at=now,
        resolved_at=None,
        disposition=None,
        duplicate_of=None,
        acknowledged_at=None,
        acknowledged_by="",
        lapsed_at=None,
        lapse_warned=False,
        breached=False,
        confirmed=is_operator(by),
        response=None if incident.backfilled else clocks.begin_response(policy, incident.severity, now),
        updates=(),
    )
    if not incident.backfilled:
        fresh = replace(fresh, ladder=Ladder(LadderState.STOPPED, now))
    if to is not Status.DETECTED:
        fresh = replace(fresh, **_held_by(fresh, by, now))
    after = {
        item.name: getattr(fresh, item.name)
        for item in fields(fresh)
        if item.name != "updates" and getattr(fresh, item.name) != getattr(incident, item.name)
    }
    moved = [Change("reopened", after, facts={"why": why})]
    if incident.backfilled:
        return tuple(moved)
    for clock in clocks.begin_updates(policy, incident.severity, now):
        old = incident.clock(clock.audience)
        by_hand = old is not None and old.by_hand is not None
        renewed = replace(clock, by_hand=old.by_hand, applies=old.applies) if old and by_hand else clock
        values = {item.name: getattr(renewed, item.name) for item in fields(renewed)}
        del values["audience"]
        due = now + policy.cadence(incident.severity, clock.audience)
        facts = clocks.outside(policy.audience(clock.audience), due)
        moved.append(Change("clock", values, f"audience:{clock.audience}", facts))
    if to is Status.DETECTED:
        moved.append(ladder.start(policy, fresh, now))
    return tuple(moved)


def set_severity(
    policy: Policy, incident: Incident, new: Severity, by: str, now: datetime, why: str = ""
) -> Changes | Refused:
    """Change the severity, and with it both clocks and the ladder; by a person it is confirmed."""
    old = incident.severity
    person = is_operator(by)
    if incident.status is Status.CLOSED:
        return Refused(f"{incident.key} is closed")
    if new is old and (incident.confirmed or not person):
        return Refused(f"{incident.key} is already {old}")
    after: dict[str, Any] = {"severity": new, "severity_by": by, "severity_why": why}
    if person and not incident.confirmed:
        after["confirmed"] = True
    moved: Changes = ()
    if incident.live and not incident.backfilled:
        if incident.response is not None and incident.acknowledged_at is None:
            after["response"] = clocks.change_response(policy, incident.response, old, new, now)
        changed = replace(incident, severity=new, confirmed=incident.confirmed or person)
        after |= ladder.re_aim(policy, changed, old, now)
        moved = clocks.change_updates(policy, incident, new, now) if new is not old else ()
        moved += ladder.wake(policy, changed, now)
    return (Change("severity", after, facts={"why": why} if why else {}), *moved)


def recurs(policy: Policy, incident: Incident, now: datetime) -> bool:
    """True while a returning cause reopens this incident instead of opening a new one."""
    resolved: timedelta | None = now - incident.resolved_at if incident.resolved_at else None
    return incident.status is Status.RESOLVED and resolved is not None and resolved <= policy.reopen_within
