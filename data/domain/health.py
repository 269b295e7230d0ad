"""The health of a check: hard and soft states, and when to look next (design 3.6 and 7)."""

import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from data.domain import flapping
from data.domain.check import Check, Outcome, Result


class CheckState(StrEnum):
    """What a service is, as far as its check can tell."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one check; a fresh one knows nothing.

    ``state`` is the hard one, ``since`` (UTC) when it began. The counters are runs that end
    with the latest conclusive result: ``fails``; ``oks`` (pass or warn); ``passes``;
    ``troubles`` (warn or fail). ``last`` is the latest result of any kind, ``known`` the
    latest that was conclusive.
    """

    check: str
    state: CheckState = CheckState.UNKNOWN
    since: datetime | None = None
    fails: int = 0
    oks: int = 0
    passes: int = 0
    troubles: int = 0
    failing_since: datetime | None = None  # first failure of the present run
    last: Result | None = None
    known: Result | None = None
    recent: str = ""  # marks of the last 21 conclusive results, newest last: . ~ x
    flapping: bool = False

    @property
    def down(self) -> bool:
        """True while hard down."""
        return self.state is CheckState.DOWN

    @property
    def failing(self) -> bool:
        """True when the latest conclusive result failed, softly or not."""
        return self.fails > 0

    @property
    def unreachable(self) -> bool:
        """True when the latest conclusive result failed without a connection."""
        return self.failing and self.known is not None and self.known.reason.no_connection

    @property
    def candidate(self) -> CheckState | None:
        """The state this check is softly on its way to, None when it is settled."""
        if self.down:
            if not self.oks:
                return None
            return CheckState.UP if self.passes else CheckState.DEGRADED
        if self.fails:
            return CheckState.DOWN
        if self.state is CheckState.UP and self.troubles:
            return CheckState.DEGRADED
        if self.state is CheckState.DEGRADED and self.passes:
            return CheckState.UP
        return None

    def tally(self, check: Check) -> str:
        """Return "2/3" while on the way to another state, "3/3" when hard down, else ""."""
        candidate = self.candidate
        if candidate is None:
            return f"{check.fail_after}/{check.fail_after}" if self.down else ""
        if candidate is CheckState.DOWN:
            count, needed = self.fails, check.fail_after
        elif self.down:
            count, needed = self.oks, check.ok_after
        elif candidate is CheckState.UP:
            count, needed = self.passes, check.ok_after
        else:
            count, needed = self.troubles, check.fail_after
        return f"{min(count, needed)}/{needed}"


class ShiftKind(StrEnum):
    """What changed about a check, worth writing down."""

    DOWN = "down"
    UP = "up"
    DEGRADED = "degraded"
    FLAPPING = "flapping"
    STEADY = "steady"  # flapping stopped


@dataclass(frozen=True, slots=True)
class Shift:
    """One change of a check. ``began``: the first failure, when it went down; else ``at``."""

    check: str
    kind: ShiftKind
    at: datetime
    before: CheckState
    after: CheckState
    began: datetime
    lasted: timedelta | None = None  # how long the state before had lasted

    @property
    def fails(self) -> bool:
        """True when a cause for an incident begins."""
        return self.kind is ShiftKind.DOWN

    @property
    def clears(self) -> bool:
        """True when a cause for an incident is over: no longer hard down, even if degraded."""
        return self.before is CheckState.DOWN and self.after is not CheckState.DOWN


def observe(check: Check, health: Health, result: Result) -> tuple[Health, tuple[Shift, ...]]:
    """Return the health after one more result, and what changed by it (design 3.6).

    A result not newer than the latest is ignored; an inconclusive one is remembered and
    moves nothing else. The first look that passes makes a check up without a shift.
    Raises ValueError when the health belongs to another check.
    """
    if health.check != check.id:
        raise ValueError(f"health of {health.check!r} given for check {check.id!r}")
    if health.last is not None and result.at <= health.last.at:
        return health, ()
    if result.outcome is Outcome.INCONCLUSIVE:
        return replace(health, last=result), ()
    failed = result.outcome is Outcome.FAIL
    passed = result.outcome is Outcome.PASS
    recent = flapping.push(health.recent, result.outcome)
    counted = replace(
        health,
        fails=health.fails + 1 if failed else 0,
        oks=0 if failed else health.oks + 1,
        passes=health.passes + 1 if passed else 0,
        troubles=0 if passed else health.troubles + 1,
        failing_since=(health.failing_since or result.at) if failed else None,
        last=result,
        known=result,
        recent=recent,
        flapping=flapping.flaps(recent, health.flapping),
    )
    state = _hard(check, counted)
    if state is not health.state:
        counted = replace(counted, state=state, since=result.at)
    return counted, _shifts(health, counted, result.at)


