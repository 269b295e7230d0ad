"""Asks the sources of alerts when they are due; no worker leads, each claims what is due (design 3.7, 7)."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select

from console.alertmanager import Client
from console.clock import Clock
from console.desk import Desk
from console.workers.alert_intake import Intake
from console.workers.alert_secrets import missing
from console.workers.duties import Duties
from data.domain.codec import decode
from data.domain.room import Kind, Source
from data.store.commands import leases, source_leases
from data.store.commands.source_leases import SourceClaim
from data.store.definitions import load
from data.store.errors import StoreError
from data.store.tables import COUNTER
from data.text import clean_line

log = logging.getLogger("warroom.alerts")
TURN, LOOK, SECRETS, TIDY = 0.5, 1.0, 10.0, 60.0  # seconds
MARGIN = 5.0  # seconds a claim lasts beyond what its poll may take
GRACE = 1.0  # seconds for giving back what is claimed
UNASKED = 3  # intervals past its due after which a source is one that nobody asks


class AlertWatch:
    """Asks sources for their alerts; knows no screen. Any number of them may work on one store."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        holder: str,
        *,
        client: Client | None = None,
        turn: float = TURN,
        margin: float = MARGIN,
    ) -> None:
        """In seconds: the ``turn`` in which it looks for what is due, and the ``margin`` after which the
        claim of a silent worker lapses.
        """
        self._desk = desk
        self._clock = clock
        self._holder = f"{holder} alerts"
        self._client = client or Client(clock)
        self._intake = Intake(desk, clock, self._client)
        self._turn_every, self._margin = turn, margin
        self._duties = Duties()
        self._configuration: str | None = None
        self._sources: Mapping[str, Source] = {}
        self._missing: Mapping[str, str] | None = None  # None until it was tried
        self._polls: dict[str, asyncio.Task[None]] = {}
        self._failing: dict[str, str] = {}
        self._unasked = ""
        self._resort, self._retire = asyncio.Event(), asyncio.Event()

    @property
    def trouble(self) -> str:
        """Why it cannot work at the moment, in one sentence, else empty. A source's own is in its row."""
        return self._duties.trouble or next(iter(self._failing.values()), "") or self._unasked

    async def run(self) -> None:
        """Work until cancelled; then give back what is claimed."""
        repeat = self._duties.repeat
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(repeat("looking for sources", LOOK, self._look))
                tasks.create_task(repeat("secrets of sources", SECRETS, self._sort_out, self._resort))
                tasks.create_task(repeat("asking for alerts", self._turn_every, self._turn))
                tasks.create_task(repeat("tidying alerts", TIDY, self._tidy, self._retire))
        finally:
            await self._stop()

    async def _look(self) -> None:
        """Read which sources there are, whenever the configuration has changed."""
        name, sources = await self._desk.read(partial(_configured, known=self._configuration))
        if sources is None:
            return
        await self._desk.work(partial(source_leases.sync, sources=sources.values()))
        self._configuration, self._sources, self._missing = name, sources, None
        self._intake.keep(sources)
        self._failing = {name: said for name, said in self._failing.items() if name in sources}
        self._resort.set()
        self._retire.set()

    async def _sort_out(self) -> None:
        self._missing = await missing(self._sources.values())

    async def _tidy(self) -> None:
        if self._configuration is not None:
            await self._intake.retire(self._sources)

    async def _turn(self) -> None:
        """Claim what is due and what this host can ask, and ask it."""
        sources, lacking = self._sources, self._missing
        if lacking is None or not sources:
            self._unasked = ""
            return
        mine = {
            name: self._lease(source)
            for name, source in sources.items()
            if name not in lacking and name not in self._polls
        }
        now = self._clock()
        due = await self._desk.read(partial(source_leases.due, now=now))
        self._unasked = self._left(due, now)
        if not mine.keys() & due.keys():
            return
        claims = await self._desk.work(partial(source_leases.claim, holder=self._holder, mine=mine))
        for claim in claims:
            asking = self._poll(sources[claim.source], claim)
            self._polls[claim.source] = asyncio.create_task(asking)

    def _lease(self, source: Source) -> timedelta:
        return self._clock.span(self._client.seconds(source) + self._margin)

    def _left(self, due: Mapping[str, datetime], now: datetime) -> str:
        """Say which source nobody asks because this host cannot, and no other does."""
        for name, why in (self._missing or {}).items():
            source = self._sources.get(name)
            if source is not None and name in due and due[name] + UNASKED * source.every < now:
                return clean_line(f"nobody asks {name} for alerts: {why}")
        return ""

    async def _poll(self, source: Source, claim: SourceClaim) -> None:
        """Ask one source; whatever happens to it keeps no other from being asked."""
        try:
            await self._intake.poll(source, claim)
        except StoreError as error:
            self._failing[source.id] = str(error)
        except Exception as error:
            sentence = f"the alerts of {source.id} could not be taken in; the next poll tries again"
            if self._failing.get(source.id) != sentence:
                log.exception("a poll of %s failed: %s", source.id, type(error).__name__)
            self._failing[source.id] = sentence
        else:
            self._failing.pop(source.id, None)
        finally:
            del self._polls[source.id]

    async def _stop(self) -> None:
        polls = list(self._polls.values())
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)
        if not polls:
            return
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(GRACE):  # what is not given back lapses by itself
                await self._desk.work(lambda connection, _: leases.release(connection, self._holder))


def _configured(connection: Connection, known: str | None) -> tuple[str, dict[str, Source] | None]:
    """Return the configuration's name, and its sources where it is not the one that is known."""
    name: str = connection.execute(select(COUNTER.c.configuration)).scalar_one()
    if name == known:
        return name, None
    sources = [decode(Source, item.spec) for item in load(connection, Kind.SOURCE)]
    return name, {source.id: source for source in sources}
