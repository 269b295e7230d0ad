"""A whole room as JSON Lines: a head, every row, and an end by which a cut file is known."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from data.domain.instants import format_instant
from data.store import dump_rows
from data.store.definitions import load_settings
from data.store.dump_rows import CARRIED, Values
from data.store.errors import StoreError
from data.store.tables import COUNTER, SCHEMA_VERSION

FORMAT = 1
WHAT = "warroom room"  # how the first line says what it begins


class NotLoaded(StoreError):
    """A dump that cannot be used, or a store that takes none; nothing was written."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a dump says first: who wrote it, of which room, and where its numbers stand.

    ``rows`` counts each table's rows; ``counter`` has the last seq, INC and PR number.
    """

    schema: int
    program: str
    room: str
    at: str
    counter: Mapping[str, int]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """What went by: rows and a digest by table, and the digest of all of it."""

    rows: Mapping[str, int]
    digests: Mapping[str, str]
    sha256: str = ""

    @property
    def total(self) -> int:
        """How many rows there were."""
        return sum(self.rows.values())


def head(connection: Connection, program: str, now: datetime) -> Head:
    """Return the first line's facts about a store."""
    counter = connection.execute(select(COUNTER)).mappings().one()
    counts = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in CARRIED
    }
    numbers = {name: counter[name] for name in ("seq", "incident", "proposal")}
    room = load_settings(connection).name
    return Head(SCHEMA_VERSION, program, room, format_instant(now), numbers, counts)


class Dump:
    """A store read on one view of it; once all of it is taken, ``tally`` says what went by."""

    def __init__(self, connection: Connection, head: Head) -> None:
        self._connection = connection
        self.head = head
        self.tally = Tally({}, {})

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file, each with its end."""
        first = _line(first_line(self.head))
        digest = hashlib.sha256(first.encode())
        yield first
        for _, _, line in self._rows():
            digest.update(line.encode())
            yield line
        self.tally = replace(self.tally, sha256=digest.hexdigest())
        yield _line({"end": self.tally.total, "sha256": self.tally.sha256})

    def rows(self) -> Iterator[tuple[Table, Values]]:
        """Yield the rows themselves, as the lines have them."""
        for table, values, line in self._rows():
            yield table, dump_rows.tamed(table, values, line)

    def take(self) -> None:
        """Read all of it for the tally alone."""
        for _ in self._rows():
            pass

    def _rows(self) -> Iterator[tuple[Table, Values, str]]:
        rows: dict[str, int] = {}
        digests: dict[str, str] = {}
        for table in CARRIED:
            digest, count = hashlib.sha256(), 0
            for values in dump_rows.rows(self._connection, table):
                try:
                    line = dump_rows.write(table, values) + "\n"
                except ValueError as error:
                    where = ", ".join(map(str, dump_rows.key(table, values)))
                    raise NotLoaded(f"the row {where} of {table.name} cannot be written: {error}") from None
                digest.update(line.encode())
                count += 1
                yield table, values, line
            rows[table.name], digests[table.name] = count, digest.hexdigest()
        self.tally = Tally(rows, digests)


def first_line(head: Head) -> dict[str, Any]:
    """Return a head as JSON."""
    return {
        "dump": WHAT,
        "format": FORMAT,
        "schema": head.schema,
        "program": head.program,
        "room": dump_rows.harmless(head.room),
        "at": head.at,
        "counter": dict(head.counter),
        "rows": dict(head.rows),
    }


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def dump(connection: Connection, program: str, now: datetime) -> Dump:
    """Return the lines of the store on a connection, whose transaction has to be one view of it."""
    return Dump(connection, head(connection, program, now))
