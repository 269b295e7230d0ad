"""What people type after ``/`` at night."""

import pytest

from tests.widgets.room import NIGHT, NOW
from widgets.filtering import filtered, wants_done


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["PR-3", "INC-42", "INC-41", "INC-40"]),
        ("p1", ["PR-3", "INC-41"]),
        ("late", ["INC-41"]),
        ("unacked", ["INC-41"]),
        ("ic:ada", ["INC-42"]),
        ("IC:ADA", ["INC-42"]),
        ("!p1", ["INC-42", "INC-40"]),
        ("p1 !late", ["PR-3"]),
        ("checkout", ["INC-42"]),
        ("3 of 3", ["PR-3"]),
        ("!", ["PR-3", "INC-42", "INC-41", "INC-40"]),
        ("proposed", ["PR-3"]),
        ("nothing-like-it", []),
        ("all p0", ["INC-42"]),
        ("[/]", []),
    ],
)
def test_words_narrow_the_board(query: str, keys: list[str]) -> None:
    assert [row.key for row in filtered(NIGHT, query, NOW)] == keys


@pytest.mark.parametrize(
    ("query", "done"), [("all", True), ("p1 ALL", True), ("overall", False), ("", False)]
)
def test_all_asks_for_those_that_are_over(query: str, done: bool) -> None:
    assert wants_done(query) is done
