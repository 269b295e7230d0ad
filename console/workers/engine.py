"""The engine: claims checks, probes them when they are due, and acts on what they add up to (design 7)."""

import asyncio
import itertools
import logging
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from console.clock import Clock
from console.desk import Desk
from console.workers import canaries as watch
from console.workers.canaries import Canaries
from console.workers.duties import Duties
from console.workers.figures import Figures, counted
from console.workers.judge import Judge, Step
from console.workers.measuring import Measuring
from console.workers.own_secrets import Own, sort_out
from console.workers.probe import Prober
from console.workers.scene import Knowledge, look
from console.workers.timekeeping import keep_time
from data.domain.check import Check, Outcome
from data.domain.health import CheckState
from data.domain.is_it_us import Network
from data.store import backup
from data.store.commands import checks as results
from data.store.commands import climbing, leases, rollups
from data.store.commands import duties as keeper
from data.store.commands.reconcile import reconcile
from data.store.commands.turns import Turn, Worker, take_turn
from data.store.errors import StoreError
from data.store.store import is_url, path_of

log = logging.getLogger("warroom.engine")
TURN, BRIDGE, PRUNE, SECRETS = 0.25, 1.0, 5.0, 10.0  # seconds
CLOCK, HEARTBEAT, BACKUP, STUCK = 60.0, 60.0, 60.0, 3.0
SETTLED = 60.0  # seconds of work before the first copy is made
AHEAD = 1.0  # seconds before its due that a check may be claimed
MARGIN = 5.0  # seconds a claim lasts beyond what its probe may take
PRUNINGS = 12  # turns of pruning until every check has had one
TOGETHER = 10  # things brought in line in one write
SULK = timedelta(minutes=1)
OFFLINE = "our own network is down: every canary fails; results do not count and nothing opens"


@dataclass(frozen=True, slots=True)
class Status:
    """What a screen says about the engine; the sentences are empty when all is well."""

    newest: datetime | None  # the newest result, of whichever worker
    probing: int  # probes in flight
    trouble: str  # why it cannot work at the moment
    network: Network
    banner: str
    elsewhere: str  # what this host leaves to others, and why


