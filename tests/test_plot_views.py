"""Plots of a report: their axes hold every value, and their labels have room."""

from datetime import UTC, datetime, timedelta
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.report import Case, Stretch
from data.domain.severity import Severity
from data.domain.trends import trends
from data.plot_views import counts, labelled, plots, spans

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)


def case(number: int, at: datetime, severity: Severity, live: timedelta) -> Case:
    return Case(number, severity, at, (Stretch(at, resolved_at=at + live),))


@pytest.mark.parametrize(
    ("most", "labels"),
    [(0, "0 1"), (1, "0 1"), (4, "0 1 2 3 4"), (5, "0 2 4 6"), (30, "0 10 20 30"), (90, "0 50 100")],
)
def test_counts_have_whole_and_few_labels(most: int, labels: str) -> None:
    assert " ".join(label for _, label in counts(most)) == labels


@given(st.integers(0, 10**7))
def test_an_axis_of_counts_holds_all_of_them(most: int) -> None:
    ticks = counts(most)
    assert 2 <= len(ticks) <= 5
    assert ticks[-1][0] >= most


@given(st.lists(st.floats(1, 86_400 * 365), min_size=1))
def test_an_axis_of_durations_holds_all_of_them(seconds: list[float]) -> None:
    values = [log10(one) for one in seconds]
    ticks = [value for value, _ in spans(values)]
    assert len(ticks) >= 2
    assert ticks == sorted(set(ticks))
    assert ticks[0] <= min(values) <= max(values) <= ticks[-1]


@given(st.integers(1, 400), st.integers(1, 200))
def test_labels_fit_and_the_last_month_has_one(months: int, width: int) -> None:
    shown = labelled(["2026-11"] * months, width)
    assert shown == sorted(set(shown))
    assert shown[-1] == months - 1
    assert len(shown) <= max(1, width // 9 + 1)


def test_quiet_months_are_plotted_too_and_severities_lie_on_each_other() -> None:
    found = trends(
        [
            case(1, datetime(2026, 9, 3, 2, tzinfo=UTC), Severity.P0, timedelta(hours=1)),
            case(2, datetime(2026, 11, 3, 2, tzinfo=UTC), Severity.P0, timedelta(hours=3)),
            case(3, datetime(2026, 11, 4, 15, tzinfo=UTC), Severity.P2, timedelta(hours=1)),
        ],
        NOW,
        UTC,
    )
    times, promises, incidents, hours = plots(found)
    assert incidents.names == ("2026-09", "2026-10", "2026-11")
    assert [one.values for one in incidents.series] == [(1, 0, 1), (0, 0, 0), (0, 0, 1), (0, 0, 0)]
    assert times.series[1].values == (log10(3_600), None, log10(7_200))
    assert promises.empty  # no clock ran
    assert not times.empty
    assert (hours.series[0].values[2], hours.series[0].values[15]) == (2, 1)


def test_nothing_plots_as_nothing() -> None:
    assert [plot.empty for plot in plots(trends((), NOW, UTC))] == [True, True, True, True]
