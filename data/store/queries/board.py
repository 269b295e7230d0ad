"""The board: proposals and live incidents in the order to draw."""

from typing import Any

from sqlalchemy import Connection, select, type_coerce
from sqlalchemy.types import NullType

from data.boarding import COLUMNS, LATEST, handing_over, incident_row, order, proposal_row
from data.domain.proposal import ProposalState
from data.duty import on_call
from data.store import rows
from data.store.definitions import load_duty, load_settings
from data.store.queries.calendars import held_now
from data.store.queries.timeline import latest
from data.store.tables import COUNTER, INCIDENT, PROPOSAL
from data.views import BoardRow, BoardView

_NUMBERS = select(COUNTER.c.seq, COUNTER.c.incident)  # the last number given is how many there ever were
# untyped: the drivers' own values, which ``incident_row`` takes as they are
_QUERY: Any = select(*(type_coerce(INCIDENT.c[name], NullType()) for name in COLUMNS))
_LIVE = _QUERY.where(INCIDENT.c.live)
_WAITING = select(PROPOSAL).where(PROPOSAL.c.state == ProposalState.PROPOSED.value)


def live_rows(connection: Connection) -> tuple[BoardRow, ...]:
    """Return live incidents and open proposals, sorted."""
    found = [incident_row(row) for row in connection.execute(_LIVE).all()]
    waiting = connection.execute(_WAITING).mappings()
    found += [proposal_row(rows.proposal_of(row)) for row in waiting]
    return tuple(sorted(found, key=order))


def done_rows(connection: Connection, limit: int = 200) -> tuple[BoardRow, ...]:
    """Return the incidents that are over, newest first."""
    query = _QUERY.where(~INCIDENT.c.live).order_by(INCIDENT.c.id.desc()).limit(limit)
    return tuple(incident_row(row) for row in connection.execute(query).all())


def seq(connection: Connection) -> int:
    """Return the seq of the newest event."""
    return int(connection.execute(select(COUNTER.c.seq)).scalar_one())


def board(connection: Connection, *, done: bool = False) -> BoardView:
    """Return the board; with ``done`` the incidents that are over follow."""
    settings, duty = load_settings(connection), load_duty(connection)
    due = duty.due(held_now(connection)) if duty.calendars else ()
    people = on_call(duty, due)
    newest, ever = connection.execute(_NUMBERS).one()
    return BoardView(
        seq=newest,
        room=settings.name,
        rows=handing_over(live_rows(connection), due) + (done_rows(connection) if done else ()),
        latest=latest(connection, LATEST),
        on_call=people,
        incidents_ever=ever,
        nobody_on_call=not any(person.contacts for person in people),
        zone=settings.timezone,
    )
