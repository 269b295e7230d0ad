"""The practice shop from outside: started, broken, healed and stopped; nothing of it outlives its console."""

import asyncio
import json
import os
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGKILL
from typing import TYPE_CHECKING, Any

from console import child
from console.demo.inbox import KEPT, LONGEST, Message
from console.demo.services import Mode, named
from data.text import clean, clean_line

if TYPE_CHECKING:
    from console.drill.conductor import Conductor

START_WITHIN = 15.0  # seconds; a loaded machine gets time, a broken one an answer
STOP_WITHIN = 3.0
UNREAD = 1000  # changes kept for a listener that does not read; older ones go
LINE = 256 * 1024  # bytes of one report, a long message in it


class ShopFailed(Exception):
    """The shop did not start, or is gone; the text says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """A service of the shop behaves differently since ``at`` (UTC)."""

    at: datetime
    service: str
    mode: Mode
    why: str


class Shop:
    """The running shop. Start it from a thread that lives as long as it should (design 9, demo)."""

    def __init__(
        self, process: asyncio.subprocess.Process, ports: dict[str, int], now: Callable[[], datetime]
    ) -> None:
        self.ports = ports
        self._now = now
        self._process = process
        self._asked: dict[int, asyncio.Future[Change]] = {}
        self._number = 0
        self._listeners: list[asyncio.Queue[Change | None]] = []
        self._over = False
        self.messages: deque[Message] = deque(maxlen=KEPT)
        self.received = 0  # messages so far, those included that are no longer kept
        self.drill: Conductor | None = None  # who leads it, where it is a drill
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls,
        folder: Path,
        scale: float = 1.0,
        *,
        paused: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> "Shop":
        """Start the shop in ``folder`` (its certificate and ``shop.log`` go there) and wait until it listens.

        ``scale`` is story seconds per second; ``paused`` leaves the script to `resume`. ``now`` is the clock
        that says when a message arrived. Raises ShopFailed.
        """
        options = ["--folder", str(folder), "--scale", str(scale), *(["--paused"] if paused else [])]
        log = folder / "shop.log"
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                *child.command("console.demo.shop", *options),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env=child.environment(),
                limit=LINE,
                start_new_session=True,  # ctrl+c in the terminal is the console's to answer
            )
        ports: dict[str, int] = {}
        try:
            with suppress(TimeoutError, ValueError, KeyError, TypeError):
                async with asyncio.timeout(START_WITHIN):
                    ports = json.loads(await _lines(process).readline())["ports"]
        finally:
            if not ports:
                _kill(process)
                await process.communicate()
        if not ports:
            last = log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
            raise ShopFailed(f"the practice shop did not start: {clean_line(last) or 'it said nothing'}")
        return cls(process, ports, now)

    @property
    def alerting(self) -> bool:
        """True where this machine has an Alertmanager: without one there are no alerts."""
        return "alertmanager" in self.ports

    @property
    def pid(self) -> int:
        """The process that holds every port of the shop."""
        return self._process.pid

    async def break_(
        self, service: str, mode: Mode | str | None = None, latency: float | None = None, why: str = ""
    ) -> Change:
        """Break a service in its own way or as ``mode`` says; returns when it is broken.

        ``latency`` in seconds is for slow, ``why`` goes into its logs. Raises ValueError for what does not
        exist, ShopFailed when the shop is gone.
        """
        told: dict[str, object] = {"break": named(service).name, "mode": mode, "latency": latency, "why": why}
        return await self._ask(told)

    async def heal(self, service: str, why: str = "") -> Change:
        """Heal a service; returns when it is well. Raises as `break_` does."""
        return await self._ask({"heal": named(service).name, "why": why})

    async def pause(self) -> None:
        """Let the script stand still; commands are still obeyed. Raises ShopFailed."""
        await self._say({"script": "pause"})

    async def resume(self) -> None:
        """Let the script go on. Raises ShopFailed."""
        await self._say({"script": "resume"})

    def changes(self) -> AsyncIterator[Change]:
        """Return every change from this call on, by script or by hand; it ends with the shop."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue(UNREAD)
        if self._over:
            queue.put_nowait(None)
        else:
            self._listeners.append(queue)
        return self._follow(queue)

    async def stop(self) -> None:
        """End the shop and wait until nothing of it listens; harmless when it is gone already."""
        if (stdin := self._process.stdin) is not None:
            stdin.close()
        try:
            async with asyncio.timeout(STOP_WITHIN):
                await self._process.wait()
        except TimeoutError:
            _kill(self._process)
            await self._process.wait()
        await self._reading
        if stdin is not None:
            with suppress(OSError):
                await stdin.wait_closed()

    async def _follow(self, queue: asyncio.Queue[Change | None]) -> AsyncIterator[Change]:
        try:
            while (change := await queue.get()) is not None:
                yield change
        finally:
            if queue in self._listeners:
                self._listeners.remove(queue)

    async def _ask(self, command: dict[str, object]) -> Change:
        self._number += 1
        number = self._number
        answer: asyncio.Future[Change] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            await self._say({**command, "id": number})
            return await answer
        finally:
            del self._asked[number]

    async def _say(self, command: dict[str, object]) -> None:
        stdin = self._process.stdin
        if self._over or stdin is None or stdin.is_closing():
            raise ShopFailed("the practice shop is closed")
        try:
            stdin.write(json.dumps(command).encode() + b"\n")
            await stdin.drain()
        except ConnectionError:
            raise ShopFailed("the practice shop is gone") from None

    async def _read(self) -> None:
        try:
            async for line in _lines(self._process):
                with suppress(ValueError, KeyError):
                    self._take(json.loads(line))
        finally:
            self._over = True
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(ShopFailed("the practice shop is gone"))
            for queue in self._listeners:
                _put(queue, None)

    def _take(self, report: dict[str, Any]) -> None:
        if "message" in report:
            self._receive(report["message"])
            return
        answer = self._asked.get(int(report.get("id") or 0))
        waiting = answer if answer is not None and not answer.done() else None
        if "error" in report:
            if waiting:
                waiting.set_exception(ValueError(clean_line(report["error"])))
            return
        at = datetime.fromisoformat(report["at"])
        change = Change(at, report["service"], Mode(report["mode"]), clean_line(report["why"]))
        if waiting:
            waiting.set_result(change)
        for queue in self._listeners:
            _put(queue, change)

    def _receive(self, told: dict[str, str]) -> None:
        way, to, subject = (clean_line(told[name]) for name in ("way", "to", "subject"))
        self.messages.append(Message(self._now(), way, to, subject, clean(told["body"], LONGEST)))
        self.received += 1


def _kill(process: asyncio.subprocess.Process) -> None:
    """End the shop and its Alertmanager at once: the session it leads is theirs alone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, SIGKILL)


def _lines(process: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if process.stdout is None:
        raise ShopFailed("the practice shop has no way to report")
    return process.stdout


def _put(queue: asyncio.Queue[Change | None], change: Change | None) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(change)
