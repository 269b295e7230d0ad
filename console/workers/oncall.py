"""Who is on call: fetches the levels' calendars, one worker of many each, and tells of shift changes."""

import asyncio
import hashlib
import logging
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from console.clock import Clock
from console.desk import Desk
from console.workers.calendar_source import LIMIT, Fetcher, NoCalendar, Place, locate
from console.workers.duties import Duties
from console.workers.secrets import SecretMissing
from data.calendars import NotACalendar, Shifts, read_calendar
from data.domain.change import Refused
from data.domain.on_call import Calendar, on_call
from data.domain.policy import Level
from data.duty import Duty
from data.store.commands import calendars as commands
from data.store.commands.calendars import CalendarClaim
from data.store.definitions import load_duty
from data.store.errors import StoreError
from data.store.unit import Answer, Write

log = logging.getLogger("warroom.oncall")
LOOK = 5.0  # seconds between looks at what is due
EVERY, AGAIN = timedelta(minutes=10), timedelta(minutes=1)  # after a good fetch, after a failed one
PATIENCE = timedelta(minutes=20)  # how long another host may be the one that can fetch
READING = 10.0  # seconds a calendar may take to be read
GRACE = 1.0  # seconds for giving back what is claimed
LEASE = 60.0  # seconds a claim lasts: longer than fetching and reading


class OnCallFetch:
    """Fetches the calendars that are due and that this host can resolve; knows no screen.

    ``limit`` is how many seconds a fetch may take, ``trust`` replaces the system's authorities.
    """

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        holder: str,
        *,
        limit: float = LIMIT,
        look: float = LOOK,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._holder = holder
        self._every = look
        self._fetcher = Fetcher(trust=trust, limit=limit)
        self._duties = Duties()
        self._leaving = False
        self._references: Mapping[str, str] = {}  # by level, as last seen
        self._on_call: dict[str, tuple[str, ...]] = {}  # by level, as last seen
        self._stale: dict[str, bool] = {}
        self._fetching: dict[str, asyncio.Task[None]] = {}
        self._out_of_reach: dict[str, datetime] = {}  # until when no other look is taken, by level

    @property
    def trouble(self) -> str:
        """Why it cannot work at the moment, in one sentence, else empty; a feed that fails is none."""
        return self._duties.trouble

    async def run(self) -> None:
        """Work until cancelled; then give back what is claimed."""
        try:
            await self._duties.repeat("calendars", self._every, self.turn)
        finally:
            await self._stop()

    async def turn(self) -> None:
        """Begin to fetch what is due, and tell what has changed since the last look."""
        now = self._clock()
        duty, due = await self._desk.read(
            lambda connection: (load_duty(connection, now), commands.due_calendars(connection, now))
        )
        levels = {level.id: level for level in duty.policy.levels if level.calendar}
        references = {key: level.calendar or "" for key, level in levels.items()}
        if references != self._references:
            known = self._references
            changed = [key for key, reference in references.items() if known.get(key, reference) != reference]
            sync = partial(commands.sync_calendars, levels=tuple(references), changed=changed)
            await self._desk.work(sync)
            self._references = references
            self._out_of_reach.clear()
            now = self._clock()
            due = await self._desk.read(lambda connection: commands.due_calendars(connection, now))
        await self._tell(duty, levels, now)
        for key in due:
            if key in levels and key not in self._fetching and self._out_of_reach.get(key, now) <= now:
                # each in a task of its own: a feed that hangs keeps no other one waiting
                task = asyncio.create_task(self._fetch(key, references[key], duty.policy.zone))
                self._fetching[key] = task
                task.add_done_callback(partial(self._done, key))

    async def settle(self) -> None:
        """Wait until everything that was begun is fetched or has failed."""
        await asyncio.gather(*self._fetching.values(), return_exceptions=True)

    async def _stop(self) -> None:
        self._leaving = True
        tasks = tuple(self._fetching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not tasks:
            return
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(GRACE):  # what is not given back lapses by itself
                await self._desk.work(partial(commands.release_calendars, holder=self._holder))

    def _done(self, key: str, task: asyncio.Task[None]) -> None:
        self._fetching.pop(key, None)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, StoreError):  # that one is told by the next look
            log.error("a calendar could not be fetched: %s", type(error).__name__)

    async def _fetch(self, level: str, reference: str, zone: str) -> None:
        try:
            place = await asyncio.to_thread(locate, reference)
        except (SecretMissing, NoCalendar, OSError, ValueError, RuntimeError) as error:
            why = str(error) if isinstance(error, SecretMissing | NoCalendar) else "its file cannot be read"
            self._out_of_reach[level] = self._clock() + AGAIN
            note = partial(commands.calendar_out_of_reach, level=level, why=why, patience=PATIENCE)
            await self._desk.work(note)
            return
        lease = self._clock.span(LEASE)
        claim = partial(commands.claim_calendars, holder=self._holder, levels=(level,), lease=lease)
        for claimed in await self._desk.work(claim):
            await self._renew(claimed, place, zone)

    async def _renew(self, claim: CalendarClaim, place: Place, zone: str) -> None:
        try:
            found = await self._read(await self._fetcher.fetch(place), zone)
        except (NoCalendar, NotACalendar) as error:
            why = str(error)
            await self._desk.work(partial(commands.calendar_failed, claim=claim, why=why, again=AGAIN))
            return
        kept = partial(
            commands.keep_calendar,
            claim=claim,
            shifts=found.shifts,
            until=found.until,
            again=EVERY,
            warning=found.warning,
        )
        await self._desk.work(kept)

    async def _read(self, body: bytes, zone: str) -> Shifts:
        began = time.monotonic()

        def enough() -> bool:
            return self._leaving or time.monotonic() - began > READING

        return await asyncio.to_thread(read_calendar, body, self._clock(), zone=zone, enough=enough)

    async def _tell(self, duty: Duty, levels: Mapping[str, Level], now: datetime) -> None:
        """Write on the record which shifts have changed, and which calendars went stale, once for all.

        Every worker that was running sees the same change, and gives it the same name.
        """
        copies = {copy.level: copy for copy in duty.calendars}
        for key in levels:
            copy = copies.get(key, Calendar(key))
            people, stale = on_call(copy.shifts, now), copy.ok_at is not None and copy.stale(now)
            before, was_stale = self._on_call.get(key), self._stale.get(key)
            if before not in (None, people):
                since = max((edge for edge in _edges(copy) if edge <= now), default=None)
                name = _name("on call", key, *(before or ()), "to", *people, str(since))
                await self._command(partial(commands.tell_on_call, level_id=key), name)
            if was_stale not in (None, stale):
                name = _name("calendar", key, str(stale), str(copy.ok_at))
                await self._command(partial(commands.tell_calendar, level_id=key), name)
            self._on_call[key], self._stale[key] = people, stale  # only once it is on the record

    async def _command(self, work: Callable[[Write], Answer | Refused], name: str) -> None:
        await self._desk.command(work, by="keeper", command=name)


def _edges(copy: Calendar) -> Iterator[datetime]:
    for shift in copy.shifts:
        yield from (shift.starts, shift.ends)


def _name(*words: str) -> str:
    return "on-call:" + hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]
