"""The store: opened, written by commands, read by queries."""

import os
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.exc import TimeoutError as PoolTimeout

from data.domain.change import Refused
from data.domain.codec import encode
from data.domain.room import Definition
from data.store import postgres, schema, sqlite
from data.store.definitions import upsert
from data.store.errors import OLDER, RESTORE, Conflict, StoreError, StoreExists, from_driver, masked
from data.store.postgres import is_url
from data.store.tables import COMMAND, COUNTER, SCHEMA_VERSION
from data.store.unit import Answer, Write, with_seq
from data.text import clean_line

__all__ = ["Now", "Store", "create_store", "is_url", "open_store", "path_of"]

T = TypeVar("T")
Now = Callable[[], datetime]
TRIES = 5  # of a write the database undid because another one was in its way


class Store:
    """One room's store. Every error that reaches the caller is a StoreError with a sentence."""

    def __init__(self, engine: Engine, where: str, now: Now, host: str = "") -> None:
        self.engine = engine
        engine.update_execution_options(clock=now)  # by which a policy knows who is on call
        self.where = where
        self.now = now
        self.host = host
        self._path = None if is_url(where) else Path(where)

    @property
    def name(self) -> str:
        """The path or URL, without a password."""
        return masked(self.where)

    def write(
        self,
        work: Callable[[Write], Answer | Refused],
        *,
        by: str,
        command: str | None = None,
        asked: str = "",
    ) -> Answer | Refused:
        """Run a command in one transaction; refused, it leaves nothing behind.

        The same ``command`` id again answers what the first run answered; asked for something else by
        the words of ``asked``, it is refused. ``work`` may be run more than once: what the database
        undid for another writer's sake is tried again. Raises StoreError.
        """
        identity = clean_line(command) if command else uuid.uuid4().hex
        return self._again(lambda: self._write(work, clean_line(by), identity, clean_line(asked)))

    def _write(
        self, work: Callable[[Write], Answer | Refused], by: str, identity: str, asked: str
    ) -> Answer | Refused:
        with self._connection(writes=True) as connection, connection.begin() as transaction:
            unit = Write(connection, self.now(), by, self.host, identity)
            known = connection.execute(select(COMMAND.c.result).where(COMMAND.c.id == identity)).scalar()
            if known is not None:
                first = known.pop("asked", "")
                if asked and first and asked != first:
                    reason = f"the command id {identity} was already used for: {first}"
                    return Refused(reason, "give each command an id of its own")
                return Answer(**known)
            answer = work(unit)
            if isinstance(answer, Refused):
                transaction.rollback()
                return answer
            unit.finish()
            answer = with_seq(answer, unit.seq)
            if unit.events:
                result = {**encode(answer), "asked": asked} if asked else encode(answer)
                connection.execute(insert(COMMAND), [{"id": identity, "at": unit.now, "result": result}])
        return answer

    def work(self, work: Callable[[Connection, datetime], T]) -> T:
        """Run a worker's write that makes no events: claims and measurements. Raises StoreError.

        ``work`` may be run more than once, as in ``write``.
        """
        return self._again(lambda: self._work(work))

    def _work(self, work: Callable[[Connection, datetime], T]) -> T:
        with self._connection(writes=True) as connection, connection.begin():
            return work(connection, self.now())

    def _again(self, attempt: Callable[[], T]) -> T:
        for _ in range(TRIES - 1):
            try:
                return attempt()
            except Conflict:
                continue
        return attempt()

    def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query on one consistent view; it ends before anything leaves. Raises StoreError."""
        with self._connection(writes=False) as connection, connection.begin():
            return query(connection)

    def hold(self, query: Callable[[Connection], T]) -> T:
        """Run a query on one consistent view while nobody else gives commands. Raises StoreError."""
        return self._again(lambda: self._hold(query))

    def _hold(self, query: Callable[[Connection], T]) -> T:
        with self._connection(writes=True) as connection:
            if self._path is None:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                if self._path is None:  # what is done with what was read may take longer than a write
                    connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '1h'")
                connection.execute(select(COUNTER.c.seq).with_for_update()).one()
                return query(connection)

    @contextmanager
    def _connection(self, *, writes: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                if self._path is not None:
                    if writes and sqlite.replaced(connection, self._path):
                        raise StoreError(
                            f"{self.name} was replaced or removed while it was open: nothing was written",
                            "start warroom again",
                        )
                    yield connection.execution_options(writes=writes)
                elif writes:
                    yield connection
                else:
                    yield connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
        except DBAPIError as error:
            raise from_driver(error, self.where) from error
        except PoolTimeout as error:
            raise StoreError(f"{self.name}: too much is asked of it at once", "try again") from error

    def replaced(self) -> bool:
        """Tell whether another file, or none, lies where the store's was opened. Raises StoreError."""
        if self._path is None:
            return False
        with self._connection(writes=False) as connection:
            return sqlite.replaced(connection, self._path)

    def server_offset(self) -> timedelta:
        """Return how far the database's clock is ahead of ``now``, half a round trip allowed for.

        Nothing for a file, which has no clock. Raises StoreError.
        """
        if self._path is not None:
            return timedelta()
        with self._connection(writes=False) as connection, connection.begin():
            connection.execute(select(1))  # connected and begun: neither is part of the round trip
            before = self.now()
            there: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
            after = self.now()
        return there - (before + (after - before) / 2)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_store(
    where: str, now: Now, host: str = "", *, busy: float | None = None, migrates: bool = True
) -> Store:
    """Open an existing store, refusing what is none, damaged, or newer than this program.

    An older one is migrated first, a copy of a file kept; refused where ``migrates`` is false. ``busy``
    is how many seconds a write to a file waits for other programs. Raises StoreError.
    """
    path = None if is_url(where) else path_of(where)
    found = None if path is None else sqlite.inspect(path)
    engine = postgres.make(where) if path is None else sqlite.make_engine(path, busy)
    store = Store(engine, where if path is None else str(path), now, host)
    try:
        if path is None:
            found = _version(store)
        if found is not None and found < SCHEMA_VERSION:
            if not migrates:
                reason = "was written by an older warroom, and who only looks does not bring it up to date"
                raise StoreError(f"{store.name} {reason}", OLDER)
            # Alembic is costly to import, and wanted once in the life of a store
            from data.store.migrate import migrate

            migrate(store)
        with store._connection(writes=migrates) as connection, connection.begin():
            connection.execute(select(COUNTER.c.seq)).one()
    except NoResultFound:
        store.close()
        hint = RESTORE if path is not None else "restore a backup"
        raise StoreError(f"{store.name}: the store is damaged, it has lost its counter", hint) from None
    except BaseException:
        store.close()
        raise
    return store


