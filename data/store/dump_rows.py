"""The rows of a dump: the tables it carries, and each row as one line of JSON and back."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin

from sqlalchemy import JSON, Boolean, Column, Connection, Float, Integer, Table, select
from sqlalchemy.schema import sort_tables
from sqlmodel import SQLModel

from data.store import schema, tables, tables_after, tables_outside
from data.store.columns import Instant
from data.text import clean

LEFT_OUT = frozenset({"counter", "lease", "worker", "presence"})
"""What is true of processes alone stays behind; the counter stands in a dump's first line."""

CARRIED: tuple[Table, ...] = tuple(
    table
    for table in sort_tables(sorted(schema.TABLES, key=lambda table: table.name))
    if table.name not in LEFT_OUT
)
"""In an order in which every row finds those it names."""

AT_ONCE = 500  # rows read and written together
_LARGEST = 2**31 - 1  # a whole number, in either database
_MAY_BE_HOSTILE = re.compile(r"\\[ubfr]")  # how JSON writes what is not plain ASCII

Values = dict[str, Any]
_MODELS = {
    str(model.__tablename__): model
    for module in (tables, tables_outside, tables_after)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, SQLModel) and model is not SQLModel
}


def rows(connection: Connection, table: Table) -> Iterator[Values]:
    """Yield a table's rows by their key, a few at a time."""
    postgres = connection.dialect.name == "postgresql"
    keys = [
        column.collate("C") if postgres and _kind(column) is str else column for column in table.primary_key
    ]
    found = connection.execute(select(table).order_by(*keys), execution_options={"yield_per": AT_ONCE})
    for row in found.mappings():
        yield dict(row)


def write(table: Table, values: Values) -> str:
    """Return a row as a line of plain ASCII; what a terminal would obey in its text is made harmless.

    Raises ValueError for a number that JSON has no word for.
    """
    row = {name: _stamp(value) if isinstance(value, datetime) else value for name, value in values.items()}
    line = _line(table, row)
    return _line(table, harmless(row)) if _MAY_BE_HOSTILE.search(line) else line


def _line(table: Table, row: Values) -> str:
    return json.dumps({"table": table.name, "row": row}, separators=(",", ":"), allow_nan=False)


def read(table: Table, row: object, line: str) -> Values:
    """Return a row of a dump as values to be written; ``line`` is the text it came from.

    Raises ValueError, in words, for what the table cannot hold.
    """
    if not isinstance(row, dict):
        raise ValueError("its row is no object")  # noqa: TRY004 - the file is wrong, not the program
    readers = _readers(table.name)
    for name in row:
        if name not in readers:
            raise ValueError(f"the table {table.name} has no column {_shown(name)}")
    if missing := [name for name in readers if name not in row]:
        raise ValueError(f"its column {missing[0]} is missing")
    if _MAY_BE_HOSTILE.search(line) and harmless(row) != row:
        raise ValueError("holds text that a terminal obeys or nobody can see")
    values = {}
    for name, reader in readers.items():
        try:
            values[name] = reader(row[name])
        except ValueError as error:
            raise ValueError(f"its column {name} {error}") from None
    return values


def tamed(table: Table, values: Values, line: str) -> Values:
    """Return a row as its line has it: the values themselves where nothing had to be made harmless."""
    return read(table, json.loads(line)["row"], line) if _MAY_BE_HOSTILE.search(line) else values


def key(table: Table, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what orders a row among those of its table."""
    return tuple(values[column.name] for column in table.primary_key)


def harmless(value: Any) -> Any:
    """Return a JSON value whose texts hold nothing that a terminal obeys (design 8); nothing is cut."""
    if isinstance(value, str):
        return "\t".join(_harmless(part) for part in value.split("\t"))
    if isinstance(value, list):
        return [harmless(item) for item in value]
    if isinstance(value, dict):
        return {harmless(name): harmless(item) for name, item in value.items()}
    return value


def _harmless(text: str) -> str:
    return clean(text, 2 * len(text) + 100, len(text) + 2)


def _shown(name: str) -> str:
    return json.dumps(name[:40])


def _stamp(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _kind(column: Column[Any]) -> type:
    """Return what kind of value a column holds."""
    if isinstance(column.type, Instant):
        return datetime
    for of, kind in ((JSON, dict), (Boolean, bool), (Float, float), (Integer, int)):
        if isinstance(column.type, of):
            return kind
    return str


@cache
def _readers(name: str) -> Mapping[str, Callable[[Any], Any]]:
    table = next(table for table in CARRIED if table.name == name)
    return {column.name: _reader(name, column) for column in table.columns}


def _reader(table: str, column: Column[Any]) -> Callable[[Any], Any]:
    null = bool(column.nullable)
    read = _READ[_kind(column)]
    if read is _object:
        # every one of these columns may be null in the database; their rows say which may really
        hint = _MODELS[table].model_fields[column.name].annotation
        null = NoneType in get_args(hint)
        if list in (get_origin(one) for one in (hint, *get_args(hint))):
            read = _list
    return lambda value: None if value is None and null else read(value)


def _instant(value: object) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is not None and found.utcoffset() is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("is no instant")


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")  # noqa: TRY004 - as above
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("is no number")
    return float(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise ValueError("is no whole number that fits")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("is no text")  # noqa: TRY004 - as above
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("is no list")  # noqa: TRY004 - as above
    return value


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("is no object")  # noqa: TRY004 - as above
    return value


_READ: Mapping[type, Callable[[object], Any]] = {
    datetime: _instant,
    bool: _bool,
    float: _number,
    int: _whole,
    str: _text,
    dict: _object,
}
