"""A real HTTP server on loopback that keeps what it is sent, and fails in every way a test asks for."""

import asyncio
import contextlib
import json
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

Fault = Callable[["Received", StreamWriter], Awaitable[None]]  # what is done instead of answering well
Answers = Callable[["Received"], tuple[int, Any]]  # status and JSON, where nothing is to go wrong


@dataclass(frozen=True, slots=True)
class Received:
    """One request, with its headers' names in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """What it holds."""
        return json.loads(self.content)

    @property
    def key(self) -> str:
        """The key repeats are known by."""
        return self.headers.get("x-idempotency-key", "")


@dataclass(slots=True)
class Sink:
    """A running server. ``faults`` are used up one by one; ``broken`` is one that lasts."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    broken: Fault | None = None
    answers: Answers = lambda _: (200, {})

    @property
    def where(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Its address as Apprise is told it."""
        return f"json://{self.where}/"

    @property
    def titles(self) -> list[str]:
        """The titles of the messages that came, in order."""
        return [item.json["title"] for item in self.received]


@contextlib.asynccontextmanager
async def sink(answers: Answers | None = None) -> AsyncIterator[Sink]:
    """Serve until left; then every connection is cut."""
    made = Sink() if answers is None else Sink(answers=answers)
    open_ones: set[StreamWriter] = set()

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        open_ones.add(writer)
        try:
            request = await _read(reader)
            made.received.append(request)
            fault = made.faults.pop(0) if made.faults else made.broken
            if fault is not None:
                await fault(request, writer)
            else:
                number, content = made.answers(request)
                await status(number, json.dumps(content))(request, writer)
        except (OSError, EOFError, asyncio.CancelledError):
            writer.transport.abort()  # the other side went, or the test is over
        finally:
            open_ones.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for writer in tuple(open_ones):
            writer.transport.abort()
        await server.wait_closed()


async def _read(reader: StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:]) if name
    }
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, path, headers, content)


def status(number: int, content: str = "{}", **headers: str) -> Fault:
    """Answer with a status; ``_`` in a header's name stands for ``-``."""

    async def behave(_: Received, writer: StreamWriter) -> None:
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = [
            f"HTTP/1.1 {number} Whatever",
            f"Content-Length: {len(content.encode())}",
            "Connection: close",
        ]
        writer.write("\r\n".join([*head, *lines, "", content]).encode())
        await writer.drain()

    return behave


async def hang(_: Received, writer: StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


async def reset(_: Received, writer: StreamWriter) -> None:
    """Cut the connection without a goodbye."""
    peer = writer.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def flood(_: Received, writer: StreamWriter) -> None:
    """Answer without end, as fast as it is read."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()
        await asyncio.sleep(0)
