"""Columns give way in the order the design names, and nothing runs over its edge."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.board_table import board_columns
from widgets.columns import GAP, place

ALL = ["SEV", "INCIDENT", "STATUS", "IC", "RESPOND", "NEXT UPDATE", "STEPS", "AGE"]


def test_age_leaves_first_then_steps_the_commander_and_the_status() -> None:
    gone: list[str] = []
    for width in range(200, 40, -1):
        kept = [column.name for column in place(board_columns(width), width)]
        gone += [name for name in ALL if name not in kept and name not in gone]
    assert gone == ["AGE", "STEPS", "IC", "STATUS"]


@pytest.mark.parametrize(
    ("width", "kept"),
    [
        (119, ALL),
        (79, ["SEV", "INCIDENT", "STATUS", "RESPOND", "NEXT UPDATE"]),
        (63, ["SEV", "INCIDENT", "RESPOND", "NEXT UPDATE"]),
    ],
)
def test_what_is_there_at_the_sizes_of_the_design(width: int, kept: list[str]) -> None:
    assert [column.name for column in place(board_columns(width), width)] == kept


@given(st.integers(59, 260), st.integers(4, 9))
def test_columns_lie_side_by_side_within_the_width(width: int, id_width: int) -> None:
    placed = place(board_columns(width, id_width), width)
    for before, after in pairwise(placed):
        assert before.x + before.width + GAP == after.x
    assert placed[-1].x + placed[-1].width <= width
    title = next(column for column in placed if column.name == "INCIDENT")
    assert title.width > id_width
