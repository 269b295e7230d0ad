"""Health: every check with its state, its history and what holds it back."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, func, select

from data.domain import health as rules
from data.domain.check import Check, Outcome, Reason, Result, Timings
from data.domain.codec import decode
from data.domain.health import CheckState, Health
from data.domain.holds import masked_by
from data.domain.maintenance import in_maintenance
from data.domain.room import MaintenanceWindow
from data.domain.uptime import percentile
from data.store.definitions import load_checks, load_windows
from data.store.queries.board import seq
from data.store.queries.watching import reconfigured
from data.store.tables import CHECK_STATE, INCIDENT, PROBE
from data.views import CheckView, HealthView

SPARK = 40  # latencies kept of each check
_OVERLAP = timedelta(seconds=5)
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


def _latencies(connection: Connection) -> dict[str, deque[float]]:
    """Return each check's newest latencies in seconds, oldest first."""
    place = func.row_number().over(partition_by=PROBE.c.check_id, order_by=PROBE.c.at.desc())
    newest = (
        select(PROBE.c.check_id, PROBE.c.at, PROBE.c.total, place.label("place"))
        .where(PROBE.c.total.is_not(None))
        .subquery()
    )
    found: dict[str, deque[float]] = {}
    query = select(newest.c.check_id, newest.c.total).where(newest.c.place <= SPARK)
    for row in connection.execute(query.order_by(newest.c.check_id, newest.c.at)):
        found.setdefault(row.check_id, deque(maxlen=SPARK)).append(row.total)
    return found


class HealthWatch:
    """Reads the checks again and again, each time only what has changed since the time before.

    One reader at a time: it keeps what it has seen.
    """

    def __init__(self) -> None:
        self._seq = -1
        self._checks: dict[str, Check] = {}
        self._windows: tuple[MaintenanceWindow, ...] = ()
        self._healths: dict[str, Health] = {}
        self._written: dict[str, datetime] = {}
        self._latencies: dict[str, deque[float]] = {}
        self._services: dict[str, str] = {}

    def look(self, connection: Connection, now: datetime) -> HealthView:
        """Return all checks, the worst first, and how old the newest result is."""
        newest = seq(connection)
        if self._seq < 0 or (newest != self._seq and reconfigured(connection, self._seq)):
            self._checks = {check.id: check for check in load_checks(connection)}
            self._windows = load_windows(connection)
        if newest != self._seq:
            self._services = _incidents_on(connection)
        self._take(connection)
        self._seq = newest
        views = [self._view(check, now) for check in self._checks.values()]
        views.sort(key=lambda view: (_WORST[CheckState(view.state)], view.check.id))
        at = max((view.last.at for view in views if view.last), default=None)
        return HealthView(tuple(views), at, blind(views, now))

    def _take(self, connection: Connection) -> None:
        columns = (CHECK_STATE.c.id, CHECK_STATE.c.updated_at, CHECK_STATE.c.health)
        query = select(*columns)
        if self._written:
            # rows of another worker may be committed a little after their instant
            query = query.where(CHECK_STATE.c.updated_at >= max(self._written.values()) - _OVERLAP)
        else:
            self._latencies = _latencies(connection)
        first = not self._written
        for row in connection.execute(query):
            if self._written.get(row.id) == row.updated_at:
                continue
            self._written[row.id] = row.updated_at
            health: Health = decode(Health, row.health)
            known = self._healths.get(row.id)
            self._healths[row.id] = health
            last = health.last
            if first or last is None or last.timings.total is None or (known and known.last == last):
                continue
            self._latencies.setdefault(row.id, deque(maxlen=SPARK)).append(last.timings.total)

    def _view(self, check: Check, now: datetime) -> CheckView:
        health = self._healths.get(check.id) or Health(check.id)
        window = in_maintenance(self._windows, check.service, now) if self._windows else None
        latencies = tuple(self._latencies.get(check.id, ()))
        masked = masked_by(check.id, self._checks, self._healths, now) if health.down else None
        return CheckView(
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
            masked_by=masked or "",
            maintenance_until=window.ends if window else None,
            stale=rules.stale(check, health, now),
            incident=self._services.get(check.service, ""),
        )


def blind(views: Sequence[CheckView], now: datetime) -> str:
    """Return why nothing is known of any check: nobody looks, or whoever looks is cut off itself."""
    if not views or not all(view.stale for view in views):
        return ""
    looked = [
        view.last for view in views if view.last and now - view.last.at <= rules.stale_after(view.check)
    ]
    if not looked:
        return "nobody is polling: start warroom or warroom watch"
    if any(last.reason is Reason.OFFLINE for last in looked):
        return "our own network is down: no check counts"
    return "no check has an answer that counts"


def _incidents_on(connection: Connection) -> dict[str, str]:
    """Return the live incident each service is on."""
    live = connection.execute(select(INCIDENT.c.id, INCIDENT.c.services).where(INCIDENT.c.live))
    return {service: f"INC-{row.id}" for row in live for service in row.services or ()}


def health_view(connection: Connection, now: datetime) -> HealthView:
    """Return all checks, the worst first, read anew."""
    return HealthWatch().look(connection, now)
