"""Reading a dump: all of it is held against the tables, its counts and its digest, line by line."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from sqlalchemy import Table

from data.store import dump_rows
from data.store.dump import FORMAT, WHAT, Head, NotLoaded
from data.store.dump_rows import CARRIED, Values
from data.store.tables import SCHEMA_VERSION
from data.text import clean_line

LONGEST = 64 * 1024 * 1024  # bytes of a line: the longest runbook fits
_NOTHING = "nothing was loaded"


class Reader:
    """A dump in an open file. Raises NotLoaded, from the start on, with the line of what is wrong."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._name = clean_line(name)
        self._number = 0
        self._digest = hashlib.sha256()
        self.head = self._head()

    def rows(self) -> Iterator[tuple[Table, Values]]:
        """Yield every row; the last one comes only when the end is as the file says it should be."""
        tables = {table.name: table for table in CARRIED}
        order = {table.name: place for place, table in enumerate(CARRIED)}
        counts = dict.fromkeys(tables, 0)
        last: tuple[Any, ...] = (-1,)
        held: tuple[Table, Values] | None = None
        while True:
            value, line = self._next("the file was cut off: its last line is missing")
            if "end" in value:
                break
            self._digest.update(line.encode())
            name = value.get("table")
            if not isinstance(name, str) or value.keys() != {"table", "row"}:
                self._wrong("is no row of a dump")
            if name not in tables:
                self._wrong(f"there is no table {json.dumps(clean_line(name, 40))}")
            try:
                values = dump_rows.read(tables[name], value["row"], line)
            except ValueError as error:
                self._wrong(str(error))
            except RecursionError:
                self._wrong("is nested too deep")
            place = (order[name], *dump_rows.key(tables[name], values))
            if place[0] < last[0] or (place[0] == last[0] and place <= last):
                self._wrong(f"this row of {name} stands twice, or in the wrong place")
            last = place
            counts[name] += 1
            if held is not None:
                yield held
            held = tables[name], values
        self._end(value, counts)
        if held is not None:
            yield held

    def _end(self, value: dict[str, Any], counts: dict[str, int]) -> None:
        for name, count in counts.items():
            if (said := self.head.rows.get(name)) != count:
                self._wrong(f"the file has {count} rows of {name}, its first line says {said}")
        if value.get("end") != sum(counts.values()) or value.get("sha256") != self._digest.hexdigest():
            self._wrong("the file was changed after it was written: its digest does not fit")
        if self._file.read(1):
            self._number += 1
            self._wrong("something follows the end of the dump")

    def _head(self) -> Head:
        value, line = self._next("the file is empty")
        if value.get("dump") != WHAT:
            self._wrong("this is no dump of a room", "give a file that warroom dump wrote")
        counter, rows = value.get("counter"), value.get("rows")
        form, schema = _number(value.get("format")), _number(value.get("schema"))
        if form is None or schema is None:
            self._wrong("does not say which version it is")
        if form > FORMAT or schema > SCHEMA_VERSION:
            self._wrong(
                f"was written by a newer warroom: it has store version {schema}, "
                f"this program knows {SCHEMA_VERSION}",
                f"update warroom; {_NOTHING}",
            )
        if schema < SCHEMA_VERSION:
            self._wrong(
                f"was written by an older warroom, with store version {schema}",
                "load it with that one: this program then brings its store up to date",
            )
        if not isinstance(counter, dict) or not isinstance(rows, dict):
            self._wrong("does not say what it holds")
        if counter.keys() != {"seq", "incident", "proposal"} or None in map(_number, counter.values()):
            self._wrong("does not say where the numbers of the room stand")
        if None in map(_number, rows.values()):
            self._wrong("does not say how many rows it holds")
        self._digest.update(line.encode())
        words = {name: clean_line(str(value.get(name, ""))) for name in ("program", "room", "at")}
        return Head(schema=schema, counter=counter, rows=rows, **words)

    def _next(self, missing: str) -> tuple[dict[str, Any], str]:
        self._number += 1
        try:
            raw = self._file.readline(LONGEST + 1)
        except OSError as error:
            self._wrong(f"cannot be read: {error.strerror}", "check the disk")
        if not raw:
            self._wrong(missing)
        if len(raw) > LONGEST:
            self._wrong(f"is longer than {LONGEST // 1024**2} MB")
        if not raw.endswith(b"\n"):
            self._wrong("the file was cut off in this line")
        try:
            line = raw.decode("ascii")
            value = json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError):  # not ASCII, not JSON, nested too deep, or an endless number
            self._wrong("is not JSON as a dump has it")
        if not isinstance(value, dict):
            self._wrong("is no object")
        return value, line

    def _wrong(self, why: str, hint: str = _NOTHING) -> NoReturn:
        raise NotLoaded(f"{self._name}, line {self._number}: {why}", hint)


def _number(value: object) -> int | None:
    """Return a count that a database can hold; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
        return value
    return None


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def check(path: Path) -> Head:
    """Read all of a dump and return its head; raises NotLoaded where anything in it is wrong."""
    with opened(path) as file:
        reader = Reader(file, str(path))
        for _ in reader.rows():
            pass
    return reader.head


def opened(path: Path) -> IO[bytes]:
    """Open a dump. Raises NotLoaded where there is no file to read."""
    try:
        if not path.is_file():
            words = "is not a regular file" if path.exists() else "does not exist"
            raise NotLoaded(f"{clean_line(str(path))} {words}", _NOTHING)
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name cannot be a file's"
        raise NotLoaded(f"{clean_line(str(path))} cannot be read: {reason}", _NOTHING) from None
