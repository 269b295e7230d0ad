"""One poll of a source: asked, taken in, kept, and acted on (design 3.7, 7)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from console.alertmanager import Client
from console.clock import Clock
from console.desk import Desk
from data.domain.alert import Alert, SourceState
from data.domain.alerting import Absorbed, absorb
from data.domain.room import MaintenanceWindow, Source
from data.store.commands import alerts, source_leases
from data.store.commands.alert_steps import Step, alert_steps, orphan_steps
from data.store.commands.reconcile import Together, reconcile
from data.store.commands.source_leases import SourceClaim
from data.store.definitions import load_services, load_windows
from data.store.errors import StoreError
from data.store.queries.watching import Spoken, spoken_for

AT_ONCE = 1000  # alerts written in one transaction
TOGETHER = 10  # things brought in line in one write
SULK = AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a source's last poll left, as of the fence it was written under."""

    fence: int
    state: SourceState
    alerts: Mapping[str, Alert]


@dataclass(frozen=True, slots=True)
class _Scene:
    """What beside the alerts decides what should be open; the windows are those that last now."""

    spoken: dict[str, Spoken]
    services: tuple[str, ...]
    windows: tuple[MaintenanceWindow, ...]


@dataclass(frozen=True, slots=True)
class _Done:
    """What was last brought in line, and when: the same again would change nothing."""

    at: datetime
    source: Source
    alerts: Mapping[str, Alert]
    scene: _Scene


class Intake:
    """Takes in what sources answer. After a restart the same state yields the same steps."""

    def __init__(self, desk: Desk, clock: Clock, client: Client) -> None:
        self._desk = desk
        self._clock = clock
        self._client = client
        self._kept: dict[str, _Kept] = {}
        self._done: dict[str, _Done] = {}
        self._sulking: dict[str, datetime] = {}

    def keep(self, sources: Mapping[str, Source]) -> None:
        """Forget what is known of sources that are no more."""
        self._client.keep(sources.values())
        self._kept = {name: kept for name, kept in self._kept.items() if name in sources}
        self._done = {name: done for name, done in self._done.items() if name in sources}

    async def poll(self, source: Source, claim: SourceClaim) -> None:
        """Ask a source, write what its answers add up to, and bring what is open in line.

        Whoever comes back late finds that another holds the source now, and writes nothing.
        Raises StoreError.
        """
        answers = await asyncio.gather(*(self._client.pull(source, address) for address in source.urls))
        before = await self._before(source, claim)
        now = self._clock()
        absorbed = await asyncio.to_thread(absorb, source, before.state, before.alerts, answers, now)
        if not await self._write(source, claim, before.state, absorbed):
            self._kept.pop(source.id, None)
            return
        self._kept[source.id] = _Kept(claim.fence, absorbed.state, absorbed.alerts)
        await self._act(source, absorbed.alerts)

    async def _before(self, source: Source, claim: SourceClaim) -> _Kept:
        kept = self._kept.get(source.id)
        if kept is not None and kept.fence == claim.fence - 1:  # nobody else has asked in between
            return kept
        state, known = await self._desk.read(partial(alerts.read_source, source_id=source.id))
        return _Kept(claim.fence, state, known)

    async def _write(
        self, source: Source, claim: SourceClaim, before: SourceState, absorbed: Absorbed
    ) -> bool:
        """Write a poll while the claim stands; False where it does not.

        Thousands of alerts go in parts, so that nobody's command waits for all of them; how the source
        answered goes last: whoever finds only a part of it takes the next poll for this one.
        """
        changed = absorbed.changed
        while len(changed) > AT_ONCE:
            part = replace(absorbed, state=before, changed=changed[:AT_ONCE], forgotten=())
            if not await self._desk.work(partial(_save, claim=claim, absorbed=part)):
                return False
            changed = changed[AT_ONCE:]
        last = replace(absorbed, changed=changed)
        return await self._desk.work(partial(_save, claim=claim, absorbed=last, every=source.every))

    async def _act(self, source: Source, known: Mapping[str, Alert]) -> None:
        now = self._clock()
        scene = await self._desk.read(partial(_look, now=now))
        if self._in_line(_Done(now, source, known, scene)):
            return
        steps = await asyncio.to_thread(
            alert_steps,
            source,
            known.values(),
            scene.spoken,
            now,
            services=scene.services,
            windows=scene.windows,
        )
        await self._settle(steps, by=f"alert:{source.id}")
        self._done[source.id] = _Done(now, source, known, scene)

    def _in_line(self, wanted: _Done) -> bool:
        """Tell whether just this was brought in line, a moment ago: looking again each minute is enough."""
        done = self._done.get(wanted.source.id)
        return (
            done is not None
            and done.alerts is wanted.alerts
            and done.source == wanted.source
            and done.scene == wanted.scene
            and timedelta(0) <= wanted.at - done.at < AGAIN
        )

    async def retire(self, sources: Mapping[str, Source]) -> None:
        """Let go of sources that are no longer configured, and of what they found. Raises StoreError."""
        strangers, spoken = await self._desk.read(
            lambda connection: (alerts.strangers(connection, sources), spoken_for(connection))
        )
        if strangers:
            await self._desk.work(partial(alerts.retire, source_ids=strangers))
        await self._settle(orphan_steps(spoken, sources), by="keeper")

    async def _settle(self, steps: Sequence[Step], *, by: str) -> None:
        """Carry steps out, ten in a write; one that cannot be carried out keeps back no other."""
        now = self._clock()
        waiting = [step for step in steps if self._sulking.get(_key(step), now) <= now]
        batches = [waiting[begin : begin + TOGETHER] for begin in range(0, len(waiting), TOGETHER)]
        failed: Exception | None = None
        while batches:
            batch = batches.pop(0)
            try:
                await self._desk.command(partial(reconcile, steps=batch), by=by)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - raised again when the others are done
                if len(batch) == 1:
                    self._sulking[_key(batch[0])] = now + SULK
                    failed = error
                else:
                    batches[:0] = [[step] for step in batch]
        if failed is not None:
            raise failed


def _look(connection: Connection, now: datetime) -> _Scene:
    services = tuple(service.id for service in load_services(connection))
    lasting = (window for window in load_windows(connection) if window.starts <= now < window.ends)
    return _Scene(spoken_for(connection), services, tuple(lasting))


def _save(
    connection: Connection,
    now: datetime,
    *,
    claim: SourceClaim,
    absorbed: Absorbed,
    every: timedelta | None = None,
) -> bool:
    """Write what a poll changed; ``every`` gives the claim back as well."""
    if not source_leases.holds(connection, claim):
        return False
    alerts.save(connection, now, claim.source, absorbed)
    if every is not None:
        source_leases.finish(connection, claim, next_due=source_leases.next_due(claim.due, every, now))
    return True


def _key(step: Step) -> str:
    return step.finding.key if isinstance(step, Together) else step.key
