"""How a room does from month to month, and by the hour of the day: what reports plot (design 3.10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from data.domain.report import By, Case, Group, report
from data.domain.severity import Severity


@dataclass(frozen=True, slots=True)
class Month:
    """One month's figures; ``severities`` counts its incidents, P0 first."""

    figures: Group
    severities: tuple[int, ...]

    @property
    def name(self) -> str:
        """The month as ``2026-11``."""
        return self.figures.name


@dataclass(frozen=True, slots=True)
class Trends:
    """The months of a window in order, the quiet ones too, and what was detected by hour, 0 to 23."""

    months: tuple[Month, ...]
    hours: tuple[int, ...]


def trends(cases: Iterable[Case], now: datetime, zone: tzinfo, *, since: datetime | None = None) -> Trends:
    """Return how it went from ``since`` (None: ever) up to ``now``; months and hours are the room's own."""
    found = tuple(cases)
    told = report(found, now, zone, since=since, by=By.MONTH)
    counts = []
    for severity in Severity:
        own = (case for case in found if case.severity is severity)
        months = report(own, now, zone, since=since, by=By.MONTH).groups
        counts.append({group.name: group.incidents for group in months})
    return Trends(
        months=tuple(
            Month(group, tuple(count.get(group.name, 0) for count in counts)) for group in told.groups
        ),
        hours=tuple(map(sum, zip(*told.hours, strict=True))),
    )
