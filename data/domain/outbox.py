"""The outbox: what becomes of a message, when it is tried again, and when it is given up (design 3.5, 7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from data.domain.delivery import Delivery, DeliveryKind, DeliveryState
from data.domain.incident import Incident
from data.domain.lifecycle import seconds_ago
from data.domain.policy import Contact

CONTACT, CHANNEL = "contact:", "channel:"
ASKED = "asked"  # an option of a page somebody asked for while the incident was held
REMOTE = "remote"  # an option: what a status page calls the incident
LIMIT = timedelta(seconds=15)  # one try takes no longer
LEASE = timedelta(seconds=30)  # after that another worker takes a message its sender fell silent on
NOBODY_CAN = timedelta(minutes=2)  # no host has the secret for so long: that was a failed try
_SOON = (timedelta(seconds=5), timedelta(seconds=15))
_HOUR = (*_SOON, *(timedelta(seconds=seconds) for seconds in (45, 135, 405, 900, 900, 900)))
_WAITS = {DeliveryKind.PAGE: _SOON, DeliveryKind.NOTICE: _SOON, DeliveryKind.UPDATE: _HOUR}
_PATIENCE = {  # the longest a receiver may ask us to wait
    DeliveryKind.PAGE: timedelta(seconds=30),
    DeliveryKind.NOTICE: timedelta(seconds=30),
    DeliveryKind.UPDATE: timedelta(minutes=15),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one try came to. ``result`` is for people and holds no secret.

    ``retry_after`` is what the receiver asked for; ``permanent`` means that another try cannot do better;
    ``keep`` is what the next try has to know, added to the message's options.
    """

    ok: bool
    result: str
    retry_after: timedelta | None = None
    permanent: bool = False
    keep: Mapping[str, Any] = field(default_factory=dict)


def contact_of(target: str) -> str:
    """Return the contact's id in ``contact:ID``, or an empty string."""
    return target.removeprefix(CONTACT) if target.startswith(CONTACT) else ""


def channel_of(target: str) -> str:
    """Return the channel's id in ``channel:ID``, or an empty string."""
    return target.removeprefix(CHANNEL) if target.startswith(CHANNEL) else ""


def message_id(seq: int, target: str, last: int | str) -> str:
    """Return the idempotency key of a message: the event that asked for it, its target, way or audience."""
    return f"{seq}:{target}:{last}"


def updates(
    incident: Incident,
    seq: int,
    audience: str,
    channels: Iterable[str],
    subject: str,
    body: str,
    options: Mapping[str, Any],
    now: datetime,
) -> tuple[Delivery, ...]:
    """Return one message per channel of an audience, due now; ``seq`` is the update's event.

    ``options`` go along as they are; what a status page needs to know of the incident is added.
    """
    known = {
        "incident": f"{incident.key} {incident.opened_at.isoformat(timespec='seconds')}",
        "title": incident.title,
        "severity": incident.severity.value,
        "status": incident.status.value,
    }
    return tuple(
        Delivery(
            id=message_id(seq, CHANNEL + channel, audience),
            incident=incident.id,
            seq=seq,
            kind=DeliveryKind.UPDATE,
            target=CHANNEL + channel,
            audience=audience,
            subject=subject,
            body=body,
            options={**known, **options},
            created_at=now,
            next_at=now,
        )
        for channel in dict.fromkeys(channels)
    )


def needless(item: Delivery, incident: Incident | None) -> str:
    """Say why a message is no longer needed; empty while it is.

    A page is not while somebody has the incident, unless it was asked for by hand meanwhile, nor once it
    is over; a warning is not once somebody did something. What goes to stakeholders was decided by a person.
    """
    if item.kind is DeliveryKind.UPDATE or incident is None:
        return ""
    if not incident.live:
        return f"{incident.key} is {incident.status}"
    if item.kind is DeliveryKind.NOTICE:
        return "" if incident.held and incident.lapse_warned else "no longer about to lapse"
    if incident.held and not item.options.get(ASKED):
        return f"acknowledged by {incident.acknowledged_by}"
    return ""


def suppressed(item: Delivery, why: str, now: datetime) -> Delivery:
    """Return a message that is not sent, for a reason."""
    return replace(item, state=DeliveryState.SUPPRESSED, next_at=None, ended_at=now, result=why)


