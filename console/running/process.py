"""One command in the user's shell: a process group of its own, nothing to read, an end in any case."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from console.running.output import Output
from data.domain.running import Ended, How

PATIENCE = 5.0  # seconds from the question to the end to the end by force
GRACE = 0.5  # seconds in which what an ended command has written may still be read
KERNEL = 1.0  # seconds what was killed may take to go; what hangs in the kernel is left there
READ = 65_536  # bytes at once
WINDOW = 0.1  # seconds
MOST = 1_048_576  # bytes read in a window: who writes more has to wait, and the console does not
_NO_SHELL = frozenset({"", "nologin", "false"})


def shell(environ: Mapping[str, str]) -> str:
    """Return the user's shell: $SHELL where it can be run, else /bin/sh."""
    found = environ.get("SHELL", "")
    usable = os.path.isabs(found) and Path(found).name not in _NO_SHELL and os.access(found, os.X_OK)
    return found if usable else "/bin/sh"


class Process:
    """A command that `run` brings to its end; `stop` asks it to end sooner. ``patience`` is in seconds."""

    def __init__(
        self, command: str, environ: Mapping[str, str], output: Output, *, patience: float = PATIENCE
    ) -> None:
        self._command = command
        self._environ = dict(environ)
        self._output = output
        self.patience = patience
        self._asked = asyncio.Event()
        self.stopping = False

    def stop(self) -> None:
        """Ask everything it started to end, then end it by force."""
        self.stopping = True
        self._asked.set()

    async def run(self) -> Ended:
        """Run it and return how it ended; nothing is raised for what the command does."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        reads, writes = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(shell(self._environ), "-c", self._command),
                stdin=asyncio.subprocess.DEVNULL,  # who waits for input is told that there is none
                stdout=writes,
                stderr=writes,
                env=self._environ,
                start_new_session=True,  # no terminal either: nobody can ask for a password behind the screen
            )
        except (OSError, ValueError) as error:
            os.close(reads)
            return Ended(How.FAILED, 0.0, why=getattr(error, "strerror", None) or str(error))
        finally:
            os.close(writes)
        reader = _Reader(reads, self._output)
        try:
            return await self._watch(process, reader, began)
        finally:
            reader.close()
            self._output.close()

    async def _watch(self, process: asyncio.subprocess.Process, reader: "_Reader", began: float) -> Ended:
        loop = asyncio.get_running_loop()
        ended, asked = asyncio.create_task(process.wait()), asyncio.create_task(self._asked.wait())
        try:
            await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
            how = How.EXIT
            if not ended.done():
                how = await self._end(process.pid, ended)
            await reader.rest(GRACE)
        finally:
            ended.cancel()
            asked.cancel()
        code = process.returncode
        if how is How.EXIT and code is not None and code < 0:
            how = How.SIGNAL
        return Ended(
            how,
            loop.time() - began,
            code if how is How.EXIT else None,
            _named(code),
            holds=how in (How.EXIT, How.SIGNAL) and not reader.at_end,
        )

    async def _end(self, group: int, ended: "asyncio.Task[int]") -> How:
        """Ask the group to end; by force after a while. Return which of both it took."""
        _signal(group, signal.SIGTERM)
        if await self._gone(group, ended, self.patience):
            return How.STOPPED
        _signal(group, signal.SIGKILL)
        await self._gone(group, ended, KERNEL)
        return How.KILLED

    async def _gone(self, group: int, ended: "asyncio.Task[int]", seconds: float) -> bool:
        """Wait so long at most until nothing of the group runs any more; tell whether that is so."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            if ended.done() and not alive(group):
                return True
            await asyncio.sleep(min(0.05, seconds / 10))
        return False


class _Reader:
    """Reads a pipe as it fills, never more in a while than the console can bear."""

    def __init__(self, descriptor: int, output: Output) -> None:
        self._loop = asyncio.get_running_loop()
        self._descriptor = descriptor
        self._output = output
        self._since = self._loop.time()
        self._read = 0
        self._later: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()
        self.at_end = False
        os.set_blocking(descriptor, False)
        self._loop.add_reader(descriptor, self._readable)

    def _readable(self) -> None:
        now = self._loop.time()
        if now - self._since >= WINDOW:
            self._since, self._read = now, 0
        if not self._take():
            self._loop.remove_reader(self._descriptor)
            self._over.set()
        elif self._read >= MOST:
            self._loop.remove_reader(self._descriptor)
            self._later = self._loop.call_at(self._since + WINDOW, self._go_on)

    def _go_on(self) -> None:
        self._later = None
        self._loop.add_reader(self._descriptor, self._readable)

    def _take(self) -> bool:
        """Read once; False at the end."""
        try:
            data = os.read(self._descriptor, READ)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        self.at_end = not data
        self._read += len(data)
        self._output.feed(data)
        return bool(data)

    async def rest(self, seconds: float) -> None:
        """Read what is still there, for so long at most: something may hold the pipe for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()

    def close(self) -> None:
        """Read no more."""
        if self._later is not None:
            self._later.cancel()
        self._loop.remove_reader(self._descriptor)
        os.close(self._descriptor)


def alive(group: int) -> bool:
    """Tell whether anything of a process group still runs; what only waits to be buried does not."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    if not sys.platform.startswith("linux"):
        return True
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            state, _, its = path.read_text(errors="replace").rpartition(")")[2].split()[:3]
            if int(its) == group and state not in "ZX":
                return True
    return False


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _named(code: int | None) -> str:
    """Return the name of the signal behind a code."""
    if code is None or code >= 0:
        return ""
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
