"""One HTTP request over a connection of its own, and what is read of the answer (design 7)."""

import asyncio
import contextlib
import functools
import http
import ssl
from collections.abc import AsyncIterator
from typing import cast

import h11

from console.workers.dialer import Dialer
from console.workers.request import Request
from console.workers.transport import HungUp, Improper, Stage, Trace, dial

_ONCE = 16 * 1024  # bytes taken from the wire at once
_HEAD = 128 * 1024  # bytes before the end of an answer's head, interim answers included
_OVERHEAD = 16  # times the body that is wanted may come in all, with chunk sizes and trailers
_PIECE = 64  # bytes: a body in chunks that are smaller on average costs too much, and is cut


class Exchange(asyncio.BufferedProtocol):
    """One answer, read as far as it is wanted; hangs up on one that does not come to an end."""

    _transport: asyncio.Transport

    def __init__(self, request: Request, trace: Trace, *, limit: int, content: bytes = b"") -> None:
        """``request`` is composed at once. Raises h11.LocalProtocolError where it cannot be."""
        self.status = 0
        self.phrase = ""
        self._headers: list[tuple[bytes, bytes]] = []
        self._trace = trace
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD)
        self._wire = self._compose(request, content)
        self._limit = limit
        self._buffer = memoryview(bytearray(_ONCE))
        self._received = 0
        self._ended: Exception | None = None
        self._news = asyncio.Event()

    def _compose(self, request: Request, content: bytes) -> bytes:
        wire = self._http.send(_asked(request.method, request.url.raw_path, request.lines(len(content))))
        if content:
            wire += self._http.send(h11.Data(data=content))
        return wire + self._http.send(h11.EndOfMessage())

    def header(self, name: bytes) -> str:
        """The header's value, empty where there is none; ``name`` in small letters."""
        return next((value.decode("utf-8", "replace") for key, value in self._headers if key == name), "")

    async def ask(self) -> None:
        """Send the request and read the answer's head. Raises OSError, HungUp, Improper."""
        self._transport.write(self._wire)
        while not isinstance(event := await self._next(), h11.Response):
            pass  # an interim answer
        self.status = event.status_code
        self.phrase = event.reason.decode("utf-8", "replace")
        if not self.phrase:
            with contextlib.suppress(ValueError):
                self.phrase = http.HTTPStatus(self.status).phrase
        self._headers = list(event.headers)

    async def read(self, limit: int | None = None) -> bytes:
        """The body as it is on the wire, cut at ``limit`` bytes. Raises as ``ask`` does."""
        body, limit = bytearray(), self._limit if limit is None else limit
        for _ in range(limit // _PIECE):
            event = await self._next()
            if not isinstance(event, h11.Data):
                break
            body += event.data
            if len(body) >= limit:
                break
        return bytes(body[:limit])

    async def _next(self) -> object:
        while (event := self._event()) is h11.NEED_DATA:
            if self._ended is not None:
                return self._last(self._ended)
            self._news.clear()
            await self._news.wait()
        return event

    def _event(self) -> object:
        try:
            return self._http.next_event()
        except h11.RemoteProtocolError as error:
            raise Improper(str(error)) from None

    def _last(self, ended: Exception) -> object:
        """What the connection's end means: the end of a body that has no length, or a break."""
        if isinstance(ended, HungUp):
            self._http.receive_data(b"")
            with contextlib.suppress(h11.RemoteProtocolError):
                if (event := self._http.next_event()) is not h11.NEED_DATA:
                    return event
            if self._received and not self.status:
                raise Improper("it breaks off before the end of its head")
        raise ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes go."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Keep what came for who reads."""
        self._received += nbytes
        if self._received > (_HEAD if self._trace.stage is Stage.ANSWER else self._limit * _OVERHEAD):
            self._end(Improper("it does not come to an end"))
            self._transport.abort()
            return
        self._http.receive_data(bytes(self._buffer[:nbytes]))
        self._news.set()

    def eof_received(self) -> None:
        """Take note that nothing more comes."""
        self._end(HungUp())

    def connection_lost(self, error: Exception | None) -> None:
        """Take note of how it ended."""
        self._end(error or HungUp())

    def _end(self, how: Exception) -> None:
        self._ended = self._ended or how
        self._news.set()


@functools.lru_cache(maxsize=4096)
def _asked(method: str, target: bytes, lines: tuple[tuple[bytes, bytes], ...]) -> h11.Request:
    """A request that was found proper; a check sends the same one each time."""
    return h11.Request(method=method, target=target, headers=list(lines))


@contextlib.asynccontextmanager
async def exchange(
    dialer: Dialer,
    context: ssl.SSLContext | None,
    request: Request,
    trace: Trace,
    *,
    limit: int,
    content: bytes = b"",
) -> AsyncIterator[Exchange]:
    """A connection for exactly one request, gone afterwards whatever the server does.

    ``context`` is for TLS, None without; ``limit`` is how many bytes of the answer's body are wanted at most.
    Raises what connecting and the handshake raise.
    """
    made = Exchange(request, trace, limit=limit, content=content)
    connection = await dial(dialer, request.host, request.port, trace)
    if context is not None:
        trace.enter(Stage.TLS)
    transport, _ = await asyncio.get_running_loop().create_connection(
        lambda: made,
        sock=connection,
        ssl=context,
        server_hostname=request.host.rstrip(".") if context is not None else None,
    )
    try:
        if context is not None:
            trace.read_certificate(transport.get_extra_info("ssl_object"))
        trace.enter(Stage.ANSWER)
        yield made
    finally:
        # A polite TLS goodbye waits half a minute for a peer that ignores it.
        transport.abort()
