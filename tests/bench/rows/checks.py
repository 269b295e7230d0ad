"""1 000 checks every 10 s: how late they begin, how long the loop stands still, and the keys meanwhile."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path

from tests.bench.figures import Line, Row, Samples, Unmeasured
from tests.bench.loopback import checks, web_server
from tests.bench.repeat import ROOT, RUNS, console, homeless, program, scratch
from tests.bench.rooms import make_store
from tests.bench.rows.key_press import keys
from tests.bench.terminal import Terminal

CHECKS, EVERY = 1000, 10
LIVE = 50
WARM_UP = 15  # seconds: first runs are spread over the interval


def headless(store: Path) -> tuple[Samples, Samples, Samples]:
    """Of the engine alone, per interval: p99 lateness, the longest stall, and processor time."""
    command = program("engine", store, WARM_UP, EVERY, RUNS)
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise Unmeasured(f"the engine ended early:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    windows = found["windows"]
    fewest = min(len(window["late"]) for window in windows)
    if found["trouble"] or fewest < CHECKS * 0.9:
        raise Unmeasured(
            f"only {fewest} of {CHECKS} checks ran in an interval; trouble: {found['trouble'] or 'none'}"
        )
    late = [Samples("late", "ms", tuple(window["late"])).share(99) for window in windows]
    return (
        Samples("p99", "ms", tuple(late)),
        Samples("stall", "ms", tuple(window["stall"] for window in windows)),
        Samples("cpu", "% of a core", tuple(window["cpu"] for window in windows)),
    )


def pressed(store: Path, folder: Path) -> Samples:
    """The p95 of key presses in a console that runs the same checks, in milliseconds."""
    with Terminal(console(store), environment=homeless(folder), folder=ROOT) as terminal:
        terminal.wait_for("INC-", seconds=60)
        terminal.absorb(WARM_UP)
        return Samples(
            "keys p95", "ms", tuple(Samples("", "ms", tuple(keys(terminal))).share(95) for _ in range(RUNS))
        )


def measure() -> Row:
    """The engine alone first, then the console over the same store."""
    with scratch() as folder, web_server() as ports:
        store = folder / "room.db"
        make_store(str(store), live=LIVE, checks=checks(ports, CHECKS, timedelta(seconds=EVERY))).close()
        late, stall, cpu = headless(store)
        typed = pressed(store, folder)
    return Row(
        "1 000 checks every 10 s",
        (
            Line("p99 start lateness", late.median, "ms", must=100.0, ours=str(late)),
            Line("longest loop stall", stall.median, "ms", must=50.0, ours=str(stall)),
            Line("key press meanwhile, p95", typed.median, "ms", must=25.0, ours=str(typed)),
        ),
        (f"{RUNS} intervals each; the engine took {cpu}",),
    )
