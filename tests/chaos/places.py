"""Where a room under attack lives: a file of its own, or a real PostgreSQL from a wheel."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.counts import Counts, Unavailable

KINDS = ("SQLite", "PostgreSQL")


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="warroom-chaos-") as name:
        yield Path(name)


@contextmanager
def empty_place(kind: str, within: Path) -> Iterator[str]:
    """The path or URL of a store that is yet to be made. Raises Unavailable without the database."""
    if kind == "SQLite":
        yield str(within / "room.db")
        return
    try:
        from tests.store.postgres import running
    except ImportError as error:
        raise Unavailable(f"no PostgreSQL: {error}") from error
    with running() as server:
        yield server.url(server.create())


def holds(check: Callable[[], object], counts: Counts) -> int:
    """Whether something is as it must be: 0, or 1 and a note."""
    try:
        check()
    except AssertionError as error:
        counts.notes.append(str(error)[:300] or "an invariant of the store is broken")
        return 1
    return 0
