"""As much HTTP/1.1 as the practice shop speaks: one request, one answer, then the connection closes."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from http import HTTPStatus

from console.demo.services import Answer

HEAD_LIMIT = 16 * 1024
BODY_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for."""

    method: str
    path: str
    body: bytes = b""


async def read(reader: asyncio.StreamReader) -> Request | None:
    """Read one request; None when it is not one, or longer than the limits allow."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[1].startswith("/"):
        return None
    length = 0
    for line in lines[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            digits = value.strip()
            if not digits.isdecimal() or len(digits) > 6 or int(digits) > BODY_LIMIT:
                return None
            length = int(digits)
    return Request(words[0], words[1], await reader.readexactly(length))


def head(answer: Answer) -> bytes:
    """Write the status line and headers of an answer."""
    return (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
        f"Content-Type: {answer.content_type}\r\n"
        f"Content-Length: {len(answer.body)}\r\n"
        "Cache-Control: no-store\r\n"
        "Connection: close\r\n\r\n"
    ).encode("latin-1")


async def send(writer: asyncio.StreamWriter, answer: Answer, *, bodyless: bool = False) -> None:
    """Send a whole answer, or its head alone."""
    writer.write(head(answer) + (b"" if bodyless else answer.body))
    await writer.drain()


async def gone(reader: asyncio.StreamReader) -> None:
    """Return when the client has left; what it still says meanwhile is read and forgotten."""
    with suppress(OSError):
        while await reader.read(HEAD_LIMIT):
            pass


def page(title: str, text: str, status: int = 200) -> Answer:
    """Write a tiny HTML page of plain text."""
    html = f"<!doctype html><title>{escape(title)}</title><h1>{escape(title)}</h1><pre>{escape(text)}</pre>\n"
    return Answer(status, "text/html; charset=utf-8", html.encode())
