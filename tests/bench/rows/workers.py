"""5 000 checks every 30 s on one PostgreSQL, carried by several workers; and how much more of them can do."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.figures import Line, Row, Samples, Unmeasured
from tests.bench.loopback import checks, web_server
from tests.bench.repeat import ROOT, program, scratch
from tests.bench.rooms import make_store

CHECKS, EVERY, WORKERS = 5000, 30, 5
WARM_UP, INTERVALS = 45, 2  # seconds; intervals
RUSH, RUSH_WARM_UP, RUSH_LASTS = 2, 15, 15  # every so many seconds: more than two cores can do
CROWDS = (1, 2, 4)


@contextmanager
def rooms(folder: Path) -> Iterator[Any]:
    """A server from a wheel. Raises Unmeasured where there is none."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # its sockets
    try:
        from tests.store.postgres import running
    except ImportError as error:
        raise Unmeasured(f"no PostgreSQL: {error}") from error
    with running() as server:
        yield server


def work(where: str, count: int, warm_up: int, window: int, runs: int) -> list[dict[str, Any]]:
    """What so many engines found in each window, together."""
    command = program("engine", where, warm_up, window, runs)
    crew = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(count)
    ]
    found = []
    for process in crew:
        out, said = process.communicate()
        if process.returncode:
            raise Unmeasured(f"an engine ended early:\n{said[-2000:]}")
        found.append(json.loads(out))
    return [
        {
            "late": [late for one in found for late in one["windows"][run]["late"]],
            "each": [len(one["windows"][run]["late"]) for one in found],
            "cpu": sum(one["windows"][run]["cpu"] for one in found),
        }
        for run in range(runs)
    ]


def measure() -> Row:
    """First what is promised, then more than can be done."""
    lines, notes = [], []
    with scratch() as folder, web_server() as ports, rooms(folder) as server:
        where = server.url(server.create())
        make_store(where, live=20, checks=checks(ports, CHECKS, timedelta(seconds=EVERY))).close()
        windows = work(where, WORKERS, WARM_UP, EVERY, INTERVALS)
        p99 = Samples("", "ms", tuple(Samples("", "ms", tuple(one["late"])).share(99) for one in windows))
        worst = Samples("", "ms", tuple(max(one["late"]) for one in windows))
        fewest = min(len(one["late"]) for one in windows)
        lines.append(Line(f"p99 start lateness, {WORKERS} workers", p99.median, "ms", ours=str(p99)))
        lines.append(Line("the latest start", worst.median, "ms", must=1000.0, ours=str(worst)))
        notes.append(
            f"{fewest} of {CHECKS} checks in {EVERY} s, by worker {windows[-1]['each']}; "
            f"the engines took {windows[-1]['cpu']:.0f} % of a core"
        )
        for count in CROWDS:
            where = server.url(server.create())
            make_store(where, live=20, checks=checks(ports, CHECKS, timedelta(seconds=RUSH))).close()
            (window,) = work(where, count, RUSH_WARM_UP, RUSH_LASTS, 1)
            done = sum(window["each"]) / RUSH_LASTS
            lines.append(
                Line(
                    f"at most, {count} worker{'s' if count > 1 else ''}",
                    done,
                    "checks/s",
                    ours=f"{window['cpu']:.0f} % of a core for the engines",
                )
            )
    notes.append(f"load of this machine {os.getloadavg()[0]:.1f}, server and database included")
    return Row("5 000 checks every 30 s, several workers, PostgreSQL", tuple(lines), tuple(notes))
