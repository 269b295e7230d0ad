"""Health: every check with its state, its history and what holds it back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, select

from data.domain import health as rules
from data.domain.check import Check, Outcome, Reason, Result, Timings
from data.domain.codec import decode
from data.domain.health import CheckState, Health
from data.domain.holds import masked_by
from data.domain.maintenance import in_maintenance
from data.domain.uptime import percentile, uptime
from data.store.definitions import load_checks, load_windows
from data.store.tables import CHECK_STATE, INCIDENT, PROBE
from data.views import CheckView, HealthView

SPARK = 40
_WORST = {CheckState.DOWN: 0, CheckState.DEGRADED: 1, CheckState.UNKNOWN: 2, CheckState.UP: 3}


def load_healths(connection: Connection) -> dict[str, Health]:
    """Return what is known of each check."""
    found = connection.execute(select(CHECK_STATE.c.id, CHECK_STATE.c.health))
    return {row.id: decode(Health, row.health) for row in found}


def result_of(row: RowMapping) -> Result:
    """Return a probe's row as a result."""
    return Result(
        at=row["at"],
        outcome=Outcome(row["outcome"]),
        reason=Reason(row["reason"]),
        detail=row["detail"],
        status=row["status"],
        timings=Timings(row["connect"], row["tls"], row["first_byte"], row["total"]),
        certificate_until=row["certificate_until"],
    )


def results(connection: Connection, check_id: str, limit: int = 1000) -> tuple[Result, ...]:
    """Return a check's newest results, oldest first."""
    query = select(PROBE).where(PROBE.c.check_id == check_id).order_by(PROBE.c.at.desc()).limit(limit)
    return tuple(reversed([result_of(row) for row in connection.execute(query).mappings()]))


def _latencies(connection: Connection, check_id: str) -> tuple[float, ...]:
    query = (
        select(PROBE.c.total)
        .where(PROBE.c.check_id == check_id, PROBE.c.total.is_not(None))
        .order_by(PROBE.c.at.desc())
        .limit(SPARK)
    )
    return tuple(reversed(connection.execute(query).scalars().all()))


def check_views(
    connection: Connection, now: datetime, *, services: Sequence[str] | None = None
) -> tuple[CheckView, ...]:
    """Return the checks (of some services, when named), the worst first."""
    checks = {check.id: check for check in load_checks(connection)}
    healths = load_healths(connection)
    windows = load_windows(connection)
    on = {
        service: f"INC-{row.id}"
        for row in connection.execute(select(INCIDENT.c.id, INCIDENT.c.services).where(INCIDENT.c.live))
        for service in row.services
    }
    views = []
    for check in checks.values():
        if services is not None and check.service not in services:
            continue
        health = healths.get(check.id, Health(check.id))
        window = in_maintenance(windows, check.service, now)
        latencies = _latencies(connection, check.id)
        views.append(
            CheckView(
                check=check,
                state=rules.shown(check, health, now).value,
                since=health.since,
                attempt=health.fails,
                flapping=health.flapping,
                recent=health.recent,
                last=health.last,
                latencies=latencies,
                p50=percentile(latencies, 50),
                p95=percentile(latencies, 95),
                masked_by=(masked_by(check.id, checks, healths, now) or "") if health.down else "",
                maintenance_until=window.ends if window else None,
                stale=rules.stale(check, health, now),
                incident=on.get(check.service, ""),
            )
        )
    return tuple(sorted(views, key=lambda view: (_WORST[CheckState(view.state)], view.check.id)))


def health_view(connection: Connection, now: datetime) -> HealthView:
    """Return all checks, and how old the newest result is."""
    views = check_views(connection, now)
    newest = max((view.last.at for view in views if view.last), default=None)
    nobody = bool(views) and all(view.stale for view in views)
    return HealthView(views, newest, "nobody is polling: start warroom or warroom watch" if nobody else "")


def day_uptime(connection: Connection, check: Check, now: datetime) -> float | None:
    """Return the share of the last day that was measured and up; None when nothing was measured."""
    begin = now - timedelta(days=1)
    query = select(PROBE.c.at, PROBE.c.outcome).where(PROBE.c.check_id == check.id, PROBE.c.at >= begin)
    samples = [(row.at, Outcome(row.outcome)) for row in connection.execute(query)]
    return uptime(check, samples, begin, now).share
