"""Key press to first repaint byte on the board, 1 000 incidents."""

from collections.abc import Sequence
from pathlib import Path

from tests.bench.figures import Line, Row, Samples, ratio
from tests.bench.repeat import ROOT, RUNS, console, homeless, program, scratch
from tests.bench.rooms import make_store
from tests.bench.terminal import Terminal

INCIDENTS = 1000
PRESSES = 60
DOWN, UP = "\x1b[B", "\x1b[A"


def keys(terminal: Terminal, presses: int = PRESSES) -> list[float]:
    """Milliseconds of each press, down the list and as far up again, each once the screen is quiet."""
    found = []
    for number in range(presses):
        terminal.settle(0.03, 2)
        found.append(terminal.echo(DOWN if number % 30 < 15 else UP) * 1000)
    return found


def run(command: Sequence[str], folder: Path) -> Samples:
    """One fresh program; a few presses warm it up."""
    with Terminal(command, environment=homeless(folder), folder=ROOT) as terminal:
        terminal.wait_for("INC-", seconds=60)
        terminal.absorb(1.5)
        keys(terminal, 10)
        return Samples(command[2], "ms", tuple(keys(terminal)))


def measure() -> Row:
    """Run the console and the table in turns."""
    ours, peers = [], []
    with scratch() as folder:
        store = folder / "room.db"
        make_store(str(store), live=INCIDENTS).close()
        for _ in range(RUNS):
            ours.append(run(console(store), folder))
            peers.append(run(program("lists", "table", INCIDENTS, "--filled"), folder))
    mine = Samples("warroom p50", "ms", tuple(samples.median for samples in ours))
    table = Samples("DataTable p50", "ms", tuple(samples.median for samples in peers))
    tail = Samples("warroom p95", "ms", tuple(samples.share(95) for samples in ours))
    theirs = Samples("DataTable p95", "ms", tuple(samples.share(95) for samples in peers))
    return Row(
        "key press to first repaint byte, 1 000 incidents",
        (
            ratio(mine, table, must=1.2, aim=1.0, what="p50 against Textual's DataTable, 1 000 rows"),
            Line("p95", tail.median, "ms", must=25.0, ours=str(tail), peer=str(theirs)),
        ),
        (f"{RUNS} programs each, {PRESSES} presses in each",),
    )
