"""The whole schema in one place, for whoever makes a store."""

from sqlalchemy import Connection
from sqlmodel import SQLModel

from data.store import tables, tables_after, tables_outside

TABLES = tuple(
    table.metadata.tables[str(table.__tablename__)]
    for module in (tables, tables_outside, tables_after)
    for table in vars(module).values()
    if isinstance(table, type) and issubclass(table, SQLModel) and table is not SQLModel
)


def create(connection: Connection) -> None:
    """Make every table of a new store."""
    SQLModel.metadata.create_all(connection, tables=TABLES)
