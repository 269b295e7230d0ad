"""A real disk that fills up under workers, consoles and commands, and has room again (design 6)."""

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from data.domain.change import Refused
from data.domain.severity import Severity
from data.store.commands import incidents
from data.store.errors import StoreError
from data.store.rows import load_events
from data.store.store import Store
from tests.bench.figures import Unmeasured
from tests.bench.repeat import ROOT, console, homeless
from tests.bench.rooms import make_store
from tests.bench.terminal import Terminal
from tests.chaos.counts import Counts, Unavailable, dealt
from tests.chaos.places import folder, holds
from tests.chaos.watchers import watchers
from tests.store.sound import check_sound

SIZE, TURNS = "3m", dealt(8)
SENTENCES = ("the disk is full", "does not answer")


@contextmanager
def disk(within: Path) -> Iterator[Path]:
    """A disk of a few megabytes. Raises Unavailable where none may be mounted."""
    place = within / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", str(place)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        raise Unavailable("mounting a disk needs root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def run() -> Iterator[Counts]:
    """Several times full and empty again."""
    counts = Counts("disk full, SQLite")
    with folder() as within, disk(within) as place:
        store = make_store(str(place / "room.db"), live=3)
        try:
            with (
                watchers(store.where, within, 1) as crew,
                Terminal(console(store.where), environment=homeless(within), folder=ROOT) as terminal,
            ):
                terminal.wait_for("INC-3", seconds=60)
                answered = [note for turn in range(TURNS) for note in full(counts, store, place, turn)]
                terminal.forget()
                last = partial(incidents.declare, title="There is room", severity=Severity.P0)
                store.write(last, by="lin")
                try:
                    terminal.wait_for("There is room", seconds=60)
                except Unmeasured as error:
                    counts.lose(1, f"the console: {str(error)[-300:]}")
                counts.lose(1 - crew.alive, "workers")
            found = [event.data["text"] for event in store.read(load_events) if event.kind == "note"]
            counts.lose(sum(note not in found for note in answered), "notes that were answered")
            counts.double(len(found) - len(set(found)), "notes")
            counts.lose(holds(lambda: store.read(check_sound), counts), "the record and its rows")
            counts.notes.insert(0, f"{len(answered)} notes answered")
        finally:
            store.close()
    yield counts


def full(counts: Counts, store: Store, place: Path, turn: int) -> list[str]:
    """Fill the disk, write until that is refused in words, make room, and write again; what was answered."""
    counts.tried += 1
    filler, answered, refused = place / "filler", [], ""
    _fill(filler)
    for number in range(2_000):
        text = f"turn {turn} note {number} " + "x" * 2_000
        try:
            answer = store.write(partial(incidents.note, key="INC-1", text=text), by="ada")
        except StoreError as error:
            refused = error.reason
            break
        if not isinstance(answer, Refused):
            answered.append(text)
    filler.unlink()
    text = f"turn {turn} afterwards"
    try:
        store.write(partial(incidents.note, key="INC-1", text=text), by="ada")
        answered.append(text)
        counts.survived += any(words in refused for words in SENTENCES)
    except StoreError as error:
        counts.notes.append(f"still refused with room again: {error}")
    if not any(words in refused for words in SENTENCES):
        counts.notes.append(f"a full disk was told as {refused!r}")
    return answered


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
