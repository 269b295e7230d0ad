"""Is it us? Canaries, and many checks failing at once (design 3.6)."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from data.domain.check import Check, Outcome, Reason, Result
from data.domain.health import JITTER, Health
from data.domain.severity import Severity

FRESH = timedelta(seconds=60)  # how long a canary's answer speaks for our network
MOST = 0.8  # more than this share of the checks is a mass failure
FEW = 0.2  # it lasts while more than this share of its members is unreachable
ENOUGH = 4  # checks; fewer prove nothing about us
PATIENCE = timedelta(seconds=90)  # checks looked at less often than this are not waited for
_DETAIL = 200


class Network(StrEnum):
    """What the canaries say about this console's own network."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNPROVEN = "unproven"  # none configured, or none has spoken lately


# An answer that is merely wrong proves our network: the canary itself is what is ill.
_ANSWERED = frozenset({Reason.STATUS, Reason.BODY, Reason.SLOW, Reason.CERTIFICATE})


def network(
    canaries: Collection[str], results: Mapping[str, Result], now: datetime, fresh: timedelta = FRESH
) -> Network:
    """Judge our own network by the latest result of each configured canary.

    Offline only when every one of them could not be reached within ``fresh``; one that
    answered, even with an error status, makes it online.
    """
    failed = 0
    for canary in canaries:
        result = results.get(canary)
        if result is None or now - result.at > fresh or result.outcome is Outcome.INCONCLUSIVE:
            continue
        if result.outcome is not Outcome.FAIL or result.reason in _ANSWERED:
            return Network.ONLINE
        failed += 1
    return Network.OFFLINE if canaries and failed == len(canaries) else Network.UNPROVEN


def settle(result: Result, own: Network) -> Result:
    """Return the result as it may be counted: inconclusive, whatever it found, while we are offline."""
    if own is not Network.OFFLINE or result.outcome is Outcome.INCONCLUSIVE:
        return result
    detail = f"own network: every canary fails (this one: {result.outcome}, {result.reason})"
    if result.detail:
        detail = f"{detail} {result.detail}"[:_DETAIL]
    return replace(result, outcome=Outcome.INCONCLUSIVE, reason=Reason.OFFLINE, detail=detail)


@dataclass(frozen=True, slots=True)
class MassFailure:
    """Most checks became unreachable at once: one proposal instead of many.

    ``members`` have been part of it, recovered ones included; ``unreachable`` are those
    whose single proposals are held now; ``of`` counts the room's checks. While not yet
    ``certain`` it only holds, for the looks of one interval to decide: propose it once it is.
    """

    began: datetime
    members: tuple[str, ...]
    unreachable: tuple[str, ...]
    of: int
    doubtful: bool  # no canary vouches for our own network
    certain: bool = True

    @property
    def severity(self) -> Severity:
        """What its proposal says: P0."""
        return Severity.P0

    @property
    def title(self) -> str:
        """Its proposal: "14 of 16 checks unreachable", and whether it may be us."""
        doubt = ", or this console is offline" if self.doubtful else ""
        return f"{len(self.members)} of {self.of} checks unreachable{doubt}"


def mass_failure(
    checks: Iterable[Check],
    healths: Mapping[str, Health],
    own: Network,
    now: datetime,
    ongoing: MassFailure | None = None,
) -> MassFailure | None:
    """Return the mass failure that is on, given the one before; None when there is none.

    It begins when a first check is hard down and, since some instant, more than 80 % of at
    least 4 checks turned unreachable, each within one interval of its own. Checks not looked
    at since count as fine; where their looks can still tip it, it is on but not certain.
    Checks that failed before that instant do not count, and those looked at more rarely than
    every 90 s count only once looked at, but must not be the larger half. It lasts while more
    than 20 % of its members are unreachable and the rare ones do not contradict it. While our
    own network is down nothing begins or ends.
    """
    ongoing = ongoing if ongoing is not None and ongoing.certain else None
    if own is Network.OFFLINE:
        return ongoing
    measured = [
        (check, health)
        for check in checks
        if (health := healths.get(check.id)) is not None and health.known is not None
    ]
    found = (ongoing.began, True) if ongoing else _search(measured, now)
    if found is None:
        return None
    began, certain = found
    before = frozenset(ongoing.members if ongoing else ())
    members = {check.id for check, health in measured if check.id in before or _turned(check, health, began)}
    held = [check.id for check, health in measured if check.id in members and _held(health)]
    if ongoing:
        contrary = sum(_looked(health, began) and check.id not in members for check, health in measured)
        if len(members) <= MOST * (len(members) + contrary) or len(held) <= FEW * len(members):
            return None
    doubtful = own is not Network.ONLINE
    return MassFailure(began, tuple(sorted(members)), tuple(sorted(held)), len(measured), doubtful, certain)


def _interval(check: Check) -> timedelta:
    """How far apart two looks at a healthy check can lie."""
    return check.every * (1 + 2 * JITTER) + check.timeout


def _turned(check: Check, health: Health, began: datetime) -> bool:
    """Became unreachable at ``began`` or within one interval after it."""
    since = health.failing_since
    return health.unreachable and since is not None and began <= since <= began + _interval(check)


def _looked(health: Health, began: datetime) -> bool:
    """Looked at since, and not already failing before."""
    if health.failing_since is not None:
        return health.failing_since >= began
    return health.known is not None and health.known.at >= began


def _held(health: Health) -> bool:
    """Unreachable still: neither recovered for good nor answering, if only with errors."""
    if health.failing:
        return health.unreachable
    return health.down


_TICK = timedelta(microseconds=1)


def _search(measured: list[tuple[Check, Health]], now: datetime) -> tuple[datetime, bool] | None:
    """Find the earliest instant since which most checks turned unreachable, and whether surely.

    Every first failure is a candidate; sorted instants let each be judged by bisection, for
    the rule runs after every batch of results, and most of all when everything fails.
    """
    first: list[datetime] = []  # of each failing check
    opens: list[datetime] = []  # from where on an instant counts a check as turned …
    closes: list[datetime] = []  # … and up to where
    hard: list[datetime] = []  # first failures of those already hard down
    passing: list[datetime] = []
    awaited: list[datetime] = []  # from where on a passing check has yet to be looked at
    for check, health in measured:
        since, known = health.failing_since, health.known
        if since is not None:
            first.append(since)
            if health.unreachable:
                opens.append(since - _interval(check))
                closes.append(since)
                if health.down:
                    hard.append(since)
        elif known is not None:
            passing.append(known.at)
            if _interval(check) <= PATIENCE:
                awaited.append(max(known.at + _TICK, now - _interval(check)))
    for instants in (first, opens, closes, hard, passing, awaited):
        instants.sort()
    perhaps: datetime | None = None
    for began in closes:
        if not hard or began > hard[-1]:
            break
        turned = bisect_right(opens, began) - bisect_left(closes, began)
        failing = len(first) - bisect_left(first, began)
        pending = bisect_right(awaited, began)
        counted = failing + len(passing) - bisect_left(passing, began) + pending
        could = failing + len(passing)
        if _most(turned, counted, could):
            return began, True
        if perhaps is None and _most(turned + pending, counted, could):
            perhaps = began
    return None if perhaps is None else (perhaps, False)


def _most(turned: int, counted: int, could: int) -> bool:
    return counted >= ENOUGH and turned > MOST * counted and 2 * turned >= could
