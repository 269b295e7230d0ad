"""Flapping (design 3.6: weighted change over the last 21 results, start 30 %, stop 20 %)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.check import Outcome
from data.domain.flapping import START, STOP, WINDOW, change, flaps, push
from data.domain.health import Health
from tests.domain.probing import check, second, tell

marks = st.text(".~x", max_size=40)


@pytest.mark.parametrize(
    ("recent", "percent"),
    [
        ("", 0.0),
        ("x", 0.0),
        ("." * 21, 0.0),
        ("x" * 21, 0.0),
        ("x" + ".x" * 10, 100.0),
        ("." * 20 + "x", 6.0),  # the newest change weighs 1.2 of 20
        ("." + "x" * 20, 4.0),  # the oldest 0.8
        (".x", 6.0),  # a short history is an unchanged one
        (".~" * 10, 0.0),  # slow is not failed
        ("~x", 6.0),
    ],
)
def test_the_weighted_change(recent: str, percent: float) -> None:
    assert change(recent) == pytest.approx(percent)


@given(marks)
def test_change_is_a_percentage_of_the_last_21(recent: str) -> None:
    assert 0 <= change(recent) <= 100.0001
    assert change(recent) == change(recent[-WINDOW:])


@given(marks)
def test_between_the_limits_it_stays_what_it_was(recent: str) -> None:
    percent = change(recent)
    assert flaps(recent, True) is (percent >= STOP)
    assert flaps(recent, False) is (percent >= START)


def test_a_check_that_cannot_decide_flaps_until_it_has_settled() -> None:
    health, shifts = tell(check(), "P" * 15 + "FPFPF")
    assert not health.flapping  # five changes: 28 %
    health, shifts = tell(check(), "P", health, second(500))
    assert health.flapping
    assert [shift.kind for shift in shifts] == ["flapping"]
    for number in range(21):
        health, shifts = tell(check(), "P", health, second(510 + 10 * number))
        if shifts:
            break
    assert [shift.kind for shift in shifts] == ["steady"]
    assert 5 < number < 20
    assert change(health.recent) < STOP


def test_one_outage_is_not_flapping() -> None:
    _, shifts = tell(check(), "P" * 20 + "F" * 10 + "P" * 20)
    assert [shift.kind for shift in shifts] == ["down", "up"]


def test_inconclusive_looks_leave_no_mark() -> None:
    assert push("..x", Outcome.INCONCLUSIVE) == "..x"
    health, _ = tell(check(), "P?W?F" + "?" * 30)
    assert health.recent == ".~x"


@given(st.text("PWFE?", max_size=60))
def test_only_the_last_21_are_kept(letters: str) -> None:
    health, _ = tell(check(), letters, Health("checkout-api"))
    seen = letters.replace("?", "").translate(str.maketrans("PWFE", ".~xx"))
    assert health.recent == seen[-WINDOW:]
