"""Tables of plain text: as wide as allowed, no wider, and nothing lost where there is room."""

from hypothesis import given
from hypothesis import strategies as st

from data.text_table import Column, Part, cells, fit, plain, table

WORDS = st.text(st.sampled_from("ab é日本ｗ👩e\u0301\u200d …"), max_size=30)
COLUMNS = (
    Column("SEV"),
    Column("TITLE", flexible=True),
    Column("IC", rank=1),
    Column("AGE", rank=2, right=True),
)


@given(WORDS, st.integers(0, 40))
def test_what_is_fitted_fits_and_is_whole_where_it_can_be(text: str, width: int) -> None:
    fitted = fit(text, width)
    assert cells(fitted) <= width
    assert (fitted == text) is (cells(text) <= width)
    assert fitted == text or width == 0 or fitted.endswith("…")


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=5), st.integers(30, 100))
def test_no_line_is_wider_than_asked_and_what_never_drops_stays(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    parts = [tuple(map(Part, ("P1 !", title, person, age))) for title, person, age in rows]
    lines = plain(table(COLUMNS, parts, width)).split("\n")
    assert len(lines) == len(rows) + 1
    assert all(cells(line) <= width for line in lines)
    assert all(line.startswith(("SEV", "P1 !")) for line in lines)
    assert ("AGE" in lines[0]) <= ("IC" in lines[0])


def test_without_a_width_nothing_is_cut() -> None:
    (row,) = table(COLUMNS, [tuple(map(Part, ("P0 !!", "x" * 500, "ada", "17m")))])[1:]
    assert plain([row]) == f"P0 !!  {'x' * 500}  ada  17m"
