"""Secrets of a check: found where it is probed, sent, and never shown."""

import os
from pathlib import Path

import pytest

from console.workers.secrets import SecretMissing, is_reference, resolve
from data.domain.check import Expect, Outcome, Reason
from tests.console.servers import answer, redirect, serve
from tests.console.test_probe import probe

TOKEN = "tok-8f3a9c"


def test_references_are_told_from_plain_text() -> None:
    assert is_reference("env:TOKEN")
    assert is_reference("file:/run/secrets/token")
    assert not is_reference("https://shop.example/healthz")
    assert resolve("plain:text") == "plain:text"


def test_environment_and_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    assert resolve("env:TOKEN", {"TOKEN": TOKEN}) == TOKEN
    assert resolve(f"file:{path}") == TOKEN


def test_what_cannot_be_resolved_says_so_without_the_value(tmp_path: Path) -> None:
    binary, empty, pipe = tmp_path / "binary", tmp_path / "empty", tmp_path / "pipe"
    binary.write_bytes(TOKEN.encode() + b"\xff")
    empty.touch()
    os.mkfifo(pipe)
    for reference in [
        "env:UNSET",
        "env:EMPTY",
        "env:",
        f"file:{tmp_path}/missing",
        f"file:{tmp_path}",
        f"file:{binary}",
        f"file:{empty}",
        f"file:{pipe}",
        "file:\0",
        "file:~nobody-here/token",
    ]:
        with pytest.raises(SecretMissing) as caught:
            resolve(reference, {"EMPTY": ""})
        assert TOKEN not in str(caught.value)
        assert not isinstance(caught.value.__context__, UnicodeError)


async def test_secrets_are_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    async with serve(answer("fine")) as server:
        monkeypatch.setenv("SHOP_URL", f"{server.url}health?key={TOKEN}")
        headers = (("X-Key", f"file:{path}"), ("X-Plain", "plain"))
        result = await probe("env:SHOP_URL", headers=headers)
    assert result.outcome is Outcome.PASS
    head = server.requests[0].decode().lower()
    assert head.startswith(f"get /health?key={TOKEN} http/1.1\r\n")
    assert f"x-key: {TOKEN}\r\n" in head
    assert "x-plain: plain\r\n" in head


async def test_what_is_always_sent() -> None:
    async with serve(answer("fine")) as server:
        await probe(server.url)
    lines = server.requests[0].decode().lower().split("\r\n")
    assert "accept-encoding: identity" in lines
    assert "connection: close" in lines
    assert not any(line.startswith("cookie") for line in lines)


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("env:WARROOM_UNSET", ()),
        ("file:/nowhere/url", ()),
        ("http://127.0.0.1/", (("X-Key", "env:WARROOM_UNSET"),)),
    ],
)
async def test_a_missing_secret_is_inconclusive(url: str, headers: tuple[tuple[str, str], ...]) -> None:
    result = await probe(url, headers=headers)
    assert (result.outcome, result.reason) == (Outcome.INCONCLUSIVE, Reason.SECRET)
    assert "WARROOM_UNSET" in result.detail or "/nowhere/url" in result.detail


@pytest.mark.parametrize(
    "headers",
    [(("X-Key\r\nX-Evil", "1"),), (("X-Key", "a\r\nX-Evil: 1"),), (("", "1"),), (("X-Key", "a\0"),)],
)
async def test_a_header_that_breaks_the_request_is_not_sent(headers: tuple[tuple[str, str], ...]) -> None:
    async with serve(answer("fine")) as server:
        result = await probe(server.url, headers=headers)
    assert (result.outcome, result.reason) == (Outcome.INCONCLUSIVE, Reason.PROTOCOL)
    assert server.connections == 0


@pytest.mark.parametrize(
    "reference", ["nonsense {token}", "http://{token}:99999/", "ftp://{token}/", "http://[{token}"]
)
async def test_a_secret_address_is_not_quoted(monkeypatch: pytest.MonkeyPatch, reference: str) -> None:
    monkeypatch.setenv("SHOP_URL", reference.format(token=TOKEN))
    result = await probe("env:SHOP_URL")
    assert (result.outcome, result.reason) == (Outcome.INCONCLUSIVE, Reason.PROTOCOL)
    assert TOKEN not in result.detail


async def test_a_server_that_sends_the_secret_back_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", f"Bearer {TOKEN}")
    headers = (("Authorization", "env:SHOP_KEY"),)
    for behaviour in [
        answer(f"no such token: {TOKEN}", f"403 Bad {TOKEN}"),
        answer(f'{{"status":"DOWN","output":"{TOKEN}"}}', media="application/health+json"),
        answer(f'{{"db":"{TOKEN}"}}'),
        answer("x" * 95 + TOKEN, "500 Cut in the middle"),
        redirect(f"http://elsewhere.example/{TOKEN}"),
    ]:
        async with serve(behaviour) as server:
            result = await probe(server.url, headers=headers, expect=Expect(json=(("db", "up"),)))
        assert TOKEN in server.requests[0].decode()
        assert result.outcome is Outcome.FAIL
        assert TOKEN[:5] not in result.detail
