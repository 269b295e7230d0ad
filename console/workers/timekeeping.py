"""Keeping to the store's time: on PostgreSQL that is the database's own clock (design 3.2)."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from console.clock import Clock
from console.desk import Desk


async def keep_time(desk: Desk, clock: Clock) -> None:
    """Measure how far this machine's clock is from the store's and set ``clock`` by it. Raises StoreError."""
    offset = await desk.read(measure)
    if offset is not None:
        clock.offset = offset


def measure(connection: Connection) -> timedelta | None:
    """Return the store's time minus this machine's, to half a round trip; None for a file, which has none."""
    if connection.dialect.name != "postgresql":
        return None
    began = datetime.now(UTC)
    theirs: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    ended = datetime.now(UTC)
    return theirs.astimezone(UTC) - (began + (ended - began) / 2)
