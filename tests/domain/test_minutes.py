"""A check's history minute by minute says the same as its results do (design 3.6)."""

from collections.abc import Iterable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.domain.check import Check, Outcome
from data.domain.minutes import MINUTE, Minute, Sample, minutes, number, settled, start
from data.domain.uptime import Uptime, uptime
from tests.domain.probing import LOOKS, check

FIRST = 29_740_000  # a minute of July 2026
CHECK = check(every=timedelta(seconds=10), timeout=timedelta(seconds=5))  # a result is fresh for 25 s


def samples(words: str, seconds: float | None = 0.25) -> list[Sample]:
    """Read looks as ``seconds after FIRST`` and a letter: 0P 10F."""
    found = []
    for word in words.split():
        at = start(FIRST) + timedelta(seconds=float(word[:-1]))
        found.append((at, LOOKS[word[-1]][0], seconds))
    return found


def spent(found: Iterable[Minute]) -> list[tuple[int, float, float]]:
    return [(row.minute - FIRST, row.up.total_seconds(), row.down.total_seconds()) for row in found]


def test_a_minute_holds_what_was_found_in_it_and_how_long_it_speaks() -> None:
    looks = samples("0P 10P 20F 30F 40W 50? 60P 70P")
    (row,) = minutes(CHECK, looks, FIRST, FIRST + 1)
    assert (row.passed, row.warned, row.failed, row.unknown) == (2, 1, 2, 1)
    assert (row.up, row.down) == (timedelta(seconds=30), timedelta(seconds=20))
    assert (row.answering, row.slowest) == (0.75, 0.25)


def test_a_slow_check_speaks_for_the_minutes_between_its_looks() -> None:
    slow = check(every=timedelta(minutes=3), timeout=timedelta(seconds=5))
    found = minutes(slow, samples("30P 210F"), FIRST, FIRST + 8)
    assert spent(found) == [
        (0, 30, 0),
        (1, 60, 0),
        (2, 60, 0),
        (3, 30, 30),
        (4, 0, 60),
        (5, 0, 60),
        (6, 0, 30),
    ]


def test_an_own_gap_is_no_minute_at_all() -> None:
    found = minutes(CHECK, samples("0P 10P 300P 310P"), FIRST, FIRST + 6)
    assert spent(found) == [(0, 20, 0), (5, 20, 0)]


def test_the_present_minute_is_not_settled() -> None:
    now = start(FIRST + 2)
    assert settled(CHECK, now) == FIRST + 1, (
        "a result of the last 25 s may still speak about the minute before"
    )
    assert settled(CHECK, now + timedelta(seconds=25)) == FIRST + 2


EVERY = st.sampled_from([1, 10, 45, 60, 200]).map(lambda seconds: timedelta(seconds=seconds))
LOOKED = st.lists(st.tuples(st.integers(0, 900_000), st.sampled_from(list(Outcome))), max_size=60)


def told(of: Check, looks: list[Sample], rows: Iterable[Minute], edge: int, until: int) -> Uptime:
    """Add up rolled-up minutes and, from ``edge`` on, single results."""
    rows = list(rows)
    rest = uptime(of, [look[:2] for look in looks], start(edge), start(FIRST) + timedelta(milliseconds=until))
    up = sum((row.up for row in rows), rest.up)
    down = sum((row.down for row in rows), rest.down)
    return Uptime(up, down, timedelta(milliseconds=until) - up - down)


@given(EVERY, LOOKED, st.integers(0, 1_000_000))
def test_minutes_and_results_say_what_results_alone_say(
    every: timedelta, looked: list[tuple[int, Outcome]], until: int
) -> None:
    of = check(every=every, timeout=timedelta(seconds=2))
    begin, now = start(FIRST), start(FIRST) + timedelta(milliseconds=until)
    looks: list[Sample] = [
        (begin + timedelta(milliseconds=at), outcome, None) for at, outcome in looked if at <= until
    ]
    edge = max(settled(of, now), FIRST)
    rows = minutes(of, looks, FIRST, edge)
    alone = uptime(of, [look[:2] for look in looks], begin, now)
    assert told(of, looks, rows, edge, until) == alone
    assert all(row.up + row.down <= MINUTE for row in rows)


@given(EVERY, LOOKED, st.lists(st.integers(0, 1_000_000), min_size=1, max_size=6))
def test_it_does_not_matter_how_often_minutes_are_summed_up(
    every: timedelta, looked: list[tuple[int, Outcome]], turns: list[int]
) -> None:
    of = check(every=every, timeout=timedelta(seconds=2))
    begin = start(FIRST)
    looks: list[Sample] = [(begin + timedelta(milliseconds=at), outcome, 0.5) for at, outcome in looked]
    rows: list[Minute] = []
    done = FIRST
    for turn in sorted(turns):
        now = begin + timedelta(milliseconds=turn)
        edge = max(settled(of, now), done)
        rows += minutes(of, [look for look in looks if look[0] <= now], done, edge)
        done = edge
    assert rows == list(minutes(of, looks, FIRST, done))
    assert number(begin) == FIRST
