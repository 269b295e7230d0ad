"""Workers without a screen: ``warroom watch`` (design 7, 9)."""

import asyncio
import logging
import re
import signal
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Connection

from console import loading
from console.cli.failures import usage
from console.cli.options import Options
from console.cli.room import open_for, unusable
from console.clock import Clock
from console.desk import Desk
from console.store_file import StoreFile
from console.workers.crew import Crew
from console.workers.health_port import HealthPort, PortTaken
from console.workers.log_lines import LogFormat, LogLines
from console.workers.service_manager import ServiceManager
from console.workers.vital_signs import VitalSigns
from data.boarding import lines
from data.domain.outbox import still_to_send
from data.store.errors import StoreError
from data.store.queries.board import seq
from data.store.queries.outbox import pending
from data.store.rows import load_events
from data.store.store import Store
from data.store.tables import EVENT
from data.views import TimelineLine

EVERY = 0.5  # seconds between looks at the record
GRACE = 1.5  # seconds the workers have to stop in
_NUMBERS = re.compile(r"\d+")
_QUIET = frozenset(
    {"step", "clock", "role", "link", "runbook", "snooze", "audience", "note", "update", "kept"}
)
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

log = logging.getLogger("warroom")


def run_watch(
    options: Options, *, health_port: int | None = None, log_format: LogFormat = LogFormat.TEXT
) -> int:
    """Run the workers until SIGTERM, SIGINT or SIGHUP and return the exit code; lines go to stderr.

    3 when another file takes the place of the store's, or when that is removed and nobody can be told of
    it. Raises Failure for a store or a port that cannot be used.
    """
    try:
        store = open_for(options)
    except StoreError as error:
        raise unusable(error) from error
    handler = LogLines(log_format)
    log.addHandler(handler)
    level, log.propagate = log.level, False
    log.setLevel(logging.INFO)
    try:
        return asyncio.run(watch(store, health_port))
    except PortTaken as error:
        raise usage(str(error), "give --health-port another") from error
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        log.propagate = True


async def watch(store: Store, health_port: int | None = None) -> int:
    """Work on a store until a signal comes; the store is closed afterwards. Raises PortTaken."""
    stop = asyncio.Event()
    _on_signals(stop)
    clock = store.now if isinstance(store.now, Clock) else Clock()
    desk = Desk(store)
    crew = Crew(desk, clock, form="watch")
    loading.settle()
    teller = _Teller(store, desk, crew)
    signs = VitalSigns(desk, clock, crew)
    manager = ServiceManager()
    port = HealthPort(signs.why_not, signs.metrics)
    if health_port is not None:
        try:
            await port.open(health_port)
        except PortTaken:
            await desk.close()
            raise
        log.info("health on http://127.0.0.1:%d/readyz", port.port)
    log.info("watching %s", store.name)
    works = (crew.run(), teller.record(), teller.state(), signs.tell(manager))
    working = [asyncio.create_task(work) for work in works]
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([*working, waiting], return_when=asyncio.FIRST_COMPLETED)
    manager.say("STOPPING=1")
    waiting.cancel()
    code = next((task.result() or 0 for task in reversed(working) if task.done()), 0)
    await _end(working, desk)
    await port.close()
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
            with suppress(StoreError):
                if owed := still_to_send(await desk.read(pending)):
                    log.warning("%s", owed)
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
        """Tell how the engine is doing; return 3 once the store's file is another than was opened.

        While there is none it stays as for any store that is away: its first level is told in the end.
        """
        while True:
            gone, replaced = self._gone()
            if replaced or (gone and not self._crew.can_tell):
                log.error("%s", gone)
                return 3
            self._say("file", gone, "the store's file is back")
            status = self._crew.status()
            self._say("trouble", self._crew.trouble, "the workers work again")
            self._say("network", status.banner, "our own network is back")
            self._say("elsewhere", status.elsewhere, "every check can be looked at from here")
            await asyncio.sleep(EVERY)

    def _gone(self) -> tuple[str, bool]:
        """Return what is wrong with the store's file, empty when nothing is, and whether it is another."""
        try:
            replaced = self._file.changed()
        except StoreError as error:
            return str(error), False
        return ("the store's file was replaced: start again" if replaced else ""), replaced

    async def _tell(self) -> None:
        if self._seq < 0:
            self._seq = await self._desk.read(seq)
        told = await self._desk.read(self._since)
        for line in told:
            if line.kind not in _QUIET:
                facts = {"at": line.at, "by": line.by, "incident": line.incident, "kind": line.kind}
                log.info("%s", " ".join(filter(None, (line.by, line.incident, line.text))), extra=facts)
            self._seq = line.seq

    def _since(self, connection: Connection) -> tuple[TimelineLine, ...]:
        return lines(load_events(connection, EVENT.c.seq > self._seq))

    def _say(self, about: str, words: str, over: str) -> None:
        """Say something once while it lasts, whatever numbers in it change, and when it is over."""
        kind = _NUMBERS.sub("", words)
        before, self._said[about] = self._said.get(about, ""), kind
        if kind != before:
            log.warning("%s", words or over)
