"""Two countdown columns over fifty visible rows, once a second: processor time."""

from contextlib import ExitStack

from tests.bench.figures import Line, Row, Samples, ratio
from tests.bench.repeat import ROOT, RUNS, program
from tests.bench.terminal import Terminal, cpu_seconds

VISIBLE = 50
WINDOW = 5.0  # seconds
COMMANDS = {
    "BoardTable": program("lists", "board", VISIBLE, "--filled", "--ticking"),
    "DataTable": program("lists", "table", VISIBLE, "--filled", "--ticking"),
    "idle program": program("lists", "board", VISIBLE),
}


def measure() -> Row:
    """Let all three run side by side and look at each for some seconds in turns."""
    found: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with ExitStack() as stack:
        terminals = {
            name: stack.enter_context(Terminal(command, rows=VISIBLE + 6, folder=ROOT))
            for name, command in COMMANDS.items()
        }
        for name, terminal in terminals.items():
            terminal.wait_for("ready" if name == "idle program" else f"INC-{VISIBLE}")
        for terminal in terminals.values():
            terminal.absorb(2)
        for _ in range(RUNS):
            for name, terminal in terminals.items():
                terminal.absorb(0.1)  # what came while others were looked at
                before = cpu_seconds(terminal.pid)
                terminal.absorb(WINDOW)
                found[name].append((cpu_seconds(terminal.pid) - before) / WINDOW * 100)
    samples = {name: Samples(name, "% of a core", tuple(values)) for name, values in found.items()}
    board = samples["BoardTable"]
    return Row(
        "two countdown columns over 50 visible rows",
        (
            ratio(board, samples["DataTable"], must=0.3, what="against DataTable.update_cell"),
            Line(
                "of a core",
                board.median,
                "%",
                aim=1.0,
                ours=str(board),
                peer=f"idle {samples['idle program']}",
            ),
        ),
    )
