"""What is asked each second never walks through years of incidents."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event

from data.store.commands import climbing, duties, findings, incidents, leases
from data.store.commands.opening import Finding
from data.store.queries.board import board, seq
from data.store.queries.incidents import incident_view
from data.store.queries.watching import reconfigured, spoken_for
from tests.store.room import P0, P1, START, Room, declare, done

LARGE = ("incident", "step", "update_clock", "event", "proposal", "command", "probe")


@contextmanager
def asked(room: Room) -> Iterator[list[tuple[str, Any]]]:
    """Note every statement with its parameters."""
    found: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
        if not statement.startswith("PRAGMA"):  # settings of the connection ask the store nothing
            found.append((statement, parameters[0] if many else parameters))

    event.listen(room.store.engine, "before_cursor_execute", note)
    yield found
    event.remove(room.store.engine, "before_cursor_execute", note)


def walks(connection: Connection, statements: list[tuple[str, Any]]) -> list[str]:
    """Return the steps of the statements' plans that read a large table without an index."""
    found = []
    for statement, parameters in statements:
        if not statement.startswith(("SELECT", "UPDATE", "DELETE")) or "LIMIT" in statement:
            continue
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        for *_, step in plan:
            if step.startswith("SCAN") and "USING" not in step and step.split()[1] in LARGE:
                found.append(f"{step}: {statement}")
    return found


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "query",
    [
        seq,
        board,
        lambda connection: board(connection, done=True),
        lambda connection: duties.due(connection, START),
        lambda connection: climbing.due(connection, START),
        lambda connection: incident_view(connection, "INC-1"),
        lambda connection: reconfigured(connection, 3),
        spoken_for,
    ],
)
def test_no_question_of_every_second_reads_everything(
    room: Room, query: Callable[[Connection], object]
) -> None:
    declare(room.store)
    room.found(Finding("check:x", "x is down", P1, "refused"))
    with asked(room) as statements:
        room.read(query)
    assert statements
    assert room.read(lambda connection: walks(connection, statements)) == []


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_no_command_reads_everything(room: Room) -> None:
    declare(room.store)
    api = Finding("check:x", "x is down", P1, "refused", ("checkout",))
    with asked(room) as statements:
        for command in (
            lambda write: incidents.acknowledge(write, "INC-1"),
            duties.keep,
            lambda write: findings.found(write, api),
            lambda write: findings.cleared(write, "check:x", "up"),
        ):
            done(room.store.write(command, by="ada"))
        room.store.work(lambda connection, now: leases.claim(connection, now, "laptop", {"x"}))
    assert room.read(lambda connection: walks(connection, statements)) == []


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_a_command_asks_the_store_little(room: Room) -> None:
    declare(room.store)
    with asked(room) as statements:
        for severity in (P0, P1, P0):
            statements.clear()
            done(room.store.write(partial(incidents.set_severity, key="INC-1", new=severity), by="ada"))
    assert len(statements) <= 12, [statement for statement, _ in statements]
