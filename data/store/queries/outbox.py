"""What goes out, and what became of it."""

from sqlalchemy import Connection

from data.domain.delivery import Delivery
from data.store import outgoing
from data.store.tables_outside import DELIVERY


def deliveries_of(connection: Connection, incident: int) -> tuple[Delivery, ...]:
    """Return everything that was to be told about an incident, oldest first."""
    return outgoing.load(connection, DELIVERY.c.incident == incident)
