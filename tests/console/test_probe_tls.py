"""TLS: who is trusted, and how long a certificate still has."""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from console.workers.probe import Prober
from data.domain.check import Outcome, Reason, Result, Warn
from tests.console.servers import Behaviour, Server, answer, hang, reset, say, serve
from tests.console.test_probe import check

PASS, WARN, FAIL = Outcome.PASS, Outcome.WARN, Outcome.FAIL
ENDS = datetime(2090, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def prober(authority: trustme.CA) -> Prober:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return Prober(trust=context)


@contextlib.asynccontextmanager
async def secure(authority: trustme.CA, *names: str, until: datetime = ENDS) -> AsyncIterator[Server]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    began = datetime(2020, 1, 1, tzinfo=UTC)
    authority.issue_cert(*(names or ("127.0.0.1",)), not_before=began, not_after=until).configure_cert(
        context
    )
    async with serve(answer("fine"), tls=context) as server:
        yield server


async def ask(
    prober: Prober, server: Server, *, left: timedelta = timedelta(days=90), verify: bool = True
) -> Result:
    asked = check(server.url, verify=verify, warn=Warn(certificate=timedelta(days=14)))
    return await prober.probe(asked, now=lambda: ENDS - left)


async def test_trusted(authority: trustme.CA, prober: Prober) -> None:
    async with secure(authority) as server:
        result = await ask(prober, server)
    assert (result.outcome, result.reason, result.detail) == (PASS, Reason.OK, "")
    assert result.certificate_until == ENDS
    assert result.timings.tls is not None
    assert result.timings.connect is not None


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=15), ""),
        (timedelta(days=14), ""),
        (timedelta(days=13, hours=23), "certificate expires in 13 days"),
        (timedelta(hours=47, minutes=59), "certificate expires in 47 h"),
        (timedelta(minutes=5), "certificate expires in 0 h"),
        (timedelta(0), "certificate expired 0 h ago"),
        (timedelta(days=-3), "certificate expired 3 days ago"),
    ],
)
async def test_near_expiry_warns_verified_or_not(
    authority: trustme.CA, prober: Prober, *, left: timedelta, words: str, verify: bool
) -> None:
    async with secure(authority) as server:
        result = await ask(prober, server, left=left, verify=verify)
    assert result.detail == words
    assert (result.outcome, result.reason) == ((WARN, Reason.CERTIFICATE) if words else (PASS, Reason.OK))
    assert result.certificate_until == ENDS


async def test_expired_fails_in_words(authority: trustme.CA, prober: Prober) -> None:
    async with secure(authority, until=datetime(2021, 1, 1, tzinfo=UTC)) as server:
        result = await ask(prober, server)
        unverified = await ask(prober, server, verify=False)
    assert (result.outcome, result.reason) == (FAIL, Reason.TLS)
    assert result.detail == "certificate not accepted: certificate has expired"
    assert (unverified.outcome, unverified.reason) == (WARN, Reason.CERTIFICATE)


async def test_untrusted_fails_in_words(prober: Prober) -> None:
    async with secure(trustme.CA()) as server:
        result = await ask(prober, server)
        unverified = await ask(prober, server, verify=False)
    assert (result.outcome, result.reason) == (FAIL, Reason.TLS)
    assert "unable to get local issuer certificate" in result.detail
    assert unverified.outcome is PASS


async def test_the_systems_authorities_are_the_default() -> None:
    async with secure(trustme.CA()) as server:
        result = await ask(Prober(), server)
    assert (result.outcome, result.reason) == (FAIL, Reason.TLS)


async def test_another_hosts_certificate_fails_in_words(authority: trustme.CA, prober: Prober) -> None:
    async with secure(authority, "elsewhere.example") as server:
        result = await ask(prober, server)
    assert (result.outcome, result.reason) == (FAIL, Reason.TLS)
    assert "is not valid for '127.0.0.1'" in result.detail


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "TLS failed: the other side does not speak TLS"),
        (say(b""), "the connection was closed in the TLS handshake"),
        (reset(), "the connection was closed in the TLS handshake"),
    ],
    ids=["plain HTTP", "goodbye", "reset"],
)
async def test_no_tls_where_it_was_expected(prober: Prober, behaviour: Behaviour, words: str) -> None:
    async with serve(behaviour, reads=False) as server:
        server.scheme = "https"
        result = await ask(prober, server)
    assert (result.outcome, result.reason) == (FAIL, Reason.TLS)
    assert words in result.detail


async def test_a_handshake_that_never_ends_times_out(prober: Prober) -> None:
    async with serve(hang(), reads=False) as server:
        asked = check(f"https://127.0.0.1:{server.port}", seconds=0.2)
        result = await prober.probe(asked, now=lambda: ENDS)
    assert (result.outcome, result.reason) == (FAIL, Reason.TIMEOUT)
    assert result.detail == "timed out in the TLS handshake"


async def test_a_peer_that_ignores_the_goodbye_keeps_no_connection(
    authority: trustme.CA, prober: Prober
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def answer_and_ignore(listening: socket.socket) -> bool:
        """True when the connection was closed although nobody said goodbye back."""
        accepted, _ = listening.accept()
        accepted.settimeout(10)
        with context.wrap_socket(accepted, server_side=True) as peer:
            peer.recv(4096)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            with socket.socket(fileno=os.dup(peer.fileno())) as wire:
                wire.settimeout(10)
                with contextlib.suppress(ConnectionResetError):
                    while wire.recv(4096):
                        pass
        return True

    with socket.create_server(("127.0.0.1", 0)) as listening:
        peer = asyncio.create_task(asyncio.to_thread(answer_and_ignore, listening))
        result = await prober.probe(
            check(f"https://127.0.0.1:{listening.getsockname()[1]}"), now=lambda: ENDS - timedelta(days=90)
        )
        assert result.status == 200
        assert await peer