def _hard(check: Check, health: Health) -> CheckState:
    if health.fails >= check.fail_after:
        return CheckState.DOWN
    steady = health.passes >= check.ok_after
    match health.state:
        case CheckState.DOWN:
            if health.oks < check.ok_after:
                return CheckState.DOWN
            return CheckState.UP if steady else CheckState.DEGRADED
        case CheckState.UP:
            return CheckState.DEGRADED if health.troubles >= check.fail_after else CheckState.UP
        case CheckState.DEGRADED:
            return CheckState.UP if steady else CheckState.DEGRADED
        case CheckState.UNKNOWN:
            # Nothing to come back from: the first answer says what it is.
            if health.fails:
                return CheckState.UNKNOWN
            return CheckState.UP if health.passes else CheckState.DEGRADED


_KINDS = {
    CheckState.UP: ShiftKind.UP,
    CheckState.DEGRADED: ShiftKind.DEGRADED,
    CheckState.DOWN: ShiftKind.DOWN,
}


def _shifts(before: Health, after: Health, at: datetime) -> tuple[Shift, ...]:
    kinds: list[ShiftKind] = []
    first_up = before.state is CheckState.UNKNOWN and after.state is CheckState.UP
    if after.state is not before.state and not first_up:
        kinds.append(_KINDS[after.state])
    if after.flapping is not before.flapping:
        kinds.append(ShiftKind.FLAPPING if after.flapping else ShiftKind.STEADY)
    lasted = None if before.since is None else at - before.since
    began = after.failing_since or at
    return tuple(
        Shift(after.check, kind, at, before.state, after.state, began if after.down else at, lasted)
        for kind in kinds
    )


RETRY = timedelta(seconds=10)
JITTER = 0.1  # of the interval, to either side of the grid
FIRST_WITHIN = timedelta(minutes=1)  # nobody waits an hour to see that a new check works
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def first_due(check: Check, now: datetime) -> datetime:
    """Return when a check is looked at first: spread over its interval, at most a minute (design 7)."""
    return now + min(check.every, FIRST_WITHIN) * _fraction(check)


def next_due(check: Check, health: Health, planned: datetime, now: datetime, jitter: float = 0.0) -> datetime:
    """Return when to look next, always after ``now``; ``planned`` is the due just served.

    Each check has a fixed grid of its own, ``every`` apart, so nothing drifts and missed
    slots are skipped; ``jitter`` (-1 to 1, else ValueError) moves the look by up to 10 % of
    the interval around its slot. A soft failure is retried after min(interval, 10 s)
    (design 3.6).
    """
    if not -1.0 <= jitter <= 1.0:
        raise ValueError(f"jitter {jitter} is not between -1 and 1")
    if not health.down and health.last is not None and health.last.outcome is Outcome.FAIL:
        return now + min(check.every, RETRY)
    # A plan far ahead comes from a clock that was wrong; obeying it would leave the check blind.
    served = planned if planned <= now + check.every else now
    shift = check.every * (JITTER * jitter)
    return _slot_after(check, max(served + check.every * JITTER, now - shift)) + shift


def on_grid(check: Check, at: datetime) -> timedelta:
    """Return how far an instant is from the nearest slot of the check's grid, signed."""
    past = (at - _EPOCH - check.every * _fraction(check)) % check.every
    return past if past <= check.every / 2 else past - check.every


def _slot_after(check: Check, at: datetime) -> datetime:
    origin = _EPOCH + check.every * _fraction(check)
    return origin + check.every * ((at - origin) // check.every + 1)


def _fraction(check: Check) -> float:
    """Where in its interval a check's slots lie, 0 to 1: by its id, the same on every console."""
    return zlib.crc32(check.id.encode()) / 2**32


def stale_after(check: Check) -> timedelta:
    """Return the age past which a result says nothing about now: two intervals and a timeout."""
    return 2 * check.every + check.timeout


def stale(check: Check, health: Health, now: datetime) -> bool:
    """Say whether nothing conclusive is known recently enough (promise 5: unknown, never fine).

    A result as far in the future comes from a wrong clock and says no more about now.
    """
    return health.known is None or abs(now - health.known.at) > stale_after(check)


def shown(check: Check, health: Health, now: datetime) -> CheckState:
    """Return the state for the eye: unknown when stale or when the latest look was inconclusive."""
    blind = health.last is not None and health.last.outcome is Outcome.INCONCLUSIVE
    return CheckState.UNKNOWN if blind or stale(check, health, now) else health.state
