"""``python -m tests.bench [ROW …]``: measure and print one page. Without a name every row."""

import importlib
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.bench.figures import Row, Unmeasured, page

# In the order of design 12.
ROWS = (
    "first_board",
    "key_press",
    "open_board",
    "countdowns",
    "probes",
    "checks",
    "workers",
    "board_query",
    "seen_elsewhere",
    "alerts",
    "outbox",
    "memory",
    "after",
)


def head() -> list[str]:
    """What was measured where."""
    libraries = []
    for name in ("textual", "httpx", "h11", "sqlalchemy", "sqlmodel"):
        try:
            libraries.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            libraries.append(f"{name} missing")
    load = os.getloadavg()[0]
    busy = (
        ["THIS MACHINE IS BUSY: trust the ratios a little, the milliseconds not at all"] if load > 1 else []
    )
    return [
        f"warroom budgets, {time.strftime('%Y-%m-%d', time.gmtime())}",
        f"{os.cpu_count()} cores, {processor()}, {platform.system()} {platform.release()}, load {load:.1f}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {', '.join(libraries)}",
        "ours | peer, each: median (least–most, number of runs)",
        *busy,
    ]


def processor() -> str:
    """The name of the processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()


def measure(name: str) -> Row:
    """Measure one row; what cannot be measured here says why."""
    try:
        row: Row = importlib.import_module(f"tests.bench.rows.{name}").measure()
    except Unmeasured as reason:
        return Row(name.replace("_", " "), (), (f"not measured: {reason}",))
    return row


def main(arguments: Sequence[str]) -> int:
    """Measure, with one line of progress per row on stderr, and print the page."""
    wanted = [name.replace("-", "_") for name in arguments] or list(ROWS)
    if unknown := [name for name in wanted if name not in ROWS]:
        sys.stderr.write(f"no row is called {unknown[0]}; there are: {' '.join(ROWS)}\n")
        return 2
    first = head()
    rows = []
    for name in wanted:
        sys.stderr.write(f"measuring {name} …\n")
        rows.append(measure(name))
    sys.stdout.write(page(first, rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
