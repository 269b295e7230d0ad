"""Alerts beside what they count to, as screens show them (design 3.7, 4)."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection, case, func, or_, select

from data.alert_views import order, spread, tally_of
from data.domain.alert import Alert, AlertRole, SourceState
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
_AT_ONCE = 500  # causes in one statement


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
    keys = [key for key in dict.fromkeys(causes) if is_alert(key)]
    if not keys:
        return AlertTally()
    if len(keys) > _AT_ONCE:
        return tally_of(alerts.alerts_of(connection, keys, 2 * MOST))
    cleared = case((ALERT.c.cleared_at.is_(None), 0), else_=1)
    counted = (
        select(ALERT.c.role, ALERT.c.state, cleared, func.count())
        .where(or_(ALERT.c.cause.in_(keys), ALERT.c.group_key.in_(keys)))
        .group_by(ALERT.c.role, ALERT.c.state, cleared)
    )
    found = dict.fromkeys(("loud", "silenced", "inhibited", "cleared"), 0)
    for role, state, over, number in connection.execute(counted):
        if role == AlertRole.HEARTBEAT.value:
            found["loud"] += number if over else 0
        elif over:
            found["cleared"] += number
        elif state != "active":
            found[state] += number
        elif role == AlertRole.ALERT.value:
            found["loud"] += number
    return AlertTally(**found)


def worst(connection: Connection, causes: Collection[str], limit: int = FEW) -> tuple[Alert, ...]:
    """Return the worst few alerts of some causes, loud ones first; cleared ones are none of them."""
    keys = [key for key in causes if is_alert(key)]
    if not keys:
        return ()
    # muted ones may be as severe as loud ones: more are looked at than are wanted
    found = sorted(alerts.alerts_of(connection, keys, 20 * limit), key=order)
    return tuple(alert for alert in found if alert.firing or alert.role is AlertRole.HEARTBEAT)[:limit]


def causes_of(connection: Connection, key: str) -> tuple[str, ...] | None:
    """Return the causes of an incident or a proposal by its key; None when there is none such."""
    found = _subject(connection, key)
    return None if found is None else found[1]


def alerts_view(connection: Connection, key: str = "", limit: int = MOST) -> AlertsView | None:
    """Return the alerts of INC-42 or PR-3, without a key all that fire; None when there is none such."""
    sources = source_views(connection)
    if not key:
        every = sorted(alerts.firing(connection, limit), key=order)
        common, varying = spread(every)
        told = alerts.counts(connection)
        return AlertsView(
            alerts=tuple(every),
            tally=AlertTally(told.loud, told.silenced, told.inhibited),
            common=common,
            varying=varying,
            sources=sources,
        )
    subject = _subject(connection, key)
    if subject is None:
        return None
    view, causes = subject
    keys = [cause for cause in causes if is_alert(cause)]
    found = sorted(alerts.alerts_of(connection, keys, limit), key=order) if keys else []
    common, varying = spread(found)
    return replace(
        view,
        alerts=tuple(found),
        tally=tally(connection, keys),
        common=common,
        varying=varying,
        sources=sources,
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
