"""The store's file is taken away or replaced while consoles and workers have it open (design 6)."""

import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from tests.bench.figures import Unmeasured
from tests.bench.repeat import ROOT, console, homeless
from tests.bench.rooms import make_store
from tests.bench.terminal import Terminal
from tests.chaos.counts import Counts, dealt
from tests.chaos.places import folder
from tests.chaos.watchers import watchers

TURNS = dealt(4)
PATIENCE = 60.0  # seconds
ENDED = 3  # what ``warroom watch`` says of a store that is gone


def run() -> Iterator[Counts]:
    """Workers end and say so; a console says so, and goes on once the file is back."""
    gone, replaced = Counts("file removed under watch"), Counts("file replaced under watch")
    seen = Counts("file removed under a console")
    for _ in range(TURNS):
        with folder() as within:
            watch_without(gone, within)
        with folder() as within:
            watch_replaced(replaced, within)
        with folder() as within:
            console_without(seen, within)
    yield from (gone, replaced, seen)


def filled(within: Path) -> Path:
    """A store with a few incidents."""
    path = within / "room.db"
    make_store(str(path), live=3).close()
    return path


def watch_without(counts: Counts, within: Path) -> None:
    """Remove it: the worker ends with 3 instead of working for nobody."""
    path = filled(within)
    with watchers(str(path), within, 1) as crew:
        at_work(path)
        counts.tried += 1
        path.rename(within / "away.db")
        counts.survived += wait(crew.running[0].poll) == ENDED
        counts.lose(path.exists(), "a store was made where the file had been")


def watch_replaced(counts: Counts, within: Path) -> None:
    """Put another in its place: nothing may be written into that one by who knew the first."""
    path = filled(within)
    other = within / "other.db"
    with watchers(str(path), within, 1) as crew:
        at_work(path)
        shutil.copy(filled(made(within / "elsewhere")), other)
        before = digest(other)
        counts.tried += 1
        os.replace(other, path)
        counts.survived += wait(crew.running[0].poll) == ENDED
        counts.double(digest(path) != before, "writes into the file of another room")


def console_without(counts: Counts, within: Path) -> None:
    """Remove it under a console, and put it back."""
    path = filled(within)
    with Terminal(console(path), environment=homeless(within), folder=ROOT) as terminal:
        terminal.wait_for("INC-3", seconds=60)
        at_work(path, terminal.absorb)  # until then it shows what it read before it opened the store
        counts.tried += 1
        path.rename(within / "away.db")
        try:
            terminal.wait_for("REMOVED", seconds=PATIENCE)
            (within / "away.db").rename(path)
            terminal.absorb(3)
            terminal.forget()
            terminal.press("\x0c2")  # whatever is drawn now is drawn by a console that lives
            terminal.absorb(1)
            terminal.press("1")
            terminal.wait_for("INC-3", seconds=PATIENCE)
            counts.survived += 1
        except Unmeasured as error:
            counts.notes.append(str(error)[-300:])


def at_work(path: Path, meanwhile: Callable[[float], object] = time.sleep) -> None:
    """Wait until somebody works on the store."""
    ends = time.perf_counter() + PATIENCE
    with closing(sqlite3.connect(path)) as db:
        while not db.execute("SELECT count(*) FROM worker").fetchone()[0] and time.perf_counter() < ends:
            meanwhile(0.2)
    meanwhile(1.0)


def made(within: Path) -> Path:
    """A folder."""
    within.mkdir()
    return within


def digest(path: Path) -> str:
    """What is in a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wait(poll: Callable[[], int | None]) -> int | None:
    """The exit code of a process, or None if it does not end in time."""
    ends = time.perf_counter() + PATIENCE
    while poll() is None and time.perf_counter() < ends:
        time.sleep(0.05)
    return poll()
