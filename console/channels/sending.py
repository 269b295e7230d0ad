"""The process that sends, from outside: started at the first message, let go when it has long been quiet."""

import asyncio
import os
import signal
from contextlib import suppress

from console import child
from console.channels import Message, Outcome, wire

GONE = "what was sending it ended: unknown, it may have arrived"
QUIET = 120.0  # seconds without a message after which it is let go: it holds some 60 MB


class Sender:
    """Sends through Apprise in a process of its own: what is stuck there keeps neither keys nor the exit."""

    def __init__(self, *, quiet: float = QUIET) -> None:
        """``quiet`` in seconds."""
        self._quiet = quiet
        self._helper: _Helper | None = None
        self._starting = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None

    async def send(self, url: str, message: Message) -> Outcome:
        """Try once to send to one or more Apprise URLs; nothing in the answer shows one. Raises OSError."""
        self._stay()
        async with self._starting:
            if self._helper is None or self._helper.over:
                self._helper = await _Helper.start()
        helper = self._helper
        try:
            return await helper.send(url, message)
        finally:
            self._stay()
            if not helper.asked:
                self._rest = asyncio.get_running_loop().call_later(self._quiet, helper.end)

    async def close(self) -> None:
        """End the process, and with it whatever is on its way."""
        self._stay()
        if self._helper is not None:
            self._helper.end()
            await self._helper.reading

    def _stay(self) -> None:
        if self._rest is not None:
            self._rest.cancel()


class SentApart:
    """A channel to one or more Apprise URLs whose messages a `Sender` sends."""

    def __init__(self, sender: Sender, url: str) -> None:
        self._sender = sender
        self._url = url

    async def send(self, message: Message) -> Outcome:
        """Try once."""
        return await self._sender.send(self._url, message)


class _Helper:
    """One such process, and who waits for an answer of it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.over = False
        self.asked: dict[int, asyncio.Future[Outcome]] = {}
        self._process = process
        self._number = 0
        self.reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls) -> "_Helper":
        process = await asyncio.create_subprocess_exec(
            *child.command("console.channels.sender"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # a plugin's words may hold an address
            env=child.environment(),
            limit=wire.LINE,
            start_new_session=True,  # ctrl+c in the terminal is the console's to answer
        )
        return cls(process)

    async def send(self, url: str, message: Message) -> Outcome:
        self._number += 1
        number = self._number
        asked: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.asked[number] = asked
        try:
            if self._process.stdin is not None:
                self._process.stdin.write(wire.asking(number, url, message).encode())
            return await asked
        finally:
            del self.asked[number]

    def end(self) -> None:
        self.over = True
        if self._process.returncode is None:
            with suppress(
                ProcessLookupError
            ):  # not by its own kill: that reaps, and asyncio waits for it too
                os.kill(self._process.pid, signal.SIGKILL)

    async def _read(self) -> None:
        """Hand out the answers until the process has ended; then nobody waits for one in vain."""
        try:
            while self._process.stdout is not None and (line := await self._process.stdout.readline()):
                number, outcome = wire.told(line)
                asked = self.asked.get(number)
                if asked is not None and not asked.done():  # else whoever waited has given up
                    asked.set_result(outcome)
        finally:
            self.end()
            for asked in self.asked.values():
                if not asked.done():
                    asked.set_result(Outcome(False, GONE))
            await self._process.wait()
