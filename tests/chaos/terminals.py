"""Terminals that are pulled to every size, hung up, or not read at all (design 4, 7)."""

import fcntl
import os
import random
import signal
import struct
import termios
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from data.domain.severity import Severity
from data.store.commands import incidents
from tests.bench.figures import Unmeasured
from tests.bench.repeat import ROOT, console, homeless
from tests.bench.rooms import make_store
from tests.bench.rows.outbox import prepare, receivers
from tests.bench.terminal import Terminal
from tests.chaos.counts import Counts, dealt
from tests.chaos.places import folder, holds
from tests.store.sound import check_sound

SIZES, HANG_UPS, PAGES, LIVE = dealt(300), dealt(12), 10, 20
PATIENCE = 60.0  # seconds: a machine that is busy is not what is tried
IN, OUT = b"\x1b[?1049h", b"\x1b[?1049l"  # to the alternate screen and back
HUNG_UP = 128 + signal.SIGHUP


class Pulled(Terminal):
    """A terminal whose window changes, and whose raw output can be looked at."""

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size, and say so."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def restored(self) -> bool:
        """Whether the alternate screen was left, if it was entered."""
        return IN not in self._output or self._output.rfind(OUT) > self._output.rfind(IN)

    def ended(self, seconds: float) -> int | None:
        """The exit code, negative for a signal, once the program ends; None when it does not in time."""
        ends = time.perf_counter() + seconds
        while self._process.poll() is None and time.perf_counter() < ends:
            try:
                self.read(0.05)
            except Unmeasured:
                time.sleep(0.01)
        return self._process.poll()


def run() -> Iterator[Counts]:
    """Each with consoles of its own."""
    chance = random.Random()  # noqa: S311 - another day each time
    for one in (resized, hung_up):
        with folder() as within:
            path = within / "room.db"
            make_store(str(path), live=LIVE).close()
            yield one(path, within, chance)
    with folder() as within:
        yield unread(within)


def resized(path: Path, within: Path, chance: random.Random) -> Counts:
    """Pull the window to all sizes, typing the while; at the end the board is there."""
    counts = Counts("resize storm")
    with Pulled(console(path), environment=homeless(within), folder=ROOT) as terminal:
        terminal.wait_for("INC-", seconds=60)
        try:
            for number in range(SIZES):
                counts.tried += 1
                terminal.resize(
                    chance.choice([1, 2, 10, 64, 80, 120, 200, 500]), chance.choice([1, 2, 11, 24, 60])
                )
                if number % 5 == 0:
                    terminal.press(chance.choice("jk123"))
                terminal.absorb(0.02)
                counts.survived += 1
            terminal.resize(120, 36)
            terminal.absorb(1)
            terminal.press("1")
            terminal.forget()
            terminal.resize(121, 36)
            terminal.wait_for("INC-", seconds=30)
        except Unmeasured as error:
            counts.lose(1, f"the board: {str(error)[-400:]}")
    return counts


def hung_up(path: Path, within: Path, chance: random.Random) -> Counts:
    """Hang up at any moment, from the first on: it ends by itself and leaves the terminal as it was."""
    counts = Counts("SIGHUP at any moment")
    codes = []
    for _ in range(HANG_UPS):
        counts.tried += 1
        with Pulled(console(path), environment=homeless(within), folder=ROOT) as terminal:
            terminal.absorb(chance.uniform(0.1, 4.0))
            os.kill(terminal.pid, signal.SIGHUP)
            code = terminal.ended(PATIENCE)
            codes.append(code)
            good = code in (HUNG_UP, -signal.SIGHUP) and terminal.restored()
            counts.survived += good
            if not good:
                counts.notes.append(
                    f"ended with {code}, the screen {'left' if terminal.restored() else 'NOT left'}"
                )
    counts.notes.append(f"exit codes {sorted(set(codes), key=str)}")
    return counts


def unread(within: Path) -> Counts:
    """Nobody reads what the console draws: its work goes on, and the board is there once somebody does."""
    counts = Counts("a terminal nobody reads")
    path = within / "room.db"
    with receivers() as servers:
        store = prepare(path, servers, stuck=False)
        people = 10  # on the level that is told
        try:
            with Pulled(console(path), environment=homeless(within), folder=ROOT) as terminal:
                terminal.wait_for("INC-", seconds=60)
                for number in range(PAGES):
                    counts.tried += 1
                    declare = partial(incidents.declare, title=f"Unread {number}", severity=Severity.P1)
                    store.write(declare, by="lin")
                    terminal.press("jjjjkkkk121")
                    time.sleep(0.5)
                ends = time.perf_counter() + 60
                while servers.quickly() < PAGES * people and time.perf_counter() < ends:
                    time.sleep(0.1)
                counts.survived = servers.quickly() // people
                terminal.forget()
                try:
                    terminal.press("1")
                    terminal.wait_for("Unread 9", seconds=60)
                except Unmeasured as error:
                    counts.lose(1, f"the board, once it is read: {str(error)[-300:]}")
                ends = time.perf_counter() + 60
                while servers.quickly() < PAGES * people and time.perf_counter() < ends:
                    terminal.absorb(0.1)
            counts.lose(PAGES * people - servers.quickly(), "pages, even once the terminal was read again")
            counts.lose(holds(lambda: store.read(check_sound), counts), "the record and its rows")
            late = (PAGES - counts.survived) * people
            counts.notes.append(f"{late} of {PAGES * people} pages waited until somebody read the terminal")
        finally:
            store.close()
    return counts
