"""Uptime and latency figures (design 3.6)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.check import Outcome
from data.domain.uptime import Uptime, latency, percentile, uptime
from tests.domain.probing import LOOKS, check, second

CHECK = check(every=timedelta(seconds=10), timeout=timedelta(seconds=5))  # a result is fresh for 25 s


def seconds(figure: Uptime) -> tuple[float, float, float]:
    return figure.up.total_seconds(), figure.down.total_seconds(), figure.unknown.total_seconds()


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ("", (0, 0, 100)),
        ("0P 10P 20P 30P 40P 50P 60P 70P 80P 90P", (100, 0, 0)),
        ("0P 10P 20P 30P 40P 50F 60F 70P 80W 90P", (80, 20, 0)),
        ("0P 20P 40P 60P 80P", (100, 0, 0)),  # jitter and a lost look are no gap
        ("0P 10P 70P 80P 90P", (50, 0, 50)),  # the laptop slept from 20 to 70
        ("0F 70P 80P 90P", (30, 10, 60)),  # an outage before the gap is not stretched over it
        ("0P 10? 20? 30? 40P 50P 60P 70P 80P 90P", (70, 0, 30)),  # offline is neither up nor down
        ("0F 10?", (0, 10, 90)),
        ("50P 60P 70P 80P 90P", (50, 0, 50)),  # set up half-way
        ("-10P 5P 20P 40P 60P 80P", (100, 0, 0)),  # the look before the period speaks into it
        ("-10F 5P 20P 40P 60P 80P", (95, 5, 0)),
        ("-60P 90P", (10, 0, 90)),  # but not that far
        ("90P 80P 10F 0F 20F", (20, 30, 50)),  # in any order
        ("0P 10P 20P 30P 40P 50P 60P 70P 80P 90P 100F 110F", (100, 0, 0)),  # later ones do not count
    ],
)
def test_a_period_of_100_seconds(looks: str, expected: tuple[int, int, int]) -> None:
    samples = [(second(float(item[:-1])), LOOKS[item[-1]][0]) for item in looks.split()]
    assert seconds(uptime(CHECK, samples, second(0), second(100))) == expected


def test_the_share_is_of_what_was_measured() -> None:
    samples = [(second(0), Outcome.PASS), (second(10), Outcome.FAIL), (second(20), Outcome.INCONCLUSIVE)]
    assert uptime(CHECK, samples, second(0), second(1000)).share == 0.5
    assert uptime(CHECK, [], second(0), second(1000)).share is None
    assert uptime(CHECK, samples, second(0), second(0)).share is None


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        uptime(CHECK, [], second(1), second(0))


@given(st.lists(st.tuples(st.integers(-50, 150), st.sampled_from(list(Outcome))), max_size=40))
def test_every_second_is_up_down_or_unknown(looks: list[tuple[int, Outcome]]) -> None:
    figure = uptime(CHECK, [(second(at), outcome) for at, outcome in looks], second(0), second(100))
    assert min(seconds(figure)) >= 0
    assert sum(seconds(figure)) == 100
    assert figure.share is None or 0 <= figure.share <= 1


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 50, None),
        ([0.2], 1, 0.2),
        ([0.2], 99, 0.2),
        ([15, 20, 35, 40, 50], 5, 15),
        ([15, 20, 35, 40, 50], 30, 20),
        ([15, 20, 35, 40, 50], 40, 20),
        ([50, 35, 15, 40, 20], 50, 35),
        ([15, 20, 35, 40, 50], 100, 50),
        (list(range(1, 101)), 95, 95),
        (list(range(1, 101)), 99, 99),
    ],
)
def test_nearest_rank(values: list[float], percent: int, expected: float | None) -> None:
    assert percentile(values, percent) == expected


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_a_percentile_out_of_range_is_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile([1.0], percent)


@given(st.lists(st.floats(0, 60), min_size=1, max_size=50))
def test_latencies_are_measured_ones_in_order(values: list[float]) -> None:
    figure = latency(values)
    assert figure is not None
    assert {figure.p50, figure.p95, figure.p99} <= set(values)
    assert figure.p50 <= figure.p95 <= figure.p99 <= max(values)


def test_no_latency_without_an_answer() -> None:
    assert latency([]) is None
