"""The board: proposals and live incidents in the order to draw."""

from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, Select, func, select

from data.domain.clocks import WARN_SHARE
from data.domain.incident import Status
from data.domain.ladder import reachable
from data.domain.policy import Policy
from data.domain.proposal import Proposal, ProposalState
from data.domain.severity import Severity
from data.store import rows
from data.store.definitions import load_policy, load_settings
from data.store.queries.timeline import latest
from data.store.tables import COUNTER, INCIDENT, PROPOSAL
from data.views import BoardRow, BoardView, OnCallPerson

_COLUMNS = (
    "id",
    "severity",
    "title",
    "status",
    "detected_at",
    "ic",
    "confirmed",
    "response_due",
    "response_from",
    "response_started",
    "response_strict",
    "acknowledged_at",
    "update_due",
    "update_snoozed",
    "steps_done",
    "steps_total",
    "services",
    "lapsed_at",
    "nobody",
    "causes_clear",
)
_QUERY: Select[tuple[object, ...]] = select(*(INCIDENT.c[name] for name in _COLUMNS))
_SEVERITIES = {severity.value: severity for severity in Severity}


def incident_row(row: RowMapping) -> BoardRow:
    """Return a board line from an incident's row."""
    due, acknowledged = row["response_due"], row["acknowledged_at"]
    started = row["response_from"]
    took = acknowledged - row["response_started"] if acknowledged is not None and due is not None else None
    over = row["status"] in (Status.RESOLVED.value, Status.CLOSED.value)
    return BoardRow(
        key=f"INC-{row['id']}",
        severity=_SEVERITIES[row["severity"]],
        title=row["title"],
        status=row["status"],
        detected_at=row["detected_at"],
        ic=row["ic"],
        unconfirmed=not row["confirmed"],
        response_due=due,
        response_warn_at=started + WARN_SHARE * (due - started) if due is not None else None,
        response_strict=row["response_strict"],
        response_took=took,
        response_breached=took is not None
        and (acknowledged >= due if row["response_strict"] else acknowledged > due),
        update_due=row["update_due"],
        update_snoozed=row["update_snoozed"],
        steps_done=row["steps_done"],
        steps_total=row["steps_total"],
        services=tuple(row["services"] or ()),
        lapsed=row["lapsed_at"] is not None,
        nobody=row["nobody"],
        proposes_resolve=row["causes_clear"] and not over,
    )


def proposal_row(proposal: Proposal) -> BoardRow:
    """Return a board line for a proposal."""
    return BoardRow(
        key=proposal.key,
        severity=proposal.severity,
        title=proposal.title,
        status="proposed",
        detected_at=proposal.proposed_at,
        services=proposal.services,
        opens_at=proposal.opens_at,
        why=proposal.why,
    )


_FAR = datetime.max.replace(tzinfo=UTC)


def order(row: BoardRow) -> tuple[object, ...]:
    """Sort as the board does: severity, proposals first, then the soonest running clock."""
    dues = [row.update_due, row.opens_at]
    if row.response_took is None or row.lapsed:
        dues.append(row.response_due)
    soonest = min((due for due in dues if due is not None), default=_FAR)
    kind, number = row.key.split("-")
    return (row.severity, not row.proposed, soonest, kind, int(number))


def live_rows(connection: Connection) -> tuple[BoardRow, ...]:
    """Return live incidents and open proposals, sorted."""
    found = [incident_row(row) for row in connection.execute(_QUERY.where(INCIDENT.c.live)).mappings()]
    waiting = connection.execute(
        select(PROPOSAL).where(PROPOSAL.c.state == ProposalState.PROPOSED.value)
    ).mappings()
    found += [proposal_row(rows.proposal_of(row)) for row in waiting]
    return tuple(sorted(found, key=order))


def done_rows(connection: Connection, limit: int = 200) -> tuple[BoardRow, ...]:
    """Return the incidents that are over, newest first."""
    query = _QUERY.where(~INCIDENT.c.live).order_by(INCIDENT.c.id.desc()).limit(limit)
    return tuple(incident_row(row) for row in connection.execute(query).mappings())


def on_call(policy: Policy) -> tuple[OnCallPerson, ...]:
    """Return who answers for each level now."""
    levels = sorted(policy.levels, key=lambda level: level.rank)
    return tuple(OnCallPerson(level.rank, level.name, reachable(policy, level)) for level in levels)


def seq(connection: Connection) -> int:
    """Return the seq of the newest event."""
    return int(connection.execute(select(COUNTER.c.seq)).scalar_one())


def board(connection: Connection, *, done: bool = False) -> BoardView:
    """Return the board; with ``done`` the incidents that are over follow."""
    settings, policy = load_settings(connection), load_policy(connection)
    people = on_call(policy)
    ever = connection.execute(select(func.count()).select_from(INCIDENT)).scalar_one()
    return BoardView(
        seq=seq(connection),
        room=settings.name,
        rows=live_rows(connection) + (done_rows(connection) if done else ()),
        latest=latest(connection, 12),
        on_call=people,
        incidents_ever=ever,
        nobody_on_call=not any(person.contacts for person in people),
        zone=settings.timezone,
    )
