"""HTTPX's transport of this console: a connection for each request, and a bounded answer (design 7)."""

import asyncio
import contextlib
import functools
import ssl
import sys
from collections.abc import AsyncIterator
from typing import cast

import h11
import httpx

from console.workers.dialer import Dialer
from console.workers.request import WEB
from console.workers.transport import Contexts, HungUp, Improper, Stage, Trace, dial
from data.domain.body import LIMIT

_ONCE = 16 * 1024  # bytes taken from the wire at once
_HEAD = 128 * 1024  # bytes before the end of an answer's head, interim answers included
_OVERHEAD = 16  # times the body that is wanted may come in all, with chunk sizes and trailers
_PIECE = 64  # bytes: a body in chunks that are smaller on average costs too much, and is cut


class Exchange(asyncio.BufferedProtocol):
    """One answer, read as far as it is wanted; hangs up on one that does not come to an end."""

    _transport: asyncio.Transport | None = None

    def __init__(self, request: httpx.Request, trace: Trace, *, limit: int) -> None:
        """``limit`` is how many bytes of the answer's body are wanted at most."""
        self.status = 0
        self.reason = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self._request = request
        self._trace = trace
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD)
        self._limit = limit
        self._left = limit
        self._pieces = limit // _PIECE
        self._buffer = memoryview(bytearray(_ONCE))
        self._received = 0
        self._ended: Exception | None = None
        self._news = asyncio.Event()

    async def connect(self, dialer: Dialer, context: ssl.SSLContext | None) -> None:
        """Compose the request and connect; ``context`` is for TLS, None without.

        Raises h11.LocalProtocolError where it cannot be composed, OSError, and what looking a name up raises.
        """
        self._wire, url = self._compose(await self._request.aread()), self._request.url
        host, name = url.raw_host.decode("ascii"), None
        connection = await dial(dialer, host, url.port or WEB[url.scheme], self._trace)
        if context is not None:
            name = host.rstrip(".")
            self._trace.enter(Stage.TLS)
        transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: self, sock=connection, ssl=context, server_hostname=name
        )
        if context is not None:
            self._trace.read_certificate(transport.get_extra_info("ssl_object"))
        self._trace.enter(Stage.ANSWER)

    def _compose(self, content: bytes) -> bytes:
        request = self._request
        asked = _asked(request.method, request.url.raw_path, tuple(request.headers.raw))
        wire = self._http.send(asked) or b""
        if content:
            wire += self._http.send(h11.Data(data=content)) or b""
        return wire + (self._http.send(h11.EndOfMessage()) or b"")

    def close(self) -> None:
        """Hang up, whatever the server does."""
        # A polite TLS goodbye waits half a minute for a peer that ignores it.
        if self._transport is not None:
            self._transport.abort()

    def header(self, name: bytes) -> str:
        """The header's value, empty where there is none; ``name`` in small letters."""
        return next((value.decode("utf-8", "replace") for key, value in self.headers if key == name), "")

    async def ask(self) -> None:
        """Send the request and read the answer's head. Raises OSError, HungUp, Improper."""
        if self._transport is not None:
            self._transport.write(self._wire)
        while not isinstance(event := await self._next(), h11.Response):
            pass  # an interim answer
        self.status, self.reason, self.headers = event.status_code, event.reason, list(event.headers)
        self._trace.enter(Stage.BODY)

    async def piece(self) -> bytes:
        """The next of the body as it is on the wire, cut at the limit; empty at its end. Raises so too."""
        if self._left <= 0 or self._pieces <= 0:
            return b""
        event = await self._next()
        if not isinstance(event, h11.Data):
            self._left = 0
            return b""
        piece = bytes(event.data[: self._left])
        self._left -= len(piece)
        self._pieces -= 1
        return piece

    async def read(self) -> bytes:
        """The rest of the body, as ``piece`` gives it."""
        body = bytearray()
        while piece := await self.piece():
            body += piece
        return bytes(body)

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
            self.close()
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


class _Body(httpx.AsyncByteStream):
    """The body of an answer as it comes; ends at the limit. Closing it ends the connection."""

    def __init__(self, made: Exchange) -> None:
        self._made = made

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if piece := await self._made.piece():
            return piece
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self._made.close()


class Transport(httpx.AsyncBaseTransport):
    """A connection of its own for each request; no proxy, no redirect. Nothing to close.

    A request says more in its extensions: ``stages`` is the Trace to keep, ``limit`` how many bytes of the
    answer's body are wanted at most (64 kB), ``verify`` whether the certificate must be one that is trusted
    (True). The time limit is whoever's who asks, around all of it.
    """

    def __init__(self, dialer: Dialer, *, trust: ssl.SSLContext | None = None) -> None:
        """``trust`` replaces the system's authorities. TLS contexts are made at the first need."""
        self._dialer = dialer
        self._contexts = Contexts(trust)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer's head, its body still to be read; whoever asks closes it.

        Raises as connecting does, and HungUp or Improper, as reading the body does too.
        """
        told = request.extensions
        context = None
        if request.url.scheme == "https":
            context = await self._contexts.get(verify=told.get("verify", True))
        made = Exchange(request, told.get("stages") or Trace(), limit=told.get("limit", LIMIT))
        try:
            await made.connect(self._dialer, context)
            await made.ask()
        except BaseException:
            made.close()
            raise
        # Without a reason HTTPX takes the status code's own.
        said = {"reason_phrase": made.reason} if made.reason else None
        return httpx.Response(
            made.status, headers=made.headers, stream=_Body(made), request=request, extensions=said
        )


def header(answer: httpx.Response, name: str) -> str:
    """The header's first value, empty where there is none."""
    return next(iter(answer.headers.get_list(name)), "")


def phrase(answer: httpx.Response) -> str:
    """The reason in the server's words, else the status code's own."""
    said: bytes = answer.extensions.get("reason_phrase", b"")
    return said.decode("utf-8", "replace") or answer.reason_phrase


async def read(answer: httpx.Response, limit: int = sys.maxsize) -> bytes:
    """The body as it is on the wire, packed if it is; not much more of it is read than ``limit`` bytes."""
    pieces, size = [], 0
    async for piece in cast(httpx.AsyncByteStream, answer.stream):
        pieces.append(piece)  # put together once: megabytes come in small pieces
        size += len(piece)
        if size >= limit:
            break
    return b"".join(pieces)[:limit]
