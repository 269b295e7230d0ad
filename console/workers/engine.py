"""The engine: claims checks, probes them when they are due, and acts on what they add up to (design 7)."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from console.clock import Clock
from console.desk import Desk
from console.workers.canaries import Canaries
from console.workers.probe import Prober
from console.workers.scene import Knowledge
from data.domain.change import Refused
from data.domain.check import Check, Outcome, Reason, Result
from data.domain.health import Health, Shift
from data.domain.is_it_us import settle
from data.store.commands import checks as leases
from data.store.commands import duties, findings
from data.store.commands.checks import Claim, Finished
from data.store.errors import StoreError
from data.store.unit import Answer, Write

log = logging.getLogger("warroom.engine")
TURN = 0.25  # seconds between batches
AHEAD = timedelta(seconds=1)
REFRESH = 1.0
KEEPER = 1.0
PRUNE = 60.0
RETRY_MUTED = timedelta(seconds=10)
AT_ONCE = 400  # probes in flight


class Engine:
    """Runs the health checks and the keeper's duties; knows no screen.

    ``trouble`` says in one sentence why it cannot work at the moment, else it is empty.
    """

    def __init__(self, desk: Desk, clock: Clock, *, holder: str, prober: Prober | None = None) -> None:
        self._desk = desk
        self._clock = clock
        self._holder = holder
        self._prober = prober or Prober()
        self._knowledge = Knowledge()
        self._canaries = Canaries(self._prober, clock)
        self._finished: list[Finished] = []
        self._probing: dict[str, tuple[Claim, asyncio.Task[None]]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._asked: dict[str, datetime] = {}
        self._random = random.Random()  # noqa: S311 - spreads load, guards nothing
        self.trouble = ""
        self.late: list[float] = []  # seconds each probe of the last batches started after its due

    async def run(self) -> None:
        """Work until cancelled; then give back what was claimed and not yet probed."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._every(TURN, self._turn))
                tasks.create_task(self._every(REFRESH, self._refresh))
                tasks.create_task(self._every(KEEPER, self._keep))
                tasks.create_task(self._every(PRUNE, self._prune))
                tasks.create_task(self._canaries.run())
        finally:
            await self._stop()

    async def _every(self, seconds: float, duty: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            try:
                await duty()
                self.trouble = ""
            except StoreError as error:
                self.trouble = str(error)
                log.warning("%s", error)
            except Exception:  # a duty that fails once must not end all the others
                self.trouble = "the health engine failed once; it goes on"
                log.exception("engine duty failed")
            due = max(due + seconds, loop.time())
            await asyncio.sleep(due - loop.time())

    async def _refresh(self) -> None:
        now = self._clock()
        changed = await self._desk.read(lambda connection: self._knowledge.refresh(connection, now))
        self._canaries.watch(self._knowledge.canaries)
        self._knowledge.own = self._canaries.verdict()
        if changed:
            checks = tuple(self._knowledge.checks.values())
            await self._desk.work(lambda connection, at: leases.sync_leases(connection, checks, at))
        await self._assess()

    async def _turn(self) -> None:
        """Write the results of this turn, claim what is due next, and start it."""
        if self._knowledge.seq < 0:
            return
        batch, self._finished = self._finished, []
        checks = self._knowledge.checks

        def work(
            connection: Connection, now: datetime
        ) -> tuple[tuple[Health, ...], tuple[Shift, ...], tuple[Claim, ...]]:
            healths, shifts = leases.finish(connection, now, checks, batch) if batch else ((), ())
            mine = checks.keys() - self._probing.keys()
            return healths, shifts, leases.claim(connection, now, self._holder, mine, ahead=AHEAD)

        try:
            healths, shifts, claims = await self._desk.work(work)
        except StoreError:
            self._finished = [*batch, *self._finished][-1000:]
            raise
        self._knowledge.take(healths)
        for claim in claims:
            task = asyncio.create_task(self._probe(claim, checks[claim.check]))
            self._probing[claim.check] = (claim, task)
        if shifts:
            await self._desk.command(partial(_tell, shifts=shifts, healths=healths), by="keeper")
            await self._assess()

    async def _probe(self, claim: Claim, check: Check) -> None:
        try:
            await asyncio.sleep(self._clock.seconds_until(claim.due))
            async with self._room:
                self._started(claim)
                result = await self._prober.probe(check, now=self._clock)
            settled = settle(result, self._knowledge.own)
            self._finished.append(Finished(claim, settled, self._random.uniform(-1, 1)))
        except asyncio.CancelledError:
            raise
        except Exception:
            # the probe promises never to raise; a broken promise is "unknown", never silence
            log.exception("probe of %s failed", check.id)
            broken = Result(self._clock(), Outcome.INCONCLUSIVE, Reason.CANCELLED, "the probe itself failed")
            self._finished.append(Finished(claim, broken))
        finally:
            self._probing.pop(claim.check, None)

    def _started(self, claim: Claim) -> None:
        self.late.append((self._clock() - claim.due).total_seconds())
        del self.late[:-10_000]

    async def _assess(self) -> None:
        """Bring what is open in line with what is down: level-triggered, so nothing is lost by a restart."""
        now = self._clock()
        wanted = self._knowledge.wanted(now)
        attached = await self._desk.read(findings.attached)
        open_causes = [key for key, clear in attached.items() if not clear]
        for key, words in self._knowledge.over(open_causes).items():
            await self._desk.command(partial(findings.cleared, key=key, why=words), by=key)
        for key, finding in wanted.items():
            if not attached.get(key, True):
                continue  # attached and known to be failing
            if key not in attached and now < self._asked.get(key, now):
                continue  # muted, or just handed in
            self._asked[key] = now + RETRY_MUTED
            await self._desk.command(partial(findings.found, finding=finding), by=key)

    async def _keep(self) -> None:
        now = self._clock()
        if await self._desk.read(lambda connection: duties.due(connection, now)):
            await self._desk.command(duties.keep, by="keeper")

    async def _prune(self) -> None:
        for check in tuple(self._knowledge.checks):
            await self._desk.work(partial(leases.prune, check_id=check))

    async def _stop(self) -> None:
        running = [task for _, task in self._probing.values()]
        claims = [claim for claim, _ in self._probing.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        with contextlib.suppress(StoreError):
            await self._desk.work(lambda connection, now: leases.release(connection, now, claims))


def _tell(write: Write, shifts: Iterable[Shift], healths: Iterable[Health]) -> Answer | Refused:
    """Write what changed about checks onto the room's record."""
    details = {health.check: health.known.detail for health in healths if health.known}
    for shift in shifts:
        facts = {
            "check": shift.check,
            "state": shift.kind.value,
            "before": shift.before.value,
            "why": details.get(shift.check, ""),
        }
        by = f"check:{shift.check}"
        write.tell("health", by, facts, by)
    return Answer()
