"""The workers' side of health: leases on checks, results, and what they add up to (design 6, 7)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from data.domain.check import Check, Result
from data.domain.codec import decode, encode
from data.domain.health import Health, Shift, first_due, next_due, observe
from data.store.tables import CHECK_STATE, LEASE, PROBE

KEEP_RESULTS = 1000
KEEP_FOR = timedelta(days=1)
_PREFIX = "check:"


@dataclass(frozen=True, slots=True)
class Claim:
    """A check this worker may probe at ``due``, proven by its fence."""

    check: str
    due: datetime
    fence: int


@dataclass(frozen=True, slots=True)
class Finished:
    """What a claim brought."""

    claim: Claim
    result: Result
    jitter: float = 0.0  # -1..1, of the next look


def sync_leases(connection: Connection, checks: Iterable[Check], now: datetime) -> None:
    """Give every check a lease row, and drop those of checks that are no more."""
    wanted = {_PREFIX + check.id: check for check in checks}
    known = connection.execute(
        select(LEASE.c.id, LEASE.c.next_due).where(LEASE.c.id.startswith(_PREFIX, autoescape=True))
    ).all()
    # a check whose interval was shortened does not wait for its old, far due
    for row in known:
        check = wanted.get(row.id)
        if check is not None and row.next_due > now + check.every * 1.2:
            connection.execute(
                update(LEASE).where(LEASE.c.id == row.id).values(next_due=first_due(check, now))
            )
    names = {row.id for row in known}
    new = [
        {"id": key, "next_due": first_due(check, now), "holder": "", "until": None, "fence": 0}
        for key, check in wanted.items()
        if key not in names
    ]
    if new:
        connection.execute(insert(LEASE), new)
    gone = [name for name in names if name not in wanted]
    if gone:
        connection.execute(delete(LEASE).where(LEASE.c.id.in_(gone)))


def claim(
    connection: Connection,
    now: datetime,
    holder: str,
    mine: Collection[str],
    *,
    ahead: timedelta = timedelta(seconds=1),
    lease: timedelta = timedelta(seconds=30),
    most: int = 500,
) -> tuple[Claim, ...]:
    """Claim checks due within ``ahead`` that nobody holds; ``mine`` are those this host can probe."""
    due = (
        select(LEASE.c.id, LEASE.c.next_due, LEASE.c.fence)
        .where(
            LEASE.c.id.startswith(_PREFIX, autoescape=True),
            LEASE.c.next_due <= now + ahead,
            or_(LEASE.c.until.is_(None), LEASE.c.until <= now),
        )
        .order_by(LEASE.c.next_due)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = [row for row in connection.execute(due) if row.id.removeprefix(_PREFIX) in mine]
    if not found:
        return ()
    taken = (
        update(LEASE)
        .where(LEASE.c.id == bindparam("key"), LEASE.c.fence == bindparam("seen"))
        .values(holder=holder, until=now + lease, fence=bindparam("mine"))
    )
    connection.execute(taken, [{"key": row.id, "seen": row.fence, "mine": row.fence + 1} for row in found])
    return tuple(Claim(row.id.removeprefix(_PREFIX), row.next_due, row.fence + 1) for row in found)


def finish(
    connection: Connection, now: datetime, checks: Mapping[str, Check], batch: Iterable[Finished]
) -> tuple[tuple[Health, ...], tuple[Shift, ...]]:
    """Write a batch of results where the fence still matches; return the new healths and what changed.

    A result whose lease somebody else has taken since is refused: it counts for nothing.
    """
    items = {item.claim.check: item for item in batch if item.claim.check in checks}
    keys = [_PREFIX + name for name in items]
    fences = {
        row.id.removeprefix(_PREFIX): row.fence
        for row in connection.execute(select(LEASE.c.id, LEASE.c.fence).where(LEASE.c.id.in_(keys)))
    }
    good = [item for name, item in items.items() if fences.get(name) == item.claim.fence]
    if not good:
        return (), ()
    names = [item.claim.check for item in good]
    before = {
        row.id: decode(Health, row.health)
        for row in connection.execute(
            select(CHECK_STATE.c.id, CHECK_STATE.c.health).where(CHECK_STATE.c.id.in_(names))
        )
    }
    healths: list[Health] = []
    shifts: list[Shift] = []
    dues = []
    for item in good:
        check = checks[item.claim.check]
        health, changed = observe(check, before.get(check.id, Health(check.id)), item.result)
        healths.append(health)
        shifts.extend(changed)
        due = next_due(check, health, item.claim.due, now, item.jitter)
        dues.append({"key": _PREFIX + check.id, "due": due})
    connection.execute(
        update(LEASE)
        .where(LEASE.c.id == bindparam("key"))
        .values(next_due=bindparam("due"), holder="", until=None),
        dues,
    )
    _save(connection, now, healths, before)
    connection.execute(insert(PROBE), [_probe(item) for item in good if _newer(item, before)] or [])
    return tuple(healths), tuple(shifts)


def _newer(item: Finished, before: Mapping[str, Health]) -> bool:
    known = before.get(item.claim.check)
    return known is None or known.last is None or item.result.at > known.last.at


def _save(connection: Connection, now: datetime, healths: list[Health], before: Mapping[str, Health]) -> None:
    values = [
        {"key": item.check, "new_state": item.state.value, "new_health": encode(item), "now": now}
        for item in healths
    ]
    known = [value for value in values if value["key"] in before]
    new = [value for value in values if value["key"] not in before]
    if known:
        connection.execute(
            update(CHECK_STATE)
            .where(CHECK_STATE.c.id == bindparam("key"))
            .values(
                state=bindparam("new_state"), health=bindparam("new_health"), updated_at=bindparam("now")
            ),
            known,
        )
    if new:
        connection.execute(
            insert(CHECK_STATE),
            [
                {"id": v["key"], "state": v["new_state"], "health": v["new_health"], "updated_at": now}
                for v in new
            ],
        )


def _probe(item: Finished) -> dict[str, object]:
    result, timings = item.result, item.result.timings
    return {
        "check_id": item.claim.check,
        "at": result.at,
        "outcome": result.outcome.value,
        "reason": result.reason.value,
        "detail": result.detail,
        "status": result.status,
        "connect": timings.connect,
        "tls": timings.tls,
        "first_byte": timings.first_byte,
        "total": timings.total,
        "certificate_until": result.certificate_until,
    }


def release(connection: Connection, now: datetime, claims: Iterable[Claim]) -> None:
    """Give claims back unprobed, so that another worker need not wait for the lease to run out."""
    for item in claims:
        connection.execute(
            update(LEASE)
            .where(LEASE.c.id == _PREFIX + item.check, LEASE.c.fence == item.fence)
            .values(holder="", until=None)
        )


def changed_since(connection: Connection, since: datetime) -> tuple[Health, ...]:
    """Return the healths written at or after an instant, by whichever worker."""
    found = connection.execute(select(CHECK_STATE.c.health).where(CHECK_STATE.c.updated_at >= since))
    return tuple(decode(Health, row.health) for row in found)


def prune(connection: Connection, now: datetime, check_id: str) -> int:
    """Forget a check's results past the last 1 000 or one day, whichever is less; return how many."""
    edge = connection.execute(
        select(PROBE.c.at)
        .where(PROBE.c.check_id == check_id)
        .order_by(PROBE.c.at.desc())
        .offset(KEEP_RESULTS - 1)
        .limit(1)
    ).scalar()
    oldest = max(now - KEEP_FOR, edge) if edge is not None else now - KEEP_FOR
    return connection.execute(delete(PROBE).where(PROBE.c.check_id == check_id, PROBE.c.at < oldest)).rowcount
