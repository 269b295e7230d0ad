"""The store: opened, written by commands, read by queries."""

import os
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, insert, inspect, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoResultFound
from sqlmodel import SQLModel

from data.domain.change import Refused
from data.domain.codec import encode
from data.domain.room import Definition
from data.store import sqlite
from data.store.definitions import upsert
from data.store.errors import StoreError, StoreExists, from_driver, masked
from data.store.tables import COMMAND, COUNTER, SCHEMA_VERSION, for_postgres
from data.store.unit import Answer, Write, with_seq

T = TypeVar("T")
Now = Callable[[], datetime]


def is_url(where: str) -> bool:
    """Tell a database URL from a path."""
    return where.startswith(("postgresql://", "postgresql+", "postgres://"))


class Store:
    """One room's store. Every error that reaches the caller is a StoreError with a sentence."""

    def __init__(self, engine: Engine, where: str, now: Now, host: str = "") -> None:
        self.engine = engine
        self.where = where
        self.now = now
        self.host = host

    @property
    def name(self) -> str:
        """The path or URL, without a password."""
        return masked(self.where)

    def write(
        self, work: Callable[[Write], Answer | Refused], *, by: str, command: str | None = None
    ) -> Answer | Refused:
        """Run a command in one transaction; refused, it leaves nothing behind.

        The same ``command`` id again answers what the first run answered. Raises StoreError.
        """
        identity = command or uuid.uuid4().hex
        with self._connection(writes=True) as connection, connection.begin() as transaction:
            unit = Write(connection, self.now(), by, self.host, identity)
            known = connection.execute(select(COMMAND.c.result).where(COMMAND.c.id == identity)).scalar()
            if known is not None:
                return Answer(**known)
            answer = work(unit)
            if isinstance(answer, Refused):
                transaction.rollback()
                return answer
            unit.finish()
            answer = with_seq(answer, unit.seq)
            if unit.events:
                connection.execute(
                    insert(COMMAND), [{"id": identity, "at": unit.now, "result": encode(answer)}]
                )
        return answer

    def work(self, work: Callable[[Connection, datetime], T]) -> T:
        """Run a worker's write that makes no events: claims and measurements. Raises StoreError."""
        with self._connection(writes=True) as connection, connection.begin():
            return work(connection, self.now())

    def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query on one consistent view; it ends before anything leaves. Raises StoreError."""
        with self._connection(writes=False) as connection, connection.begin():
            return query(connection)

    @contextmanager
    def _connection(self, *, writes: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection.execution_options(writes=writes)
        except DBAPIError as error:
            raise from_driver(error, self.where) from error

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_store(where: str, now: Now, host: str = "") -> Store:
    """Open an existing store, refusing what is none, damaged, or newer than this program."""
    if is_url(where):
        store = Store(_postgres(where), where, now, host)
        try:
            _check_postgres(store)
        except StoreError:
            store.close()
            raise
        return store
    path = path_of(where)
    sqlite.inspect(path)
    store = Store(sqlite.make_engine(path), str(path), now, host)
    try:
        with store._connection(writes=True) as connection, connection.begin():
            connection.execute(select(COUNTER.c.seq)).one()
    except StoreError:
        store.close()
        raise
    except NoResultFound:
        store.close()
        raise StoreError(
            f"{path}: the store is damaged, it has lost its counter", "restore a backup"
        ) from None
    return store


def create_store(where: str, now: Now, host: str = "", definitions: Iterable[Definition] = ()) -> Store:
    """Make a new store with its first definitions; an existing one is refused, not touched."""
    if is_url(where):
        store = Store(_postgres(where), where, now, host)
        try:
            with store._connection(writes=True) as connection, connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(1465011505)"))
                if inspect(connection).has_table("counter"):
                    raise StoreExists(
                        f"{masked(where)} already holds a store", "open it, or name another database"
                    )
                _fill(connection, definitions)
        except StoreError:
            store.close()
            raise
        return store
    path = path_of(where)
    if os.path.lexists(path):
        raise StoreExists(f"there already is something at {path}", "open it, or name another path")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=".warroom-", dir=path.parent)  # mode 0600
        os.close(descriptor)
    except OSError as error:
        raise StoreError(f"no store can be made at {path}: {error.strerror}", "name another path") from error
    try:
        fresh = Store(sqlite.make_engine(Path(draft)), str(path), now, host)
        with fresh._connection(writes=True) as connection, connection.begin():
            _fill(connection, definitions)
            connection.exec_driver_sql(f"PRAGMA application_id={sqlite.APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
        fresh.close()
        # a link refuses to replace a store that somebody else made meanwhile
        os.link(draft, path)
    except FileExistsError as error:
        raise StoreExists(f"there already is something at {path}", "open it, or name another path") from error
    except OSError as error:
        raise StoreError(f"no store can be made at {path}: {error.strerror}", "name another path") from error
    finally:
        for name in (draft, f"{draft}-journal"):
            Path(name).unlink(missing_ok=True)
    return open_store(where, now, host)


def path_of(where: str) -> Path:
    """Return the file a store's path names. Raises StoreError for what is none."""
    if "://" in where:
        raise StoreError(f"{masked(where)} is no store", "give a path, or a postgresql:// URL")
    try:
        return Path(where).expanduser()
    except RuntimeError:
        raise StoreError(f"{where}: there is no such home folder", "give a path") from None


def _fill(connection: Connection, definitions: Iterable[Definition]) -> None:
    SQLModel.metadata.create_all(connection)
    first = {"id": 1, "seq": 0, "incident": 0, "proposal": 0, "configuration": ""}
    connection.execute(insert(COUNTER), [{**first, "schema_version": SCHEMA_VERSION}])
    upsert(connection, definitions)


def _postgres(where: str) -> Engine:
    url = where.replace("postgres://", "postgresql://", 1).replace(
        "postgresql://", "postgresql+psycopg://", 1
    )
    try:
        for_postgres()
        return create_engine(url, pool_size=4, max_overflow=4, pool_pre_ping=True)
    except (ArgumentError, ValueError):
        raise StoreError(
            f"{masked(where)} is not a URL that can be read", "write postgresql://user@host:5432/database"
        ) from None
    except ImportError as error:
        raise StoreError("the PostgreSQL driver is not installed", "install warroom[postgres]") from error


def _check_postgres(store: Store) -> None:
    def version(connection: Connection) -> int | None:
        if not inspect(connection).has_table("counter"):
            return None
        return int(connection.execute(select(COUNTER.c.schema_version)).scalar_one())

    found = store.read(version)
    if found is None:
        raise StoreError(f"{store.name} holds no store", f"make one: warroom init --store {store.name}")
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"{store.name} was written by a newer warroom: it has store version {found}, "
            f"this program knows {SCHEMA_VERSION}",
            "update warroom; the store was not touched",
        )
