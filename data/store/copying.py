"""A whole room from one store into another: by a dump, or at once and compared (design 6)."""

import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from data.domain.room import Origin
from data.domain.words import count
from data.store import backup, dump_reading, schema, sqlite
from data.store.definitions import load
from data.store.dump import Dump, Head, NotLoaded, Tally, dump
from data.store.dump_reading import Reader
from data.store.dump_rows import AT_ONCE, CARRIED, Values
from data.store.errors import StoreExists
from data.store.soundness import flaw
from data.store.store import Now, Store, create_store, is_url, open_store, path_of
from data.store.tables import COUNTER, DEFINITION
from data.store.tables_after import PRESENCE
from data.store.tables_outside import WORKER

SILENT = timedelta(seconds=20)  # whoever works on a room says so more often


@dataclass(frozen=True, slots=True)
class Copied:
    """A room that came into a store: how many of its incidents, events and rows there are."""

    incidents: int
    events: int
    rows: int


@contextmanager
def snapshot(store: Store) -> Iterator[Store]:
    """Give a store to read from for as long as it takes: a file's readers would hold up who writes to it.

    Raises StoreError where no copy of a file can be made.
    """
    if is_url(store.where):
        yield store
        return
    path = path_of(store.where)
    with TemporaryDirectory(prefix=".warroom-", dir=path.parent) as folder:
        copy = backup.make(path, store.now(), Path(folder) / "copy.db")
        read = open_store(str(copy), store.now, store.host)
        try:
            yield read
        finally:
            read.close()


def load_file(path: Path, where: str, now: Now, host: str = "") -> Copied:
    """Fill a new or an empty store from a dump; all of it or nothing.

    The file is read to its end before a store is made. Raises NotLoaded for the file or a store that
    holds something, StoreError where the store cannot be used.
    """
    dump_reading.check(path)
    with _target(where, now, host) as store:

        def work(connection: Connection, now: datetime) -> Copied:
            with dump_reading.opened(path) as file:
                reader = Reader(file, str(path))
                _fill(connection, store.name, reader.head.counter, reader.rows())
            return _copied(reader.head)

        return store.work(work)


def move(source: Store, where: str, program: str, host: str = "") -> Copied:
    """Copy a room into a new or an empty store and compare the two; nobody can write to it meanwhile.

    The source stays as it is. Raises NotLoaded where somebody works on it, or the other store holds
    something; StoreError where one of them cannot be used.
    """
    if _same(source.where, where):
        raise NotLoaded("that is one and the same store", "name another place to move it to")
    with _target(where, source.now, host) as target:

        def work(old: Connection) -> Copied:
            if working := _at_work(old, source.now()):
                raise NotLoaded(
                    f"somebody works on {source.name}: {working}",
                    "leave the consoles and end warroom watch there: what they write would be left behind",
                )
            lines = dump(old, program, source.now())
            target.work(lambda new, now: _over(lines, new, target.name))
            return _copied(lines.head)

        return source.hold(work)


def _over(lines: Dump, new: Connection, name: str) -> None:
    """Write what a dump reads, and hold what then is there against it."""
    _fill(new, name, lines.head.counter, lines.rows())
    there = Dump(new, lines.head)
    there.take()
    if there.tally != lines.tally:
        differs = _different(lines.tally, there.tally)
        raise NotLoaded(f"{name} does not hold what it was given: {differs}", "nothing was moved")


def _different(old: Tally, new: Tally) -> str:
    return ", ".join(name for name in old.digests if old.digests[name] != new.digests.get(name))


def _copied(head: Head) -> Copied:
    return Copied(head.rows["incident"], head.rows["event"], sum(head.rows.values()))


@contextmanager
def _target(where: str, now: Now, host: str) -> Iterator[Store]:
    """Open the store to be filled, made where there is none; one that was made goes again on a failure."""
    try:
        store, made = create_store(where, now, host), True
    except StoreExists:
        if not is_url(where) and not os.path.lexists(path_of(where)):
            raise  # what is left over from another store is in the way
        store, made = open_store(where, now, host), False
    try:
        yield store
    except BaseException:
        if made:
            _unmake(store)
        raise
    finally:
        store.close()


def _unmake(store: Store) -> None:
    if is_url(store.where):
        store.work(lambda connection, now: SQLModel.metadata.drop_all(connection, tables=schema.TABLES))
        return
    store.close()
    path = path_of(store.where)
    for end in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _same(source: str, target: str) -> bool:
    if is_url(source) or is_url(target):
        return source == target
    found = sqlite.identity(path_of(target))
    return found is not None and found == sqlite.identity(path_of(source))


def _fill(
    connection: Connection, name: str, counter: Mapping[str, int], rows: Iterable[tuple[Table, Values]]
) -> None:
    """Write a room into an empty store, in the transaction of the connection."""
    # the counter is locked as any command does: nobody begins to work here meanwhile
    connection.execute(update(COUNTER).values(seq=COUNTER.c.seq))
    if held := _held(connection):
        raise NotLoaded(
            f"{name} is not empty: it has {held}", "name a new one: only an empty store is filled"
        )
    connection.execute(delete(DEFINITION))
    try:
        for table, some in _together(rows):
            connection.execute(insert(table), some)
    except IntegrityError:
        raise NotLoaded(
            "rows name others that are not there: the room does not fit together", "nothing was loaded"
        ) from None
    # what was read of another configuration is not to be mistaken for this one
    numbers = {**counter, "configuration": uuid.uuid4().hex}
    connection.execute(update(COUNTER).values(numbers))
    if words := flaw(connection):
        raise NotLoaded(f"the room is not sound: {words}", "nothing was loaded")


def _together(rows: Iterable[tuple[Table, Values]]) -> Iterator[tuple[Table, list[Values]]]:
    """Yield rows of one table together, some at a time."""
    waiting: list[Values] = []
    of: Table | None = None
    for table, values in rows:
        if of is not None and (table is not of or len(waiting) == AT_ONCE):
            yield of, waiting
            waiting = []
        of = table
        waiting.append(values)
    if of is not None:
        yield of, waiting


def _held(connection: Connection) -> str:
    """Say what a store holds beside the guide; empty where it is as ``init`` made it."""
    counts = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in CARRIED
        if table is not DEFINITION
    }
    own = sum(item.origin is not Origin.DEFAULT for item in load(connection, retired=True))
    held = [count(counts.pop(name), name) for name in ("incident", "proposal", "event") if counts[name]]
    held += [count(own, "definition") + " of its own"] if own else []
    return ", ".join(held or [f"rows of {name}" for name, found in counts.items() if found])


def _at_work(connection: Connection, now: datetime) -> str:
    """Name who works on a store now: consoles and watches that said so a moment ago."""
    since = now - SILENT
    forms = connection.execute(
        select(WORKER.c.form, WORKER.c.host).where(WORKER.c.seen_at > since).order_by(WORKER.c.host)
    )
    found = [f"a {row.form} on {row.host or 'some machine'}" for row in forms]
    seated = connection.execute(
        select(PRESENCE.c.operator, PRESENCE.c.host)
        .where(PRESENCE.c.seen_at > since)
        .order_by(PRESENCE.c.operator)
    )
    found += [f"{row.operator} on {row.host or 'some machine'}" for row in seated]
    return ", ".join(islice(dict.fromkeys(found), 4))
