"""What must be true of a store, looked over from the outside: after a whole room came into it."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Connection, func, select

from data.domain.change import Event, fold
from data.domain.codec import decode
from data.domain.health import Health
from data.domain.room import SPECS, Kind
from data.store import outgoing, rows
from data.store.definitions import load_policy
from data.store.queries.calendars import calendars
from data.store.tables import CHECK_STATE, COUNTER, DEFINITION, EVENT, INCIDENT, PROPOSAL
from data.store.tables_outside import DELIVERY

_WRONG = (ValueError, TypeError, KeyError, AttributeError, LookupError)  # how rows that make no sense fail


def flaw(connection: Connection) -> str:
    """Return what is wrong with a store in a sentence, or an empty string (design 6).

    Its numbers have no gaps, its definitions can be read, and the events of every incident tell what its
    rows say. Memory stays what one incident takes.
    """
    counter = connection.execute(select(COUNTER)).mappings().one()
    for table, column, name in (
        (EVENT, EVENT.c.seq, "seq"),
        (INCIDENT, INCIDENT.c.id, "incident"),
        (PROPOSAL, PROPOSAL.c.id, "proposal"),
    ):
        first, last, count = connection.execute(
            select(func.min(column), func.max(column), func.count()).select_from(table)
        ).one()
        if (first or 1, last or 0, count) != (1, counter[name], counter[name]):
            return f"the numbers of {table.name}s have gaps"
    return next(_found(connection), "")


def _found(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(DEFINITION)):
        try:
            decode(SPECS[Kind(row.kind)], row.spec)
        except _WRONG:
            yield f"the {row.kind} {row.id} cannot be read"
    yield from _unreadable(connection)
    query = select(EVENT).where(EVENT.c.incident.is_not(None)).order_by(EVENT.c.incident, EVENT.c.seq)
    events = connection.execute(query, execution_options={"yield_per": 500}).mappings()
    told: set[int] = set()
    for number, its in groupby(events, key=lambda row: row["incident"]):
        told.add(number)
        if not _agree(connection, number, [rows.event_of(row) for row in its]):
            yield f"the events of INC-{number} do not tell what its rows say"
    for number in connection.execute(select(INCIDENT.c.id)).scalars():
        if number not in told:
            yield f"INC-{number} has no events"


def _agree(connection: Connection, number: int, events: list[Event]) -> bool:
    try:
        return fold(events) == rows.load_incident(connection, number)
    except _WRONG:
        return False


def _unreadable(connection: Connection) -> Iterator[str]:
    """Yield what else is kept encoded and cannot be read."""
    for row in connection.execute(select(PROPOSAL)).mappings():
        try:
            rows.proposal_of(row)
        except _WRONG:
            yield f"PR-{row['id']} cannot be read"
    for state in connection.execute(select(CHECK_STATE)):
        try:
            decode(Health, state.health)
        except _WRONG:
            yield f"the health of the check {state.id} cannot be read"
    for sent in connection.execute(select(DELIVERY), execution_options={"yield_per": 500}).mappings():
        try:
            outgoing.delivery_of(sent)
        except _WRONG:
            yield f"the message {sent['id']} cannot be read"
    for what, read in (("policy", load_policy), ("calendars", calendars)):
        try:
            read(connection)
        except _WRONG:
            yield f"the {what} cannot be read"