def after(item: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    """Return a message after a try: sent, waiting for the next one, or given up.

    Pages and notices get three tries, updates an hour of them; a receiver that asks for time gets it,
    within limits.
    """
    tried = replace(
        item,
        attempts=item.attempts + 1,
        result=outcome.result,
        options={**item.options, **outcome.keep},
    )
    if outcome.ok:
        return replace(tried, state=DeliveryState.SENT, next_at=None, ended_at=now)
    if hopeless(item, outcome):
        return replace(tried, state=DeliveryState.FAILED, next_at=None, ended_at=now)
    wait = _WAITS[item.kind][item.attempts]
    if outcome.retry_after is not None:
        wait = max(wait, min(outcome.retry_after, _PATIENCE[item.kind]))
    return replace(tried, state=DeliveryState.WAITING, next_at=now + wait)


def as_of(item: Delivery, moment: datetime) -> Delivery:
    """Return a message as it stood at an instant: what it came to later was not yet known."""
    if item.ended_at is not None and item.ended_at <= moment:
        return item
    if item.ended_at is None and item.attempts == 0:
        return item
    return replace(item, state=DeliveryState.WAITING, attempts=0, ended_at=None, result="")


def hopeless(item: Delivery, outcome: Outcome) -> bool:
    """Tell whether a try was the last one, and failed."""
    return not outcome.ok and (outcome.permanent or item.attempts >= len(_WAITS[item.kind]))


def next_way(item: Delivery, contact: Contact | None, now: datetime) -> Delivery | None:
    """Return the same message for the contact's next way; None for a channel, and after the last way."""
    if contact is None or item.way + 1 >= len(contact.notify):
        return None
    return replace(
        item,
        id=message_id(item.seq, item.target, item.way + 1),
        way=item.way + 1,
        state=DeliveryState.WAITING,
        attempts=0,
        created_at=now,
        next_at=now,
        ended_at=None,
        result="",
        fence=0,
    )


def again(item: Delivery, now: datetime) -> Delivery:
    """Return a failed message that a person put back: all its tries anew, whoever has the incident."""
    return replace(
        item,
        state=DeliveryState.WAITING,
        attempts=0,
        next_at=now,
        ended_at=None,
        options={**item.options, ASKED: True},
    )


def key_of(item: Delivery) -> str:
    """Return what a receiver knows repeats by: unlike the id it is never another room's as well."""
    return f"{item.id}:{item.created_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"


def overtaken(item: Delivery, others: Iterable[Delivery]) -> bool:
    """Tell whether a newer update has arrived at the same target."""
    return any(other.seq > item.seq and other.state is DeliveryState.SENT for other in others)


def knowing(item: Delivery, others: Iterable[Delivery]) -> Delivery:
    """Return an update with what the last ones to the same target left to know (see ``Outcome.keep``)."""
    kept: dict[str, Any] = {}
    for other in others:
        if other.state is DeliveryState.SENT and REMOTE in other.options:
            kept = {REMOTE: other.options[REMOTE]}
    return replace(item, options={**kept, **item.options})


def reached_nobody(items: Sequence[Delivery]) -> bool:
    """Tell whether every way of everybody in these pages has failed; ``items`` are those of one event."""
    return bool(items) and all(item.state is DeliveryState.FAILED for item in items)


def still_to_send(counts: Mapping[DeliveryKind, int]) -> str:
    """Say what is in the outbox: "2 pages and 1 update are still to be sent"; empty for nothing."""
    words = [f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items() if count]
    if not words:
        return ""
    verb = "is" if sum(counts.values()) == 1 else "are"
    return f"{' and '.join(words)} {verb} still to be sent: whoever works for this room next does"


def tells(item: Delivery, now: datetime) -> str:
    """Say how a message stands, in a few words: "sent 3 s ago", "try 2 fails: connection refused"."""
    match item.state:
        case DeliveryState.SENT:
            return f"sent {seconds_ago(item.ended_at or now, now)}"
        case DeliveryState.SENDING:
            return "being sent"
        case DeliveryState.WAITING if item.attempts:
            return f"try {item.attempts} failed: {item.result}"
        case DeliveryState.WAITING:
            return "waits to be sent"
        case DeliveryState.FAILED:
            return f"NOT DELIVERED: {item.result}"
        case DeliveryState.SUPPRESSED:
            return f"not needed: {item.result}"
