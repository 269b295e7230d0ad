"""One service of the practice shop on its own loopback port, well or unwell."""

import asyncio
import socket
from collections.abc import Callable, Iterable
from ssl import SSLContext

from console.demo.services import Answer, Mode, Service, health
from console.demo.wire import HEAD_LIMIT, Request, gone, head, page, read, send

PATIENCE = 10.0  # seconds a client has to say what it wants
DRIP = 0.5  # seconds between two bytes
SWAY = (1.0, 1.1, 0.9, 1.4, 0.95, 1.05, 1.7, 0.85)  # answer times wander, the same way each time
FLAPS = (503, 200, 503, 503, 200, 200, 503, 200)  # never three failures in a row


Pages = Callable[[Request], Answer | None]


class Listener:
    """A service listening on 127.0.0.1; ``set`` changes how it behaves from the next request on.

    ``down_needs`` tells which of the services it needs are broken at this moment.
    """

    def __init__(
        self,
        service: Service,
        down_needs: Callable[[], Iterable[str]],
        tls: SSLContext | None = None,
        pages: Pages | None = None,
    ) -> None:
        self.service = service
        self.mode = Mode.OK
        self.latency = service.slow_latency
        self.asked = 0
        self._down_needs = down_needs
        self._tls = tls
        self._pages = pages
        self._flaps = 0
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self._turn = asyncio.Event()
        # Bound and never listening: it keeps the port ours while the service refuses.
        self._claim = _bound(0)
        self.port: int = self._claim.getsockname()[1]

    async def open(self) -> None:
        """Listen, if nobody does yet."""
        if self._server is None:
            self._server = await asyncio.start_server(
                self._serve, sock=_bound(self.port), ssl=self._tls, limit=HEAD_LIMIT
            )

    async def set(self, mode: Mode, latency: float | None = None) -> None:
        """Behave like ``mode`` from now on; ``latency`` in seconds is for slow. Whoever hangs is let go."""
        self.mode = mode
        self.latency = self.service.slow_latency if latency is None else latency
        self._flaps = 0
        self._turn.set()
        self._turn = asyncio.Event()
        if mode is Mode.REFUSING:
            self._hang_up()
        else:
            await self.open()

    async def close(self) -> None:
        """Stop listening, drop every client and give the port back."""
        self._turn.set()
        self._hang_up()
        self._claim.close()

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._clients:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            async with asyncio.timeout(PATIENCE):
                request = await read(reader)
            await self._respond(request, reader, writer)
        except (OSError, EOFError, asyncio.LimitOverrunError, TimeoutError):
            pass  # a client that went away or never asked has nothing to be told
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _respond(
        self, request: Request | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if request is None:
            await send(writer, page("400", "This is not an HTTP request.", 400))
            return
        self.asked += 1
        if self.mode is Mode.HANG:
            await self._wait(reader, None)
            return
        if self.mode is Mode.DRIPPING:
            await self._drip(health(self.service, 200), reader, writer)
            return
        usual = self.service.latency * SWAY[self.asked % len(SWAY)]
        await self._wait(reader, self.latency if self.mode is Mode.SLOW else usual)
        await send(writer, self._answer(request), bodyless=request.method == "HEAD")

    async def _drip(self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head(answer))
        for byte in answer.body:
            if not await self._wait(reader, DRIP):
                return
            writer.write(bytes([byte]))
            await writer.drain()

    async def _wait(self, reader: asyncio.StreamReader, seconds: float | None) -> bool:
        """Wait for so long (None: for ever); False at once when the mode changes or the client leaves."""
        left = asyncio.create_task(gone(reader))
        turned = asyncio.create_task(self._turn.wait())
        done, pending = await asyncio.wait(
            (left, turned), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        for watcher in pending:
            watcher.cancel()
        return not done

    def _answer(self, request: Request) -> Answer:
        if self.mode is Mode.REFUSING:
            return health(self.service, 503, (self.service.part,))
        if request.path.partition("?")[0] == "/healthz":
            return self._health()
        own = self._pages(request) if self._pages is not None else None
        if own is not None:
            return own
        if request.path != "/":
            return page("404", "There is no such page.", 404)
        wrong = (self.mode is Mode.ERROR_503, *self._down_needs())
        return page(self.service.name, self.service.does, 503 if any(wrong) else 200)

    def _health(self) -> Answer:
        needs = tuple(self._down_needs())
        if self.mode is Mode.ERROR_503:
            return health(self.service, 503, (self.service.part, *needs))
        if self.mode is Mode.FLAPPING:
            status = FLAPS[self._flaps % len(FLAPS)]
            self._flaps += 1
            return health(self.service, status, () if status == 200 else (self.service.part,))
        if self.mode is Mode.DOWN_BODY:
            return health(self.service, 200, (self.service.part, *needs))
        return health(self.service, 503 if needs else 200, needs)


def _bound(port: int) -> socket.socket:
    """Return a socket bound to a loopback port, sharing it with the one that keeps it."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setblocking(False)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(("127.0.0.1", port))
    return bound
