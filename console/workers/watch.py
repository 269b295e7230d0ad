"""Workers without a screen: ``warroom watch`` (design 7, 9)."""

import asyncio
import logging
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import Connection

from console.cli.options import Options
from console.cli.room import open_for, unusable
from console.clock import Clock
from console.desk import Desk
from console.store_file import StoreFile
from console.workers.crew import Crew
from data.boarding import lines
from data.store.errors import StoreError
from data.store.queries.board import seq
from data.store.rows import load_events
from data.store.store import Store
from data.store.tables import EVENT
from data.text import clean_line
from data.views import TimelineLine

EVERY = 0.5  # seconds between looks at the record
GRACE = 1.5  # seconds the workers have to stop in
_LONGEST = 500
_NUMBERS = re.compile(r"\d+")
_QUIET = frozenset(
    {"step", "clock", "role", "link", "runbook", "snooze", "audience", "note", "update", "kept"}
)
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

log = logging.getLogger("warroom")


def run_watch(options: Options) -> int:
    """Run the workers until SIGTERM, SIGINT or SIGHUP and return the exit code; lines go to stderr.

    3 when the store's file is taken away meanwhile. Raises Failure for a store that cannot be used.
    """
    try:
        store = open_for(options)
    except StoreError as error:
        raise unusable(error) from error
    handler = _Lines()
    log.addHandler(handler)
    level, log.propagate = log.level, False
    log.setLevel(logging.INFO)
    try:
        return asyncio.run(watch(store))
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        log.propagate = True


async def watch(store: Store) -> int:
    """Work on a store until a signal comes; the store is closed afterwards."""
    stop = asyncio.Event()
    _on_signals(stop)
    clock = store.now if isinstance(store.now, Clock) else Clock()
    desk = Desk(store)
    crew = Crew(desk, clock, form="watch")
    teller = _Teller(store, desk, crew)
    log.info("watching %s", store.name)
    working = [asyncio.create_task(work) for work in (crew.run(), teller.record(), teller.state())]
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([*working, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    code = next((task.result() or 0 for task in reversed(working) if task.done()), 0)
    await _end(working, desk)
    log.info("stopped")
    return code


def _on_signals(stop: asyncio.Event) -> None:
    for number in _SIGNALS:
        # who was started under nohup means to outlive the terminal
        if signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)


async def _end(working: Sequence[asyncio.Task[int | None]], desk: Desk) -> None:
    """Stop within ``GRACE``: a store that does not answer keeps nobody waiting."""
    for task in working:
        task.cancel()
    try:
        async with asyncio.timeout(GRACE):
            await asyncio.wait(working)
            await desk.close()
    except TimeoutError:
        log.warning("the store does not answer: what was measured last is not on record")


class _Teller:
    """Tells what happens, a line each: from the record, so that it tells what others did too."""

    def __init__(self, store: Store, desk: Desk, crew: Crew) -> None:
        self._file = StoreFile(store)
        self._desk = desk
        self._crew = crew
        self._seq = -1
        self._said: dict[str, str] = {}

    async def record(self) -> None:
        """Tell what comes onto the record, until cancelled."""
        while True:
            with suppress(StoreError):  # the engine says so
                await self._tell()
            await asyncio.sleep(EVERY)

    async def state(self) -> int:
        """Tell how the engine is doing; return 3 once the store's file is not the one that was opened."""
        while True:
            if (gone := self._gone()) is not None:
                log.error("%s", gone)
                return 3
            status = self._crew.status()
            self._say("trouble", self._crew.trouble, "the workers work again")
            self._say("network", status.banner, "our own network is back")
            self._say("elsewhere", status.elsewhere, "every check can be looked at from here")
            await asyncio.sleep(EVERY)

    def _gone(self) -> str | None:
        try:
            return "the store's file was replaced: start again" if self._file.changed() else None
        except StoreError as error:
            return str(error)

    async def _tell(self) -> None:
        if self._seq < 0:
            self._seq = await self._desk.read(seq)
        told = await self._desk.read(self._since)
        for line in told:
            if line.kind not in _QUIET:
                log.info(
                    "%s", " ".join(filter(None, (line.by, line.incident, line.text))), extra={"at": line.at}
                )
            self._seq = line.seq

    def _since(self, connection: Connection) -> tuple[TimelineLine, ...]:
        return lines(load_events(connection, EVENT.c.seq > self._seq))

    def _say(self, about: str, words: str, over: str) -> None:
        """Say something once while it lasts, whatever numbers in it change, and when it is over."""
        kind = _NUMBERS.sub("", words)
        before, self._said[about] = self._said.get(about, ""), kind
        if kind != before:
            log.warning("%s", words or over)


class _Lines(logging.Handler):
    """One clean line for a record, with its instant; never a traceback, for those hold what was read."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it; a terminal that has gone ends nothing."""
        at = getattr(record, "at", None) or datetime.fromtimestamp(record.created, UTC)
        words = clean_line(record.getMessage(), _LONGEST)
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{at:%Y-%m-%dT%H:%M:%SZ} {words}\n")
            sys.stderr.flush()
