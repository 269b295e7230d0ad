"""Alerts beside what they count to, as screens show them (design 3.7, 4)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from data.alert_views import order, spread
from data.domain.alert import Alert, AlertRole, AlertState, SourceState
from data.domain.alert_groups import is_alert
from data.domain.codec import decode
from data.domain.room import Kind, Source
from data.store import rows
from data.store.commands.alerts import alert_of
from data.store.commands.finding import incident_number, proposal_number
from data.store.definitions import load
from data.store.queries import alerts
from data.store.tables_outside import ALERT
from data.views import AlertsView, AlertTally, SourceView

MOST = 5_000  # alerts of one list
FEW = 6


def configured(connection: Connection) -> tuple[Source, ...]:
    """Return the configured sources."""
    return tuple(decode(Source, item.spec) for item in load(connection, Kind.SOURCE))


def source_views(connection: Connection) -> tuple[SourceView, ...]:
    """Return every configured source and how it answered last."""
    known = configured(connection)
    if not known:
        return ()
    states = {state.id: state for state in alerts.sources(connection)}
    return tuple(SourceView(item.id, item.every, states.get(item.id, SourceState(item.id))) for item in known)


def tally(connection: Connection, causes: Collection[str]) -> AlertTally:
    """Count the alerts of some causes by how they stand."""
    keys = _alert_keys(causes)
    return _tally(_stamp(connection, _of(keys))) if keys else AlertTally()


Stamp = tuple[tuple[Any, ...], ...]


def _stamp(connection: Connection, wanted: ColumnElement[bool]) -> Stamp:
    """Return how many alerts there are of each kind, and what is another with any of them that changes."""
    kinds = (ALERT.c.role, ALERT.c.state, ALERT.c.cleared_at.is_(None))
    changes = (func.max(ALERT.c.last_seen), func.sum(ALERT.c.missing), func.max(ALERT.c.cleared_at))
    counted = select(*kinds, func.count(), *changes).where(wanted).group_by(*kinds).order_by(*kinds)
    return tuple(tuple(row) for row in connection.execute(counted))


def _tally(stamp: Stamp) -> AlertTally:
    found = dict.fromkeys(("loud", "silenced", "inhibited", "cleared"), 0)
    for role, state, firing, number, *_ in stamp:
        if role == AlertRole.HEARTBEAT.value:
            found["loud"] += 0 if firing else number
        elif not firing:
            found["cleared"] += number
        elif state != AlertState.ACTIVE.value:
            found[state] += number
        elif role == AlertRole.ALERT.value:
            found["loud"] += number
    return AlertTally(**found)


def _alert_keys(causes: Iterable[str]) -> list[str]:
    return [key for key in dict.fromkeys(causes) if is_alert(key)][:MOST]


def _of(keys: Sequence[str]) -> ColumnElement[bool]:
    """Return what an alert has to be to count to one of some causes, or to be of its group."""
    return or_(ALERT.c.cause.in_(keys), ALERT.c.group_key.in_(keys))


def worst(connection: Connection, causes: Collection[str], limit: int = FEW) -> tuple[Alert, ...]:
    """Return the worst few alerts of some causes, loud ones first; cleared ones are none of them."""
    keys = _alert_keys(causes)
    if not keys:
        return ()
    # muted ones may be as severe as loud ones: more are looked at than are wanted
    found = sorted(alerts.alerts_of(connection, keys, 20 * limit), key=order)
    return tuple(alert for alert in found if alert.firing or alert.role is AlertRole.HEARTBEAT)[:limit]


def causes_of(connection: Connection, key: str) -> tuple[str, ...] | None:
    """Return the causes of an incident or a proposal by its key; None when there is none such."""
    found = _subject(connection, key)
    return None if found is None else found[1]


def alerts_view(
    connection: Connection, key: str = "", seen: AlertsView | None = None, limit: int = MOST
) -> AlertsView | None:
    """Return the alerts of INC-42 or PR-3, without a key all that fire; None when there is none such.

    ``seen`` is what was read before: where no alert has changed since, they are not read again.
    """
    sources = source_views(connection)
    view, keys = AlertsView(), list[str]()
    wanted: ColumnElement[bool] = ALERT.c.cleared_at.is_(None)
    if key:
        subject = _subject(connection, key)
        if subject is None:
            return None
        view, keys = subject[0], _alert_keys(subject[1])
        wanted = _of(keys)
    stamp = _stamp(connection, wanted) if keys or not key else ()
    if seen is not None and seen.key == view.key and seen.stamp == stamp:
        return replace(seen, title=view.title, status=view.status, since=view.since, sources=sources)
    found = alerts.alerts_of(connection, keys, limit) if key else alerts.firing(connection, limit)
    common, varying = spread(found)
    return replace(
        view,
        alerts=tuple(sorted(found, key=order)),
        tally=_tally(stamp),
        common=common,
        varying=varying,
        sources=sources,
        stamp=stamp,
    )


def firing_at(connection: Connection, source: str) -> tuple[Alert, ...]:
    """Return what fires at a source, muted or not."""
    here = select(ALERT).where(ALERT.c.source == source, ALERT.c.cleared_at.is_(None)).limit(2 * MOST)
    return tuple(map(alert_of, connection.execute(here).mappings()))


def _subject(connection: Connection, key: str) -> tuple[AlertsView, tuple[str, ...]] | None:
    """Return what a key names, without its alerts, and its causes."""
    number = proposal_number(key)
    if number is not None:
        proposal = rows.load_proposal(connection, number)
        if proposal is None:
            return None
        if proposal.incident is not None:  # what it became knows more
            return _subject(connection, f"INC-{proposal.incident}")
        named = AlertsView(proposal.key, proposal.title, proposal.state.value, proposal.proposed_at)
        return named, tuple(cause.key for cause in proposal.causes)
    number = incident_number(key)
    incident = rows.load_incident(connection, number) if number is not None else None
    if incident is None:
        return None
    named = AlertsView(incident.key, incident.title, incident.status.value, incident.detected_at)
    return named, tuple(cause.key for cause in incident.causes)
