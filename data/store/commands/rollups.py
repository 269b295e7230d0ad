"""A check's results summed up minute by minute before they are forgotten (design 3.6)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from data.domain.check import Check, Outcome
from data.domain.health import stale_after
from data.domain.minutes import Minute, Sample, minutes, number, settled, start
from data.store.commands.checks import KEEP_FOR, prune
from data.store.commands.leases import insert_unless_there
from data.store.tables import CHECK_STATE, COMMAND, PROBE
from data.store.tables_outside import CHECK_MINUTE

KEEP_MINUTES = timedelta(days=30)
KEEP_COMMANDS = timedelta(days=7)  # nobody asks again, after so long, whether a command was done
AT_ONCE = 2000  # rows forgotten in one turn: keys wait for the writer
_MILLISECOND = timedelta(milliseconds=1)


def keep_history(connection: Connection, now: datetime, checks: Iterable[Check]) -> None:
    """Sum up what these checks found in the minutes that are settled, then forget what is old.

    Whoever does it, and however often: a minute is written once, and who finds it written leaves the rest
    to whoever wrote it.
    """
    wanted = {check.id: check for check in checks}
    last = select(CHECK_MINUTE.c.check_id, func.max(CHECK_MINUTE.c.minute)).group_by(CHECK_MINUTE.c.check_id)
    found = connection.execute(last.where(CHECK_MINUTE.c.check_id.in_(list(wanted))))
    rolled: dict[str, int] = {name: minute for name, minute in found}  # noqa: C416 - rows are no pairs
    for name, check in wanted.items():
        begin = rolled[name] + 1 if name in rolled else None
        if _sum_up(connection, now, check, begin):
            prune(connection, now, name)
            _forget_minutes(connection, now, name)


def _sum_up(connection: Connection, now: datetime, check: Check, begin: int | None) -> bool:
    """Sum up from the minute ``begin`` on, or from the first result; False when there is nothing to."""
    until = settled(check, now)
    if begin is None:
        first = connection.execute(select(func.min(PROBE.c.at)).where(PROBE.c.check_id == check.id)).scalar()
        if first is None:
            return False
        begin = number(first)
    if begin >= until:
        return False
    looks = samples(connection, check, start(begin))
    rows = [_row(check, found) for found in minutes(check, looks, begin, until)]
    insert_unless_there(connection, CHECK_MINUTE, rows)
    return True


def rolled_until(connection: Connection, check_id: str) -> int | None:
    """Return the first minute of a check that is not summed up yet; None when none is."""
    table = CHECK_MINUTE
    last: int | None = connection.execute(
        select(func.max(table.c.minute)).where(table.c.check_id == check_id)
    ).scalar()
    return None if last is None else last + 1


def samples(connection: Connection, check: Check, begin: datetime) -> list[Sample]:
    """Return a check's results from ``begin`` on, and those before it that still speak into it."""
    found = connection.execute(
        select(PROBE.c.at, PROBE.c.outcome, PROBE.c.total).where(
            PROBE.c.check_id == check.id, PROBE.c.at >= begin - stale_after(check)
        )
    )
    return [(row.at, Outcome(row.outcome), row.total) for row in found]


def _row(check: Check, found: Minute) -> dict[str, object]:
    return {
        "check_id": check.id,
        "minute": found.minute,
        "passed": found.passed,
        "warned": found.warned,
        "failed": found.failed,
        "unknown": found.unknown,
        "up": round(found.up / _MILLISECOND),
        "down": round(found.down / _MILLISECOND),
        "answering": round(found.answering * 1000),
        "slowest": round(found.slowest * 1000),
    }


def _forget_minutes(connection: Connection, now: datetime, check_id: str) -> None:
    oldest = number(now - KEEP_MINUTES)
    connection.execute(
        delete(CHECK_MINUTE).where(CHECK_MINUTE.c.check_id == check_id, CHECK_MINUTE.c.minute < oldest)
    )


def tidy(connection: Connection, now: datetime, checks: Iterable[str]) -> None:
    """Forget command ids that nobody repeats any more, and the old results of checks that are no more."""
    old = select(COMMAND.c.id).where(COMMAND.c.at < now - KEEP_COMMANDS).order_by(COMMAND.c.at).limit(AT_ONCE)
    connection.execute(delete(COMMAND).where(COMMAND.c.id.in_(old)))
    known = set(checks)
    for name in connection.execute(select(CHECK_STATE.c.id)).scalars().all():
        if name not in known:
            connection.execute(delete(PROBE).where(PROBE.c.check_id == name, PROBE.c.at < now - KEEP_FOR))
            _forget_minutes(connection, now, name)
