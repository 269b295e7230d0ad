"""A practice incident: what happens in it, what is expected, and what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from data.domain.change import Event
from data.domain.incident import Incident
from data.domain.severity import Severity

HINT_COSTS = 5  # points


@dataclass(frozen=True, slots=True)
class Turn:
    """A service behaves differently so long after the start; the mode ``ok`` heals it."""

    after: timedelta
    service: str
    mode: str
    why: str
    latency: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something responders can do: what it heals, and what is then to be seen."""

    do: str
    says: str
    heals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """The incident it is: what a good response would have made of it."""

    severity: Severity
    services: tuple[str, ...]
    runbook: str
    why: str = ""  # of the severity


@dataclass(frozen=True, slots=True)
class Scenario:
    """What breaks when, and what only the facilitator knows."""

    id: str
    title: str
    brief: str  # what everybody is told before it begins
    cause: str
    lasts: timedelta  # how long it is meant to take
    expected: Expected
    turns: tuple[Turn, ...]
    hints: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()


class Kept(StrEnum):
    """Whether a rule of the guide was kept; open while that is still undecided."""

    KEPT = "kept"
    MISSED = "missed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Mark:
    """One rule, what came of it in words, and where the guide has it."""

    what: str
    state: Kept
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a drill: its incident, if there is one, and how many hints were taken."""

    incident: Incident | None
    events: tuple[Event, ...] = ()
    hints: int = 0
    dismissed: tuple[str, ...] = ()  # proposals about it that were called false alarms


@dataclass(frozen=True, slots=True)
class Score:
    """Every rule that was kept or missed, in the order of the guide."""

    marks: tuple[Mark, ...]
    hints: int
    hints_of: int

    def of(self, state: Kept) -> tuple[Mark, ...]:
        """Return the marks in one state."""
        return tuple(mark for mark in self.marks if mark.state is state)

    @property
    def points(self) -> int:
        """0 to 100: the share of the rules kept among those decided, less what hints cost."""
        kept, missed = len(self.of(Kept.KEPT)), len(self.of(Kept.MISSED))
        whole = round(100 * kept / (kept + missed)) if kept + missed else 0
        return max(0, whole - HINT_COSTS * self.hints)
