"""The probes of one worker: each claimed check probed when it is due, until its result is on record."""

import asyncio
import logging
import random
import resource
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from console.clock import Clock
from console.workers.canaries import Canaries
from console.workers.figures import Durations
from console.workers.probe import Prober
from data.domain.check import Check, Outcome, Reason, Result
from data.domain.health import Health, next_due, observe
from data.domain.is_it_us import settle
from data.store.commands.checks import Finished
from data.store.commands.leases import Claim

log = logging.getLogger("warroom.engine")
Checks = Mapping[str, Check]
Healths = Mapping[str, Health]
MOST = 400  # results in one write
KEPT = 20_000  # results kept while the store cannot be written
GRACE = 1.0  # seconds a result may wait to be written before its check is looked at all the same
_OVERDUE = timedelta(seconds=1)
_SPREAD = 2.0  # seconds over which looks that are overdue together begin


@dataclass(slots=True, eq=False)
class _Held:
    claim: Claim
    check: Check
    due: datetime  # of the next look
    written: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Measuring:
    """Holds claims and their results. What cannot be written goes on being measured and is kept."""

    def __init__(self, prober: Prober, canaries: Canaries, clock: Clock) -> None:
        self._prober = prober
        self._canaries = canaries
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._finished: dict[str, list[Finished]] = {}
        self._writing: dict[str, list[Finished]] = {}
        self._last: dict[str, tuple[Claim, datetime]] = {}  # claims that are over, and what was due next
        self._most = MOST
        self._slots = asyncio.Semaphore(_at_once())
        self._random = random.Random()  # noqa: S311 - spreads load, guards nothing
        self.probing = 0
        self.took = Durations()
        self.late: deque[float] = deque(maxlen=10_000)  # seconds each probe began after its due

    @property
    def held(self) -> Iterable[str]:
        """The checks this worker is at."""
        return self._held.keys()

    def start(self, claims: Iterable[Claim], checks: Checks, healths: Healths) -> None:
        """Probe what was claimed when it is due."""
        for claim in claims:
            held = self._held.get(claim.check)
            if held is None:
                self._begin(claim, checks[claim.check], claim.due, healths)
            else:
                self._renewed(held, claim)

    def resume(self, names: Iterable[str], checks: Checks, healths: Healths) -> None:
        """Go on without a claim where the store cannot give one: by the last one this worker had.

        What that brings counts unless somebody else has claimed the check since; one that somebody else was
        seen to look at since is theirs, for all would look at everything where the store is only slow.
        """
        for name in names:
            if name in self._last and name not in self._held and name in checks:
                claim, due = self._last[name]
                newest = healths[name].last if name in healths else None
                if newest is not None and newest.at >= due:
                    del self._last[name]
                else:
                    self._begin(claim, checks[name], due, healths)

    def _begin(self, claim: Claim, check: Check, due: datetime, healths: Healths) -> None:
        held = self._held[check.id] = _Held(claim, check, self._first(check, due))
        held.task = asyncio.create_task(self._hold(held, healths.get(check.id) or Health(check.id)))

    def _renewed(self, held: _Held, claim: Claim) -> None:
        """A claim that arrived late for a check that was resumed: its results are of this claim now."""
        before, held.claim = held.claim, claim
        if claim.fence == before.fence + 1:  # nobody had it in between
            kept = self._finished.get(claim.check, [])
            kept[:] = [replace(item, claim=claim) for item in kept]

    def batch(self) -> list[Finished]:
        """Return the results to write next, those of a check together: its lease ends with the write."""
        count = 0
        for name in list(self._finished):
            if count >= self._most:
                break
            found = self._finished.pop(name)
            self._writing[name] = found
            count += len(found)
        return [item for found in self._writing.values() for item in found]

    def wrote(self) -> None:
        """Take note that the batch is on record: its claims are over."""
        for found in self._writing.values():
            claim = found[-1].claim
            held = self._held.get(claim.check)
            if held is not None and held.claim == claim:
                held.written.set()
                self._last[claim.check] = (claim, held.due)
        self._writing.clear()
        self._most = MOST

    def failed(self, *, poisoned: bool) -> None:
        """Keep the batch for another try; ``poisoned``: something in it cannot be written at all."""
        if poisoned and len(self._writing) == 1:
            log.error("results that cannot be written are dropped: %s", ", ".join(self._writing))
            self.wrote()
            return
        if poisoned:
            self._most = max(1, len(self._writing) // 2)
        later, self._finished = self._finished, self._writing
        self._writing = {}
        for name, found in later.items():
            self._finished.setdefault(name, []).extend(found)

    async def stop(self) -> list[Finished]:
        """End every probe; return the results of which it is not certain that they were written."""
        tasks = [held.task for held in self._held.values() if held.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.failed(poisoned=False)
        left, self._finished = self._finished, {}
        return [item for found in left.values() for item in found]

    async def _hold(self, held: _Held, health: Health) -> None:
        check, grace = held.check, GRACE
        try:
            while not held.written.is_set():
                await asyncio.sleep(self._clock.seconds_until(held.due))
                result = await self._measure(check, held.due)
                jitter = self._random.uniform(-1, 1)
                self._keep(Finished(held.claim, result, jitter))
                health, _ = observe(check, health, result)
                held.due = next_due(check, health, held.due, self._clock(), jitter)
                # a store that cannot be written must not blind anybody: the next look comes all the same
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(grace, self._clock.seconds_until(held.due))):
                        await held.written.wait()
                grace = 0.0
        finally:
            del self._held[check.id]

    def _first(self, check: Check, due: datetime) -> datetime:
        """When to begin; after a sleep everything is overdue at once and begins spread out."""
        now = self._clock()
        if due >= now - _OVERDUE:
            return due
        return now + min(check.every, self._clock.span(_SPREAD)) * self._random.random()

    async def _measure(self, check: Check, due: datetime) -> Result:
        async with self._slots:
            self.late.append((self._clock() - due).total_seconds())
            self.probing += 1
            try:
                result = await self._prober.probe(check, now=self._clock)
            except Exception as error:
                # the probe promises never to raise; a broken promise is "unknown", never silence
                log.exception("probe of %s failed: %s", check.id, type(error).__name__)
                return Result(
                    self._clock(), Outcome.INCONCLUSIVE, Reason.CANCELLED, "the probe itself failed"
                )
            finally:
                self.probing -= 1
        self.took.add(result.timings.total or 0.0)
        unreached = result.outcome is Outcome.FAIL and result.reason.no_connection
        return settle(result, await self._canaries.judge() if unreached else self._canaries.verdict())

    def _keep(self, item: Finished) -> None:
        self._finished.setdefault(item.claim.check, []).append(item)
        if len(self._finished) + len(self._held) > KEPT or self._count() > KEPT:
            del max(self._finished.values(), key=len)[0]

    def _count(self) -> int:
        return sum(map(len, self._finished.values()))


def _at_once() -> int:
    """How many probes at once the files this process may open allow."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1000 if soft == resource.RLIM_INFINITY else max(50, min(1000, soft // 2))
