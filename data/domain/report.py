"""Reports over incidents: how fast they were noticed, taken and ended, and which promises held (design 3.10).

Durations are timedeltas. A duplicate is told by its original and counts nowhere; a false alarm had to be
answered, but there was nothing to detect or to mend.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise

from data.domain.clocks import missed
from data.domain.incident import Disposition, Response
from data.domain.kept import NOTHING_PROMISED, Attainment
from data.domain.severity import Severity
from data.domain.uptime import ServiceUptime

NO_SERVICE = "(no service)"
DAYS, HOURS = 7, 24
LONGEST_LIST = 10


class By(StrEnum):
    """What a report is grouped by."""

    SEVERITY = "severity"
    MONTH = "month"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch in which an incident was live; a reopened one has several."""

    started: datetime
    response: Response | None = None  # None where no clock ran
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What a report needs to know of an incident."""

    id: int
    severity: Severity
    detected_at: datetime
    stretches: tuple[Stretch, ...]
    began_at: datetime | None = None
    services: tuple[str, ...] = ()
    disposition: Disposition | None = None
    backfilled: bool = False
    updates: Attainment = NOTHING_PROMISED


@dataclass(frozen=True, slots=True)
class Found:
    """A proposal, by the cause that made it; ``title`` is what it said."""

    cause: str
    title: str
    at: datetime
    opened: bool  # it became an incident
    false_alarm: bool  # dismissed, or its incident ended as one


@dataclass(frozen=True, slots=True)
class Item:
    """An action item: open, done or dropped, and the day it was to be done by."""

    created_at: datetime
    state: str = "open"
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Some durations in short; None where there was none."""

    count: int = 0
    mean: timedelta | None = None
    median: timedelta | None = None
    longest: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one severity, month or service, or of all together."""

    name: str
    incidents: int
    live: int
    detect: Spread  # began → detected
    acknowledge: Spread  # detected or reopened → acknowledged
    resolve: Spread  # the time it was live
    response: Attainment
    updates: Attainment


@dataclass(frozen=True, slots=True)
class Noise:
    """How often a check or an alert proposed something, and what came of it."""

    cause: str
    title: str
    found: int
    opened: int
    false_alarms: int


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What became of the action items that came up in the window."""

    total: int = 0
    done: int = 0
    dropped: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A window's figures.

    ``hours[weekday][hour]`` counts detections by the room's own clock, Monday first.
    """

    since: datetime | None
    until: datetime
    by: By
    groups: tuple[Group, ...]
    all: Group
    hours: tuple[tuple[int, ...], ...]
    noisiest: tuple[Noise, ...]
    follow_up: FollowUp
    backfilled: int  # recorded afterwards or imported: without a response clock
    duplicates: int
    uptimes: tuple[ServiceUptime, ...] = ()  # of the last day and the last thirty, whatever the window


def report(
    cases: Iterable[Case],
    now: datetime,
    zone: tzinfo,
    *,
    since: datetime | None = None,
    by: By = By.SEVERITY,
    found: Iterable[Found] = (),
    items: Iterable[Item] = (),
) -> Report:
    """Return the figures of what was detected from ``since`` (None: ever) up to ``now``.

    ``zone`` is the room's: by its clock are the months and the hours.
    """

    def inside(at: datetime) -> bool:
        return at <= now and (since is None or at >= since)

    window = [case for case in cases if inside(case.detected_at)]
    counted = [case for case in window if case.disposition is not Disposition.DUPLICATE]
    return Report(
        since=since,
        until=now,
        by=by,
        groups=_groups(counted, by, now, zone),
        all=_group("all", counted, now),
        hours=_hours(counted, zone),
        noisiest=noisiest(item for item in found if inside(item.at)),
        follow_up=_follow_up(
            [item for item in items if inside(item.created_at)], now.astimezone(zone).date()
        ),
        backfilled=sum(case.backfilled for case in counted),
        duplicates=len(window) - len(counted),
    )


def spread(spans: Sequence[timedelta]) -> Spread:
    """Return durations in short."""
    if not spans:
        return Spread()
    ordered, half = sorted(spans), len(spans) // 2
    middle = ordered[half] if len(spans) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return Spread(len(spans), sum(spans, timedelta()) / len(spans), middle, ordered[-1])


def responded(stretch: Stretch, now: datetime) -> Attainment:
    """Return whether a response came in time; nothing where no clock ran, or its due is still to come."""
    if stretch.response is None:
        return Attainment()
    if stretch.acknowledged_at is not None:
        late = missed(stretch.response, stretch.acknowledged_at)
        return Attainment(missed=1) if late else Attainment(met=1)
    if missed(stretch.response, stretch.resolved_at or now):
        return Attainment(missed=1)
    return Attainment()


def noisiest(found: Iterable[Found]) -> tuple[Noise, ...]:
    """Return the causes that proposed most, those most often in vain first among equals."""
    by_cause: dict[str, list[Found]] = {}
    for item in found:
        by_cause.setdefault(item.cause, []).append(item)
    noise = [
        Noise(
            cause,
            max(items, key=lambda item: item.at).title,
            len(items),
            sum(item.opened for item in items),
            sum(item.false_alarm for item in items),
        )
        for cause, items in by_cause.items()
    ]
    noise.sort(key=lambda item: (-item.found, -item.false_alarms, item.cause))
    return tuple(noise[:LONGEST_LIST])


def _group(name: str, cases: Sequence[Case], now: datetime) -> Group:
    real = [case for case in cases if case.disposition is not Disposition.FALSE_ALARM]
    stretches = [stretch for case in cases for stretch in case.stretches]
    return Group(
        name=name,
        incidents=len(cases),
        live=sum(case.stretches[-1].resolved_at is None for case in cases),
        detect=spread([case.detected_at - case.began_at for case in real if case.began_at is not None]),
        acknowledge=spread(
            [
                item.acknowledged_at - item.started
                for item in stretches
                if item.response is not None and item.acknowledged_at is not None
            ]
        ),
        resolve=spread([span for span in map(_live_for, real) if span is not None]),
        response=sum((responded(item, now) for item in stretches), Attainment()),
        updates=sum((case.updates for case in cases), Attainment()),
    )


def _live_for(case: Case) -> timedelta | None:
    """Return how long an incident was live in all its stretches; None while it is."""
    ends = [(item.started, item.resolved_at) for item in case.stretches]
    if any(end is None for _, end in ends):
        return None
    return sum((end - start for start, end in ends if end is not None), timedelta())


def _groups(cases: Sequence[Case], by: By, now: datetime, zone: tzinfo) -> tuple[Group, ...]:
    found: dict[str, list[Case]] = {}
    if by is By.SEVERITY:
        found = {severity.value: [] for severity in Severity}
    names: Callable[[Case], Iterable[str]] = {
        By.SEVERITY: lambda case: (case.severity.value,),
        By.MONTH: lambda case: (f"{case.detected_at.astimezone(zone):%Y-%m}",),
        By.SERVICE: lambda case: dict.fromkeys(case.services) or (NO_SERVICE,),
    }[by]
    for case in cases:
        for name in names(case):
            found.setdefault(name, []).append(case)
    if by is By.MONTH:
        found = {name: found.get(name, []) for name in _months(sorted(found))}
    groups = [_group(name, items, now) for name, items in found.items()]
    if by is By.SERVICE:  # the busiest first
        groups.sort(key=lambda group: (group.name == NO_SERVICE, -group.incidents, group.name))
    return tuple(groups)


def _months(names: Sequence[str]) -> list[str]:
    """Return months in order, the quiet ones between them too."""
    filled = list(names[:1])
    for _, wanted in pairwise(names):
        while filled[-1] < wanted:
            year, month = map(int, filled[-1].split("-"))
            filled.append(f"{year + month // 12:04}-{month % 12 + 1:02}")
    return filled


def _hours(cases: Sequence[Case], zone: tzinfo) -> tuple[tuple[int, ...], ...]:
    counts = [[0] * HOURS for _ in range(DAYS)]
    for case in cases:
        local = case.detected_at.astimezone(zone)
        counts[local.weekday()][local.hour] += 1
    return tuple(map(tuple, counts))


def _follow_up(items: Sequence[Item], today: date) -> FollowUp:
    states = [item.state for item in items]
    late = sum(item.state == "open" and item.due is not None and item.due < today for item in items)
    return FollowUp(len(items), states.count("done"), states.count("dropped"), late)
