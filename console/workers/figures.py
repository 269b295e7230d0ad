"""What a worker can be measured by: how its probes went, for whoever watches the watcher."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


@dataclass(slots=True)
class Durations:
    """Seconds that things took, counted by the bound they stayed within."""

    count: int = 0
    total: float = 0.0
    within: list[int] = field(default_factory=lambda: [0] * len(BOUNDS))

    def add(self, seconds: float) -> None:
        """Count one."""
        self.count += 1
        self.total += seconds
        place = bisect_left(BOUNDS, seconds)
        if place < len(BOUNDS):
            self.within[place] += 1


@dataclass(frozen=True, slots=True)
class Figures:
    """A health engine at this moment; ``late`` and ``idle`` in seconds."""

    states: Mapping[str, int]  # how many checks are in each
    durations: Durations
    late: Sequence[float]  # how late each of the last probes began
    held: int  # leases
    probing: int
    idle: float  # since the last turn in which claims and results went to the store


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all values does not pass (nearest rank); 0 of none."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else 0.0


def counted(states: Sequence[str], known: Sequence[str]) -> dict[str, int]:
    """Return how many are in each state, those without any as 0."""
    found = Counter(states)
    return {name: found[name] for name in (*known, *(other for other in found if other not in known))}
