"""The one clock: real, set by the store's, or as fast as the practice room wants it."""

from datetime import UTC, datetime, timedelta

import pytest

from console.clock import Clock

HOUR = timedelta(hours=1)


def test_it_is_the_machines_time_until_the_stores_is_known() -> None:
    clock = Clock()
    before = datetime.now(UTC)
    assert before <= clock() <= datetime.now(UTC)
    assert clock().tzinfo is UTC
    assert clock.skew == timedelta()


@pytest.mark.parametrize("scale", [1.0, 60.0])
def test_everybody_counts_by_the_stores_time(scale: float) -> None:
    clock = Clock(scale=scale)
    there = clock()
    clock.offset = -HOUR
    assert clock() < there
    clock.offset = HOUR
    assert there + HOUR <= clock() < there + 2 * HOUR
    assert clock.skew == HOUR


@pytest.mark.parametrize(("scale", "span", "seconds"), [(1.0, 30, 30.0), (60.0, 30, 0.5), (0.5, 30, 60.0)])
def test_waiting_is_scaled_with_it(scale: float, span: int, seconds: float) -> None:
    clock = Clock(scale=scale)
    assert clock.wait(timedelta(seconds=span)) == seconds
    assert clock.span(seconds) == timedelta(seconds=span)
    assert 0 < clock.seconds_until(clock() + timedelta(seconds=span)) <= seconds
    assert clock.seconds_until(clock() - HOUR) == 0.0


@pytest.mark.parametrize("scale", [0.0, -1.0])
def test_a_clock_that_would_not_run_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="would not run"):
        Clock(scale=scale)
