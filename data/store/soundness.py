"""What must be true of a store, looked over from the outside: after a whole room came into it."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlalchemy import Connection, exists, func, select

from data.domain.change import Event, fold
from data.domain.codec import decode
from data.domain.health import Health
from data.domain.proposal import Proposal, ProposalState
from data.domain.room import SPECS, Kind
from data.store import outgoing, rows
from data.store.definitions import load_policy
from data.store.queries.calendars import calendars
from data.store.tables import CAUSE, CHECK_STATE, COMMAND, COUNTER, DEFINITION, EVENT, INCIDENT, PROPOSAL
from data.store.tables_outside import DELIVERY

_WRONG = (ValueError, TypeError, KeyError, AttributeError, LookupError)  # how rows that make no sense fail


def flaw(connection: Connection) -> str:
    """Return what is wrong with a store in a sentence, or an empty string (design 6).

    Its numbers have no gaps, its definitions can be read, commands and events belong together, the events
    of every incident tell what its rows say, and every cause has its one place. Memory stays what one
    incident takes, and the causes of what is live.
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
    yield from _orphans(connection)
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
    yield from _misplaced(connection)


def _orphans(connection: Connection) -> Iterator[str]:
    """Yield commands and events that do not belong together; only the oldest commands are ever forgotten."""
    since = select(func.min(COMMAND.c.at)).scalar_subquery()
    alone = select(COMMAND.c.id).where(~exists().where(EVENT.c.command == COMMAND.c.id))
    if connection.execute(alone.limit(1)).first() is not None:
        yield "a command has no events"
    stray = select(EVENT.c.seq).where(
        EVENT.c.recorded_at >= since, ~exists().where(COMMAND.c.id == EVENT.c.command)
    )
    for number in connection.execute(stray.limit(1)).scalars():
        yield f"the event {number} belongs to no command"


def _agree(connection: Connection, number: int, events: list[Event]) -> bool:
    try:
        state = fold(events)
        if state is None or [event.version for event in events] != list(range(1, len(events) + 1)):
            return False
        row = connection.execute(select(INCIDENT).where(INCIDENT.c.id == number)).mappings().one()
        # what is worked out once and kept, so that a board need not
        kept = all(row[name] == value for name, value in rows.incident_values(state).items())
        return kept and state == rows.load_incident(connection, number)
    except _WRONG:
        return False


def _misplaced(connection: Connection) -> Iterator[str]:
    """Yield proposals that contradict themselves, and causes that are not where they should be."""
    expected: dict[str, tuple[int | None, int | None]] = {}
    twice: list[str] = []

    def place(keys: Iterable[str], where: tuple[int | None, int | None]) -> None:
        twice.extend(key for key in keys if expected.setdefault(key, where) is not where)

    for incident in rows.load_incidents(connection, INCIDENT.c.live):
        place((cause.key for cause in incident.causes), (None, incident.id))
    for row in connection.execute(select(PROPOSAL).order_by(PROPOSAL.c.id)).mappings():
        proposal = rows.proposal_of(row)
        if not _answered(proposal):
            yield f"{proposal.key} contradicts itself"
        if proposal.state is ProposalState.PROPOSED:
            place((cause.key for cause in proposal.causes), (proposal.id, None))
    found = {row.key: (row.proposal, row.incident) for row in connection.execute(select(CAUSE))}
    if twice or found != expected:
        yield "a cause is in two places, or in none"


def _answered(proposal: Proposal) -> bool:
    waits = proposal.state is ProposalState.PROPOSED
    became = proposal.state in (ProposalState.CONFIRMED, ProposalState.OPENED)
    return (proposal.answered_at is None) == waits and (proposal.incident is not None) == became


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
