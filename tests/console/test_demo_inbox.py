"""What the practice room sends arrives: mails and web hooks, well-meant or not, and nobody is harmed."""

import asyncio
import contextlib
import json
import smtplib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.channels import Message as Outgoing
from console.channels.apprise import AppriseChannel
from console.demo.inbox import KEPT, LONGEST, Inbox, Message
from console.demo.smtp import MOST, RECIPIENTS, MailServer
from tests.hostile import NAMES, TEXTS, forbidden_in

NOW = datetime(2026, 11, 24, 13, 48, tzinfo=UTC)


def filled() -> tuple[Inbox, list[Message]]:
    """Return an inbox and the list of what it tells."""
    told: list[Message] = []
    return Inbox(lambda: NOW, told.append), told


@pytest.mark.parametrize(
    ("body", "subject", "text"),
    [
        (json.dumps({"title": "P0", "message": "down\nsince 13:40"}), "P0", "down\nsince 13:40"),
        (json.dumps({"message": "only words\nand more"}), "only words", "only words\nand more"),
        (json.dumps({"title": "P0", "text": "no message"}), None, None),
        ("plain words", "plain words", "plain words"),
        ("[1, 2]", "[1, 2]", "[1, 2]"),
        ("[" * 50_000, None, None),
        ("", "(no subject)", ""),
        (json.dumps({"title": "a\x1b[31mb\r\nc", "message": "x\x07y"}), "a\ufffd[31mb⏎c", "x\ufffdy"),
    ],
)
def test_a_web_hook_is_kept_as_text(body: str, subject: str | None, text: str | None) -> None:
    inbox, told = filled()
    inbox.hook("ada", body.encode())
    (message,) = told
    assert (message.at, message.way, message.to) == (NOW, "web hook", "ada")
    if subject is not None:
        assert (message.subject, message.body) == (subject, text)
    assert message.subject
    assert list(inbox.messages) == told


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_hostile_words_are_kept_harmless(text: str) -> None:
    inbox, told = filled()
    inbox.hook(text, json.dumps({"title": text, "message": text}).encode())
    mail = f"Subject: {text}\r\n\r\n{text}".encode("utf-8", "surrogatepass")
    inbox.mail([text], mail)
    for message in told:
        assert not forbidden_in(message.to + message.subject)
        assert not forbidden_in(message.body.replace("\n", ""))
        assert "\n" not in message.subject


@given(st.binary(), st.binary())
def test_no_mail_and_no_hook_can_break_it(head: bytes, body: bytes) -> None:
    inbox, told = filled()
    inbox.mail(["ada"], b"Subject: " + head + b"\r\nContent-Type: " + body + b"\r\n\r\n" + body)
    inbox.mail(["ada"], body)
    inbox.hook("ada", body)
    assert len(told) == 3
    assert all(message.subject and len(message.body) <= LONGEST for message in told)


def test_only_the_latest_are_kept() -> None:
    inbox, told = filled()
    for number in range(KEPT + 5):
        inbox.hook("ada", str(number).encode())
    assert [message.body for message in inbox.messages] == [str(number) for number in range(5, KEPT + 5)]
    assert len(told) == KEPT + 5


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[tuple[MailServer, list[Message]]]:
    """Serve mail until left."""
    inbox, told = filled()
    server = MailServer(inbox.mail)
    await server.open()
    try:
        yield server, told
    finally:
        await server.close()


async def test_a_mail_arrives_whole_whoever_sends_it() -> None:
    async with served() as (server, told):
        mail = EmailMessage()
        mail["Subject"] = "Störung: [P0] Überall nichts"
        mail.set_content("Erste Zeile\n.punkt\n..zwei\nfrom äöü\n")
        mail.add_alternative("<b>never this</b>", subtype="html")

        def send() -> None:
            with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client:
                client.send_message(mail, "room@shop.example", ["ada@shop.example", "lin@shop.example"])
                client.noop()
                client.rset()
                client.sendmail("room@shop.example", "sam@shop.example", "Subject: two\n\nbody")

        await asyncio.to_thread(send)
        assert [message.to for message in told] == [
            "ada@shop.example, lin@shop.example",
            "sam@shop.example",
        ]
        assert told[0].subject == "Störung: [P0] Überall nichts"
        assert told[0].body == "Erste Zeile\n.punkt\n..zwei\nfrom äöü"
        assert (told[1].subject, told[1].body, told[1].way) == ("two", "body", "mail")


async def test_what_a_contact_is_reached_by_reaches_it() -> None:
    async with served() as (server, told):
        address = f"mailto://127.0.0.1:{server.port}/?from=warroom@shop.example&to=ada@shop.example"
        outcome = await AppriseChannel(f"{address}&mode=insecure").send(
            Outgoing("6:contact:ada:0", "[P1] INC-1 payments-api is down", "You are told.\nÄ", NOW)
        )
        assert outcome.ok, outcome
        (message,) = told
        assert message.to == "ada@shop.example"
        assert message.subject == "[P1] INC-1 payments-api is down"
        assert message.body == "You are told.\nÄ"


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ("DATA", "503"),
        ("RCPT TO:<ada@shop.example>", "503"),
        ("AUTH LOGIN", "502"),
        ("STARTTLS", "502"),
        ("\x00\xff\x1b[31m", "502"),
        ("", "502"),
        ("ehlo x", "250"),
        ("MAIL FROM:<>", "250"),
        ("MAIL FROM:<>\r\nRCPT TO:ada", "501"),
    ],
)
async def test_what_it_does_not_take_is_refused(said: str, answers: str) -> None:
    async with served() as (server, told):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(said.encode("latin-1") + b"\r\nQUIT\r\n")
        heard = (await reader.read()).decode().splitlines()
        writer.close()
        assert heard[0].startswith("220")
        assert heard[-1].startswith("221")
        assert heard[-2].startswith(answers)
        assert told == []


async def test_too_much_is_too_much() -> None:
    async with served() as (server, told):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        recipient = b"RCPT TO:<ada@shop.example>\r\n"
        writer.write(b"MAIL FROM:<room@shop.example>\r\n" + recipient * (RECIPIENTS + 1) + b"DATA\r\n")
        line = b"x" * 1000 + b"\r\n"
        for _ in range(MOST // len(line) + 2):
            writer.write(line)
            await writer.drain()
        writer.write(b".\r\nQUIT\r\n")
        heard = [answer[:3] for answer in (await reader.read()).splitlines()]
        writer.close()
        assert heard == [b"220", b"250", *[b"250"] * RECIPIENTS, b"452", b"354", b"552", b"221"]
        assert told == []


async def test_a_client_that_leaves_or_never_ends_a_line_harms_nobody() -> None:
    async with served() as (server, told):
        for said in (b"", b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhalf a ma", b"x" * 200_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(said)
            writer.write_eof()
            with contextlib.suppress(ConnectionError):
                await reader.read()
            writer.close()
        assert told == []
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert (await reader.readline()).startswith(b"220")  # the next one is served
        writer.close()
