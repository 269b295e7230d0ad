"""What looks at checks bring: results, and what they add up to (design 3.6, 6, 7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from data.domain.check import Check, Result
from data.domain.codec import decode, encode
from data.domain.health import Health, Shift, next_due, observe
from data.store.commands.leases import PREFIX, Claim, claim, insert_unless_there, sync_leases
from data.store.tables import CHECK_STATE, LEASE, PROBE

__all__ = ["Claim", "Finished", "claim", "finish", "prune", "read_healths", "sync_leases", "written_since"]

KEEP_RESULTS = 1000
KEEP_FOR = timedelta(days=1)
_FUTURE = timedelta(seconds=5)  # further ahead no result of a sound clock lies


@dataclass(frozen=True, slots=True)
class Finished:
    """What a claim brought."""

    claim: Claim
    result: Result
    jitter: float = 0.0  # -1..1, of the next look


def finish(
    connection: Connection,
    now: datetime,
    checks: Mapping[str, Check],
    batch: Iterable[Finished],
    known: Mapping[str, tuple[datetime, Health]] | None = None,
) -> tuple[tuple[Health, ...], tuple[Shift, ...]]:
    """Write results where the fence still matches; return the new healths and what changed.

    A result whose lease somebody else has taken since is refused: it counts for nothing. A claim may
    bring several results, oldest first. ``known`` are healths as last read or written, with the
    instant they were written at: what is still so need not be read again.
    """
    items: dict[str, list[Finished]] = {}
    for item in batch:
        if item.claim.check in checks:
            items.setdefault(item.claim.check, []).append(item)
    fences = _locked_fences(connection, items)
    good = {name: kept for name, found in items.items() if (kept := _mine(found, fences.get(name)))}
    if not good:
        return (), ()
    before = _before(connection, good, known or {})
    healths: list[Health] = []
    shifts: list[Shift] = []
    dues: list[dict[str, Any]] = []
    probes: list[dict[str, Any]] = []
    for name, found in good.items():
        check = checks[name]
        health = _believable(before.get(name) or Health(name), now)
        for item in found:
            if health.last is None or item.result.at > health.last.at:
                probes.append(_probe(item))
            health, changed = observe(check, health, item.result)
            shifts.extend(changed)
        healths.append(health)
        claim, jitter = found[-1].claim, found[-1].jitter
        due = next_due(check, health, claim.due, now, jitter)
        dues.append({"key": PREFIX + name, "seen": claim.fence, "due": due})
    connection.execute(
        update(LEASE)
        .where(LEASE.c.id == bindparam("key"), LEASE.c.fence == bindparam("seen"))
        .values(next_due=bindparam("due"), holder="", until=None),
        dues,
    )
    _save(connection, now, healths, before)
    insert_unless_there(connection, PROBE, probes)
    return tuple(healths), tuple(shifts)


def _locked_fences(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the fences of these checks, which nobody can take until this transaction ends."""
    keys = sorted(PREFIX + name for name in names)
    if not keys:
        return {}
    found = select(LEASE.c.id, LEASE.c.fence).where(LEASE.c.id.in_(keys)).order_by(LEASE.c.id)
    rows = connection.execute(found.with_for_update())
    return {row.id.removeprefix(PREFIX): row.fence for row in rows}


def _mine(found: list[Finished], fence: int | None) -> list[Finished]:
    return [item for item in found if item.claim.fence == fence]


def _before(
    connection: Connection, names: Iterable[str], known: Mapping[str, tuple[datetime, Health]]
) -> dict[str, Health]:
    """Return the healths as they stand; only those that are not known already are decoded."""
    table = CHECK_STATE
    rows = connection.execute(select(table.c.id, table.c.updated_at).where(table.c.id.in_(tuple(names))))
    written = {row.id: row.updated_at for row in rows}
    before = {name: known[name][1] for name, at in written.items() if name in known and known[name][0] == at}
    if missing := [name for name in written if name not in before]:
        before.update(read_healths(connection, missing))
    return before


def _believable(health: Health, now: datetime) -> Health:
    """Bring a last result from the future back to now: a clock that was wrong must not blind a check."""
    if health.last is None or health.last.at <= now + _FUTURE:
        return health
    return replace(
        health,
        last=replace(health.last, at=now - _FUTURE),
        since=min(health.since, now) if health.since else None,
        failing_since=min(health.failing_since, now) if health.failing_since else None,
    )


def read_healths(connection: Connection, names: Iterable[str]) -> dict[str, Health]:
    """Return what is known of these checks."""
    found = connection.execute(
        select(CHECK_STATE.c.id, CHECK_STATE.c.health).where(CHECK_STATE.c.id.in_(tuple(names)))
    )
    return {row.id: decode(Health, row.health) for row in found}


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


def written_since(connection: Connection, since: datetime) -> dict[str, datetime]:
    """Return which healths were written at or after an instant, by whichever worker, and when."""
    found = connection.execute(
        select(CHECK_STATE.c.id, CHECK_STATE.c.updated_at).where(CHECK_STATE.c.updated_at >= since)
    )
    return {row.id: row.updated_at for row in found}


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
