"""How old what a view has read is, so that it is read again only once it is too old."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import TypeVar

from widgets.line_view import EPOCH

T = TypeVar("T")


class Freshness:
    """When something was read last, by the room's clock.

    A look that is cancelled or finds nothing (None) counts as none: what nobody has seen is read at the
    next occasion.
    """

    def __init__(self) -> None:
        self._read_at = EPOCH

    def older(self, than: timedelta, now: datetime) -> bool:
        """True where it was read longer ago than this, never, or by a clock that has been set back."""
        return not timedelta() <= now - self._read_at < than

    async def read(self, look: Awaitable[T | None], now: datetime) -> T | None:
        """Wait for a look that begins at an instant, and return what it found."""
        self._read_at = now
        found = None
        try:
            found = await look
        finally:
            if found is None and self._read_at == now:
                self.forget()
        return found

    def forget(self) -> None:
        """Let what was read count as never read."""
        self._read_at = EPOCH
