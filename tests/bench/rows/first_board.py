"""First full board: from starting the program to fifty live incidents on screen, warm."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench.figures import Line, Row, Unmeasured, ratio
from tests.bench.peers import PEERS
from tests.bench.repeat import ROOT, console, homeless, in_turns, program, scratch
from tests.bench.rooms import make_store
from tests.bench.terminal import Terminal

LIVE = 50
COLUMNS, ROWS = 120, 72  # tall enough for every incident


def ours(store: Path, folder: Path) -> float:
    """Seconds until the last incident is drawn."""
    words = [f"INC-{number}" for number in range(1, LIVE + 1)]
    with Terminal(
        console(store), columns=COLUMNS, rows=ROWS, environment=homeless(folder), folder=ROOT
    ) as terminal:
        return terminal.wait_for(*words)


def minimal(folder: Path) -> float:
    """Seconds until the smallest Textual program is drawn."""
    with Terminal(
        program("minimal"), columns=COLUMNS, rows=ROWS, environment=homeless(folder), folder=ROOT
    ) as terminal:
        return terminal.wait_for("ready")


def measure() -> Row:
    """Start all of them in turns."""
    notes = []
    with scratch() as folder:
        store = folder / "room.db"
        make_store(str(store), live=LIVE).close()
        measured: dict[str, Callable[[], float]] = {
            "warroom": partial(ours, store, folder),
            "minimal": partial(minimal, folder),
        }
        for peer in PEERS:
            try:
                notes.append(peer.install())
                peer.first_screen(folder, COLUMNS, ROWS)
            except Unmeasured as reason:
                notes.append(f"skipped: {str(reason).splitlines()[0]}")
            else:
                measured[peer.name] = partial(peer.first_screen, folder, COLUMNS, ROWS)
        found = in_turns("s", measured)
    lines: list[Line] = [
        ratio(found["warroom"], found["minimal"], must=3.0, aim=2.2, what="against a minimal Textual program")
    ]
    for peer in PEERS:
        if peer.name in found:
            only_aimed_at = peer.name == "toolong"
            must, aim = (None, 1.0) if only_aimed_at else (1.0, None)
            lines.append(ratio(found["warroom"], found[peer.name], must=must, aim=aim))
    return Row("first full board, 50 live incidents", tuple(lines), tuple(notes))
