"""What reports are made of: incidents without their checklists, proposals by cause, action items."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, RowMapping, or_, select, true

from data.domain.change import AUDIENCE, Event
from data.domain.codec import decode
from data.domain.incident import Disposition, Response
from data.domain.kept import Attainment, updates_kept
from data.domain.proposal import ProposalState
from data.domain.report import By, Case, Found, Item, Report, Stretch, report
from data.domain.severity import Severity
from data.domain.trends import Trends, trends
from data.store import rows
from data.store.definitions import load_policy
from data.store.queries.uptime import service_uptimes
from data.store.tables import EVENT, INCIDENT, PROPOSAL
from data.store.tables_after import ACTION_ITEM

_CASE = (
    INCIDENT.c.id,
    INCIDENT.c.severity,
    INCIDENT.c.detected_at,
    INCIDENT.c.began_at,
    INCIDENT.c.services,
    INCIDENT.c.disposition,
    INCIDENT.c.backfilled,
    INCIDENT.c.response,
    INCIDENT.c.acknowledged_at,
    INCIDENT.c.resolved_at,
    INCIDENT.c.reopened_at,
)
_MOVES = ("declared", "resolved", "reopened", "merged", "undone")  # beside what moves a clock
_OPENED = (ProposalState.CONFIRMED, ProposalState.OPENED)


def report_of(connection: Connection, now: datetime, since: datetime | None, by: By) -> Report:
    """Return the room's figures of what was detected from ``since`` (None: ever) up to ``now``."""
    zone = ZoneInfo(load_policy(connection).zone)
    found, items = proposals(connection, since), action_items(connection, since)
    told = report(cases(connection, now, since), now, zone, since=since, by=by, found=found, items=items)
    return replace(told, uptimes=service_uptimes(connection, now)) if by is By.SERVICE else told


def trends_of(connection: Connection, now: datetime, since: datetime | None) -> Trends:
    """Return how the room did from month to month, of what was detected from ``since`` (None: ever) on."""
    zone = ZoneInfo(load_policy(connection).zone)
    return trends(cases(connection, now, since), now, zone, since=since)


def cases(connection: Connection, now: datetime, since: datetime | None) -> tuple[Case, ...]:
    """Return the incidents detected from ``since`` on, by number; ``now`` tells which updates are overdue."""
    window = true() if since is None else INCIDENT.c.detected_at >= since
    found = connection.execute(select(*_CASE).where(window).order_by(INCIDENT.c.id)).mappings().all()
    histories = _histories(connection, window)
    return tuple(_case(row, histories.get(row["id"], ()), now) for row in found)


def proposals(connection: Connection, since: datetime | None) -> tuple[Found, ...]:
    """Return what checks and alerts proposed from ``since`` on, once for each cause."""
    query = (
        select(PROPOSAL, INCIDENT.c.disposition)
        .outerjoin(INCIDENT, INCIDENT.c.id == PROPOSAL.c.incident)
        .where(true() if since is None else PROPOSAL.c.proposed_at >= since)
        .order_by(PROPOSAL.c.id)
    )
    return tuple(
        Found(
            cause=cause["key"],
            title=row["title"],
            at=row["proposed_at"],
            opened=row["state"] in _OPENED,
            false_alarm=row["state"] == ProposalState.DISMISSED
            or row["disposition"] == Disposition.FALSE_ALARM,
        )
        for row in connection.execute(query).mappings()
        for cause in row["causes"] or ()
    )


def action_items(connection: Connection, since: datetime | None) -> tuple[Item, ...]:
    """Return the action items written down from ``since`` on."""
    query = select(ACTION_ITEM.c.created_at, ACTION_ITEM.c.state, ACTION_ITEM.c.due).where(
        true() if since is None else ACTION_ITEM.c.created_at >= since
    )
    return tuple(
        Item(row["created_at"], row["state"], _day(row["due"]))
        for row in connection.execute(query).mappings()
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # none was given
        return None


def _histories(connection: Connection, window: ColumnElement[bool]) -> dict[int, list[Event]]:
    """Return the events of clocks and of the incidents' own course; none of what ran without clocks."""
    chosen = select(INCIDENT.c.id).where(window, INCIDENT.c.backfilled.is_(False))
    events = rows.load_events(
        connection,
        EVENT.c.incident.in_(chosen),
        or_(EVENT.c.kind.in_(_MOVES), EVENT.c.subject.startswith(AUDIENCE)),
    )
    found: dict[int, list[Event]] = {}
    for event in events:
        if event.incident is not None:
            found.setdefault(event.incident, []).append(event)
    return found


def _case(row: RowMapping, events: Iterable[Event], now: datetime) -> Case:
    events = tuple(events)
    return Case(
        id=row["id"],
        severity=Severity(row["severity"]),
        detected_at=row["detected_at"],
        stretches=_stretches(row, events),
        began_at=row["began_at"],
        services=tuple(row["services"] or ()),
        disposition=Disposition(row["disposition"]) if row["disposition"] else None,
        backfilled=row["backfilled"],
        updates=updates_kept(events, now) if events else Attainment(),
    )


def _stretches(row: RowMapping, events: Iterable[Event]) -> tuple[Stretch, ...]:
    """Return what was before each reopening, as its event keeps it, and what the row says of the last."""
    started, found = row["detected_at"], []
    for event in events:
        if event.kind == "reopened" and "reopened_at" in event.after:
            found.append(_stretch(started, event.before))
            started = datetime.fromisoformat(event.after["reopened_at"])
    last = Stretch(
        started,
        decode(Response | None, row["response"]),
        row["acknowledged_at"],
        row["resolved_at"],
    )
    return (*found, last)


def _stretch(started: datetime, before: Mapping[str, Any]) -> Stretch:
    return Stretch(
        started,
        decode(Response | None, before.get("response")),
        decode(datetime | None, before.get("acknowledged_at")),
        decode(datetime | None, before.get("resolved_at")),
    )
