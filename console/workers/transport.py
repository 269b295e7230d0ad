"""What is under every request: how far it came, who is trusted, and the connection itself (design 7)."""

import asyncio
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import certifi

from console.workers.dialer import Dialer
from data.domain.check import Timings


class HungUp(Exception):
    """The other side ended the connection before its answer was complete."""


class Improper(Exception):
    """What came is no proper HTTP answer; the text says why."""


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

    def read_certificate(self, peer: ssl.SSLObject) -> None:
        """Keep what the peer's certificate says."""
        if peer.context.verify_mode is ssl.CERT_NONE:
            # Unverified, Python gives the certificate only in this form.
            self.certificate = peer.getpeercert(binary_form=True)
        elif (certificate := peer.getpeercert()) and isinstance(until := certificate["notAfter"], str):
            self.certificate_until = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)

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


class Contexts:
    """The TLS contexts of one transport, made at the first need."""

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        """``trust`` replaces the system's authorities."""
        self._made: dict[bool, ssl.SSLContext] = {} if trust is None else {True: trust}
        self._making = threading.Lock()

    async def get(self, *, verify: bool) -> ssl.SSLContext:
        """The context that verifies, or the one that does not."""
        # Making one reads every authority from disk: in a thread, and once.
        if verify in self._made:
            return self._made[verify]
        return await asyncio.to_thread(self._make, verify)

    def _make(self, verify: bool) -> ssl.SSLContext:
        with self._making:
            if verify not in self._made:
                self._made[verify] = trusting_context() if verify else blind_context()
            return self._made[verify]


async def dial(dialer: Dialer, host: str, port: int, trace: Trace) -> socket.socket:
    """A connected socket, with its stages traced. Raises what resolving and connecting raise."""
    trace.enter(Stage.NAME)
    addresses = await dialer.resolve(host, port)
    trace.enter(Stage.CONNECT)
    return await dialer.connect(addresses)
