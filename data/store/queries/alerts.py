"""Alerts and their sources, as screens and workers ask for them (design 3.7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from data.domain.alert import Alert, AlertRole, AlertState, SourceState
from data.domain.alert_evidence import seen_at
from data.store.commands.alerts import alert_of, state_of
from data.store.tables_outside import ALERT, SOURCE

_WORST = (ALERT.c.severity, ALERT.c.starts_at, ALERT.c.source, ALERT.c.fingerprint)
_BATCH = 500  # keys in one statement


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """How many alerts fire: loud, and muted ones beside them; heartbeats and ignored ones are neither."""

    loud: int = 0
    silenced: int = 0
    inhibited: int = 0

    @property
    def firing(self) -> int:
        """All of them."""
        return self.loud + self.silenced + self.inhibited


def sources(connection: Connection) -> tuple[SourceState, ...]:
    """Return how each source that was ever asked answered last, by id."""
    rows = connection.execute(select(SOURCE).order_by(SOURCE.c.id)).mappings()
    return tuple(state_of(row) for row in rows)


def alerts_of(connection: Connection, causes: Collection[str], limit: int = 1000) -> tuple[Alert, ...]:
    """Return the alerts that count to some causes, or are of their groups.

    Firing ones come first, within them the worst, then the oldest. Cleared ones are
    among them as long as they are kept (a day).
    """
    found: dict[tuple[str, str], Alert] = {}
    for keys in _batches(causes):
        query = select(ALERT).where(_counts_to(keys)).order_by(ALERT.c.cleared_at.is_not(None), *_WORST)
        for alert in _alerts(connection, query.limit(limit)):
            found[alert.source, alert.fingerprint] = alert
    ordered = sorted(
        found.values(),
        key=lambda alert: (not alert.firing, alert.severity, alert.starts_at, alert.fingerprint),
    )
    return tuple(ordered[:limit])


def firing(connection: Connection, limit: int = 500) -> tuple[Alert, ...]:
    """Return what fires at all sources: loud ones first, then muted, heartbeats and ignored ones last."""
    mute = or_(ALERT.c.state != AlertState.ACTIVE.value, ALERT.c.role != AlertRole.ALERT.value)
    apart = ALERT.c.role != AlertRole.ALERT.value
    query = select(ALERT).where(ALERT.c.cleared_at.is_(None)).order_by(apart, mute, *_WORST).limit(limit)
    return tuple(_alerts(connection, query))


def counts(connection: Connection) -> AlertCounts:
    """Return how many alerts fire at all sources."""
    query = select(ALERT.c.state, func.count()).where(_fires()).group_by(ALERT.c.state)
    told = {row[0]: row[1] for row in connection.execute(query)}
    return AlertCounts(
        told.get(AlertState.ACTIVE.value, 0),
        told.get(AlertState.SILENCED.value, 0),
        told.get(AlertState.INHIBITED.value, 0),
    )


def counted(connection: Connection, causes: Collection[str]) -> dict[str, int]:
    """Return how many alerts fire, muted ones included, of each cause that has any."""
    told: dict[str, int] = {}
    for keys in _batches(causes):
        query = select(ALERT.c.cause, func.count()).where(_fires(), ALERT.c.cause.in_(keys))
        told.update((cause, number) for cause, number in connection.execute(query.group_by(ALERT.c.cause)))
    return told


def _fires() -> ColumnElement[bool]:
    return and_(ALERT.c.cleared_at.is_(None), ALERT.c.role == AlertRole.ALERT.value)


def _counts_to(keys: Sequence[str]) -> ColumnElement[bool]:
    return or_(ALERT.c.cause.in_(keys), ALERT.c.group_key.in_(keys))


def _batches(causes: Collection[str]) -> Sequence[Sequence[str]]:
    keys = list(dict.fromkeys(causes))
    return [keys[begin : begin + _BATCH] for begin in range(0, len(keys), _BATCH)]


def _alerts(connection: Connection, query: Select[Any]) -> list[Alert]:
    """Return alerts with the instant each was last seen at, which its row need not hold."""
    rows = connection.execute(query).mappings().all()
    states = {state.id: state for state in sources(connection)} if rows else {}
    found = map(alert_of, rows)
    return [
        replace(alert, last_seen=seen_at(alert, state)) if (state := states.get(alert.source)) else alert
        for alert in found
    ]
