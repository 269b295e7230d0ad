"""The board's query: 500 open incidents of 100 000, against the same rows by plain sqlite3."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import event

from data.store.queries.board import board, live_rows
from data.store.store import Store
from tests.bench.figures import Row, Unmeasured, ratio
from tests.bench.repeat import in_turns, scratch
from tests.bench.rooms import add_history, make_store

OPEN, ALL = 500, 100_000
RUNS = 15

Statement = tuple[str, Any]


def statements(store: Store, query: Callable[..., object]) -> list[Statement]:
    """What a query sends to SQLite, with its parameters."""
    sent: list[Statement] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    store.read(query)
    event.remove(store.engine, "before_cursor_execute", note)
    return sent


def best(sent: list[Statement]) -> list[Statement]:
    """The same rows as somebody would fetch them who knows where they are: by key, and nothing counted."""
    found: list[Statement] = []
    for statement, parameters in sent:
        words, _, _ = statement.partition("WHERE")
        if "FROM incident" in " ".join(words.split()):
            found.append((f"{words} WHERE id <= {OPEN}", ()))
        else:
            found.append((statement, parameters))
    return [(statement, parameters) for statement, parameters in found if "count(" not in statement]


def milliseconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def measure() -> Row:
    """All rows of the board through the store, and the same statements without it."""
    with scratch() as folder:
        store = make_store(str(folder / "room.db"), live=OPEN)
        add_history(store, ALL - OPEN)
        row = compare(store, folder / "room.db")
        store.close()
    return row


def compare(store: Store, path: Path) -> Row:
    """Measure both on one store."""
    whole, rows = best(statements(store, board)), best(statements(store, live_rows))
    with closing(sqlite3.connect(path)) as plain:

        def fetch(wanted: list[Statement]) -> list[Any]:
            plain.execute("BEGIN")
            found = [row for statement, parameters in wanted for row in plain.execute(statement, parameters)]
            plain.execute("COMMIT")
            return found

        if len(fetch(rows)) != OPEN or len(store.read(board).rows) != OPEN:
            raise Unmeasured(f"the board does not hold {OPEN} incidents")
        found = in_turns(
            "ms",
            {
                "open rows": lambda: milliseconds(lambda: store.read(live_rows)),
                "their rows by sqlite3": lambda: milliseconds(lambda: fetch(rows)),
                "whole board": lambda: milliseconds(lambda: store.read(board)),
                "its rows by sqlite3": lambda: milliseconds(lambda: fetch(whole)),
            },
            runs=RUNS,
        )
    return Row(
        "board query, 500 open of 100 000",
        (
            ratio(
                found["open rows"],
                found["their rows by sqlite3"],
                must=3.0,
                aim=2.2,
                what="incidents and proposals",
            ),
            ratio(
                found["whole board"], found["its rows by sqlite3"], must=3.0, aim=2.2, what="the whole board"
            ),
        ),
        ("the peer fetches the open ones by their keys; ours ends in frozen, sorted views",),
    )
