"""Column types both databases agree on."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant: fixed-width ISO text on SQLite (sorts as time), timestamptz on PostgreSQL.

    A naive datetime raises ValueError before anything is written.
    """

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn an instant into what the database stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: instants are aware UTC")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn what the database stores into an aware UTC instant."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        instant: datetime = value
        return instant.astimezone(UTC)


def instant(*, null: bool = False, index: bool = False, key: bool = False) -> Any:
    """Return the column of an instant."""
    return Field(
        default=None, sa_column=Column(Instant(), nullable=null, index=index or None, primary_key=key)
    )


def number() -> Any:
    """Return a key whose value comes from the counter, never from the database."""
    return Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


def json_value() -> Any:
    """Return the column of a JSON value."""
    return Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
