"""What hangs on the wall: the most urgent running deadline, those after it, and how the room stands.

Pure, and decided by stored instants and ``now`` alone: two screens on two walls show the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum

from data.domain.durations import brief
from data.views import BoardRow, CheckView, LevelView

TURN = timedelta(seconds=15)  # for how long each of several stays in front
SOON = timedelta(minutes=5)  # from here an update is soon
MOST = 4  # that take turns in front: who looks up sees each within a minute
_OVER = frozenset({"resolved", "closed"})
_FAR = datetime.max.replace(tzinfo=UTC)


class Clock(StrEnum):
    """Which deadline it is."""

    RESPOND = "RESPOND"
    UPDATE = "NEXT UPDATE"
    OPENS = "OPENS"  # an unanswered proposal, by itself
    NONE = ""


class Urgency(IntEnum):
    """How a deadline stands, the most urgent first."""

    LATE = 0
    SOON = 1
    RUNNING = 2
    STOPPED = 3


@dataclass(frozen=True, slots=True)
class Deadline:
    """The deadline of an incident or a proposal that matters most now; ``due`` is None where none runs."""

    row: BoardRow
    clock: Clock = Clock.NONE
    due: datetime | None = None
    urgency: Urgency = Urgency.STOPPED

    @property
    def word(self) -> str:
        """What stands before the figures: late by, in, or nothing."""
        if self.due is None:
            return "no clock runs"
        return "LATE by" if self.urgency is Urgency.LATE else "in"

    def figures(self, now: datetime) -> str:
        """Return the time to the due or since it: ``12:44``, ``2:51:09``."""
        return "--:--" if self.due is None else brief(self.due - now)


def deadlines(rows: Iterable[BoardRow], now: datetime) -> tuple[Deadline, ...]:
    """Return one deadline for each live incident and each proposal that opens by itself, the worst first.

    P0 and P1 come before the others; among them what is late, then what is soon, then by severity and due.
    """
    found = [_deadline(row, now) for row in rows if row.status not in _OVER]
    shown = [item for item in found if item.due is not None or not item.row.proposed]
    return tuple(sorted(shown, key=_order))


def _order(item: Deadline) -> tuple[object, ...]:
    row = item.row
    return (not row.severity.major, item.urgency, row.severity, item.due or _FAR, len(row.key), row.key)


def _deadline(row: BoardRow, now: datetime) -> Deadline:
    if row.proposed:
        return _running(row, Clock.OPENS, row.opens_at, now)
    if row.response_took is None and row.response_due is not None:
        warned = row.response_warn_at is not None and now >= row.response_warn_at
        return _running(
            row,
            Clock.RESPOND,
            row.response_due,
            now,
            strict=row.response_strict,
            soon=warned or row.severity.major,
        )
    return _running(row, Clock.UPDATE, row.update_due, now)


def _running(
    row: BoardRow,
    clock: Clock,
    due: datetime | None,
    now: datetime,
    *,
    strict: bool = False,
    soon: bool = False,
) -> Deadline:
    if due is None:
        return Deadline(row)
    if now > due or (strict and now >= due):
        return Deadline(row, clock, due, Urgency.LATE)
    near = soon or (due - now <= SOON and not (clock is Clock.UPDATE and row.update_snoozed))
    return Deadline(row, clock, due, Urgency.SOON if near else Urgency.RUNNING)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is in front now, and how many take turns there."""

    item: Deadline
    place: int  # from 1
    of: int


def in_front(found: Sequence[Deadline], now: datetime) -> Turn | None:
    """Return whose turn it is among those about as urgent as the worst; None when there is nothing."""
    if not found:
        return None
    worst = found[0]
    alike = [
        item
        for item in found
        if (item.urgency, item.row.severity.major) == (worst.urgency, worst.row.severity.major)
    ][:MOST]
    since = now - datetime.min.replace(tzinfo=UTC)
    at = since // TURN % len(alike)
    return Turn(alike[at], at + 1, len(alike))


def health(checks: Iterable[CheckView]) -> tuple[tuple[str, str], ...]:
    """Return the checks in a few words with their tones, the worst first; nothing where there are none."""
    states: dict[str, list[str]] = {}
    for view in checks:
        state = "unknown" if view.stale else view.state
        states.setdefault(state, []).append(view.check.id)
    told = []
    for state, word, tone in (
        ("down", "DOWN", "alarm"),
        ("degraded", "slow", "warn"),
        ("unknown", "unknown", "warn"),
    ):
        if names := states.get(state):
            told.append((f"{word} {_named(names)}", tone))
    if up := states.get("up"):
        told.append((f"{len(up)} ok", "good"))
    return tuple(told)


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} +{len(names) - 3}" if len(names) > 3 else shown


def next_shift(levels: Sequence[LevelView]) -> tuple[str, datetime] | None:
    """Return who comes next on the first level with a calendar, and when; None where no calendar says."""
    for view in levels:
        starting = [turn for turn in view.next if view.calendar is not None]
        if starting:
            first = min(starting, key=lambda turn: turn.starts)
            return first.contact.name, first.starts
    return None
