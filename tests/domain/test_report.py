"""Reports: a quarter's incidents in figures (design 3.10)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.incident import Disposition, Response
from data.domain.kept import Attainment
from data.domain.report import (
    NO_SERVICE,
    By,
    Case,
    Found,
    Item,
    Stretch,
    noisiest,
    report,
    responded,
    spread,
)
from data.domain.severity import Severity

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # a Monday
P0, P1, P2, P3 = Severity


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def stretch(
    start: datetime = NIGHT,
    ack: float | None = 5,
    end: float | None = 60,
    within: float | None = 15,
    strict: bool = False,
) -> Stretch:
    clock = None if within is None else Response(start, start, start + minutes(within), strict)
    return Stretch(
        start,
        clock,
        None if ack is None else start + minutes(ack),
        None if end is None else start + minutes(end),
    )


def case(number: int = 1, at: datetime = NIGHT, severity: Severity = P1, **known: Any) -> Case:
    known.setdefault("stretches", (stretch(at),))
    return Case(number, severity, at, **known)


def test_a_night_in_figures() -> None:
    cases = [
        case(1, began_at=NIGHT - minutes(4), updates=Attainment(3, 1)),
        case(2, stretches=(stretch(ack=20, end=120),), began_at=NIGHT - minutes(8)),
        case(3, severity=P3, stretches=(stretch(ack=None, end=None),)),
    ]
    found = report(cases, NOW, UTC)
    first, *middle, last = found.groups
    assert [group.name for group in found.groups] == ["P0", "P1", "P2", "P3"]
    assert (first.incidents, middle[0].incidents, last.incidents, last.live) == (0, 2, 1, 1)
    p1 = middle[0]
    assert (p1.detect.count, p1.detect.mean) == (2, minutes(6))
    assert (p1.acknowledge.mean, p1.acknowledge.longest) == (minutes(12.5), minutes(20))
    assert (p1.resolve.mean, p1.resolve.median, p1.resolve.longest) == (
        minutes(90),
        minutes(90),
        minutes(120),
    )
    assert (p1.response, p1.updates) == (Attainment(1, 1), Attainment(3, 1))
    # nobody took the third, and its response was due long ago
    assert (last.response, last.resolve.count, last.acknowledge.mean) == (Attainment(0, 1), 0, None)
    assert (found.all.incidents, found.all.response) == (3, Attainment(1, 2))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"ack": 5}, Attainment(1, 0)),
        ({"ack": 15}, Attainment(1, 0)),
        ({"ack": 15, "strict": True}, Attainment(0, 1)),
        ({"ack": 16}, Attainment(0, 1)),
        ({"ack": None, "end": 10}, Attainment()),  # over before the response was due
        ({"ack": None, "end": 20}, Attainment(0, 1)),
        ({"ack": None, "end": None}, Attainment(0, 1)),
        ({"ack": 5, "within": None}, Attainment()),  # recorded afterwards
    ],
)
def test_a_response_is_kept_or_missed_or_was_never_promised(known: Any, expected: Attainment) -> None:
    assert responded(stretch(**known), NOW) == expected


def test_a_response_still_to_come_is_neither() -> None:
    assert responded(stretch(ack=None, end=None), NIGHT + minutes(10)) == Attainment()


def test_a_reopened_incident_counts_the_time_it_was_live_and_answers_twice() -> None:
    again = stretch(NIGHT + timedelta(hours=10), ack=30, end=30)
    found = report([case(stretches=(stretch(), again))], NOW, UTC).all
    assert found.resolve.longest == minutes(90)
    assert found.response == Attainment(1, 1)
    assert found.acknowledge.mean == minutes(17.5)
    live = replace(again, resolved_at=None)
    assert report([case(stretches=(stretch(), live))], NOW, UTC).all.resolve.count == 0


def test_what_was_recorded_afterwards_counts_in_mttr_alone() -> None:
    past = case(backfilled=True, stretches=(stretch(ack=500, end=60, within=None),))
    found = report([past], NOW, UTC)
    assert found.backfilled == 1
    assert (found.all.resolve.mean, found.all.acknowledge.count) == (minutes(60), 0)
    assert (found.all.response.share, found.all.updates.share) == (None, None)


def test_a_false_alarm_had_to_be_answered_and_a_duplicate_counts_nowhere() -> None:
    cases = [
        case(1, disposition=Disposition.FALSE_ALARM, began_at=NIGHT - minutes(9)),
        case(2, disposition=Disposition.DUPLICATE),
    ]
    found = report(cases, NOW, UTC)
    assert (found.all.incidents, found.duplicates) == (1, 1)
    assert found.all.response == Attainment(1, 0)
    assert (found.all.detect.count, found.all.resolve.count) == (0, 0)


def test_the_window_is_by_detection() -> None:
    since = NIGHT - timedelta(days=30)
    cases = [case(1), case(2, since), case(3, since - minutes(1)), case(4, NOW + minutes(1))]
    assert report(cases, NOW, UTC, since=since).all.incidents == 2
    assert report(cases, NOW, UTC).all.incidents == 3


def test_months_are_the_rooms_and_quiet_ones_show() -> None:
    # half an hour before the new year in UTC is January in Berlin
    eve = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    cases = [case(1, eve), case(2, datetime(2026, 3, 9, tzinfo=UTC))]
    found = report(cases, NOW, ZoneInfo("Europe/Berlin"), by=By.MONTH)
    assert [(group.name, group.incidents) for group in found.groups] == [
        ("2026-01", 1),
        ("2026-02", 0),
        ("2026-03", 1),
    ]
    in_utc = report(cases, NOW, UTC, by=By.MONTH)
    assert [group.name for group in in_utc.groups] == ["2025-12", "2026-01", "2026-02", "2026-03"]


def test_an_incident_counts_for_each_of_its_services_and_once_in_all() -> None:
    cases = [
        case(1, services=("checkout", "payments")),
        case(2, services=("payments",)),
        case(3),
        case(4),
        case(5),
    ]
    found = report(cases, NOW, UTC, by=By.SERVICE)
    assert [(group.name, group.incidents) for group in found.groups] == [
        ("payments", 2),
        ("checkout", 1),
        (NO_SERVICE, 3),
    ]
    assert found.all.incidents == 5


def test_hours_are_by_the_rooms_own_clock() -> None:
    found = report([case(1), case(2)], NOW, ZoneInfo("America/New_York"))
    assert found.hours[6][21] == 2  # Sunday evening there
    assert sum(map(sum, found.hours)) == 2


def test_the_noisiest_cause_comes_first() -> None:
    def one(cause: str, title: str, opened: bool, false: bool, hour: int = 0) -> Found:
        return Found(cause, title, NIGHT + timedelta(hours=hour), opened, false)

    found = noisiest(
        [
            one("check:a", "a is DOWN", True, False),
            one("check:b", "b is slow", False, True, 2),
            one("check:b", "b is DOWN", True, True, 1),
            one("check:c", "c is DOWN", True, False),
            one("check:c", "c is DOWN", True, False),
        ]
    )
    assert [(item.cause, item.title, item.found, item.opened, item.false_alarms) for item in found] == [
        ("check:b", "b is slow", 2, 1, 2),
        ("check:c", "c is DOWN", 2, 2, 0),
        ("check:a", "a is DOWN", 1, 1, 0),
    ]


def test_action_items_are_late_once_their_day_has_passed_where_the_room_is() -> None:
    items = [
        Item(NIGHT, "done", date(2026, 11, 1)),
        Item(NIGHT, "open", date(2026, 11, 23)),
        Item(NIGHT, "open", date(2026, 11, 24)),
        Item(NIGHT, "open"),
        Item(NIGHT, "dropped", date(2026, 11, 1)),
    ]
    found = report([], NOW, UTC, items=items).follow_up
    assert (found.total, found.done, found.dropped, found.overdue) == (5, 1, 1, 1)
    assert report([], NOW, ZoneInfo("Pacific/Kiritimati"), items=items).follow_up.overdue == 2


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=400)), min_size=1))
def test_mean_and_median_lie_between_the_ends(spans: list[timedelta]) -> None:
    found = spread(spans)
    assert found.mean is not None
    assert found.median is not None
    assert found.longest == max(spans)
    assert min(spans) <= found.median <= max(spans)
    assert min(spans) - timedelta(microseconds=1) <= found.mean <= max(spans) + timedelta(microseconds=1)


@given(st.lists(st.tuples(st.sampled_from(Severity), st.timedeltas(timedelta(0), timedelta(days=3_000)))))
def test_every_incident_is_in_one_severity_and_one_month(seen: list[tuple[Severity, timedelta]]) -> None:
    cases = [case(number, NOW - ago, severity) for number, (severity, ago) in enumerate(seen, start=1)]
    for by in (By.SEVERITY, By.MONTH):
        found = report(cases, NOW, UTC, by=by)
        assert sum(group.incidents for group in found.groups) == found.all.incidents == len(cases)
    assert sum(map(sum, found.hours)) == len(cases)
