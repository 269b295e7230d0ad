"""When a check is looked at next (design 3.6 and 7)."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.check import Check
from data.domain.health import FIRST_WITHIN, Health, first_due, next_due, on_grid
from tests.domain.probing import T0, check, second, tell

jitters = st.floats(-1, 1)
checks = st.builds(
    lambda name, seconds: check(name, every=timedelta(seconds=seconds)),
    st.text(min_size=1, max_size=12),
    st.floats(0.5, 86_400),
)
offsets = st.floats(-200_000, 200_000)
ROUNDING = timedelta(microseconds=2)


@given(checks, offsets, offsets, jitters)
def test_the_next_look_is_ahead_and_near_its_slot(
    of: Check, planned: float, now: float, jitter: float
) -> None:
    due = next_due(of, Health(of.id), second(planned), second(now), jitter)
    assert due > second(now)
    assert abs(on_grid(of, due)) <= of.every / 10 + ROUNDING
    assert due - second(now) <= of.every * 2.4  # whatever the plan said


@given(checks, st.lists(jitters, min_size=2, max_size=40), st.floats(0, 0.5))
def test_punctual_looks_serve_each_slot_once_and_never_drift(
    of: Check, jitter: list[float], spent: float
) -> None:
    dues = [next_due(of, Health(of.id), T0, T0, jitter[0])]
    for amount in jitter[1:]:
        dues.append(next_due(of, Health(of.id), dues[-1], dues[-1] + of.every * spent, amount))
    slots = [due - on_grid(of, due) for due in dues]
    for earlier, later in pairwise(slots):
        assert abs(later - earlier - of.every) <= ROUNDING


def test_a_laptop_that_slept_skips_what_it_missed() -> None:
    of = check(every=timedelta(seconds=30))
    planned = next_due(of, Health(of.id), T0, T0)
    woken = planned + timedelta(hours=8, seconds=4)
    assert next_due(of, Health(of.id), planned, woken) == planned + timedelta(hours=8, seconds=30)


def test_a_plan_of_a_wrong_clock_does_not_blind_a_check() -> None:
    of = check(every=timedelta(seconds=30))
    assert next_due(of, Health(of.id), T0 + timedelta(days=400), T0) <= second(60)


@pytest.mark.parametrize(
    ("letters", "every", "expected"),
    [
        ("PF", 30, 10),
        ("PFF", 30, 10),
        ("F", 30, 10),
        ("PF", 5, 5),  # never slower than the interval
        ("PWWWF", 30, 10),  # degraded, and now failing softly
        ("PF", 3600, 10),
    ],
)
def test_a_soft_failure_is_looked_at_again_soon(letters: str, every: int, expected: int) -> None:
    of = check(every=timedelta(seconds=every))
    health, _ = tell(of, letters)
    assert next_due(of, health, T0, second(3), 0.7) == second(3 + expected)


@pytest.mark.parametrize("letters", ["", "P", "W", "PFFF", "PFFFP", "PFFFPF", "PF?", "PFP"])
def test_all_else_waits_for_the_grid(letters: str) -> None:
    of = check(every=timedelta(seconds=30))
    health, _ = tell(of, letters)
    assert on_grid(of, next_due(of, health, T0, second(3))) == timedelta()


@given(checks)
def test_the_first_look_comes_within_the_interval_and_within_a_minute(of: Check) -> None:
    assert T0 <= first_due(of, T0) <= T0 + min(of.every, FIRST_WITHIN)


def test_first_looks_are_spread() -> None:
    of = [check(f"check-{number}", every=timedelta(seconds=10)) for number in range(1000)]
    dues: list[datetime] = [first_due(item, T0) for item in of]
    busiest = max(sum(second(at) <= due < second(at + 1) for due in dues) for at in range(10))
    assert busiest < 150  # of 1000 in 10 seconds: 100 each would be even


@pytest.mark.parametrize("jitter", [-1.01, 1.01, float("nan")])
def test_a_jitter_out_of_range_is_refused(jitter: float) -> None:
    with pytest.raises(ValueError, match="jitter"):
        next_due(check(), Health("checkout-api"), T0, T0, jitter)
