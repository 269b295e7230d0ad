"""A real Alertmanager in the practice folder, told what fires every few seconds, as Prometheus does."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from console.demo.monitoring import Alert, stamp
from console.demo.rules import CONFIG, ORDERED, SILENCES, Silence
from console.demo.script import ROUND

BINARIES = ("prometheus-alertmanager", "alertmanager")  # Debian's name, and its own
EVERY = 3.0  # story seconds between two tellings
LEAST = 0.25  # seconds between two tellings, however fast the story is
LOST_AFTER = 4  # tellings that fail to come before an alert ends by itself, as with Prometheus
ENDED_FOR = timedelta(minutes=1)  # an alert that is over is told so for a while, should one be lost
AGAIN = 0.1  # seconds until the next try while it does not answer
PATIENCE = 5.0  # seconds it may take to answer
GRACE = 1.0  # seconds it may take to end in peace


class Alertmanager:
    """The child process and what it is told. ``firing`` returns the alerts of this moment.

    ``position`` returns the story's seconds. ``port`` is None where no binary is in PATH.
    """

    def __init__(
        self,
        folder: Path,
        scale: float,
        firing: Callable[[], list[Alert]],
        position: Callable[[], float],
    ) -> None:
        self._folder = folder
        self._scale = scale
        self._firing = firing
        self._position = position
        self._binary = next(filter(None, map(shutil.which, BINARIES)), None)
        self.port = _free_port() if self._binary else None
        self._process: asyncio.subprocess.Process | None = None
        self._set: set[Silence] = set()
        self._told: dict[str, Alert] = {}
        self._ended: dict[str, tuple[Alert, datetime]] = {}

    async def open(self) -> None:
        """Start it and return at once: it answers some moments later."""
        if self._binary is None:
            return
        (self._folder / "alertmanager.yml").write_text(CONFIG, encoding="utf-8")
        with (self._folder / "alertmanager.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                self._binary,
                f"--config.file={self._folder / 'alertmanager.yml'}",
                f"--storage.path={self._folder / 'alertmanager'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--cluster.listen-address=",
                "--log.level=warn",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_dying_with(os.getpid()),
            )

    async def close(self) -> None:
        """End it, and wait until it has ended."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(GRACE):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def feed(self) -> None:
        """Tell it what fires until cancelled; it may be gone, slow, or not there yet."""
        every = max(LEAST, EVERY / self._scale)
        while self.port is not None:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._tell(LOST_AFTER * every)
            except (OSError, EOFError, ValueError, TimeoutError):
                await asyncio.sleep(AGAIN if not self._told else every)
            else:
                await asyncio.sleep(every)
        await asyncio.Event().wait()

    async def _tell(self, lasts: float) -> None:
        """Set the silences that are due, then say what fires and what has ended."""
        now = datetime.now(UTC)
        await self._silence(now)
        firing = {alert.labels["alertname"]: alert for alert in self._firing()}
        for name in self._told.keys() - firing.keys():
            self._ended[name] = (self._told[name], now)
        self._ended = {
            name: (alert, at)
            for name, (alert, at) in self._ended.items()
            if name not in firing and now - at < ENDED_FOR
        }
        until = now + timedelta(seconds=max(lasts, PATIENCE))
        told = [_postable(alert, until) for alert in firing.values()]
        told += [_postable(alert, at) for alert, at in self._ended.values()]
        await self._post("/api/v2/alerts", told)
        self._told = firing

    async def _silence(self, now: datetime) -> None:
        place = self._position() % ROUND
        due = {silence for silence in SILENCES if silence.begins <= place < silence.ends}
        self._set &= due | {ORDERED}
        for silence in (due | {ORDERED}) - self._set:
            left = silence.ends if silence is ORDERED else max(1.0, (silence.ends - place) / self._scale)
            matcher = {"name": "alertname", "value": silence.alert, "isRegex": False, "isEqual": True}
            wanted = {
                "matchers": [matcher],
                "startsAt": stamp(now),
                "endsAt": stamp(now + timedelta(seconds=left)),
                "createdBy": silence.by,
                "comment": silence.comment,
            }
            await self._post("/api/v2/silences", wanted)
            self._set.add(silence)

    async def _post(self, path: str, content: object) -> None:
        """Send one request. Raises OSError, EOFError; ValueError where it is not taken."""
        body = json.dumps(content).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(
                f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            status = (await reader.readline()).split(b" ")
            await reader.read()
        finally:
            writer.close()
        if len(status) < 2 or status[1] != b"200":
            raise ValueError(f"not taken: {status}")


def _postable(alert: Alert, until: datetime) -> dict[str, Any]:
    return {
        "labels": alert.labels,
        "annotations": alert.annotations,
        "generatorURL": alert.url,
        "startsAt": stamp(min(alert.since, until)),
        "endsAt": stamp(until),
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _dying_with(parent: int) -> Callable[[], None] | None:
    """Return what makes a child on Linux end with its parent, however that ends."""
    if sys.platform != "linux":
        return None
    import ctypes

    prctl = ctypes.CDLL(None).prctl  # looked up here: a child between fork and exec should load nothing

    def bind() -> None:
        prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return bind
