"""What this machine brings along: Python, SQLite, tmux and the terminal."""

import asyncio
import os
import platform
import re
import sqlite3
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from console.doctor.rounds import Try
from console.terminal_notes import dialect
from data.domain.diagnosis import Diagnosis, Grade
from data.store.sqlite import wal_is_safe

TMUX, PYTHON, TERMINAL, ZONE = "tmux", "python", "terminal", "time zone"
LEAST = (3, 2)  # the tmux that has what shared screens need
SECONDS = 3.0


def tries(zone: str, environ: Mapping[str, str] = os.environ, *, terminal: bool) -> list[Try]:
    """Return what is looked at; ``terminal`` says that a person reads this in one."""

    async def versions() -> list[Diagnosis]:
        return [python(), *time_zone(zone), *(screen(environ) if terminal else ())]

    async def tmux() -> list[Diagnosis]:
        return [tmux_version(await _ask_tmux())]

    return [Try(PYTHON, "", versions), Try(TMUX, "", tmux, SECONDS)]


def python(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> Diagnosis:
    """Return which Python and SQLite these are, and how a store in a file is journalled with them."""
    words = f"Python {platform.python_version()}, SQLite {'.'.join(map(str, version))}"
    if wal_is_safe(version):
        return Diagnosis(PYTHON, "", Grade.OK, f"{words}; stores in a file use WAL")
    words += "; stores in a file use the slower TRUNCATE journal, for this SQLite may damage WAL files"
    return Diagnosis(PYTHON, "", Grade.NOTE, words, "nothing to do; SQLite 3.51.3 and later use WAL")


def time_zone(name: str) -> Iterator[Diagnosis]:
    """Yield the room's zone where this machine does not know it."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        words = f"this machine does not know the room's time zone {name}: times are shown in UTC"
        yield Diagnosis(ZONE, "", Grade.WARNING, words, "install the system's tzdata")


def tmux_version(said: str | None) -> Diagnosis:
    """Return whether the tmux that says so can share a screen; None: there is none."""
    if said is None:
        words = "not installed: a screen cannot be shared"
        return Diagnosis(TMUX, "", Grade.NOTE, words, "install tmux 3.2 or later where you want to")
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None:
        words = f"its version is not understood: {said}"
        return Diagnosis(TMUX, "", Grade.NOTE, words, "3.2 or later is needed to share a screen")
    if (int(found[1]), int(found[2])) < LEAST:
        words = f"{said} is too old to share a screen"
        return Diagnosis(TMUX, "", Grade.WARNING, words, "install 3.2 or later")
    return Diagnosis(TMUX, "", Grade.OK, said)


async def _ask_tmux() -> str | None:
    try:
        asked = await asyncio.create_subprocess_exec("tmux", "-V", stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    except OSError:
        return None
    try:
        answer, _ = await asyncio.wait_for(asked.communicate(), SECONDS - 1)
    except (TimeoutError, asyncio.CancelledError):
        asked.kill()
        await asked.wait()
        raise
    return answer.decode("utf-8", "replace").strip()


def screen(environ: Mapping[str, str]) -> Iterator[Diagnosis]:
    """Yield what the terminal says of itself; whether it reports focus only a running console learns."""
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        words = f"TERM is {term or 'not set'}: the console cannot draw here"
        yield Diagnosis(TERMINAL, "", Grade.WARNING, words, "use a terminal that can")
        return
    colours = "16 colours"
    if environ.get("NO_COLOR"):
        colours = "no colours (NO_COLOR)"
    elif environ.get("COLORTERM") in ("truecolor", "24bit") or "direct" in term:
        colours = "all colours"
    elif "256" in term:
        colours = "256 colours"
    tells = "desktop notifications" if dialect(environ) else "the bell only"
    words = f"{term}, {colours}, {tells}; whether it reports focus is known once the console runs"
    yield Diagnosis(TERMINAL, "", Grade.OK, words)
