"""As much SMTP (RFC 5321) as it takes to receive a mail on loopback: no TLS, no login, no relaying."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

PATIENCE = 30.0  # seconds a client has for its next line
LINE = 64 * 1024  # characters
MOST = 512 * 1024  # bytes of a mail
RECIPIENTS = 50

Take = Callable[[list[str], bytes], None]


class MailServer:
    """Listens on 127.0.0.1 and hands every mail to ``take``."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        """The port while it is open, else 0."""
        return self._server.sockets[0].getsockname()[1] if self._server else 0

    async def open(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LINE)

    async def close(self) -> None:
        """Stop listening and drop every client."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._clients:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            await _Talk(reader, writer, self._take).run()
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError, TimeoutError):
            pass  # a client that went away, or said too much, is told nothing more
        finally:
            self._clients.discard(writer)
            writer.close()


class _Talk:
    """One client's talk."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, take: Take) -> None:
        self._reader, self._writer, self._take = reader, writer, take
        self._from: str | None = None
        self._to: list[str] = []

    async def run(self) -> None:
        await self._say("220 shop.example SMTP")
        while True:
            verb, _, rest = (await self._line()).decode("utf-8", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    await self._say(f"250-shop.example\r\n250-SIZE {MOST}\r\n250-SMTPUTF8\r\n250 8BITMIME")
                case "HELO" | "NOOP":
                    await self._say("250 shop.example")
                case "RSET":
                    self._from, self._to = None, []
                    await self._say("250 forgotten")
                case "MAIL":
                    self._from, self._to = _address(rest), []
                    await self._say("250 go on")
                case "RCPT":
                    await self._recipient(_address(rest))
                case "DATA":
                    await self._data()
                case "QUIT":
                    await self._say("221 bye")
                    return
                case _:
                    await self._say("502 not spoken here")

    async def _recipient(self, address: str) -> None:
        if self._from is None:
            await self._say("503 MAIL first")
        elif not address:
            await self._say("501 no such address")
        elif len(self._to) >= RECIPIENTS:
            await self._say("452 too many recipients")
        else:
            self._to.append(address)
            await self._say("250 go on")

    async def _data(self) -> None:
        if not self._to:
            await self._say("503 RCPT first")
            return
        await self._say("354 end with a dot")
        lines, size = [], 0
        while (line := await self._line()) not in (b".\r\n", b".\n"):
            size += len(line)
            if size <= MOST:
                lines.append(line[1:] if line.startswith(b".") else line)
        if size > MOST:
            await self._say("552 too long")
        else:
            self._take(self._to, b"".join(lines))
            await self._say("250 taken")
        self._from, self._to = None, []

    async def _line(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await self._reader.readuntil(b"\n")

    async def _say(self, text: str) -> None:
        self._writer.write(text.encode() + b"\r\n")
        with suppress(ConnectionError):
            await self._writer.drain()


def _address(rest: str) -> str:
    """Return what stands between < and > after FROM: or TO:."""
    return rest.partition(":")[2].strip().partition("<")[2].partition(">")[0]
