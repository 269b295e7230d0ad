"""What each database says in its own dialect; only the one in use is loaded."""

from typing import Any

from sqlalchemy import Table


def insert(table: Table, dialect: str) -> Any:
    """Return an INSERT that can say what happens where a row is there already: ``on_conflict_…``."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
