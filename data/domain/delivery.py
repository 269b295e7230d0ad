"""A message on its way to one target: what the outbox holds (design 3.5, 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class DeliveryKind(StrEnum):
    """What a message is for."""

    PAGE = "page"  # the ladder wakes a contact
    NOTICE = "notice"  # something a contact should know, which wakes nobody else
    UPDATE = "update"  # a stakeholder update a person confirmed


class DeliveryState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # given up, visibly
    SUPPRESSED = "suppressed"  # no longer needed: acknowledged meanwhile, say

    @property
    def over(self) -> bool:
        """True once nothing more happens to it by itself."""
        return self not in (DeliveryState.WAITING, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to one target, ``contact:ID`` or ``channel:ID``; ``id`` is its idempotency key.

    ``way`` is which of a contact's ways is tried, from 0. Addresses are no part of it: they are
    secrets, resolved where they are used.
    """

    id: str
    incident: int | None
    seq: int  # the event that asked for it
    kind: DeliveryKind
    target: str
    subject: str
    body: str
    created_at: datetime
    next_at: datetime | None
    way: int = 0
    level: str = ""
    audience: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    ended_at: datetime | None = None
    result: str = ""
    fence: int = 0
