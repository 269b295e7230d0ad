"""The one place that chooses the HTTP transport: httpx over aiohttp, one light client per probe (design 7).

The transport is asked directly: an ``httpx.AsyncClient`` around it costs half as much again per probe.
"""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import aiohttp
import certifi
import httpx
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.tracing import Trace as TraceHook
from httpx_aiohttp import AiohttpTransport

from console.workers.dialer import Dialer
from data.domain.check import Timings

_HEAD = 128 * 1024  # bytes before the end of an answer's head, interim answers included
_ALL = 1024 * 1024  # bytes of a whole answer, with chunk sizes and trailers; its body is cut far earlier


class Stage(StrEnum):
    """How far a probe came, in words that continue "timed out …"."""

    START = "before connecting"
    NAME = "looking up the name"
    CONNECT = "connecting"
    TLS = "in the TLS handshake"
    ANSWER = "waiting for the answer"
    BODY = "reading the body"


@dataclass(slots=True)
class Trace:
    """What one probe went through; the connections of followed redirects add up."""

    started: float = field(default_factory=time.perf_counter)
    stage: Stage = Stage.START
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    certificate: bytes | None = None  # DER, where it was not verified
    certificate_until: datetime | None = None
    hops: int = 0  # redirects followed
    status: int | None = None  # of the last answer
    _entered: float = 0.0

    def enter(self, stage: Stage) -> None:
        """Begin a stage and book the time of the one before."""
        now = time.perf_counter()
        spent = now - self._entered
        if self.stage in (Stage.NAME, Stage.CONNECT):
            self.connect = (self.connect or 0.0) + spent
        elif self.stage is Stage.TLS:
            self.tls = (self.tls or 0.0) + spent
        elif self.stage is Stage.ANSWER:
            self.first_byte = (self.first_byte or 0.0) + spent
        self.stage, self._entered = stage, now

    def timings(self) -> Timings:
        """In seconds; the total runs until now."""
        return Timings(self.connect, self.tls, self.first_byte, time.perf_counter() - self.started)


def trusting_context() -> ssl.SSLContext:
    """Verifies against the system's authorities, or certifi's where the system has none. Reads files."""
    paths = ssl.get_default_verify_paths()
    bundle = None if paths.cafile or paths.capath else certifi.where()
    context = ssl.create_default_context(cafile=bundle)
    context.set_alpn_protocols(["http/1.1"])
    return context


def blind_context() -> ssl.SSLContext:
    """Verifies nothing: for checks that say so."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


async def dial(dialer: Dialer, host: str, port: int, trace: Trace) -> socket.socket:
    """A connected socket, with its stages traced. Raises what resolving and connecting raise."""
    trace.enter(Stage.NAME)
    addresses = await dialer.resolve(host, port)
    trace.enter(Stage.CONNECT)
    return await dialer.connect(addresses)


@contextlib.asynccontextmanager
async def light_client(
    dialer: Dialer, context: ssl.SSLContext, trace: Trace
) -> AsyncIterator[httpx.AsyncBaseTransport]:
    """A transport for exactly one request; its connection is gone afterwards, whatever the server does."""
    connector = _Connector(dialer, context, trace)
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        response_class=_Response,
        trust_env=False,
    )
    # aiohttp silently repeats a GET that was cut off; a probe is one try.
    session._retry_connection = False
    try:
        yield AiohttpTransport(verify=context, client=session)
    finally:
        connector.abort()
        await session.close()


class _Response(aiohttp.ClientResponse):
    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        await super().start(connection)
        # A phrase that is not UTF-8 holds lone surrogates, which the httpx side cannot encode.
        self.reason = (self.reason or "").encode("utf-8", "replace").decode()
        return self


class _Protocol(ResponseHandler):
    """Hangs up on an answer whose head, or the padding around its body, never ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop, trace: Trace) -> None:
        super().__init__(loop)
        self._trace = trace
        self._received = 0

    def data_received(self, data: bytes) -> None:
        if self._received > (_HEAD if self._trace.stage is Stage.ANSWER else _ALL):
            self.set_exception(BadHttpMessage("it does not come to an end"))
            if self.transport is not None:
                self.transport.abort()
            return
        self._received += len(data)
        super().data_received(data)


class _Connector(aiohttp.BaseConnector):
    """One traced connection, never kept alive."""

    def __init__(self, dialer: Dialer, context: ssl.SSLContext, trace: Trace) -> None:
        super().__init__(force_close=True, limit=0)
        self._dialer = dialer
        self._context = context
        self._trace = trace
        self._transport: asyncio.Transport | None = None

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: list[TraceHook],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the signature is aiohttp's
    ) -> ResponseHandler:
        host, port = req.url.raw_host or "", req.port or 0
        secure = req.is_ssl()
        connection = await dial(self._dialer, host, port, self._trace)
        if secure:
            self._trace.enter(Stage.TLS)
        self._transport, protocol = await self._loop.create_connection(
            lambda: _Protocol(self._loop, self._trace),
            sock=connection,
            ssl=self._context if secure else None,
            server_hostname=host.rstrip(".") if secure else None,
        )
        if secure:
            self._read_certificate(self._transport.get_extra_info("ssl_object"))
        self._trace.enter(Stage.ANSWER)
        return protocol

    def _read_certificate(self, peer: ssl.SSLObject) -> None:
        if self._context.verify_mode is ssl.CERT_NONE:
            # Unverified, Python gives the certificate only in this form.
            self._trace.certificate = peer.getpeercert(binary_form=True)
        elif (certificate := peer.getpeercert()) and isinstance(until := certificate["notAfter"], str):
            self._trace.certificate_until = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)

    def abort(self) -> None:
        """Drop the connection now: a polite TLS goodbye waits half a minute for a peer that ignores it."""
        if self._transport is not None:
            self._transport.abort()
