"""Opening a board of 10 000 rows: from the key press to a full screen of it."""

from functools import partial

from tests.bench.figures import Row, ratio
from tests.bench.repeat import ROOT, in_turns, program
from tests.bench.terminal import Terminal

ROWS = 10_000
LAST_SEEN = "INC-25"  # far down the first screen of either list


def opened(kind: str) -> float:
    """Milliseconds until the list is on screen; the program was up and its rows were made before."""
    with Terminal(program("lists", kind, ROWS), folder=ROOT) as terminal:
        terminal.wait_for("ready")
        terminal.settle(0.3)
        terminal.forget()
        pressed = terminal.press("o") - terminal.started
        return (terminal.wait_for(LAST_SEEN) - pressed) * 1000


def measure() -> Row:
    """Open both in turns."""
    found = in_turns("ms", {"BoardTable": partial(opened, "board"), "DataTable": partial(opened, "table")})
    line = ratio(
        found["BoardTable"],
        found["DataTable"],
        must=0.2,
        aim=0.1,
        what="against Textual's DataTable, 10 000 rows",
    )
    return Row("board of 10 000 rows: open", (line,))