class Engine:
    """Runs the health checks and the keeper's duties; knows no screen."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        *,
        holder: str,
        prober: Prober | None = None,
        turn: float = TURN,
        margin: float = MARGIN,
        canaries_every: timedelta = watch.EVERY,
    ) -> None:
        """``holder`` names its process, and nobody else. In seconds: the ``turn`` in which results are
        written (it looks around every four turns), and the ``margin`` after which the claim of a silent
        worker lapses.
        """
        self._desk = desk
        self._clock = clock
        self._worker = Worker(f"{holder} checks", desk.store.host)
        self._prober = prober or Prober()
        self._every, self._margin = turn, margin
        self._canaries = Canaries(self._prober, clock, every=canaries_every)
        self._knowledge = Knowledge()
        self._judge = Judge()
        self._measuring = Measuring(self._prober, self._canaries, clock)
        self._duties = Duties()
        self._own = Own()
        self._able: set[str] = set()  # checks this host can probe
        self._leases: dict[str, timedelta] = {}
        self._acted = False  # something was opened or ended since the last look
        self._soon = asyncio.Event()  # look at once
        self._resort = asyncio.Event()
        self._pulse = asyncio.Event()
        self._reclaim = asyncio.Event()
        self._sulking: dict[str, datetime] = {}
        self._pruned = itertools.count()
        self._began = self._turned = time.monotonic()

    @property
    def trouble(self) -> str:
        """Why it cannot work at the moment, in one sentence, else empty."""
        return self._duties.trouble

    @property
    def late(self) -> deque[float]:
        """Seconds each of the last probes began after its due."""
        return self._measuring.late

    def status(self) -> Status:
        """Say how the engine is doing."""
        own = self._canaries.verdict()
        return Status(
            newest=self._knowledge.newest,
            probing=self._measuring.probing,
            trouble=self.trouble,
            network=own,
            banner=OFFLINE if own is Network.OFFLINE else "",
            elsewhere=self._own.sentence,
        )

    @property
    def begun(self) -> bool:
        """True once it has looked at the store."""
        return self._knowledge.seq >= 0

    def figures(self) -> Figures:
        """Return what its work can be measured by."""
        known, measuring = self._knowledge, self._measuring
        states = [
            known.healths[name].state if name in known.healths else CheckState.UNKNOWN
            for name in known.checks
        ]
        return Figures(
            counted(states, tuple(CheckState)),
            measuring.took,
            tuple(measuring.late),
            sum(1 for _ in measuring.held),
            measuring.probing,
            time.monotonic() - self._turned,
        )

    async def run(self) -> None:
        """Work until cancelled; then write what is measured and give back what is claimed."""
        repeat = self._duties.repeat
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(repeat("looking", 4 * self._every, self._look, self._soon))
                tasks.create_task(repeat("probing", self._every, self._turn, self._reclaim))
                tasks.create_task(repeat("bridging", BRIDGE, self._bridge))
                tasks.create_task(repeat("keeping", 4 * self._every, self._keep))
                tasks.create_task(repeat("pruning", PRUNE, self._prune))
                tasks.create_task(repeat("secrets", SECRETS, self._sort_out, self._resort))
                tasks.create_task(repeat("clock", CLOCK, partial(keep_time, self._desk, self._clock)))
                tasks.create_task(repeat("heartbeat", HEARTBEAT, self._beat, self._pulse))
                tasks.create_task(repeat("backup", BACKUP, self._back_up))
                tasks.create_task(self._canaries.run())
        finally:
            await self._stop()

    async def _look(self) -> None:
        """See what changed, and bring what is open in line with what is down."""
        known, now = self._knowledge, self._clock()
        set_back = known.looked is not None and now < known.looked - self._clock.span(2.0)
        asked = known.ask(now, spoken=self._acted)
        news = await self._desk.read(partial(look, asked=asked))
        self._acted = False
        changed = known.learn(news)
        self._canaries.watch(known.canaries)
        known.own = self._canaries.verdict()
        if changed or set_back:
            self._leases = {check.id: self._lease(check) for check in known.checks.values()}
            self._able = self._own.able(known.checks)
            self._resort.set()
            self._pulse.set()
            await self._desk.work(
                lambda connection, at: results.sync_leases(connection, known.checks.values(), at)
            )
            self._reclaim.set()
        # with two thousand checks down this takes a while, and nobody's keys may wait for it
        steps = await asyncio.to_thread(self._judge.steps, known.copy(), now, self._own.missing)
        await self._settle([step for step in steps if self._sulking.get(_key(step), now) <= now])

    def _lease(self, check: Check) -> timedelta:
        limit = AHEAD + check.timeout.total_seconds() + watch.TIMEOUT.total_seconds() + self._margin
        return self._clock.span(limit)

    async def _settle(self, steps: Sequence[Step]) -> None:
        for begin in range(0, len(steps), TOGETHER):
            batch = steps[begin : begin + TOGETHER]
            self._acted = True
            try:
                await self._desk.command(partial(reconcile, steps=batch), by="keeper")
            except StoreError:
                raise
            except Exception:
                if len(batch) == 1:
                    self._sulking[_key(batch[0])] = self._clock() + SULK
                    raise
                for step in batch:  # one that cannot be opened must not keep back the others
                    await self._settle([step])
            self._duties.goes_on("looking")

    async def _turn(self) -> None:
        """Write the results of this turn, claim what is due next, and start it."""
        known = self._knowledge
        if known.seq < 0:
            return
        batch = self._measuring.batch()
        work = partial(
            take_turn,
            worker=self._worker,
            checks=known.checks,
            batch=batch,
            known=known.known({item.claim.check for item in batch}),
            mine=self._able.difference(self._measuring.held),
            ahead=self._clock.span(AHEAD),
            lease=self._leases,
        )
        try:
            turn: Turn = await self._desk.work(work)
        except StoreError as error:
            self._measuring.failed(poisoned=isinstance(error.__cause__, DataError | IntegrityError))
            raise
        except Exception:
            self._measuring.failed(poisoned=True)
            raise
        self._turned = time.monotonic()
        known.wrote(turn)
        self._measuring.wrote()
        self._measuring.start(turn.claims, known.checks, known.healths)
        if turn.shifts:
            self._soon.set()

    async def _bridge(self) -> None:
        """While the store gives no claims, go on looking at what this worker looked at last."""
        if self._duties.stuck("probing", STUCK):
            known = self._knowledge
            self._measuring.resume(self._able, known.checks, known.healths)

    async def _keep(self) -> None:
        now = self._clock()
        waits, steps = await self._desk.read(
            lambda connection: (keeper.due(connection, now), climbing.due(connection, now))
        )
        if waits:
            await self._desk.command(keeper.keep, by="keeper")
            self._soon.set()
        if steps:
            await self._desk.command(partial(climbing.climb, numbers=steps), by="escalation")

    async def _prune(self) -> None:
        turn, known = next(self._pruned) % PRUNINGS, self._knowledge.checks
        names = sorted(known)[turn::PRUNINGS]
        for first in range(0, len(names), TOGETHER):  # claims and results go in between
            checks = [known[name] for name in names[first : first + TOGETHER]]
            await self._desk.work(partial(rollups.keep_history, checks=checks))
        if turn == 0 and self._knowledge.seq >= 0:
            await self._desk.work(partial(rollups.tidy, checks=tuple(known)))

    async def _sort_out(self) -> None:
        self._own = await sort_out(self._knowledge.checks.values())
        self._able = self._own.able(self._knowledge.checks)

    async def _back_up(self) -> None:
        """Make today's copy of a SQLite store, once a day whoever makes it; not in the first minute."""
        if not is_url(self._desk.store.where) and time.monotonic() - self._began > SETTLED:
            await asyncio.to_thread(backup.rotate, path_of(self._desk.store.where), self._clock())

    async def _beat(self) -> None:
        """Ping the URL by which somebody else notices when nobody works any more."""
        if not self._knowledge.heartbeat or self.trouble:
            return
        pinged = Check(id="heartbeat", service="", url=self._knowledge.heartbeat)
        result = await self._prober.probe(pinged, now=self._clock)
        if result.outcome not in (Outcome.PASS, Outcome.WARN):
            log.warning("the heartbeat could not be sent: %s", result.detail or result.reason.value)

    async def _stop(self) -> None:
        batch = await self._measuring.stop()
        await self._canaries.close()
        checks = self._knowledge.checks

        def work(connection: Connection, now: datetime) -> None:
            results.finish(connection, now, checks, batch)
            leases.release(connection, self._worker.holder)

        with suppress(StoreError):
            await self._desk.work(work)


def _key(step: Step) -> str:
    return getattr(step, "key", "") or "mass"
