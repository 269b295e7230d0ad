"""What polls of alert sources bring, kept (design 3.7)."""

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, delete, or_, select, union, update

from data.domain.alert import Alert, AlertRole, AlertState, Instance, SourceState
from data.domain.alerting import KEEP, Absorbed
from data.domain.codec import decode, encode
from data.domain.severity import Severity
from data.store import dialects
from data.store.tables_outside import ALERT, SOURCE
from data.text import clean_line

_ALERT = tuple(item.name for item in fields(Alert))
_SOURCE = tuple(item.name for item in fields(SourceState))
_KEYS = ("source", "fingerprint")
_BATCH = 500  # names in one statement


def read_source(connection: Connection, source_id: str) -> tuple[SourceState, dict[str, Alert]]:
    """Return how a source answered last, and its alerts by fingerprint, kept cleared ones included."""
    row = connection.execute(select(SOURCE).where(SOURCE.c.id == source_id)).mappings().one_or_none()
    state = SourceState(source_id) if row is None else state_of(row)
    found = connection.execute(select(ALERT).where(ALERT.c.source == source_id)).mappings()
    return state, {alert.fingerprint: alert for alert in map(alert_of, found)}


def save(connection: Connection, now: datetime, source_id: str, absorbed: Absorbed) -> None:
    """Write what a poll changed, and forget what cleared long ago."""
    _put(connection, SOURCE, [_state_values(absorbed.state)], ("id",))
    _put(connection, ALERT, [_alert_values(alert) for alert in absorbed.changed], _KEYS)
    _forget(connection, source_id, absorbed.forgotten)


def strangers(connection: Connection, configured: Collection[str]) -> frozenset[str]:
    """Return the sources something is kept of that are not configured: what ``retire`` is for."""
    kept = union(select(SOURCE.c.id), select(ALERT.c.source))
    return frozenset(connection.execute(kept).scalars()) - set(configured)


def retire(connection: Connection, now: datetime, source_ids: Collection[str]) -> None:
    """Let the alerts of sources that are no longer configured clear, and forget what cleared long ago.

    Their heartbeats are no more at all: nobody expects them.
    """
    theirs = ALERT.c.source.in_(list(source_ids))
    if not source_ids:
        return
    over = or_(ALERT.c.role == AlertRole.HEARTBEAT.value, ALERT.c.cleared_at < now - KEEP)
    connection.execute(delete(ALERT).where(theirs, over))
    connection.execute(update(ALERT).where(theirs, ALERT.c.cleared_at.is_(None)).values(cleared_at=now))
    connection.execute(delete(SOURCE).where(SOURCE.c.id.in_(list(source_ids))))


def alert_of(row: RowMapping) -> Alert:
    """Return a row of the alert table as an alert."""
    values = {name: row[name] for name in _ALERT}
    return Alert(
        **values
        | {
            "severity": Severity(row["severity"]),
            "state": AlertState(row["state"]),
            "role": AlertRole(row["role"]),
            "muted_by": tuple(row["muted_by"]),
            "seen_by": tuple(row["seen_by"]),
        }
    )


def state_of(row: RowMapping) -> SourceState:
    """Return a row of the source table as a state."""
    told = (row["instances"] or {}).get("each", ())
    instances = tuple(decode(Instance, item) for item in told)
    return SourceState(**{name: row[name] for name in _SOURCE} | {"instances": instances})


def _alert_values(alert: Alert) -> dict[str, Any]:
    values = {name: getattr(alert, name) for name in _ALERT}
    return values | {
        "severity": alert.severity.value,
        "state": alert.state.value,
        "role": alert.role.value,
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "muted_by": list(alert.muted_by),
        "seen_by": list(alert.seen_by),
    }


def _state_values(state: SourceState) -> dict[str, Any]:
    each = [
        encode(replace(item, trouble=clean_line(item.trouble), address=clean_line(item.address)))
        for item in state.instances
    ]
    values = {name: getattr(state, name) for name in _SOURCE}
    return values | {"trouble": clean_line(state.trouble), "instances": {"each": each}}


def _forget(connection: Connection, source_id: str, fingerprints: Sequence[str]) -> None:
    for begin in range(0, len(fingerprints), _BATCH):
        batch = fingerprints[begin : begin + _BATCH]
        connection.execute(delete(ALERT).where(ALERT.c.source == source_id, ALERT.c.fingerprint.in_(batch)))


@cache
def _upsert(table: Table, dialect: str, keys: tuple[str, ...]) -> Any:
    made = dialects.insert(table, dialect)
    new = {column.name: made.excluded[column.name] for column in table.c if column.name not in keys}
    return made.on_conflict_do_update(index_elements=keys, set_=new)


def _put(connection: Connection, table: Table, rows: list[dict[str, Any]], keys: tuple[str, ...]) -> None:
    """Insert rows, or replace those that are there."""
    if rows:
        connection.execute(_upsert(table, connection.dialect.name, keys), rows)
