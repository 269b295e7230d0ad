"""Canaries: is it us? Probed by each console for itself, since its own network is the question."""

import asyncio
import contextlib
from datetime import timedelta

from console.clock import Clock
from console.workers.probe import Prober
from data.domain.check import Check, Result, Warn
from data.domain.is_it_us import Network, network

EVERY = timedelta(seconds=10)
WHILE_OFFLINE = timedelta(seconds=2)  # nobody waits long to see that the network is back
RECENT = timedelta(seconds=1)  # a look this old still answers for a probe that failed
TIMEOUT = timedelta(seconds=3)


class Canaries:
    """Keeps the latest result of each configured canary."""

    def __init__(self, prober: Prober, clock: Clock, *, every: timedelta = EVERY) -> None:
        self._prober = prober
        self._clock = clock
        self._every = every
        self._urls: tuple[str, ...] = ()
        self._results: dict[str, Result] = {}
        self._changed = asyncio.Event()
        self._round: asyncio.Task[None] | None = None

    def watch(self, urls: tuple[str, ...]) -> None:
        """Watch these from now on."""
        if urls != self._urls:
            self._urls = urls
            self._results = {url: result for url, result in self._results.items() if url in urls}
            self._changed.set()

    def verdict(self) -> Network:
        """Say what the canaries say about our own network."""
        return network(self._urls, self._results, self._clock())

    async def judge(self) -> Network:
        """Say the same by a look that is fresh: for a probe that could not reach its target.

        Takes up to ``TIMEOUT`` where a canary does not answer.
        """
        oldest = min((self._results[url].at for url in self._urls if url in self._results), default=None)
        if self._urls and (oldest is None or abs(self._clock() - oldest) > RECENT):
            await asyncio.shield(self._looking())
        return self.verdict()

    def _looking(self) -> asyncio.Task[None]:
        """The look that is under way, shared by all who ask, or a new one."""
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._look())
        return self._round

    async def _look(self) -> None:
        urls = self._urls
        probes = (self._prober.probe(_check(url), now=self._clock) for url in urls)
        found = await asyncio.gather(*probes)
        self._results.update(
            (url, result) for url, result in zip(urls, found, strict=True) if url in self._urls
        )

    async def run(self) -> None:
        """Probe every canary each ten seconds, sooner while they all fail, until cancelled."""
        try:
            while True:
                self._changed.clear()
                await asyncio.shield(self._looking())
                pause = self._every
                if self.verdict() is Network.OFFLINE:
                    pause = min(pause, WHILE_OFFLINE)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._clock.wait(pause) if self._urls else None):
                        await self._changed.wait()
        finally:
            await self.close()

    async def close(self) -> None:
        """Give up the look that is under way."""
        if self._round is not None:
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)


def _check(url: str) -> Check:
    return Check(id="canary", service="", url=url, timeout=TIMEOUT, warn=Warn(certificate=None))
