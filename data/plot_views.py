"""Trends as plots: what is drawn, with which marks and labels; none of it needs a colour to be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log10

from data.domain.durations import spoken
from data.domain.severity import Severity
from data.domain.trends import Trends

_MARKS = ("█", "▓", "▒", "░")  # of bars on top of each other, the gravest at the foot
_FIRST, _SECOND = "o", "x"  # of the points of two lines
_SPANS = tuple(
    timedelta(seconds=seconds)
    for seconds in (1, 10, 60, 300, 900, 3_600, 14_400, 86_400, 604_800, 2_592_000, 31_536_000)
)
_NICE = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one layer of bars; None where there is nothing to show."""

    name: str
    mark: str
    tone: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot over ``names``; ``ticks`` are values of the upright axis and their labels, upwards."""

    title: str
    names: tuple[str, ...]
    series: tuple[Series, ...]
    ticks: tuple[tuple[float, str], ...]
    bars: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for one in self.series for value in one.values if value is not None) and (
            self.bars or all(value is None for one in self.series for value in one.values)
        )

    @property
    def key(self) -> str:
        """What each mark stands for; nothing where there is only one."""
        return "  ".join(f"{one.mark} {one.name}" for one in self.series) if len(self.series) > 1 else ""


def plots(found: Trends) -> tuple[Plot, ...]:
    """Return the plots of a report, in the order they are read in."""
    return (_times(found), _promises(found), _incidents(found), _hours(found))


def labelled(names: Sequence[str], width: int) -> list[int]:
    """Return which names have room below ``width`` cells, evenly; the last one always has."""
    if not names:
        return []
    each = max(map(len, names)) + 2
    step = max(1, -(-len(names) * each // max(each, width)))
    return sorted(range(len(names) - 1, -1, -step))


def counts(most: int) -> tuple[tuple[float, str], ...]:
    """Return whole numbers from 0 to at least ``most``, two to five of them."""
    step, power = 1, 1
    while step * 4 < most:
        later = next((nice * power for nice in _NICE if nice * power > step), 0)
        if later:
            step = later
        else:
            power *= 10
    top = max(1, -(-most // step))
    return tuple((number * step, str(number * step)) for number in range(top + 1))


def spans(values: Iterable[float]) -> tuple[tuple[float, str], ...]:
    """Return durations around these values; the axis is logarithmic: minutes and days are on one plot."""
    known = sorted(values) or [0.0]
    marks = [log10(span.total_seconds()) for span in _SPANS]
    first = max((at for at, mark in enumerate(marks) if mark <= known[0]), default=0)
    last = min((at for at, mark in enumerate(marks) if mark >= known[-1]), default=len(marks) - 1)
    first, last = (first, last) if last > first else (max(0, first - 1), max(1, last))
    return tuple((marks[at], spoken(_SPANS[at])) for at in range(first, last + 1))


def _times(found: Trends) -> Plot:
    taken = tuple(_height(month.figures.acknowledge.mean) for month in found.months)
    ended = tuple(_height(month.figures.resolve.mean) for month in found.months)
    return Plot(
        "Mean time by month",
        tuple(month.name for month in found.months),
        (
            Series("to acknowledge", _FIRST, "accent", taken),
            Series("to resolve", _SECOND, "p1", ended),
        ),
        spans(value for value in (*taken, *ended) if value is not None),
    )


def _promises(found: Trends) -> Plot:
    responses = tuple(_percent(month.figures.response.share) for month in found.months)
    updates = tuple(_percent(month.figures.updates.share) for month in found.months)
    return Plot(
        "Kept in time by month",
        tuple(month.name for month in found.months),
        (Series("responses", _FIRST, "accent", responses), Series("updates", _SECOND, "p1", updates)),
        tuple((float(share), f"{share} %") for share in (0, 25, 50, 75, 100)),
    )


def _incidents(found: Trends) -> Plot:
    layers = tuple(
        Series(
            severity.value,
            _MARKS[place],
            severity.value.lower(),
            tuple(float(month.severities[place]) for month in found.months),
        )
        for place, severity in enumerate(Severity)
    )
    most = max((sum(month.severities) for month in found.months), default=0)
    return Plot(
        "Incidents by month", tuple(month.name for month in found.months), layers, counts(most), bars=True
    )


def _hours(found: Trends) -> Plot:
    return Plot(
        "Detected by hour",
        tuple(map(str, range(len(found.hours)))),
        (Series("incidents", _MARKS[0], "p2", tuple(map(float, found.hours))),),
        counts(max(found.hours, default=0)),
        bars=True,
    )


def _height(span: timedelta | None) -> float | None:
    return None if span is None else log10(max(1.0, span.total_seconds()))


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100
