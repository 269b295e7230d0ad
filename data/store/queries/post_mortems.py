"""What post-mortems are made from, which incidents have one, and every action item."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from data.domain.action_item import COLUMNS, ActionItem, ItemKind, ItemState
from data.domain.incident import Status
from data.domain.severity import Severity
from data.post_mortem.model import OverRow, PostMortemView
from data.store import rows
from data.store.commands.finding import incident_number
from data.store.definitions import load_policy
from data.store.queries.board import seq
from data.store.queries.incidents import history
from data.store.tables import EVENT, INCIDENT
from data.store.tables_after import ACTION_ITEM, POST_MORTEM

MOST = 2_000  # incidents that are over, in one list


def written(connection: Connection, number: int) -> Mapping[str, str]:
    """Return what people wrote of a post-mortem, by part."""
    table = POST_MORTEM
    found = connection.execute(select(table.c.section, table.c.text).where(table.c.incident == number))
    return {row.section: row.text for row in found.all()}


def item_of(row: RowMapping) -> ActionItem:
    """Return a row as an action item, without why it was dropped, which its event tells."""
    values: dict[str, Any] = {name: row[name] for name in COLUMNS}
    values["due"] = date.fromisoformat(row["due"]) if row["due"] else None
    values["kind"] = ItemKind(row["kind"])
    values["state"] = ItemState(row["state"])
    return ActionItem(**values)


def action_items(connection: Connection, *where: ColumnElement[bool]) -> tuple[ActionItem, ...]:
    """Return action items by incident and number."""
    query = select(ACTION_ITEM).where(*where).order_by(ACTION_ITEM.c.incident, ACTION_ITEM.c.number)
    found = tuple(item_of(row) for row in connection.execute(query).mappings())
    return _with_reasons(connection, found)


def _with_reasons(connection: Connection, items: tuple[ActionItem, ...]) -> tuple[ActionItem, ...]:
    dropped = {item.incident for item in items if item.state is ItemState.DROPPED}
    if not dropped:
        return items
    events = rows.load_events(connection, EVENT.c.incident.in_(dropped), EVENT.c.kind == "action")
    reasons = {
        (event.incident, event.data.get("number")): str(event.data.get("why", ""))
        for event in events
        if event.after.get("state") == ItemState.DROPPED.value
    }
    return tuple(
        replace(item, why=reasons.get((item.incident, item.number), ""))
        if item.state is ItemState.DROPPED
        else item
        for item in items
    )


def review(connection: Connection) -> tuple[tuple[OverRow, ...], tuple[ActionItem, ...]]:
    """Return what the review view shows: the incidents that are over, and the open action items of all."""
    return over(connection), open_items(connection)


def open_items(connection: Connection) -> tuple[ActionItem, ...]:
    """Return the open action items of all incidents."""
    return action_items(connection, ACTION_ITEM.c.state == ItemState.OPEN.value)


def post_mortem_view(connection: Connection, key: str) -> PostMortemView | None:
    """Return what a post-mortem is made from; None when there is no such incident."""
    number = incident_number(key)
    incident = rows.load_incident(connection, number) if number is not None else None
    if incident is None:
        return None
    return PostMortemView(
        seq(connection),
        incident,
        load_policy(connection),
        history(connection, incident.id),
        written(connection, incident.id),
        action_items(connection, ACTION_ITEM.c.incident == incident.id),
    )


def over(connection: Connection) -> tuple[OverRow, ...]:
    """Return the incidents that are over, the one resolved last first."""
    counted: dict[int, list[int]] = {}
    for number, state in connection.execute(select(ACTION_ITEM.c.incident, ACTION_ITEM.c.state)).all():
        tally = counted.setdefault(number, [0, 0])
        tally[0] += state == ItemState.OPEN.value
        tally[1] += 1
    table = INCIDENT
    names = ("id", "title", "severity", "status", "resolved_at", "post_mortem")
    query = (
        select(*(table.c[name] for name in names))
        .where(table.c.status.in_((Status.RESOLVED.value, Status.CLOSED.value)))
        .order_by(table.c.resolved_at.desc(), table.c.id.desc())
        .limit(MOST)
    )
    return tuple(
        OverRow(
            f"INC-{number}", title, Severity(severity), status, ended, state, *counted.get(number, (0, 0))
        )
        for number, title, severity, status, ended, state in connection.execute(query).all()
    )
