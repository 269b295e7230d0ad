"""Ways out of the room: a channel takes a message and says what became of it (design 3.5)."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from data.domain.outbox import LIMIT, Outcome

__all__ = ["Channel", "Message", "Outcome", "in_thread", "unknown"]

T = TypeVar("T")


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


async def in_thread(work: Callable[[], T]) -> T:
    """Run what blocks in a thread of its own: one that is stuck keeps nobody else waiting, nor the exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(how: Callable[[Any], None], what: Any) -> None:
        if not future.done():  # else whoever waited has given up
            how(what)

    def run() -> None:
        how: Callable[[Any], None] = future.set_result
        try:
            what: Any = work()
        except BaseException as error:  # noqa: BLE001 - whoever asked gets the error
            how, what = future.set_exception, error
        with suppress(RuntimeError):  # the loop has gone
            loop.call_soon_threadsafe(settle, how, what)

    threading.Thread(target=run, name="channel", daemon=True).start()
    return await future
