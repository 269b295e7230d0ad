"""A terminal program on a pseudo-terminal: start it, wait for what it draws, press keys, watch its cost."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.figures import Unmeasured

_ESCAPES = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    rb"|\x1b[PX^_][^\x1b]*\x1b\\"  # DCS and its like
    rb"|\x1b[ -/]*[0-~]"
)
_KEPT = 4_000_000  # bytes of output remembered


class Terminal:
    """A program in a terminal of its own. Use as a context manager: it ends the program."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 36,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        surroundings = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("WARROOM_", "TEXTUAL", "TMUX", "NO_COLOR"))
        }
        surroundings |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        surroundings |= {"LINES": str(rows), "COLUMNS": str(columns)} | dict(environment or {})
        self._output = bytearray()
        self._came = 0  # bytes in all, those forgotten since among them
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            list(command),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=surroundings,
            cwd=folder,
            start_new_session=True,
            close_fds=True,
        )
        os.close(slave)

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        ends = time.perf_counter() + 3
        with suppress(Unmeasured):
            # Somebody must read what it says at its end, or it never gets there.
            while self._process.poll() is None and time.perf_counter() < ends:
                self.read(0.05)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    def read(self, seconds: float) -> float | None:
        """Take in what is there, waiting at most ``seconds``; the instant it came, or None."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, seconds))
        at = time.perf_counter()
        if not ready:
            return None
        try:
            chunk = os.read(self._master, 1 << 16)
        except OSError:  # how a pseudo-terminal says that its program ended
            chunk = b""
        if not chunk:
            raise Unmeasured(f"the program ended early:\n{self.text()[-2000:]}")
        self._output += chunk
        self._came += len(chunk)
        del self._output[:-_KEPT]
        return at

    def text(self) -> str:
        """Everything drawn so far, without its escapes."""
        return _plain(self._output)

    def wait_for(self, *words: str, seconds: float = 30.0) -> float:
        """Read until every word was drawn; seconds since the program was started.

        Raises Unmeasured when that takes longer than ``seconds`` or the program ends.
        """
        patterns = [_drawn(word) for word in words]
        ends, at, seen = time.perf_counter() + seconds, time.perf_counter(), self._came - len(self._output)
        while True:
            # Only what is new is looked at, with enough before it for a word that came in two parts.
            text = _plain(self._output[max(0, len(self._output) - (self._came - seen) - 256) :])
            patterns = [pattern for pattern in patterns if not pattern.search(text)]
            if not patterns:
                return at - self.started
            seen = self._came
            came = self.read(ends - time.perf_counter())
            if came is None:
                missing = ", ".join(words)
                raise Unmeasured(
                    f"not all of {missing} was drawn within {seconds:.0f} s:\n{self.text()[-2000:]}"
                )
            at = came

    def settle(self, quiet: float = 0.05, seconds: float = 10.0) -> None:
        """Read until nothing was drawn for ``quiet`` seconds, at most ``seconds`` long."""
        ends = time.perf_counter() + seconds
        while self.read(quiet) is not None and time.perf_counter() < ends:
            pass

    def absorb(self, seconds: float) -> None:
        """Read on for so long, whatever is drawn."""
        ends = time.perf_counter() + seconds
        while (left := ends - time.perf_counter()) > 0:
            self.read(left)

    def forget(self) -> None:
        """Drop what was drawn, so that only later output is found."""
        self._output.clear()

    def press(self, keys: str) -> float:
        """Type; the instant it was handed over."""
        at = time.perf_counter()
        os.write(self._master, keys.encode())
        return at

    def echo(self, key: str, seconds: float = 5.0) -> float:
        """Seconds from a key press to the first byte that answers it."""
        pressed = self.press(key)
        at = self.read(seconds)
        if at is None:
            raise Unmeasured(f"nothing was drawn within {seconds:.0f} s of pressing {key!r}")
        return at - pressed


def _plain(output: bytes | bytearray) -> str:
    return _ESCAPES.sub(b"", bytes(output)).decode("utf-8", "replace")


def _drawn(word: str) -> re.Pattern[str]:
    """A word as it is drawn: not as the beginning of a longer number."""
    return re.compile(re.escape(word) + (r"(?!\d)" if word[-1:].isdigit() else ""))


def cpu_seconds(pid: int) -> float:
    """Processor time that all threads of a process have had, in seconds, as the scheduler counts it."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def memory(pid: int) -> tuple[float, float]:
    """Resident and proportional memory of a process, in MB."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, value = line.partition(":")
        if value.endswith("kB"):
            found[name] = int(value.split()[0]) / 1024
    return found["Rss"], found["Pss"]
