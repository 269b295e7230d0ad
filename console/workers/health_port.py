"""A small port on loopback by which others see whether a worker lives, works, and how (design 7)."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from contextlib import suppress

from console.demo.services import Answer
from console.demo.wire import HEAD_LIMIT, read, send

PATIENCE = 5.0  # seconds a client has for its question and for reading the answer
MOST = 32  # clients at once; the others are hung up on
PLAIN = "text/plain; charset=utf-8"
METRICS = "text/plain; version=0.0.4; charset=utf-8"


class PortTaken(Exception):
    """The port cannot be had; the text says why."""


class HealthPort:
    """``/healthz`` answers while the event loop turns; ``/readyz`` 200, or 503 with the reason;
    ``/metrics`` for Prometheus. ``why_not`` returns why this worker does not work, empty while it does.
    """

    def __init__(self, why_not: Callable[[], Awaitable[str]], metrics: Callable[[], Awaitable[str]]) -> None:
        self._why_not = why_not
        self._metrics = metrics
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def open(self, port: int) -> None:
        """Listen on 127.0.0.1; 0 is any free port. Raises PortTaken."""
        try:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=HEAD_LIMIT)
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "something listens there already" if taken else error.strerror or "it cannot be opened"
            raise PortTaken(f"port {port}: {why}") from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Hang up."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._clients):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._clients) >= MOST:
            writer.transport.abort()
            return
        self._clients.add(writer)
        try:
            async with asyncio.timeout(PATIENCE):
                request = await read(reader)
                if request is None:
                    answer = Answer(400, PLAIN, b"not a request\n")
                elif request.method not in ("GET", "HEAD"):
                    answer = Answer(405, PLAIN, b"only GET and HEAD\n")
                else:
                    answer = await self._answer(request.path.partition("?")[0])
                await send(writer, answer, bodyless=request is not None and request.method == "HEAD")
                writer.close()
                await writer.wait_closed()
        except (OSError, EOFError, asyncio.LimitOverrunError, TimeoutError):
            pass  # a client that went away, or never asked, is told nothing
        finally:
            self._clients.discard(writer)
            with suppress(OSError):
                writer.transport.abort()

    async def _answer(self, path: str) -> Answer:
        if path == "/healthz":
            return Answer(200, PLAIN, b"ok\n")
        if path == "/readyz":
            why = await self._why_not()
            return Answer(503, PLAIN, f"{why}\n".encode()) if why else Answer(200, PLAIN, b"ok\n")
        if path == "/metrics":
            return Answer(200, METRICS, (await self._metrics()).encode())
        return Answer(404, PLAIN, b"there are /healthz, /readyz and /metrics\n")
