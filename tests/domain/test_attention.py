"""What calls somebody back to the screen: each fact once, the worst first, quietly at night."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.attention import Fact, Known, Why, aloud, facts, in_words, is_quiet, look, next_at
from data.domain.severity import Severity

P0, P1, P2, P3 = Severity
NOW = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@dataclass(frozen=True)
class Line:
    """A line of a board."""

    key: str
    severity: Severity = P1
    title: str = "Checkout returns 503"
    status: str = "detected"
    unconfirmed: bool = False
    response_due: datetime | None = None
    response_strict: bool = False
    response_took: timedelta | None = None
    update_due: datetime | None = None
    lapsed: bool = False


ONE = Line("INC-1", response_due=at(15), update_due=at(60))
ACKED = replace(ONE, status="acknowledged", response_took=timedelta(minutes=2))
PROPOSED = Line("PR-1", status="proposed")


def told(*boards: Sequence[Line], now: datetime = NOW, own: Sequence[str] = ()) -> list[str]:
    """Return what the last of some boards says, seen one after the other at one instant."""
    known, new = look(None, boards[0], now)
    assert new == ()  # what is already so at the start is no news
    for board in boards[1:]:
        known, new = look(known, board, now, own)
    return [f"{fact.key} {fact.why}" for fact in new]


@pytest.mark.parametrize("severity", Severity)
def test_a_new_p0_or_p1_is_news_a_lesser_one_is_not(severity: Severity) -> None:
    new = told((), (replace(ONE, severity=severity),))
    assert new == (["INC-1 new"] if severity.major else [])


@pytest.mark.parametrize(
    ("boards", "news"),
    [
        ([(), (PROPOSED,)], ["PR-1 new"]),
        ([(ONE,), (ONE,)], []),
        ([(), (ONE,), (ONE,)], []),
        ([(), (ONE,), (ACKED,), (ONE,)], []),  # an acknowledgement taken back
        ([(), (ONE,), (replace(ONE, severity=P0),)], ["INC-1 new"]),
        ([(), (ONE,), (replace(ONE, severity=P0),), (ONE,)], []),
        ([(), (ONE,), (replace(ONE, severity=P3),), (ONE,)], []),  # there and back again
        ([(replace(ONE, severity=P2),), (ONE,)], ["INC-1 new"]),
        ([(), (ONE,), (), (ONE,)], ["INC-1 new"]),  # resolved, and opened again
        ([(), (replace(ONE, status="resolved"),)], []),  # the board shows done ones too
        ([(), (ONE,), (replace(ONE, status="resolved"),)], []),
        ([(PROPOSED,), (ONE,)], []),  # somebody confirmed it: the proposal was the news
        ([(PROPOSED,), (replace(ONE, severity=P0),)], []),
        ([(PROPOSED,), (replace(ONE, unconfirmed=True),)], ["INC-1 new"]),  # nobody did
        ([(PROPOSED,), (replace(ONE, title="Search is slow"),)], ["INC-1 new"]),
        ([(PROPOSED,), (PROPOSED, ONE)], ["INC-1 new"]),
        ([(ACKED,), (replace(ACKED, lapsed=True),)], ["INC-1 lapsed"]),
        ([(replace(ACKED, lapsed=True),), (ACKED,), (replace(ACKED, lapsed=True),)], ["INC-1 lapsed"]),
    ],
)
def test_each_fact_is_said_once(boards: list[tuple[Line, ...]], news: list[str]) -> None:
    assert told(*boards) == news


def test_what_one_has_done_oneself_is_no_news() -> None:
    assert told((), (ONE,), own=["INC-1"]) == []
    assert told((), (ONE, replace(ONE, key="INC-2")), own=["INC-1"]) == ["INC-2 new"]
    late = replace(ONE, response_due=at(-1))
    assert told((), (late,), own=["INC-1"]) == ["INC-1 late"]


@pytest.mark.parametrize(
    ("line", "minute", "why"),
    [
        (ONE, 15, None),
        (ONE, 15.1, Why.LATE),
        (replace(ONE, response_strict=True), 14.9, None),
        (replace(ONE, response_strict=True), 15, Why.LATE),
        (replace(ONE, severity=P3), 15.1, Why.LATE),
        (ACKED, 59, None),
        (ACKED, 60, None),
        (ACKED, 60.1, Why.OVERDUE),
        (replace(ACKED, status="resolved"), 61, None),
        (replace(PROPOSED, severity=P1), 999, None),
        (replace(ONE, response_due=None, update_due=None), 999, None),  # recorded afterwards
    ],
)
def test_time_alone_makes_something_late_once(line: Line, minute: float, why: Why | None) -> None:
    known, _ = look(None, (line,), NOW)
    known, new = look(known, (line,), at(minute))
    assert [fact.why for fact in new] == ([why] if why else [])
    known, new = look(known, (line,), at(minute))
    assert new == ()
    known, new = look(known, (replace(line, severity=P0, response_due=at(5)),), at(minute))
    assert [item.why for item in new if item.why is why] == []  # late is late, whatever else changes


def test_an_update_that_is_due_again_is_said_again() -> None:
    known, _ = look(None, (ACKED,), NOW)
    known, new = look(known, (ACKED,), at(61))
    assert len(new) == 1
    known, new = look(known, (replace(ACKED, update_due=at(90)),), at(62))  # put off
    assert new == ()
    known, new = look(known, (replace(ACKED, update_due=at(90)),), at(91))
    assert [fact.why for fact in new] == [Why.OVERDUE]


def test_nothing_is_missed_between_two_looks_at_the_next_instant() -> None:
    lines = (ONE, replace(ACKED, key="INC-2", update_due=at(30)), replace(ONE, key="INC-3", status="closed"))
    assert next_at(lines, NOW) == at(15)
    assert next_at(lines, at(15.1)) == at(30)
    assert next_at(lines, at(61)) is None
    assert next_at((), NOW) is None


INSTANTS = st.none() | st.integers(-50, 50).map(at)
LINES = st.builds(
    Line,
    st.sampled_from(("INC-1", "INC-2", "PR-1")),
    st.sampled_from(Severity),
    st.sampled_from(("Checkout", "Search")),
    st.sampled_from(("proposed", "detected", "acknowledged", "resolved")),
    st.booleans(),
    INSTANTS,
    st.booleans(),
    st.none() | st.just(timedelta(minutes=1)),
    INSTANTS,
    st.booleans(),
)
BOARDS = st.lists(LINES, max_size=3, unique_by=lambda line: line.key).map(tuple)


@given(st.lists(BOARDS, min_size=1, max_size=6), st.integers(0, 50))
def test_whatever_happens_a_board_that_stays_as_it_is_says_nothing(
    boards: list[tuple[Line, ...]], minute: int
) -> None:
    known: Known | None = None
    for board in boards:
        known, new = look(known, board, at(minute))
        assert {fact.key for fact in new} <= {line.key for line in board}
        assert look(known, board, at(minute)) == (known, ())
    assert known is not None
    assert len(known.ids) <= 3 * (4 + len(Severity))  # what is kept does not grow with time


@given(BOARDS, st.integers(-49, 49))
def test_until_the_next_instant_nothing_becomes_late(board: tuple[Line, ...], minute: int) -> None:
    coming = next_at(board, at(minute))
    if coming is not None:
        before = coming - timedelta(microseconds=1)
        first = {fact.id for fact in facts(board, at(minute))}
        assert {fact.id for fact in facts(board, max(before, at(minute)))} == first


def fact(key: str, why: Why = Why.NEW, severity: Severity = P1, title: str = "Checkout returns 503") -> Fact:
    return Fact(key, why, "", severity, title)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ([fact("INC-42")], "P1 INC-42 Checkout returns 503"),
        ([fact("PR-3")], "P1 PR-3 proposed: Checkout returns 503"),
        ([fact("INC-42", Why.LATE)], "P1 INC-42 nobody has acknowledged: Checkout returns 503"),
        ([fact("INC-42", Why.OVERDUE)], "P1 INC-42 update overdue: Checkout returns 503"),
        ([fact("INC-42", Why.LAPSED)], "P1 INC-42 acknowledgement lapsed: Checkout returns 503"),
        ([fact("INC-42", Why.TURN)], "P1 INC-42 your turn: Checkout returns 503"),
        ([fact("INC-42", Why.OVERDUE), fact("INC-42", Why.NEW)], "P1 INC-42 Checkout returns 503"),
        (
            [fact("INC-41", title="Search is slow"), fact("INC-42", severity=P0)],
            "2 new: P0 INC-42 Checkout returns 503, P1 INC-41 Search is slow",
        ),
        (
            [fact(f"INC-{n}", title="x") for n in range(1, 11)],
            "10 new: P1 INC-1 x, P1 INC-2 x, P1 INC-3 x, and 7 more",
        ),
        ([fact("INC-1", title="x" * 200)], f"P1 INC-1 {'x' * 59}…"),
    ],
)
def test_several_at_once_are_one_sentence_the_worst_first(new: list[Fact], words: str) -> None:
    assert in_words(new) == words


NIGHT = (time(22), time(7))


@pytest.mark.parametrize(
    ("wall", "hours", "quiet"),
    [
        (time(3), None, False),
        (time(21, 59), NIGHT, False),
        (time(22), NIGHT, True),
        (time(3), NIGHT, True),
        (time(6, 59, 59), NIGHT, True),
        (time(7), NIGHT, False),
        (time(12), (time(9), time(17)), True),
        (time(17), (time(9), time(17)), False),
        (time(8, 59), (time(9), time(17)), False),
    ],
)
def test_quiet_hours_may_span_midnight(wall: time, hours: tuple[time, time] | None, quiet: bool) -> None:
    assert is_quiet(wall, hours) is quiet


def test_in_quiet_hours_only_a_p0_is_said() -> None:
    new = [fact("INC-1", severity=P0), fact("INC-2", Why.LATE, P0), fact("INC-3")]
    assert aloud(new, quiet=False) == tuple(new)
    assert aloud(new, quiet=True) == tuple(new[:2])
