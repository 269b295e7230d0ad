"""Redirects: not followed unless asked, never for ever, and never with the check's secrets to a stranger."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from data.domain.check import Outcome, Reason
from tests.console.servers import Server, answer, redirect, serve
from tests.console.test_probe import probe

PASS, FAIL = Outcome.PASS, Outcome.FAIL
KEY = (("X-Api-Key", "open-sesame"), ("Authorization", "Bearer open-sesame"))


@contextlib.asynccontextmanager
async def redirected(location: str, status: str = "302 Found") -> AsyncIterator[tuple[Server, Server]]:
    """A server that redirects, and the one it redirects to; ``{port}`` in the location is the second's."""
    async with (
        serve(answer("arrived")) as second,
        serve(redirect(location.format(port=second.port), status)) as first,
    ):
        yield first, second


async def test_not_followed_unless_asked() -> None:
    async with redirected("http://127.0.0.1:{port}/there") as (first, second):
        result = await probe(first.url)
        assert (result.outcome, result.reason, result.status) == (FAIL, Reason.STATUS, 302)
        assert result.detail == f"HTTP 302 redirects to http://127.0.0.1:{second.port}/there"
        assert second.connections == 0


async def test_followed_when_asked() -> None:
    async with redirected("http://127.0.0.1:{port}/there?x=1") as (first, second):
        result = await probe(first.url, follow_redirects=True)
    assert (result.outcome, result.status) == (PASS, 200)
    assert second.requests[0].startswith(b"GET /there?x=1 HTTP/1.1\r\n")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Stay", "308 Stay"])
async def test_another_origin_never_sees_the_headers(status: str) -> None:
    async with redirected("http://127.0.0.1:{port}/", status) as (first, second):
        await probe(first.url, follow_redirects=True, headers=KEY)
    assert b"open-sesame" in first.requests[0]
    assert b"open-sesame" not in second.requests[0]


async def test_credentials_in_the_address_stay_with_it() -> None:
    async with redirected("http://127.0.0.1:{port}/") as (first, second):
        await probe(f"http://ada:open-sesame@127.0.0.1:{first.port}/", follow_redirects=True)
    assert b"authorization: basic" in first.requests[0].lower()
    assert b"authorization" not in second.requests[0].lower()


async def test_the_same_origin_keeps_the_headers() -> None:
    async with serve(redirect("/again")) as server:
        result = await probe(server.url, follow_redirects=True, headers=KEY)
    assert all(b"open-sesame" in head for head in server.requests)
    assert (result.outcome, result.reason) == (FAIL, Reason.STATUS)
    assert result.detail == f"more than 5 redirects, the last to {server.url}again"
    assert server.connections == 6


@pytest.mark.parametrize(
    ("method", "status", "second_method"),
    [
        ("GET", "302 Found", "GET"),
        ("HEAD", "302 Found", "HEAD"),
        ("POST", "303 See Other", "GET"),
        ("POST", "302 Found", "GET"),
        ("POST", "307 Stay", "POST"),
    ],
)
async def test_the_method_after_a_redirect(method: str, status: str, second_method: str) -> None:
    async with redirected("http://127.0.0.1:{port}/", status) as (first, second):
        assert (await probe(first.url, follow_redirects=True, method=method)).outcome is PASS
    assert first.requests[0].startswith(f"{method} ".encode())
    assert second.requests[0].startswith(f"{second_method} ".encode())


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://[bad", Reason.PROTOCOL),
        ("http://127.0.0.1:99999/", Reason.PROTOCOL),
        ("file:///etc/passwd", Reason.PROTOCOL),
        ("tcp://127.0.0.1:22", Reason.PROTOCOL),
        ("javascript:alert(1)", Reason.PROTOCOL),
        ("http://nowhere.invalid/", Reason.DNS),
        ("http://169.254.169.254/latest/meta-data/", Reason.UNREACHABLE),
    ],
)
async def test_a_redirect_into_nothing_is_the_servers_failure(location: str, reason: Reason) -> None:
    async with serve(redirect(location)) as server:
        result = await probe(server.url, follow_redirects=True)
    assert (result.outcome, result.reason, result.status) == (FAIL, reason, None)
    assert result.detail


async def test_a_redirect_without_a_target_is_judged_by_its_status() -> None:
    async with serve(answer(status="302 Found")) as server:
        result = await probe(server.url, follow_redirects=True)
    assert (result.outcome, result.reason, result.detail) == (FAIL, Reason.STATUS, "HTTP 302 Found")
