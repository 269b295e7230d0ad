"""Canaries: is it us? Probed by each console for itself, since its own network is the question."""

import asyncio

from console.clock import Clock
from console.workers.probe import Prober
from data.domain.check import Check, Result, Warn
from data.domain.is_it_us import Network, network

EVERY = 10.0  # seconds


class Canaries:
    """Keeps the latest result of each configured canary."""

    def __init__(self, prober: Prober, clock: Clock) -> None:
        self._prober = prober
        self._clock = clock
        self._urls: tuple[str, ...] = ()
        self._results: dict[str, Result] = {}
        self._changed = asyncio.Event()

    def watch(self, urls: tuple[str, ...]) -> None:
        """Watch these from now on."""
        if urls != self._urls:
            self._urls = urls
            self._results = {url: result for url, result in self._results.items() if url in urls}
            self._changed.set()

    def verdict(self) -> Network:
        """Say what the canaries say about our own network."""
        return network(self._urls, self._results, self._clock())

    async def run(self) -> None:
        """Probe every canary each ten seconds, until cancelled."""
        while True:
            self._changed.clear()
            urls = self._urls
            probes = (self._prober.probe(_check(url), now=self._clock) for url in urls)
            found = await asyncio.gather(*probes)
            self._results.update(zip(urls, found, strict=True))
            try:
                async with asyncio.timeout(EVERY if urls else None):
                    await self._changed.wait()
            except TimeoutError:
                continue


def _check(url: str) -> Check:
    return Check(id="canary", service="", url=url, warn=Warn(certificate=None))
