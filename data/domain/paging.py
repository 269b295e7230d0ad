"""The words of a page, and who has to be called by hand because nothing else reaches them (design 3.4)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from data.domain import outbox
from data.domain.change import Event
from data.domain.clocks import lapses_at
from data.domain.delivery import Delivery, DeliveryKind
from data.domain.incident import Incident, LadderState
from data.domain.ladder import by_hand, reachable
from data.domain.policy import Contact, Level, Policy

TOLD_BEFORE = 5  # names a page repeats at most


def pages(
    policy: Policy, incident: Incident, event: Event, before: Sequence[Event], now: datetime
) -> tuple[Delivery, ...]:
    """Return a page for everybody of the level an escalation tells whom a machine can reach.

    ``before`` are the earlier escalations of this incident, oldest first. A backfilled incident pages
    nobody. A page asked for by hand while somebody has the incident is sent all the same.
    """
    level = policy.level(str(event.data.get("level", "")))
    if level is None or incident.backfilled or not incident.live:
        return ()
    asked = bool(event.data.get("by_hand")) and incident.held
    return tuple(
        Delivery(
            id=(key := outbox.message_id(event.seq, outbox.CONTACT + contact.id, 0)),
            incident=incident.id,
            seq=event.seq,
            kind=DeliveryKind.PAGE,
            target=outbox.CONTACT + contact.id,
            level=level.id,
            subject=subject(incident),
            body=page(incident, level, event, before, key),
            options={outbox.ASKED: True} if asked else {},
            created_at=now,
            next_at=now,
        )
        for contact in reachable(policy, level)
        if contact.notify
    )


def notices(policy: Policy, incident: Incident, event: Event, now: datetime) -> tuple[Delivery, ...]:
    """Return the word to the holder that an acknowledgement is about to lapse, if a machine reaches them."""
    holder = holder_of(policy, incident)
    if holder is None or not holder.notify:
        return ()
    key = outbox.message_id(event.seq, outbox.CONTACT + holder.id, 0)
    at = lapses_at(policy, incident)
    when = f" at {_clock(at)}" if at else " soon"
    body = [
        f"Your acknowledgement lapses{when}: an update is overdue, and nobody has done anything here since.",
        "Then escalation starts again one level above you.",
        "",
        f'Keep it by anything you do: warroom note {incident.key} "still on it"',
        f"Send the update: warroom update {incident.key} TEXT",
        "",
        f"Reference {key}",
    ]
    return (
        Delivery(
            id=key,
            incident=incident.id,
            seq=event.seq,
            kind=DeliveryKind.NOTICE,
            target=outbox.CONTACT + holder.id,
            subject=subject(incident),
            body="\n".join(body),
            created_at=now,
            next_at=now,
        ),
    )


def subject(incident: Incident) -> str:
    """Return "[P1] INC-7 Checkout returns 503"."""
    return f"[{incident.severity}] {incident.key} {incident.title}"


def page(incident: Incident, level: Level, event: Event, before: Sequence[Event], key: str) -> str:
    """Return what a page says, plain words that read well wherever they arrive."""
    severity = incident.severity
    unconfirmed = "" if incident.confirmed else " (found by a machine, nobody has confirmed it)"
    lines = [f"{severity.word.capitalize()}: {_small(severity.meaning)}{unconfirmed}"]
    if incident.services:
        lines.append(f"Services: {', '.join(incident.services)}")
    lines.append(f"Detected: {_instant(incident.detected_at)}")
    if incident.response is not None and incident.acknowledged_at is None:
        lines.append(f"Response due: {_instant(incident.response.due)}")
    if incident.held:
        lines.append(f"{incident.acknowledged_by} has it; {event.by} asks for you as well.")
    elif incident.lapsed_at is not None:
        lines.append(f"{incident.acknowledged_by} had it and has fallen silent.")
    lines.append(f"You are told as {level.name}.")
    told = _told(before)
    lines.append(f"Told before: {', '.join(told)}" if told else "You are the first to be told.")
    lines += ["", f"Acknowledge: warroom ack {incident.key}"]
    bridge = next((link.target for link in reversed(incident.links) if link.kind == "bridge"), "")
    if bridge:
        lines.append(f"Bridge: {bridge}")
    return "\n".join([*lines, "", f"Reference {key}"])


def _told(before: Sequence[Event]) -> list[str]:
    """Return who was told when, each name once, the latest ones."""
    when: dict[str, str] = {}
    for event in before:
        for name in event.data.get("contacts") or ():
            when.pop(str(name), None)
            when[str(name)] = f"{name} {_clock(event.at)}"
    return list(when.values())[-TOLD_BEFORE:]


def call_now(policy: Policy, incident: Incident) -> tuple[Contact, ...]:
    """Return whom somebody has to call: told last, with a phone, and no machine reaches them.

    Nobody once the incident is acknowledged or over.
    """
    rung = incident.ladder
    if rung is None or incident.held or not incident.live or rung.state is LadderState.HELD:
        return ()
    level = policy.level(rung.level) if rung.level else None
    if level is None:
        return ()
    return by_hand(policy, level)


def holder_of(policy: Policy, incident: Incident) -> Contact | None:
    """Return the contact whose acknowledgement it is, where the operator's name is one."""
    by = incident.acknowledged_by
    return next((item for item in policy.contacts if by and by in (item.id, item.name)), None)


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M}Z"
