"""The one clock: everybody counts by the store's time."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """UTC now, by the store's time (``offset``), or a scaled one for the practice room.

    A scaled clock starts at the present and runs ``scale`` times as fast.
    """

    def __init__(self, *, scale: float = 1.0) -> None:
        if scale <= 0:
            raise ValueError(f"a clock {scale} times as fast would not run")
        self._scale = scale
        self._began = datetime.now(UTC)
        self._mark = time.monotonic()
        self.offset = timedelta()

    def __call__(self) -> datetime:
        """Return the present instant, aware UTC."""
        if self._scale == 1.0:
            return datetime.now(UTC) + self.offset
        return self._began + self._scale * timedelta(seconds=time.monotonic() - self._mark) + self.offset

    def seconds_until(self, instant: datetime) -> float:
        """Return how many seconds of waiting an instant is away, never negative."""
        return max(0.0, self.wait(instant - self()))

    def wait(self, span: timedelta) -> float:
        """Return how many seconds of waiting a span of this clock takes."""
        return span.total_seconds() / self._scale

    def span(self, seconds: float) -> timedelta:
        """Return how far this clock comes in so many seconds of waiting."""
        return timedelta(seconds=seconds * self._scale)

    @property
    def skew(self) -> timedelta:
        """How far this machine's clock is from the store's."""
        return self.offset
