"""Ways out of the room: a channel takes a message and says what became of it (design 3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from data.domain.outbox import LIMIT, Outcome

__all__ = ["Channel", "Message", "Outcome", "unknown"]


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: plain text that reads well anywhere. ``key`` is the same for every repeat."""

    key: str
    subject: str
    body: str
    at: datetime
    options: Mapping[str, Any] = field(default_factory=dict)


class Channel(Protocol):
    """A way to one receiver, its secrets resolved."""

    async def send(self, message: Message) -> Outcome:
        """Try once. What is returned and raised holds no secret."""


def unknown(seconds: float = LIMIT.total_seconds()) -> Outcome:
    """Return what a try came to that was not answered in time."""
    return Outcome(False, f"no answer within {seconds:.0f} s: unknown, it may have arrived")
