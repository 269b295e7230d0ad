"""What stopped a connection, as one reason; and which of several addresses is taken."""

import asyncio
import contextlib
import errno
import os
import socket
import ssl

import httpx
import pytest

from console.workers.dialer import Dialer, LinkLocal
from console.workers.faults import Fault, classify
from console.workers.secrets import SecretMissing
from console.workers.transport import HungUp, Improper, Stage, Trace
from data.domain.check import Reason
from tests.console.servers import closed_port


def system_error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def at(stage: Stage, *, hops: int = 0) -> Trace:
    return Trace(stage=stage, hops=hops)


def wrapped(error: Exception) -> Exception:
    """As the libraries hand it on: behind two exceptions of their own, the first of which looks plain."""
    middle = OSError(errno.EIO, "something")
    middle.__cause__ = error
    outer = httpx.ConnectTimeout("")
    outer.__cause__ = middle
    return outer


@pytest.mark.parametrize(
    "wrap", [lambda error: error, wrapped, lambda error: ExceptionGroup("several", [error])]
)
@pytest.mark.parametrize(
    ("error", "stage", "reason", "ours"),
    [
        (system_error(errno.ECONNREFUSED), Stage.CONNECT, Reason.REFUSED, False),
        (system_error(errno.ENETUNREACH), Stage.CONNECT, Reason.UNREACHABLE, False),
        (system_error(errno.EHOSTUNREACH), Stage.CONNECT, Reason.UNREACHABLE, False),
        (system_error(errno.EPERM), Stage.CONNECT, Reason.UNREACHABLE, False),
        (system_error(errno.ETIMEDOUT), Stage.CONNECT, Reason.TIMEOUT, False),
        (system_error(errno.EMFILE), Stage.CONNECT, Reason.UNREACHABLE, True),
        (system_error(errno.EADDRNOTAVAIL), Stage.CONNECT, Reason.UNREACHABLE, True),
        (system_error(errno.ECONNRESET), Stage.TLS, Reason.TLS, False),
        (system_error(errno.ECONNRESET), Stage.ANSWER, Reason.PROTOCOL, False),
        (system_error(errno.EPIPE), Stage.BODY, Reason.PROTOCOL, False),
        (socket.gaierror(socket.EAI_NONAME, "no"), Stage.NAME, Reason.DNS, False),
        (socket.gaierror(socket.EAI_AGAIN, "later"), Stage.NAME, Reason.DNS, False),
        (ssl.SSLError(1, "odd"), Stage.TLS, Reason.TLS, False),
        (ssl.SSLEOFError(8, "cut"), Stage.BODY, Reason.TLS, False),
        (LinkLocal("x is a link-local address"), Stage.NAME, Reason.UNREACHABLE, True),
        (SecretMissing("no such thing"), Stage.START, Reason.SECRET, True),
        (UnicodeError("label too long"), Stage.NAME, Reason.PROTOCOL, True),
        (HungUp(), Stage.ANSWER, Reason.PROTOCOL, False),
        (Improper("half a chunk"), Stage.BODY, Reason.PROTOCOL, False),
        (RecursionError(), Stage.BODY, Reason.PROTOCOL, False),
        (OverflowError("port must be 0-65535"), Stage.START, Reason.PROTOCOL, True),
    ],
)
def test_every_failure_has_one_reason(
    error: Exception, stage: Stage, reason: Reason, *, ours: bool, wrap: type[Exception]
) -> None:
    fault = classify(wrap(error), at(stage))
    assert (fault.reason, fault.ours) == (reason, ours)
    assert fault.words


def test_a_timeout_is_a_timeout_whatever_it_interrupted() -> None:
    error = TimeoutError()
    error.__context__ = system_error(errno.ECONNREFUSED)
    assert classify(error, at(Stage.CONNECT)) == Fault(Reason.TIMEOUT, "timed out connecting")
    assert classify(error, at(Stage.START)).ours


def test_an_unknown_error_before_anything_was_sent_is_not_quoted() -> None:
    fault = classify(ValueError("bad header Bearer tok-8f3a9c"), at(Stage.START))
    assert (fault.ours, "tok" in fault.words) == (True, False)


def test_circular_causes_end() -> None:
    one, two = ValueError(), KeyError()
    one.__context__, two.__context__ = two, one
    assert classify(one, at(Stage.BODY)).reason is Reason.PROTOCOL


def listening(backlog: int = 8) -> socket.socket:
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(backlog)
    return server


async def test_the_first_address_that_answers_is_taken() -> None:
    with listening() as good, closed_port() as refusing:
        places = [(socket.AF_INET, ("127.0.0.1", refusing)), (socket.AF_INET, good.getsockname())]
        with await Dialer().connect(places) as connection:
            assert connection.getpeername() == good.getsockname()


async def test_a_silent_address_does_not_hold_up_the_next() -> None:
    with contextlib.ExitStack() as stack:
        # A full backlog: further connections get no answer at all.
        silent = stack.enter_context(listening(0))
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(silent.getsockname())
        good = stack.enter_context(listening())
        places = [(socket.AF_INET, silent.getsockname()), (socket.AF_INET, good.getsockname())]
        async with asyncio.timeout(30):
            with await Dialer().connect(places) as connection:
                assert connection.getpeername() == good.getsockname()


async def test_refused_by_all_is_refused() -> None:
    with closed_port() as one, closed_port() as two:
        places = [(socket.AF_INET, ("127.0.0.1", one)), (socket.AF_INET, ("127.0.0.1", two))]
        with pytest.raises(ConnectionRefusedError):
            await Dialer().connect(places)


async def test_refused_says_more_than_no_route() -> None:
    nowhere = (socket.AF_INET, ("255.255.255.255", 80))  # TCP has no broadcast: refused by our own kernel
    with closed_port() as port, pytest.raises(ConnectionRefusedError):
        await Dialer().connect([nowhere, (socket.AF_INET, ("127.0.0.1", port))])
    with pytest.raises(OSError, match=r"\[Errno") as caught:
        await Dialer().connect([nowhere, nowhere])
    assert not isinstance(caught.value, ConnectionRefusedError)


async def test_link_local_targets_can_be_allowed() -> None:
    allowed = await Dialer(link_local=True).resolve("169.254.169.254", 80)
    assert allowed == [(socket.AF_INET, ("169.254.169.254", 80))]
    with pytest.raises(LinkLocal):
        await Dialer().resolve("169.254.169.254", 80)
