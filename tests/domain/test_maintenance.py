"""Maintenance windows (design 3.6)."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.maintenance import ended, in_maintenance, still_down, window_now
from data.domain.room import MaintenanceWindow
from tests.domain.probing import T0, check, second, tell


def window(begin: float, end: float, service: str = "checkout", key: str = "w") -> MaintenanceWindow:
    return MaintenanceWindow(key, service, second(begin), second(end), "database upgrade")


@pytest.mark.parametrize(
    ("at", "inside"), [(-0.001, False), (0, True), (5, True), (9.999, True), (10, False), (11, False)]
)
def test_a_window_is_open_from_its_start_up_to_its_end(at: float, inside: bool) -> None:
    assert (in_maintenance([window(0, 10)], "checkout", second(at)) is not None) is inside
    assert in_maintenance([window(0, 10)], "search", second(at)) is None


def test_one_key_gives_half_an_hour() -> None:
    made = window_now("m1", "checkout", T0, why="restarting")
    assert in_maintenance([made], "checkout", T0) == made
    assert made.ends == T0 + timedelta(minutes=30)
    assert made.why == "restarting"


@pytest.mark.parametrize("seconds", [0, -60])
def test_a_window_that_would_not_last_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="would not last"):
        window_now("m1", "checkout", T0, timedelta(seconds=seconds))


def test_of_several_open_windows_the_last_to_end_counts() -> None:
    short, long = window(0, 10, key="short"), window(5, 60, key="long")
    assert in_maintenance([long, short], "checkout", second(7)) == long


def announced(windows: list[MaintenanceWindow], letters: str, since: float, now: float) -> list[str]:
    api = check("api", service="checkout")
    health, _ = tell(api, letters, begin=second(now) - timedelta(seconds=10 * len(letters)))
    found = still_down(windows, [api], {"api": health}, second(since), second(now))
    return [item.id for item in found]


@pytest.mark.parametrize(
    ("windows", "letters", "since", "now", "expected"),
    [
        ([window(0, 600)], "PFFF", 590, 601, ["api"]),
        ([window(0, 600)], "PFFF", 590, 600, ["api"]),
        ([window(0, 600)], "PFFF", 600, 610, []),  # already announced
        ([window(0, 600)], "PFFF", 580, 590, []),  # still going on
        ([window(0, 600)], "PFFFPP", 590, 601, []),  # back in time
        ([window(0, 600)], "PFF", 590, 601, []),  # soft: it may yet turn down, and then it is told
        ([window(0, 600, "search")], "PFFF", 590, 601, []),
        ([window(0, 600), window(500, 900)], "PFFF", 590, 601, []),  # work goes on
        ([window(0, 600), window(500, 900)], "PFFF", 890, 901, ["api"]),
        ([window(0, 600), window(0, 601)], "PFFF", 590, 602, ["api"]),  # two ends, one note
        ([window(0, 600), window(600, 900)], "PFFF", 590, 601, []),  # back to back
        ([], "PFFF", 590, 601, []),
    ],
)
def test_what_is_still_down_at_the_end_is_announced_once(
    windows: list[MaintenanceWindow], letters: str, since: float, now: float, expected: list[str]
) -> None:
    assert announced(windows, letters, since, now) == expected


def test_what_was_last_seen_before_the_laptop_slept_is_not_announced() -> None:
    api = check("api", service="checkout")
    health, _ = tell(api, "PFFF")
    assert still_down([window(0, 600)], [api], {"api": health}, second(40), second(7200)) == ()


@given(st.lists(st.integers(0, 100), min_size=2, max_size=8, unique=True).map(sorted))
def test_each_end_is_answered_to_exactly_one_asking(asked: list[int]) -> None:
    answers: list[tuple[datetime, datetime]] = []
    for since, now in pairwise(asked):
        if ended([window(-10, 50)], second(since), second(now)):
            answers.append((second(since), second(now)))
    crossed = asked[0] < 50 <= asked[-1]
    assert len(answers) == (1 if crossed else 0)
