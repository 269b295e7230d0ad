"""Asking a source: what goes out, and that every way to fail is one sentence, in time and without secrets."""

import base64
import gzip
import ssl
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from console.workers.alert_http import LIMIT, Caller, NoAnswer
from data.domain.room import Source
from tests.console.servers import (
    Behaviour,
    answer,
    closed_port,
    drip,
    flood,
    hang,
    redirect,
    reset,
    say,
    serve,
)

OK = b"HTTP/1.1 200 OK\r\n"
ALERTS = "/api/v2/alerts"


def source(url: str, **fields: object) -> Source:
    made = Source("prod", "alertmanager", (url,), every=timedelta(seconds=1))
    return replace(made, **fields)  # type: ignore[arg-type]


async def ask(asked: Source, seconds: float = 10) -> bytes:
    return await Caller().ask(asked, asked.urls[0], ALERTS, seconds=seconds)


async def trouble(behaviour: Behaviour, seconds: float = 10) -> str:
    """What is said of an answer that does not count."""
    async with serve(behaviour) as server:
        with pytest.raises(NoAnswer) as caught:
            await ask(source(server.url), seconds)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize(
    ("base", "asked"),
    [
        ("", "/api/v2/alerts"),
        ("alertmanager", "/alertmanager/api/v2/alerts"),
        ("alertmanager/", "/alertmanager/api/v2/alerts"),
        ("api/alertmanager/grafana", "/api/alertmanager/grafana/api/v2/alerts"),
        ("a%2Fb/", "/a%2Fb/api/v2/alerts"),
        ("am?tenant=a&x=%20", "/am/api/v2/alerts?tenant=a&x=%20"),
        # pasted from where somebody looked
        ("#/alerts", "/api/v2/alerts"),
        ("am/#/silences", "/am/api/v2/alerts"),
        ("api/v2/alerts", "/api/v2/alerts"),
        ("am/api/v2/", "/am/api/v2/alerts"),
    ],
)
async def test_the_api_is_asked_under_the_path_the_source_names(base: str, asked: str) -> None:
    async with serve(answer("[]")) as server:
        assert await ask(source(server.url + base)) == b"[]"
    assert server.requests[0].startswith(f"GET {asked} HTTP/1.1\r\n".encode())


async def test_credentials_are_resolved_where_they_are_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AM_TOKEN", "s3cret-token")
    monkeypatch.setenv("AM_ORG", "tenant-7")
    (tmp_path / "login").write_text("ada:pass:word\n")
    async with serve(answer("[]")) as server:
        await ask(source(server.url, bearer="env:AM_TOKEN", headers=(("X-Scope-OrgID", "env:AM_ORG"),)))
        await ask(source(server.url, basic=f"file:{tmp_path / 'login'}"))
        monkeypatch.setenv("AM_TOKEN", "Bearer s3cret-token\n")
        await ask(source(server.url, bearer="env:AM_TOKEN"))
    first, second, third = (head.decode().lower() for head in server.requests)
    assert "\r\nauthorization: bearer s3cret-token\r\n" in first
    assert "\r\nx-scope-orgid: tenant-7\r\n" in first
    assert "\r\naccept-encoding: identity\r\n" in first
    assert base64.b64encode(b"ada:pass:word").decode() in server.requests[1].decode()
    assert "\r\nauthorization: basic " in second
    assert "\r\nauthorization: bearer s3cret-token\r\n" in third


