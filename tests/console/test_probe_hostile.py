"""Servers that lie, flood and break off: one line of clean words, little memory, and never an exception."""

import gzip
import tracemalloc

import pytest

from data.domain.check import Expect, Outcome, Reason
from tests.console.servers import Behaviour, answer, flood, hang, reset, say, serve
from tests.console.test_probe import probe

PASS, FAIL = Outcome.PASS, Outcome.FAIL
OK = b"HTTP/1.1 200 OK\r\n"
MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (say(b""), Reason.PROTOCOL),
        (reset(), Reason.PROTOCOL),
        (reset(OK + b"Content-Length: 99\r\n\r\nhalf"), Reason.PROTOCOL),
        (say(OK + b"Content-Length: 99\r\n\r\nhalf"), Reason.PROTOCOL),
        (say(OK + b"X-Half: a head"), Reason.PROTOCOL),
        (hang(OK + b"X-Half: a head"), Reason.TIMEOUT),
        (say(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"), Reason.PROTOCOL),
        (say(b"<html>an HTTP/0.9 answer</html>"), Reason.PROTOCOL),
        (say(bytes(range(256)) * 20), Reason.PROTOCOL),
        (say(b"\x16\x03\x01\x02\x00\x01\x00"), Reason.PROTOCOL),
        (say(b"HTTP/1.1 200 " + b"A" * 200_000 + b"\r\n\r\n"), Reason.PROTOCOL),
        (say(b"HTTP/1.1 9999999999 Huge\r\n\r\n"), Reason.PROTOCOL),
        (say(b"HTTP/1.1 -1 Negative\r\n\r\n"), Reason.PROTOCOL),
        (say(b"HTTP/1.1 two hundred\r\n\r\n"), Reason.PROTOCOL),
        (say(OK + b"Content-Length: -5\r\n\r\n"), Reason.PROTOCOL),
        (say(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), Reason.PROTOCOL),
        (say(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), Reason.PROTOCOL),
        (say(OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n"), Reason.PROTOCOL),
        (say(OK + b"No colon here\r\n\r\n"), Reason.PROTOCOL),
        (say(OK + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\n"), Reason.PROTOCOL),
        (flood(OK, b"X-More: headers\r\n"), Reason.PROTOCOL),
        (flood(OK + b"X-Long: ", b"a" * 4096), Reason.PROTOCOL),
        (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Reason.PROTOCOL),
        (flood(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"extension=" * 400), Reason.PROTOCOL),
        (
            say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
            Reason.PROTOCOL,
        ),
    ],
)
async def test_broken_answers_fail_and_name_a_reason(behaviour: Behaviour, reason: Reason) -> None:
    async with serve(behaviour) as server:
        result = await probe(server.url, seconds=0.3 if reason is Reason.TIMEOUT else 10)
    assert (result.outcome, result.reason) == (FAIL, reason)
    assert result.detail
    assert result.detail.isprintable()
    assert server.connections == 1


@pytest.mark.parametrize(
    "behaviour",
    [
        flood(OK + b"\r\n", b"x" * 65536),
        flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
        answer(gzip.compress(bytes(24 * MEGABYTE)), headers="Content-Encoding: gzip\r\n"),
        answer(
            gzip.compress(gzip.compress(bytes(24 * MEGABYTE))), headers="Content-Encoding: gzip, gzip\r\n"
        ),
        answer(b"\x28\xb5\x2f\xfd" * 40_000, headers="Content-Encoding: zstd\r\n"),
        answer("[" * 70_000, media="application/json"),
        answer('{"status":' * 7_000, media="application/health+json"),
        answer(headers="Set-Cookie: a=b\r\n" * 100),
        answer(b"\xff\xfe\x00\x80 not UTF-8"),
        answer(status="200 Tr\xe8s bien"),
        answer(headers=b"X-Latin: \xe9\xff\r\n"),
        answer(headers=b"Content-Type: \xe9\xff\r\n"),
        say(OK + b"\r\nuntil the end"),
        say(b"HTTP/1.0 200 OK\r\n\r\nold but proper"),
        say(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"),
        say(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n"),
        reset(OK + b"Content-Length: 70000\r\n\r\n" + b"x" * 70_000),
    ],
)
async def test_odd_or_enormous_answers_that_are_well_pass_in_little_memory(behaviour: Behaviour) -> None:
    async with serve(behaviour) as server:
        await probe(server.url)
        tracemalloc.start()
        try:
            result = await probe(server.url)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert (result.outcome, result.status, result.detail) == (PASS, 200, "")
    assert peak < 8 * MEGABYTE


@pytest.mark.parametrize(
    "behaviour",
    [
        flood(OK, b"X-More: headers\r\n"),
        flood(OK + b"X-Long: ", b"a" * 4096),
        flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        flood(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"extension=" * 400),
        flood(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: more\r\n" * 200),
        flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 500),
    ],
)
async def test_what_never_ends_takes_no_memory(behaviour: Behaviour) -> None:
    async with serve(behaviour) as server:
        await probe(server.url, seconds=0.1)
        tracemalloc.start()
        try:
            await probe(server.url, seconds=0.5)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8 * MEGABYTE


EVIL = b"\x1b]0;owned\x07\x1b[2J \xe2\x80\xae\x9b31m [@click=app.quit]x[/]"


@pytest.mark.parametrize(
    "behaviour",
    [
        say(b"HTTP/1.1 500 " + EVIL + b"\r\nContent-Length: 0\r\n\r\n"),
        answer(EVIL, "500 Broken"),
        answer(b'{"status": "DOWN \\u001b[2J\\u202e", "output": "\\u0007"}', media="application/health+json"),
        answer(b"[-]" + EVIL + b" failed\n", "500 Broken"),
        answer(b'{"db": "\\u001b[31m\\u0000\\ud800"}'),
        answer(status="302 Found", headers=b"Location: http://" + EVIL + b"/\r\n"),
        answer(status="302 Found", headers=b"Location: http://x/%1b%5b2J\xe2\x80\xae\r\n"),
        say(EVIL * 50),
        say(OK + EVIL + b": x\r\n\r\n"),
        answer(b"\xef\xbb\xbf" + b"A" * 60_000 + b"\n", "500 " + "B" * 4000),
    ],
)
async def test_a_servers_words_are_clean_and_short(behaviour: Behaviour) -> None:
    async with serve(behaviour) as server:
        result = await probe(server.url, expect=Expect(json=(("db", "up"),)))
    assert result.outcome is FAIL
    assert 0 < len(result.detail) <= 200
    assert not set(result.detail) & {"\x1b", "\x07", "\x9b", "\x00", "\n", "\u202e", "\ud800"}
    result.detail.encode()
