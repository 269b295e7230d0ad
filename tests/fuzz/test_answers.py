"""Damaged HTTP answers over a real connection: a result in one clean line, whatever a server says."""

import asyncio
from asyncio import StreamWriter

import pytest
from hypothesis import HealthCheck, given, settings

from data.domain.check import Expect, Outcome, Reason, Result
from data.text import clean_line
from tests.console.servers import serve
from tests.console.test_probe import probe
from tests.fuzz.damage import TOKENS, damaged
from tests.hostile import forbidden_in

HEALTH = b'{"status":"fail","checks":{"db:time":[{"status":"fail","output":"late"}]}}'
GOOD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 503 Gone\r\nContent-Type: application/health+json\r\nContent-Length: %d\r\n\r\n%b"
    % (len(HEALTH), HEALTH),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: y\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    b"HTTP/1.0 302 Found\r\nLocation: https://shop.example/ok?a=b\r\nRetry-After: 120\r\n\r\n",
)


def ask(wire: bytes) -> Result:
    """Return what a probe makes of these bytes."""

    async def behave(_: bytes, writer: StreamWriter) -> None:
        writer.write(wire)
        await writer.drain()

    async def asked() -> Result:
        async with serve(behave) as server:
            return await probe(server.url, seconds=2, expect=Expect(text="ok"))

    return asyncio.run(asked())


def holds(wire: bytes) -> None:
    """Hold what is made of them to being a line that can be shown."""
    found = ask(wire)
    assert found.detail == clean_line(found.detail)
    assert not forbidden_in(found.detail)
    assert found.outcome is Outcome.PASS or found.reason is not Reason.OK


def test_good_answers_are_understood() -> None:
    assert [ask(wire).outcome for wire in GOOD[:3]] == [Outcome.PASS, Outcome.FAIL, Outcome.PASS]


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(damaged(GOOD))
def test_damaged_answers_are_told_in_a_clean_line(wire: bytes) -> None:
    holds(wire)


@pytest.mark.slow
@settings(deadline=None, max_examples=500, suppress_health_check=list(HealthCheck))
@given(damaged(GOOD))
def test_much_damage_is_told_in_a_clean_line(wire: bytes) -> None:
    holds(wire)


@pytest.mark.slow
@pytest.mark.parametrize("header", [b"Content-Type", b"Content-Length", b"Location", b"Transfer-Encoding"])
def test_no_header_is_trusted(header: bytes) -> None:
    for token in TOKENS:
        holds(b"HTTP/1.1 302 Found\r\n" + header + b": " + token + b"\r\n\r\nok")
