"""A check's history minute by minute: what stays when its single results are forgotten (design 3.6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from data.domain.check import Check, Outcome
from data.domain.health import stale_after
from data.domain.uptime import spoken

MINUTE = timedelta(minutes=1)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)

Sample = tuple[datetime, Outcome, float | None]  # when it began, what it means, seconds it took


def number(at: datetime) -> int:
    """Return the minute an instant lies in, counted from the first of 1970 in UTC."""
    return (at - _FIRST) // MINUTE


def start(minute: int) -> datetime:
    """Return the instant a minute begins."""
    return _FIRST + minute * MINUTE


@dataclass(slots=True)
class Minute:
    """What was found in one minute, and how much of it was up and down; the rest is unknown."""

    minute: int
    passed: int = 0
    warned: int = 0
    failed: int = 0
    unknown: int = 0
    up: timedelta = timedelta()
    down: timedelta = timedelta()
    answering: float = 0.0  # seconds all that passed or warned took together
    slowest: float = 0.0  # seconds


def settled(check: Check, now: datetime) -> int:
    """Return the first minute that is not settled yet: a result to come may still speak about it."""
    return number(now - stale_after(check))


def minutes(check: Check, samples: Iterable[Sample], begin: int, end: int) -> tuple[Minute, ...]:
    """Sum up the minutes from ``begin`` up to before ``end``; those of which nothing is known are left out.

    Pass results from before ``begin`` and after ``end`` too, as long as they stay fresh: they speak into it.
    """
    samples = list(samples)
    found: dict[int, Minute] = {}
    for at, outcome, seconds in samples:
        if begin <= number(at) < end:
            _count(found.setdefault(number(at), Minute(number(at))), outcome, seconds)
    # how long the last result of the end speaks is known only by what follows it
    horizon = start(end) + stale_after(check)
    for since, until, well in spoken(check, [sample[:2] for sample in samples], start(begin), horizon):
        for minute in range(number(since), min(number(until) + 1, end)):
            part = min(until, start(minute + 1)) - max(since, start(minute))
            if not part:
                continue
            row = found.setdefault(minute, Minute(minute))
            if well:
                row.up += part
            else:
                row.down += part
    return tuple(found[minute] for minute in sorted(found))


def _count(row: Minute, outcome: Outcome, seconds: float | None) -> None:
    match outcome:
        case Outcome.PASS:
            row.passed += 1
        case Outcome.WARN:
            row.warned += 1
        case Outcome.FAIL:
            row.failed += 1
        case Outcome.INCONCLUSIVE:
            row.unknown += 1
    if outcome in (Outcome.PASS, Outcome.WARN) and seconds is not None:
        row.answering += seconds
        row.slowest = max(row.slowest, seconds)
