"""PostgreSQL as a store: how a connection is made, and what a database must hold before it is trusted."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from data.store.errors import StoreError, masked
from data.store.tables import COUNTER, for_postgres

LOCK_KEY = 1465011505  # of the advisory lock under which a schema is made or migrated
# a server that is gone is noticed in seconds; what a URL says itself is left alone
_NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "application_name": "warroom",
    "prepare_threshold": None,  # a pooler gives the next statement to another server, which never saw it
}
# a console that was frozen in the middle of a write must not hold up the room: its write is undone
_SESSION = "SET idle_in_transaction_session_timeout = '15s'; SET lock_timeout = '20s'"


def is_url(where: str) -> bool:
    """Tell a database URL from a path."""
    return where.startswith(("postgresql://", "postgresql+", "postgres://"))


def make(where: str) -> Engine:
    """Return an engine for a database; nothing is connected yet. Raises StoreError for a bad URL."""
    try:
        url = make_url(where)
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        for_postgres()
        network = {name: value for name, value in _NETWORK.items() if name not in url.query}
        engine = create_engine(
            url, pool_size=4, max_overflow=4, pool_timeout=10, pool_pre_ping=True, connect_args=network
        )
    except (ArgumentError, ValueError):
        raise StoreError(
            f"{masked(where)} is not a URL that can be read", "write postgresql://user@host:5432/database"
        ) from None
    except ImportError as error:
        raise StoreError("the PostgreSQL driver is not installed", "install warroom[postgres]") from error
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, record: object) -> None:
    before, connection.autocommit = connection.autocommit, True
    connection.execute(_SESSION)
    connection.autocommit = before


def version(connection: Connection) -> int | None:
    """Return the version of the store in a database; None where there is none."""
    if not inspect(connection).has_table("counter"):
        return None
    found = connection.execute(select(COUNTER.c.schema_version)).scalar()
    return None if found is None else int(found)
