"""Sending by whatever Apprise reaches: a real web server and a real mail server, good and bad."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.channels import Message, Outcome
from console.channels import apprise as channel
from console.channels.apprise import AppriseChannel, known_scheme
from console.threads import in_thread
from tests.console.mail import mailbox
from tests.console.servers import closed_port
from tests.console.sink import Fault, flood, hang, reset, sink, status

NOW = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)
CANARY = "s3cretcanary77"
HOSTILE = "*bold* _x_ `a` <b>tag</b> &amp; ${HOME} \\n :smile: [link](https://x.example) # head"


def message(body: str = "words", **options: Any) -> Message:
    return Message("3:contact:ada:0:20261124T134611Z", "[P1] INC-1 Checkout returns 503", body, NOW, options)


async def send(url: str, told: Message | None = None) -> Outcome:
    return await AppriseChannel(url).send(told or message())


async def test_a_webhook_gets_the_words_as_they_are_and_the_key() -> None:
    async with sink() as place:
        assert await send(place.url, message(HOSTILE)) == Outcome(True, "JSON")
        (came,) = place.received
        assert came.json["title"] == "[P1] INC-1 Checkout returns 503"
        assert came.json["message"] == HOSTILE
        assert came.key == message().key


@pytest.mark.parametrize("scheme", ["json", "xml", "form"])
async def test_every_plain_webhook_carries_the_key(scheme: str) -> None:
    async with sink() as place:
        assert (await send(f"{scheme}://{place.where}/hook")).ok
        assert place.received[0].key == message().key


async def test_a_key_of_ones_own_is_left_alone() -> None:
    async with sink() as place:
        assert (await send(f"{place.url}?%2BX-Idempotency-Key=mine")).ok
        assert place.received[0].key == "mine"


async def test_a_mail_reads_well_plain() -> None:
    async with mailbox() as box:
        assert await send(box.url(), message(f"{HOSTILE}\n\nReference 3:contact:ada:0")) == Outcome(
            True, "E-Mail"
        )
        (mail,) = box.mails
        assert mail["subject"] == "[P1] INC-1 Checkout returns 503"
        assert mail["x-idempotency-key"] == message().key
        assert mail.get_content_type() == "text/plain"
        assert HOSTILE in mail.get_content()
        assert box.recipients == [["ada@example.org"]]


async def test_a_mail_server_that_refuses_is_no_success() -> None:
    async with mailbox() as box:
        box.refuses = "550 no such user"
        outcome = await send(box.url())
        assert not outcome.ok
        assert outcome.result.startswith("E-Mail: ")
        assert not box.mails


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (status(500), Outcome(False, "JSON: HTTP 500 Internal Server Error")),
        (
            status(429, Retry_After="7"),
            Outcome(False, "JSON: HTTP 429 Too Many Requests", retry_after=timedelta(seconds=7)),
        ),
        (status(503, Retry_After="soon"), Outcome(False, "JSON: HTTP 503 Service Unavailable")),
        (status(404), Outcome(False, "JSON: HTTP 404 Not Found", permanent=True)),
        (status(401), Outcome(False, "JSON: HTTP 401 Unauthorized", permanent=True)),
        (
            status(302, Location="/elsewhere"),
            Outcome(False, "JSON: HTTP 302 Found: redirects are not followed", permanent=True),
        ),
        (reset, Outcome(False, "JSON: the connection failed")),
    ],
    ids=["500", "429", "503", "404", "401", "302", "reset"],
)
async def test_a_webhook_that_fails(fault: Fault, outcome: Outcome) -> None:
    async with sink() as place:
        place.broken = fault
        assert await send(place.url) == outcome
        assert len(place.received) == 1, "one try is one request"


async def test_nobody_there() -> None:
    with closed_port() as port:
        assert await send(f"json://127.0.0.1:{port}/") == Outcome(False, "JSON: the connection failed")


async def test_no_answer_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "READ", 0.2)
    async with sink() as place:
        place.broken = hang
        outcome = await send(place.url)
    assert outcome == Outcome(False, "JSON: no answer in time: unknown, it may have arrived")


async def test_an_answer_without_end_costs_nothing() -> None:
    async with sink() as place:
        place.broken = flood
        assert (await send(place.url)).ok, "it said 200"


class TestSeveral:
    async def test_each_has_to_take_it_and_who_has_it_is_left_alone(self) -> None:
        async with sink() as good, sink() as bad:
            urls = f"{good.url}, {bad.url}"
            bad.broken = status(503, Retry_After="20")
            first = await send(urls)
            assert not first.ok
            assert first.result == "1 of 2 have it; JSON: HTTP 503 Service Unavailable"
            assert first.retry_after == timedelta(seconds=20)
            bad.broken = None
            second = await send(urls, message(**first.keep))
            assert second.ok
            assert (len(good.received), len(bad.received)) == (1, 2)
            assert len({item.key for item in (*good.received, *bad.received)}) == 1

    async def test_hopeless_only_where_all_that_is_left_is(self) -> None:
        async with sink() as gone, sink() as busy:
            gone.broken, busy.broken = status(404), status(503)
            assert not (await send(f"{gone.url} {busy.url}")).permanent
            busy.broken = status(404)
            assert (await send(f"{gone.url} {busy.url}")).permanent


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("json://127.0.0.1:9/", True),
        ("mailto://user:word@example.org", True),
        ("ntfy://topic", True),
        ("slak://a/b/c", False),
        ("https://hooks.example/x", False),
        ("ntfy://topic, slak://a", False),
        ("slack://nonsense", False),
        ("words", False),
        ("", False),
    ],
)
def test_which_addresses_are_known(url: str, known: bool) -> None:
    assert known_scheme(url) is known


async def test_an_unknown_address_is_hopeless_and_sends_to_nobody() -> None:
    async with sink() as place:
        outcome = await send(f"{place.url} slak://{CANARY}")
        assert outcome.permanent
        assert "Apprise does not know" in outcome.result
        assert CANARY not in outcome.result
        assert not place.received


@pytest.fixture
def everything_said() -> Iterator[list[str]]:
    """Whatever any logger says, at any level."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    root = logging.getLogger()
    ear, level = Ear(), root.level
    root.addHandler(ear)
    root.setLevel(1)
    yield said
    root.removeHandler(ear)
    root.setLevel(level)


