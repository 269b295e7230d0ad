"""Duties of a worker: repeated on time, one failing never ending another, their trouble in a sentence."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from data.store.errors import StoreError

log = logging.getLogger("warroom.engine")
PATIENCE = 2.0  # seconds a duty may wait for the store before that is trouble


class Duties:
    """Runs duties until cancelled and knows which of them cannot be done at the moment."""

    def __init__(self) -> None:
        self._failing: dict[str, str] = {}
        self._since: dict[str, float] = {}

    @property
    def trouble(self) -> str:
        """Why something cannot be done now, in one sentence; empty when all is well."""
        for sentence in self._failing.values():
            return sentence
        slowest = min(self._since.values(), default=None)
        if slowest is not None and (waited := time.monotonic() - slowest) > PATIENCE:
            return f"the store has not answered for {waited:.0f} s"
        return ""

    def goes_on(self, name: str) -> None:
        """Note that a duty of many steps got an answer: it is long, not stuck."""
        self._since[name] = time.monotonic()

    def stuck(self, name: str, seconds: float) -> bool:
        """Tell whether a duty fails, or has waited for so long."""
        return name in self._failing or time.monotonic() - self._since.get(name, time.monotonic()) > seconds

    async def repeat(
        self,
        name: str,
        seconds: float,
        duty: Callable[[], Awaitable[None]],
        early: asyncio.Event | None = None,
        rest: float = 0.0,
    ) -> None:
        """Do a duty every so many seconds; when ``early`` is set at once, but ``rest`` seconds apart."""
        due = time.monotonic()
        while True:
            if early is not None:
                early.clear()
            await self._once(name, duty)
            done = time.monotonic()
            due = max(due + seconds, done)
            if early is None:
                await asyncio.sleep(due - time.monotonic())
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(due - time.monotonic()):
                    await early.wait()
                await asyncio.sleep(max(0.0, done + rest - time.monotonic()))
                due = time.monotonic()

    async def _once(self, name: str, duty: Callable[[], Awaitable[None]]) -> None:
        self._since[name] = time.monotonic()
        try:
            await duty()
        except StoreError as error:
            self._failed(name, str(error))
        except Exception as error:
            # nothing that fails once may end all the others
            if self._failed(name, f"the health engine failed at one duty ({name}); it goes on"):
                log.exception("duty %s failed: %s", name, type(error).__name__)
        else:
            self._failing.pop(name, None)
        finally:
            self._since.pop(name, None)

    def _failed(self, name: str, sentence: str) -> bool:
        """Note a failure; True when it is news."""
        news = self._failing.get(name) != sentence
        self._failing[name] = sentence
        return news
