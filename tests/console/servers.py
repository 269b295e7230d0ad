"""Small real servers on loopback, good and hostile, for whatever asks over HTTP or TCP."""

import asyncio
import contextlib
import itertools
import socket
import ssl
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field

Behaviour = Callable[[bytes, StreamWriter], Awaitable[None]]  # what is done with one request's head


@dataclass(slots=True)
class Server:
    """A running server; ``requests`` are the heads it was sent, ``connections`` counts who came."""

    port: int
    scheme: str = "http"
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Its root, with the address as host."""
        return f"{self.scheme}://127.0.0.1:{self.port}/"


@contextlib.asynccontextmanager
async def serve(
    behaviour: Behaviour, *, tls: ssl.SSLContext | None = None, reads: bool = True
) -> AsyncIterator[Server]:
    """Serve until left; then every connection is cut. Without ``reads`` it acts before it is asked."""
    server = Server(0, "https" if tls else "http")
    running: set[asyncio.Task[None]] = set()

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        server.connections += 1
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n") if reads else b""
            server.requests.append(head)
            server.asked.set()
            await behaviour(head, writer)
        except (OSError, EOFError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()  # the other side went, or the test is over
        finally:
            running.discard(task)
            writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await listening.wait_closed()


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """A port where nobody listens, and nobody else will while this lasts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def answer(
    body: bytes | str = b"",
    status: str = "200 OK",
    *,
    media: str = "text/plain",
    headers: bytes | str = b"",
) -> Behaviour:
    """A proper answer. ``status`` is code and phrase; ``headers`` are whole lines."""

    async def behave(request: bytes, writer: StreamWriter) -> None:
        content = body.encode() if isinstance(body, str) else body
        lines = headers.encode() if isinstance(headers, str) else headers
        head = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(content)}\r\n"
        shown = b"" if request.startswith(b"HEAD ") else content
        writer.write(head.encode("latin-1") + lines + b"\r\n" + shown)
        await writer.drain()

    return behave


def say(data: bytes) -> Behaviour:
    """Exactly these bytes, then goodbye."""

    async def behave(_: bytes, writer: StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return behave


def hang(data: bytes = b"") -> Behaviour:
    """These bytes, then silence."""

    async def behave(_: bytes, writer: StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        await asyncio.Event().wait()

    return behave


def drip(data: bytes, pause: float = 0.01) -> Behaviour:
    """One byte at a time, ``pause`` seconds between them, and never an end."""

    async def behave(_: bytes, writer: StreamWriter) -> None:
        for byte in itertools.chain(data, itertools.repeat(0x2E)):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


def reset(data: bytes = b"") -> Behaviour:
    """These bytes, then a TCP reset instead of a goodbye."""

    async def behave(_: bytes, writer: StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        peer = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return behave


def flood(head: bytes, again: bytes) -> Behaviour:
    """The head, then ``again`` without end, as fast as it is read."""

    async def behave(_: bytes, writer: StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(0)  # draining into an empty buffer lets nobody else run

    return behave


def redirect(location: str, status: str = "302 Found") -> Behaviour:
    """A redirect to ``location``."""
    return answer(status=status, headers=f"Location: {location}\r\n")
