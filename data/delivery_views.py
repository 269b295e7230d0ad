"""Messages as screens, shells and scripts show them: to whom, how they stand, and why (design 9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.domain import outbox
from data.domain.change import Event
from data.domain.delivery import Delivery, DeliveryState
from data.domain.instants import format_instant
from data.domain.policy import Policy
from data.text_table import Column, Line, Part, table

WORDS = {
    DeliveryState.WAITING: "· waits",
    DeliveryState.SENDING: "> sending",
    DeliveryState.SENT: "+ sent",
    DeliveryState.FAILED: "! FAILED",
    DeliveryState.SUPPRESSED: "- not needed",
}
_TONES = {DeliveryState.SENT: "good", DeliveryState.FAILED: "late"}
_COLUMNS = (
    Column("AT"),
    Column("STATE"),
    Column("WHAT", rank=1),
    Column("TO"),
    Column("RESULT", flexible=True),
)


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A message and whom it is for, as people say it."""

    item: Delivery
    to: str

    @property
    def at(self) -> datetime:
        """When it arrived or was given up, else when it is tried next, else when it was asked for."""
        return self.item.ended_at or self.item.next_at or self.item.created_at


def views(items: Iterable[Delivery], policy: Policy) -> tuple[DeliveryView, ...]:
    """Return messages with the names of those they are for, the latest asked for first."""
    found = [DeliveryView(item, to(item, policy)) for item in items]
    return tuple(reversed(found))


def to(item: Delivery, policy: Policy) -> str:
    """Return whom a message is for: "Ada Lovelace, way 2", "executives by exec-mail"."""
    contact = policy.contact(outbox.contact_of(item.target))
    name = contact.name if contact else item.target.partition(":")[2]
    if item.audience:
        return f"{item.audience} by {name}"
    return f"{name}, way {item.way + 1}" if item.way else name


def says(item: Delivery) -> str:
    """Return what there is to say beside the state: the result, and how many tries it took."""
    tries = f"{item.attempts} tries" if item.attempts > 1 else ""
    if item.state is DeliveryState.WAITING and item.attempts == 1:
        tries = "1 try"
    return ", ".join(filter(None, (item.result, tries)))


def as_of(items: Iterable[Delivery], moment: datetime) -> tuple[Delivery, ...]:
    """Return messages as they stood at an instant, as far as the outbox can tell."""
    return tuple(outbox.as_of(item, moment) for item in items if item.created_at <= moment)


def as_json(items: Iterable[Delivery], events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return what was told to whom: each message, and each audience told by other means."""
    rows = [
        {
            "id": item.id,
            "kind": item.kind.value,
            "target": item.target,
            "audience": item.audience or None,
            "channel": outbox.channel_of(item.target) or None,
            "state": item.state.value,
            "attempts": item.attempts,
            "result": item.result,
            "at": format_instant(item.ended_at or item.created_at),
            "means": None,
        }
        for item in items
    ]
    return rows + [row for event in events if event.kind == "update" for row in _recorded(event)]


def _recorded(event: Event) -> list[dict[str, Any]]:
    over_channels = event.data.get("channels") or {}
    return [
        {
            "id": None,
            "kind": "update",
            "target": None,
            "audience": audience,
            "channel": None,
            "state": "recorded",
            "attempts": 0,
            "result": "",
            "at": format_instant(event.at),
            "means": event.data.get("means", ""),
        }
        for audience in event.data.get("audiences", ())
        if audience not in over_channels
    ]


def lines(items: Sequence[Delivery], policy: Policy, now: datetime, width: int | None) -> list[Line]:
    """Return messages as a table for a shell, oldest first."""
    rows = [
        (
            Part(_clock(item.ended_at or item.created_at, now)),
            Part(WORDS[item.state], _TONES.get(item.state, "")),
            Part(item.kind.value),
            Part(to(item, policy)),
            Part(says(item)),
        )
        for item in items
    ]
    return table(_COLUMNS, rows, width)


def _clock(at: datetime, now: datetime) -> str:
    written = format_instant(at)
    return written[11:] if at.date() == now.date() else written.replace("T", " ")
