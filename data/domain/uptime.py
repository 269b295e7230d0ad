"""Uptime and latency figures from results (design 3.6: own gaps are unknown and outside the figure)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from data.domain.check import Check, Outcome
from data.domain.health import stale_after


@dataclass(frozen=True, slots=True)
class Uptime:
    """A period divided into time up, down and not measured."""

    up: timedelta
    down: timedelta
    unknown: timedelta

    @property
    def share(self) -> float | None:
        """Up as a share of what was measured, 0 to 1; None when nothing was."""
        measured = self.up + self.down
        return self.up / measured if measured else None

    @property
    def measured(self) -> float:
        """How much of the period was measured, 0 to 1."""
        period = self.up + self.down + self.unknown
        return (self.up + self.down) / period if period else 0.0


@dataclass(frozen=True, slots=True)
class CheckUptime:
    """How long a check was up in the last day and the last thirty days; latencies of those, in seconds."""

    check: str
    day: Uptime
    month: Uptime
    mean: float | None = None  # of answers that passed or warned
    slowest: float | None = None


@dataclass(frozen=True, slots=True)
class ServiceUptime:
    """How long a service was up: as long as the worst of its checks."""

    service: str
    worst: CheckUptime


def by_service(checks: Iterable[Check], uptimes: Mapping[str, CheckUptime]) -> tuple[ServiceUptime, ...]:
    """Return how long each service was up, the worst first; those never measured are left out."""
    worst: dict[str, CheckUptime] = {}
    for check in checks:
        found = uptimes.get(check.id)
        if found is None or found.month.share is None:
            continue
        known = worst.get(check.service)
        if known is None or found.month.share < (known.month.share or 0):
            worst[check.service] = found
    services = [ServiceUptime(service, found) for service, found in worst.items()]
    return tuple(sorted(services, key=lambda item: (item.worst.month.share, item.service)))


def share(part: float | None) -> str:
    """Write a share: "99.87 %", or a dash where nothing was measured; never 100 for less than all."""
    if part is None:
        return "—"
    return "100 %" if part >= 1 else f"{min(part * 100, 99.99):.2f} %"


def spoken(
    check: Check, samples: Iterable[tuple[datetime, Outcome]], begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, bool]]:
    """Yield what results in any order say about begin..end (UTC): from, until, and whether it was up.

    A result speaks until the next one. Where the next is missing for longer than a result
    stays fresh, it speaks for one interval and the rest is unknown; an inconclusive one
    speaks for nothing. Pass and warn are up. Pass results from a little before ``begin`` too,
    or the period opens unknown.
    """
    ordered = sorted((sample for sample in samples if sample[0] < end), key=lambda sample: sample[0])
    for (at, outcome), (following, _) in pairwise([*ordered, (end, Outcome.INCONCLUSIVE)]):
        if outcome is Outcome.INCONCLUSIVE:
            continue
        gap = following - at > stale_after(check)
        until = min(at + check.every if gap else following, end)
        if (since := max(at, begin)) < until:
            yield since, until, outcome is not Outcome.FAIL


def uptime(
    check: Check, samples: Iterable[tuple[datetime, Outcome]], begin: datetime, end: datetime
) -> Uptime:
    """Divide begin..end (UTC) by what results say about it; see ``spoken``.

    Raises ValueError when the period ends before it begins.
    """
    if end < begin:
        raise ValueError(f"period ends at {end}, before it begins at {begin}")
    up = down = timedelta()
    for since, until, well in spoken(check, samples, begin, end):
        if well:
            up += until - since
        else:
            down += until - since
    return Uptime(up, down, end - begin - up - down)


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles of measured latencies in seconds."""

    p50: float
    p95: float
    p99: float


def percentile(values: Collection[float], percent: int) -> float | None:
    """Return the nearest-rank percentile (1 to 100, else ValueError): a value that was measured."""
    if not 1 <= percent <= 100:
        raise ValueError(f"percentile {percent} is not between 1 and 100")
    if not values:
        return None
    return sorted(values)[-(-percent * len(values) // 100) - 1]


def latency(values: Collection[float]) -> Latency | None:
    """Return p50, p95 and p99 of latencies in seconds; None when there are none."""
    p50, p95, p99 = (percentile(values, percent) for percent in (50, 95, 99))
    if p50 is None or p95 is None or p99 is None:
        return None
    return Latency(p50, p95, p99)