async def test_what_cannot_be_sent_is_said_before_anything_is(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(answer("[]")) as server:
        cases = {
            "the environment variable NOWHERE is not set": source(server.url, bearer="env:NOWHERE"),
            "the secret for basic is not of the form user:password": source(server.url, basic="env:TOKEN"),
            "the secret for bearer cannot be sent in a header": source(server.url, bearer="env:BROKEN"),
        }
        monkeypatch.setenv("TOKEN", "token-without-user")
        monkeypatch.setenv("BROKEN", "two\nlines")
        for said, asked in cases.items():
            with pytest.raises(NoAnswer) as caught:
                await ask(asked)
            assert str(caught.value) == said
    assert server.connections == 0


async def test_an_address_that_is_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(redirect("/login?next=hidden-path")) as server:
        monkeypatch.setenv("AM_URL", f"{server.url}hidden-path?key=0123456789")
        with pytest.raises(NoAnswer) as caught:
            await ask(source("env:AM_URL"))
    assert "hidden-path" not in str(caught.value)
    assert "0123456789" not in str(caught.value)
    assert server.requests[0].startswith(b"GET /hidden-path/api/v2/alerts?key=0123456789 ")


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (say(b""), "connection closed waiting for the answer"),
        (reset(), "connection reset waiting for the answer"),
        (reset(OK + b"Content-Length: 99\r\n\r\n[half"), "connection"),
        (say(OK + b"Content-Length: 99\r\n\r\n[half"), "connection closed reading the body"),
        (say(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"), "not a proper HTTP answer"),
        (say(b"HTTP/1.1 200 " + b"A" * 200_000 + b"\r\n\r\n"), "not a proper HTTP answer"),
        (flood(OK, b"X-More: headers\r\n"), "not a proper HTTP answer"),
        (
            redirect("https://login.example/sso?token=1"),
            "it redirects to https://login.example/sso: name that",
        ),
        (answer("no", "401 Unauthorized"), "it answers 401 Unauthorized: bearer, basic or headers"),
        (answer("no", "403 Forbidden"), "it answers 403 Forbidden: bearer, basic or headers"),
        (answer("no", "404 Not Found"), "it answers 404 Not Found: there is no Alertmanager API"),
        (answer("no", "503 \x1b[2JGone"), "it answers 503 Service Unavailable"),
        (answer("no", "599 Odd"), "it answers 599"),
        (answer("[]", headers="Content-Encoding: gzip\r\n"), "the answer says that it is packed, and is not"),
        (answer("[]", headers="Content-Encoding: zstd\r\n"), "packed in a way nobody asked for: zstd"),
        (
            answer(gzip.compress(b"[" + b" " * 9999)[:-20], headers="Content-Encoding: gzip\r\n"),
            "the answer ends in the middle",
        ),
        (
            answer(gzip.compress(bytes(LIMIT + 1)), headers="Content-Encoding: gzip\r\n"),
            "the answer is longer than 10 MB",
        ),
        (flood(OK + b"\r\n[", b"x" * 65536), "the answer is longer than 10 MB"),
    ],
)
async def test_every_way_to_fail_is_one_sentence(behaviour: Behaviour, said: str) -> None:
    assert said in await trouble(behaviour)


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (hang(), "timed out waiting for the answer"),
        (hang(OK + b"Content-Length: 9\r\n\r\n["), "timed out reading the body"),
        (drip(OK + b"Content-Length: 99999\r\n\r\n["), "timed out"),
    ],
)
async def test_who_hangs_or_drips_is_left_in_time(behaviour: Behaviour, said: str) -> None:
    assert said in await trouble(behaviour, seconds=0.3)


async def test_nobody_there_is_a_refusal() -> None:
    with closed_port() as port, pytest.raises(NoAnswer, match=r"^connection refused$"):
        await ask(source(f"http://127.0.0.1:{port}"))


async def test_cloud_metadata_is_no_source_of_alerts() -> None:
    with pytest.raises(NoAnswer, match="link-local"):
        await ask(source("http://169.254.169.254"))


async def test_what_a_proxy_packs_unasked_is_unpacked() -> None:
    body = b"[" + b" " * (3 << 20) + b"]"
    async with serve(answer(gzip.compress(body), headers="Content-Encoding: gzip\r\n")) as server:
        assert await ask(source(server.url)) == body


async def test_a_bomb_takes_no_memory() -> None:
    bomb = gzip.compress(bytes(100 << 20))
    async with serve(answer(bomb, headers="Content-Encoding: gzip\r\n")) as server:
        tracemalloc.start()
        try:
            with pytest.raises(NoAnswer, match="longer than 10 MB"):
                await ask(source(server.url))
            assert tracemalloc.get_traced_memory()[1] < 40 << 20
        finally:
            tracemalloc.stop()


async def test_certificates_are_verified_unless_the_source_says_otherwise() -> None:
    authority, serving = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(serving)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    async with serve(answer("[]"), tls=serving) as server:
        with pytest.raises(NoAnswer, match="certificate not accepted"):
            await ask(source(server.url))
        assert await ask(source(server.url, verify=False)) == b"[]"
        trusting = Caller(trust=trust)
        assert await trusting.ask(source(server.url), server.url, ALERTS, seconds=10) == b"[]"
    async with serve(say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), reads=False) as server:
        with pytest.raises(NoAnswer, match="the other side does not speak TLS"):
            await ask(source(server.url.replace("http:", "https:")))


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with closed_port() as port:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        async with serve(answer("[]")) as server:
            assert await ask(source(server.url)) == b"[]"
