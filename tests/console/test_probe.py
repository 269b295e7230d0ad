"""A day of probes: what a responder reads about services that are well, ill, slow or gone."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.workers.probe import Prober
from data.domain.check import Check, Expect, Outcome, Reason, Result, Warn
from tests.console.servers import Behaviour, answer, closed_port, drip, hang, redirect, serve

NOW = datetime(2026, 11, 24, 14, 3, 27, tzinfo=UTC)
PASS, WARN, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.WARN, Outcome.FAIL, Outcome.INCONCLUSIVE


def check(url: str, *, seconds: float = 5.0, **fields: Any) -> Check:
    return Check(id="api", service="shop", url=url, timeout=timedelta(seconds=seconds), **fields)


async def probe(url: str, **fields: Any) -> Result:
    return await Prober().probe(check(url, **fields), now=lambda: NOW)


@pytest.mark.parametrize(
    ("behaviour", "expect", "found"),
    [
        (answer("fine"), Expect(), (PASS, Reason.OK, 200, "")),
        (answer(status="204 No Content"), Expect(), (PASS, Reason.OK, 204, "")),
        (
            answer("upstream gone", "503 Backend fetch failed"),
            Expect(),
            (FAIL, Reason.STATUS, 503, 'HTTP 503 Backend fetch failed: "upstream gone"'),
        ),
        (answer("", "500 "), Expect(), (FAIL, Reason.STATUS, 500, "HTTP 500 Internal Server Error")),
        (
            answer('{"status":"DOWN","components":{"db":{"status":"DOWN"}}}', media="application/json"),
            Expect(),
            (FAIL, Reason.BODY, 200, "the health document says DOWN: db"),
        ),
        (
            answer('{"status":"warn"}', media="application/health+json"),
            Expect(),
            (WARN, Reason.BODY, 200, "the health document says warn"),
        ),
        (answer('{"db":"up"}'), Expect(json=(("db", "up"),)), (PASS, Reason.OK, 200, "")),
        (
            answer('{"db":"down"}'),
            Expect(json=(("db", "up"),)),
            (FAIL, Reason.BODY, 200, 'db is "down", expected "up"'),
        ),
        (answer("all good"), Expect(text="good"), (PASS, Reason.OK, 200, "")),
        (answer("teapot", "418 Teapot"), Expect(status=(418,)), (PASS, Reason.OK, 418, "")),
        (
            redirect("https://login.example/sso?token=abc"),
            Expect(),
            (FAIL, Reason.STATUS, 302, "HTTP 302 redirects to https://login.example/sso"),
        ),
        (redirect("/there"), Expect(status=(302,)), (PASS, Reason.OK, 302, "")),
    ],
)
async def test_what_an_answer_means(
    behaviour: Behaviour, expect: Expect, found: tuple[Outcome, Reason, int, str]
) -> None:
    async with serve(behaviour) as server:
        result = await probe(server.url, expect=expect)
    assert (result.outcome, result.reason, result.status, result.detail) == found
    assert result.at == NOW


async def test_timings_add_up_to_no_more_than_the_total() -> None:
    async with serve(answer("fine")) as server:
        timings = (await probe(server.url)).timings
    assert timings.connect is not None
    assert timings.first_byte is not None
    assert timings.total is not None
    assert timings.tls is None
    assert 0 < timings.connect + timings.first_byte < timings.total


async def test_a_passing_answer_over_the_latency_limit_is_slow() -> None:
    async with serve(answer("fine")) as server:
        slow = await probe(server.url, warn=Warn(latency=timedelta(microseconds=1)))
        quick = await probe(server.url, warn=Warn(latency=timedelta(seconds=5)))
        failing = await probe(
            server.url, warn=Warn(latency=timedelta(microseconds=1)), expect=Expect(text="nowhere")
        )
    assert (slow.outcome, slow.reason) == (WARN, Reason.SLOW)
    assert slow.detail.startswith("slow: ")
    assert quick.outcome is PASS
    assert (failing.outcome, failing.reason) == (FAIL, Reason.BODY)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (hang(), "timed out waiting for the answer"),
        (hang(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), "timed out reading the body"),
        (drip(b"HTTP/1.1 200 OK\r\nX-Slow: "), "timed out waiting for the answer"),
        (drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", 0.001), "timed out reading the body"),
    ],
    ids=["never answers", "stops in the body", "drips its head", "drips its body"],
)
async def test_the_timeout_is_for_all_of_it(behaviour: Behaviour, words: str) -> None:
    async with serve(behaviour) as server:
        result = await probe(server.url, seconds=0.2)
    assert (result.outcome, result.reason, result.detail) == (FAIL, Reason.TIMEOUT, words)


async def test_tcp_only_connects() -> None:
    async with serve(hang()) as server:
        result = await probe(f"tcp://127.0.0.1:{server.port}")
    assert (result.outcome, result.status, result.timings.first_byte) == (PASS, None, None)
    assert result.timings.connect is not None


@pytest.mark.parametrize("scheme", ["http", "https", "tcp"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_refused(scheme: str, host: str) -> None:
    with closed_port() as port:
        result = await probe(f"{scheme}://{host}:{port}")
    assert (result.outcome, result.reason, result.detail) == (FAIL, Reason.REFUSED, "connection refused")


@pytest.mark.parametrize(
    "url", ["https://nowhere.invalid/", "http://nowhere.invalid", "tcp://nowhere.invalid:5432"]
)
async def test_a_name_that_does_not_exist(url: str) -> None:
    result = await probe(url)
    assert (result.outcome, result.reason) == (FAIL, Reason.DNS)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:99999/",
        "tcp://127.0.0.1:99999",
        "tcp://127.0.0.1",
        "http://127.0.0.1:0/",
        "http://[bad",
        "http://",
        "",
        "nonsense",
        "ftp://127.0.0.1/",
        "http://ﷺ.com/",
        "http://xn--/",
        "http://a..b/",
        f"http://{'a' * 70}.example/",
        "http://127.0.0.1:http/",
        "http://exa mple/",
        "http://\x1b[31m/",
        "http://x/" + "y" * 70_000,
    ],
)
async def test_an_address_that_cannot_be_asked_says_nothing_about_the_service(url: str) -> None:
    result = await probe(url)
    assert (result.outcome, result.reason) == (INCONCLUSIVE, Reason.PROTOCOL)
    assert result.detail
    assert len(result.detail) <= 200
    assert result.detail.isprintable()


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "2852039166",
        "0xa9fea9fe",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "tcp"])
async def test_cloud_metadata_is_never_asked(scheme: str, host: str) -> None:
    result = await probe(f"{scheme}://{host}:80")
    assert (result.outcome, result.reason) == (INCONCLUSIVE, Reason.UNREACHABLE)
    assert "is a link-local address" in result.detail


async def test_what_is_sent() -> None:
    own = (("Host", "shop.internal"), ("X-Team", "caf\u00e9"))
    async with serve(answer("fine")) as server:
        await probe(f"http://ada:secret@127.0.0.1:{server.port}/a b?c=d#e", method="post", headers=own)
        await probe(server.url.removesuffix("/"))
    posted, got = (request.decode().split("\r\n") for request in server.requests)
    ours = ["Accept: */*", "Accept-Encoding: identity", "Connection: close", "User-Agent: warroom"]
    login = "Authorization: Basic YWRhOnNlY3JldA=="
    assert posted[0] == "POST /a%20b?c=d HTTP/1.1"
    assert posted[1:-2] == ["Host: shop.internal", *ours, "Content-Length: 0", login, "X-Team: caf\u00e9"]
    assert got[:-2] == ["GET / HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *ours]


async def test_one_prober_serves_many_checks_at_once_and_every_one_connects_anew() -> None:
    prober = Prober()
    async with serve(answer("fine")) as server:
        asked = [prober.probe(check(server.url), now=lambda: NOW) for _ in range(20)]
        results = await asyncio.gather(*asked)
    assert {result.outcome for result in results} == {PASS}
    assert server.connections == 20


async def test_cancelling_a_probe_cancels_it() -> None:
    async with serve(hang()) as server:
        task = asyncio.create_task(probe(server.url))
        await server.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