def _version(store: Store) -> int:
    found = store.read(postgres.version)
    if found is None:
        raise StoreError(f"{store.name} holds no store", f"make one: warroom init --store {store.name}")
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"{store.name} was written by a newer warroom: it has store version {found}, "
            f"this program knows {SCHEMA_VERSION}",
            "update warroom; the store was not touched",
        )
    return found


def create_store(where: str, now: Now, host: str = "", definitions: Iterable[Definition] = ()) -> Store:
    """Make a new store with its first definitions; an existing one is refused, not touched."""
    if is_url(where):
        return _create_in_database(Store(postgres.make(where), where, now, host), definitions)
    path = path_of(where)
    if os.path.lexists(path):
        raise StoreExists(f"there already is something at {path}", "open it, or name another path")
    for left in (path.with_name(f"{path.name}-journal"), path.with_name(f"{path.name}-wal")):
        if left.exists() and left.stat().st_size:  # SQLite would play it into the new file
            raise StoreExists(f"{left} is left over from another store", "move it away, then try again")
    sqlite.refuse_network(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=".warroom-", dir=path.parent)  # mode 0600
        os.close(descriptor)
    except OSError as error:
        raise StoreError(f"no store can be made at {path}: {error.strerror}", "name another path") from error
    fresh = Store(sqlite.make_engine(Path(draft)), draft, now, host)
    try:
        with fresh._connection(writes=True) as connection, connection.begin():
            _fill(connection, definitions)
            connection.exec_driver_sql(f"PRAGMA application_id={sqlite.APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
        fresh.close()
        # a link refuses to replace a store that somebody else made meanwhile
        os.link(draft, path)
        _keep_name(path.parent)
    except FileExistsError as error:
        raise StoreExists(f"there already is something at {path}", "open it, or name another path") from error
    except OSError as error:
        raise StoreError(f"no store can be made at {path}: {error.strerror}", "name another path") from error
    finally:
        fresh.close()
        for name in (draft, f"{draft}-journal"):
            Path(name).unlink(missing_ok=True)
    return open_store(where, now, host)


def _create_in_database(store: Store, definitions: Iterable[Definition]) -> Store:
    try:
        with store._connection(writes=True) as connection, connection.begin():
            connection.execute(select(func.pg_advisory_xact_lock(postgres.LOCK_KEY)))
            if postgres.version(connection) is not None:
                raise StoreExists(f"{store.name} already holds a store", "open it, or name another database")
            _fill(connection, definitions)
    except BaseException:
        store.close()
        raise
    return store


def _keep_name(folder: Path) -> None:
    """Put a new name in a folder on disk, so that a power cut does not take it away again."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def path_of(where: str) -> Path:
    """Return the file a store's path names. Raises StoreError for what is none."""
    if "://" in where:
        raise StoreError(f"{masked(where)} is no store", "give a path, or a postgresql:// URL")
    try:
        return Path(where).expanduser()
    except RuntimeError:
        raise StoreError(f"{where}: there is no such home folder", "give a path") from None


def _fill(connection: Connection, definitions: Iterable[Definition]) -> None:
    schema.create(connection)
    first = {"id": 1, "seq": 0, "incident": 0, "proposal": 0, "configuration": ""}
    connection.execute(insert(COUNTER), [{**first, "schema_version": SCHEMA_VERSION}])
    upsert(connection, definitions)
