"""Memory of a console with 1 000 incidents and 100 checks, once it has settled."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from tests.bench.figures import Row, Samples, ratio
from tests.bench.loopback import checks, web_server
from tests.bench.repeat import ROOT, RUNS, console, homeless, program, scratch
from tests.bench.rooms import make_store
from tests.bench.terminal import Terminal, memory

INCIDENTS, CHECKS = 1000, 100
SETTLED = 12.0  # seconds: every check has run


def used(command: Sequence[str], folder: Path, word: str, settled: float) -> tuple[float, float]:
    """Resident and proportional MB."""
    with Terminal(command, environment=homeless(folder), folder=ROOT) as terminal:
        terminal.wait_for(word, seconds=60)
        terminal.absorb(settled)
        return memory(terminal.pid)


def measure() -> Row:
    """Both in turns; the proportional size decides, since a library's pages are shared."""
    mine, peers = [], []
    with scratch() as folder, web_server() as ports:
        store = folder / "room.db"
        make_store(str(store), live=INCIDENTS, checks=checks(ports, CHECKS, timedelta(seconds=10))).close()
        for _ in range(RUNS):
            mine.append(used(console(store), folder, "INC-", SETTLED))
            peers.append(used(program("minimal"), folder, "ready", 2.0))
    lines = []
    for place, name in ((0, "resident (RSS)"), (1, "proportional (PSS)")):
        ours = Samples("warroom", "MB", tuple(pair[place] for pair in mine))
        peer = Samples("a minimal Textual program", "MB", tuple(pair[place] for pair in peers))
        lines.append(ratio(ours, peer, must=3.5, aim=2.5, what=f"{name} against a minimal Textual program"))
    return Row("memory, console with 1 000 incidents and 100 checks", tuple(lines))
