"""Which deadline hangs in front on the wall, and whose turn it is."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.severity import Severity
from data.views import BoardRow
from data.wall import MOST, TURN, Clock, Urgency, deadlines, in_front
from tests.store.room import START
from widgets.big_digits import big

P0, P1, P2, P3 = Severity
MINUTE = timedelta(minutes=1)


def row(
    key: str, severity: Severity, respond: float | None = None, update: float | None = None, **more: Any
) -> BoardRow:
    """Return a live incident whose clocks are due so many minutes from the start."""
    plain = BoardRow(
        key,
        severity,
        f"title of {key}",
        "detected" if respond is not None else "acknowledged",
        START,
        response_due=None if respond is None else START + respond * MINUTE,
        update_due=None if update is None else START + update * MINUTE,
    )
    return plain._replace(**more)


def proposal(key: str, severity: Severity, opens: float | None) -> BoardRow:
    """Return a proposal that opens by itself so many minutes from the start, or never."""
    return row(key, severity, status="proposed", opens_at=None if opens is None else START + opens * MINUTE)


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        # severity, where both run
        ([row("INC-1", P1, 4), row("INC-2", P0, 4)], ["INC-2", "INC-1"]),
        # what is late is before what is not, also at a lower severity of the two that wake people
        ([row("INC-1", P0, update=25), row("INC-2", P1, -1)], ["INC-2", "INC-1"]),
        # but never a P2 or P3 before a P0 or P1
        ([row("INC-1", P3, update=-60), row("INC-2", P0, update=25)], ["INC-2", "INC-1"]),
        ([row("INC-1", P2, update=-1), row("INC-2", P2, 30)], ["INC-1", "INC-2"]),
        # the sooner first
        ([row("INC-1", P1, 9), row("INC-2", P1, 3)], ["INC-2", "INC-1"]),
        # a proposal that opens by itself has a clock, one that waits has none
        (
            [proposal("PR-1", P0, 1), proposal("PR-2", P2, None), row("INC-1", P1, update=40)],
            ["PR-1", "INC-1"],
        ),
        # what no clock runs for comes last, and is still there
        ([row("INC-1", P0), row("INC-2", P1, update=50)], ["INC-2", "INC-1"]),
        # what is over hangs nowhere
        ([row("INC-1", P0, update=1, status="resolved")], []),
        ([], []),
    ],
)
def test_the_order(rows: list[BoardRow], order: list[str]) -> None:
    assert [item.row.key for item in deadlines(rows, START)] == order


@pytest.mark.parametrize(
    ("item", "clock", "urgency", "word", "figures"),
    [
        (row("INC-1", P0, 5, 30), Clock.RESPOND, Urgency.SOON, "in", "05:00"),
        (row("INC-1", P2, 60, 240), Clock.RESPOND, Urgency.RUNNING, "in", "1:00:00"),
        (row("INC-1", P0, 0, response_strict=True), Clock.RESPOND, Urgency.LATE, "LATE by", "00:00"),
        (row("INC-1", P1, 0), Clock.RESPOND, Urgency.SOON, "in", "00:00"),
        (row("INC-1", P1, -2), Clock.RESPOND, Urgency.LATE, "LATE by", "02:00"),
        (row("INC-1", P1, update=4), Clock.UPDATE, Urgency.SOON, "in", "04:00"),
        (row("INC-1", P1, update=4, update_snoozed=True), Clock.UPDATE, Urgency.RUNNING, "in", "04:00"),
        (row("INC-1", P1, update=-180), Clock.UPDATE, Urgency.LATE, "LATE by", "3:00:00"),
        (
            row("INC-1", P0, 5, 12, response_took=MINUTE),
            Clock.UPDATE,
            Urgency.RUNNING,
            "in",
            "12:00",
        ),
        (proposal("PR-1", P1, 2), Clock.OPENS, Urgency.SOON, "in", "02:00"),
        (row("INC-1", P3), Clock.NONE, Urgency.STOPPED, "no clock runs", "--:--"),
    ],
)
def test_which_clock_and_how_it_stands(
    item: BoardRow, clock: Clock, urgency: Urgency, word: str, figures: str
) -> None:
    (found,) = deadlines([item], START)
    assert (found.clock, found.urgency, found.word, found.figures(START)) == (clock, urgency, word, figures)


@given(st.integers(1, 9), st.integers(0, 10_000))
def test_everybody_alike_gets_a_turn_and_nobody_else(many: int, seconds: int) -> None:
    rows = [row(f"INC-{number}", P0, -1) for number in range(1, many + 1)]
    others = [row("INC-90", P1, update=55), row("INC-91", P2, -1)]
    now = START + timedelta(seconds=seconds)
    found = deadlines([*rows, *others], START)
    turns = [in_front(found, now + n * TURN) for n in range(min(many, MOST))]
    assert all(turn is not None for turn in turns)
    keys = [turn.item.row.key for turn in turns if turn]
    assert len(set(keys)) == len(keys)
    assert set(keys) <= {item.key for item in rows}
    assert in_front(found, now) == in_front(found, now)
    assert in_front((), now) is None


@given(st.text("0123456789:-dh ", min_size=1, max_size=9), st.integers(1, 200), st.integers(1, 40))
def test_figures_never_outgrow_their_place(text: str, width: int, height: int) -> None:
    lines = big(text, width, height)
    assert len(lines) <= height
    assert lines == (text,) or all(len(line) <= width for line in lines)
    assert len({len(line) for line in lines}) == 1


def test_every_digit_looks_different_at_every_size() -> None:
    for room in ((80, 3), (80, 5), (80, 10), (120, 15)):
        drawn = [big(digit, *room) for digit in "0123456789"]
        assert len(set(drawn)) == 10
        assert all(len(lines) >= 3 for lines in drawn)
