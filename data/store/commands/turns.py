"""One turn of a worker: results in, shifts told, new claims out, in one transaction (design 7)."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from data.domain.check import Check
from data.domain.codec import encode
from data.domain.health import Health, Shift, ShiftKind
from data.store.commands.checks import Finished, finish
from data.store.commands.leases import Claim, claim
from data.store.tables import COMMAND
from data.store.unit import Answer, Write, with_seq


@dataclass(frozen=True, slots=True)
class Worker:
    """Who takes the turn: a holder nobody else is called, on a host."""

    holder: str
    host: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn brought; ``at`` is when it was written."""

    at: datetime
    healths: tuple[Health, ...]
    shifts: tuple[Shift, ...]
    claims: tuple[Claim, ...]


def take_turn(
    connection: Connection,
    now: datetime,
    worker: Worker,
    checks: Mapping[str, Check],
    batch: Sequence[Finished],
    known: Mapping[str, tuple[datetime, Health]],
    mine: Collection[str],
    *,
    ahead: timedelta,
    lease: Mapping[str, timedelta],
) -> Turn:
    """Write a batch of results and what changed by them, and claim what of ``mine`` is due next."""
    healths, shifts = finish(connection, now, checks, batch, known) if batch else ((), ())
    if shifts:
        # in this very transaction: a process killed a moment later has told what it wrote
        write = Write(connection, now, "keeper", worker.host, uuid.uuid4().hex)
        told = tell(write, shifts, healths)
        write.finish()
        if write.events:
            result = encode(with_seq(told, write.seq))
            connection.execute(insert(COMMAND), [{"id": write.command, "at": now, "result": result}])
    claims = claim(connection, now, worker.holder, mine, ahead=ahead, lease=lease) if mine else ()
    return Turn(now, healths, shifts, claims)


def tell(write: Write, shifts: Iterable[Shift], healths: Iterable[Health]) -> Answer:
    """Write what changed about checks onto the room's record; of a flapping one no more than that."""
    after = {health.check: health for health in healths}
    for shift in shifts:
        health = after[shift.check]
        if health.flapping and shift.kind is not ShiftKind.FLAPPING:
            continue
        known = health.known
        by = f"check:{shift.check}"
        facts = {
            "check": shift.check,
            "state": shift.kind.value,
            "before": shift.before.value,
            "since": shift.at,
            "title": f"{shift.check} is {_WORDS[shift.kind]}",
            "why": (known.detail or known.reason.value) if known else "",
        }
        write.tell("health", by, facts, by)
    return Answer()


_WORDS = {
    ShiftKind.DOWN: "DOWN",
    ShiftKind.UP: "up",
    ShiftKind.DEGRADED: "degraded",
    ShiftKind.FLAPPING: "flapping",
    ShiftKind.STEADY: "steady again",
}
