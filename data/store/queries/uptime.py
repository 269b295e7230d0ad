"""How long checks were up: of what was summed up minute by minute, and of the results since (design 3.6)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from data.domain.check import Check, Outcome
from data.domain.minutes import number, start
from data.domain.uptime import CheckUptime, ServiceUptime, Uptime, by_service, uptime
from data.store.commands.rollups import KEEP_MINUTES, rolled_until, samples
from data.store.definitions import load_checks
from data.store.tables_outside import CHECK_MINUTE

DAY = timedelta(days=1)
_MILLISECOND = timedelta(milliseconds=1)


def check_uptime(connection: Connection, check: Check, now: datetime) -> CheckUptime:
    """Return how long a check was up in the last day and the last thirty, to the minute."""
    day, month = number(now - DAY), number(now - KEEP_MINUTES)
    since, looks = _fresh(connection, check, month)
    table = CHECK_MINUTE
    slowest, answering, answers = connection.execute(
        select(
            func.max(table.c.slowest),
            func.sum(table.c.answering),
            func.sum(table.c.passed + table.c.warned),
        ).where(table.c.check_id == check.id, table.c.minute >= month)
    ).one()
    return CheckUptime(
        check.id,
        _over(connection, check, day, since, looks, now),
        _over(connection, check, month, since, looks, now),
        mean=int(answering) / int(answers) / 1000 if answers else None,
        slowest=slowest / 1000 if answers else None,
    )


def service_uptimes(connection: Connection, now: datetime) -> tuple[ServiceUptime, ...]:
    """Return how long each service was up, the worst first."""
    checks = load_checks(connection)
    return by_service(checks, {check.id: check_uptime(connection, check, now) for check in checks})


def day_uptimes(connection: Connection, checks: Iterable[Check], now: datetime) -> dict[str, Uptime]:
    """Return how long each of these checks was up in the last day."""
    day = number(now - DAY)
    found = {}
    for check in checks:
        since, looks = _fresh(connection, check, day)
        found[check.id] = _over(connection, check, day, since, looks, now)
    return found


def _fresh(
    connection: Connection, check: Check, first: int
) -> tuple[datetime, list[tuple[datetime, Outcome]]]:
    """Return from when on nothing is summed up, at least the minute ``first``, and the results since."""
    edge = rolled_until(connection, check.id)
    since = start(first if edge is None else max(edge, first))
    return since, [sample[:2] for sample in samples(connection, check, since)]


def _over(
    connection: Connection,
    check: Check,
    first: int,
    since: datetime,
    looks: list[tuple[datetime, Outcome]],
    now: datetime,
) -> Uptime:
    table = CHECK_MINUTE
    up, down = connection.execute(
        select(func.sum(table.c.up), func.sum(table.c.down)).where(
            table.c.check_id == check.id, table.c.minute >= first
        )
    ).one()
    begin = start(first)
    rest = uptime(check, looks, min(max(since, begin), now), now)
    well, ill = rest.up + int(up or 0) * _MILLISECOND, rest.down + int(down or 0) * _MILLISECOND
    return Uptime(well, ill, max(now - begin - well - ill, timedelta()))