@pytest.mark.parametrize(
    "url",
    [
        "json://{canary}:{canary}@{where}/{canary}?%2BAuthorization={canary}",
        "xml://{where}/{canary}",
        "mailto://{canary}:{canary}@{where}/?from=a@example.org&to=b@example.org&mode=insecure",
        "slak://{canary}",
        "slack://{canary}/{canary}",
        "json://{where}:{canary}/",
    ],
)
@pytest.mark.parametrize("fault", [status(403, CANARY), reset, None], ids=["403", "reset", "well"])
async def test_no_secret_is_ever_told(
    url: str,
    fault: Fault | None,
    everything_said: list[str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channel, "CONNECT", 0.2)  # a web server says nothing to a mail client
    async with sink() as place:
        place.broken = fault
        whole = url.format(canary=CANARY, where=place.where)
        outcome = await send(whole)
        known_scheme(whole)
    printed = capfd.readouterr()
    told = [outcome.result, repr(outcome), printed.out, printed.err, *everything_said]
    assert not [words for words in told if CANARY in words]


async def test_a_plugin_that_raises_tells_only_what_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    async with sink() as place:
        servers = channel.servers_of(place.url)

        def fail(**_: object) -> bool:
            raise RuntimeError(f"json://{CANARY}")

        monkeypatch.setattr(servers[0], "notify", fail)
        monkeypatch.setattr(channel, "servers_of", lambda _: servers)
        assert await send(place.url) == Outcome(False, "JSON: failed (RuntimeError)")


async def test_stuck_threads_keep_nobody_else_waiting() -> None:
    async with sink() as slow, sink() as quick:
        slow.broken = hang
        stuck = [asyncio.create_task(send(slow.url)) for _ in range(40)]
        assert (await send(quick.url)).ok
        assert not any(task.done() for task in stuck)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)


async def test_what_a_thread_raises_reaches_whoever_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)
