"""The board at three in the morning: what it says, what keys do, and what stays still."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from data.views import BoardRow
from tests.hostile import TEXTS
from tests.widgets.room import CHECKOUT, EXPORT, NIGHT, NOW, PAYMENTS, SEARCH, many, span
from tests.widgets.screen import SIZES, Stage, all_pages, cursor_line, drawn, line_with, settle, text
from widgets.board_table import BoardTable


def board(rows: tuple[BoardRow, ...] = NIGHT) -> tuple[Stage, BoardTable]:
    table = BoardTable()
    table.now = NOW
    table.rows = rows
    return Stage(table), table


async def test_a_row_says_everything_a_woken_person_asks_first() -> None:
    app, _ = board()
    async with app.run_test(size=(120, 36)):
        assert line_with(app, "SEV").split() == (
            ["SEV", "INCIDENT", "STATUS", "IC", "RESPOND", "NEXT", "UPDATE", "STEPS", "AGE"]
        )
        for words in (
            "P0 !!",
            "Checkout returns 503",
            "investigating",
            "ada",
            "met 02:10",
            "in 12:44",
            "7/19",
            "17m",
        ):
            assert words in line_with(app, "INC-42")
        for words in ("P1 !", "detected", "nobody", "LATE 01:22", "in 41:10", "0/19"):
            assert words in line_with(app, "INC-41")
        for words in (
            "P1 ?",
            "proposed: payments-db DOWN (3 of 3)",
            "y confirm  f false alarm",
            "opens in 01:40",
        ):
            assert words in drawn(app)[1]


@pytest.mark.parametrize(
    ("ic", "outgoing", "column", "marked"),
    [
        ("ada", "", "ada", False),
        ("ada", "ada", "ada →", False),
        ("@Ada", "ada", "ada →", False),
        ("", "ada", "ada →", False),
        ("bartholomew", "bartholomew", "barthol… →", False),
        ("lin", "ada", "lin", True),  # who has it goes, who commands stays
    ],
)
async def test_a_handover_that_waits_is_marked(ic: str, outgoing: str, column: str, marked: bool) -> None:
    app, _ = board((CHECKOUT._replace(ic=ic, outgoing=outgoing),))
    async with app.run_test(size=(160, 24)):
        row = line_with(app, "INC-42")
        place = line_with(app, "SEV").index(" IC ") + 1
        assert row[place:].startswith(f"{column}  ")
        assert ("  handover  " in row) is marked


@pytest.mark.parametrize("size", [*SIZES, (60, 10), (250, 60)])
async def test_clocks_and_ids_are_there_at_every_size(size: tuple[int, int]) -> None:
    app, _ = board()
    async with app.run_test(size=size):
        for key, respond, update in (
            ("INC-42", "met 02:10", "in 12:44"),
            ("INC-41", "LATE 01:22", "in 41:10"),
        ):
            assert respond in line_with(app, key)
            assert update in line_with(app, key)
        assert "opens" in line_with(app, "proposed:")
        assert "y" in line_with(app, "proposed:")
        assert all(len(line) == size[0] for line in drawn(app))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (SEARCH._replace(nobody=True), "nobody  Search p99"),
        (CHECKOUT._replace(lapsed=True), "lapsed"),
        (SEARCH._replace(unconfirmed=True), "unconf.  Search p99"),
        (EXPORT._replace(proposes_resolve=True), "resolve?"),
    ],
)
async def test_what_is_unusual_is_said_in_words_even_in_a_small_pane(row: BoardRow, words: str) -> None:
    app, _ = board((row,))
    async with app.run_test(size=(64, 11)):
        assert words in line_with(app, row.key)


async def test_where_there_is_room_it_is_said_in_full() -> None:
    app, _ = board((SEARCH._replace(nobody=True), CHECKOUT._replace(unconfirmed=True)))
    async with app.run_test(size=(160, 36)):
        assert "no one to page  Search p99 above 4 s" in line_with(app, "INC-41")
        assert "unconfirmed  Checkout returns 503" in line_with(app, "INC-42")


async def test_a_minor_incident_without_a_commander_is_no_alarm() -> None:
    app, _ = board((EXPORT._replace(status="detected", ic=""),))
    async with app.run_test(size=(120, 36)):
        assert "nobody" not in text(app)
        assert "—" in line_with(app, "INC-40")


async def test_clocks_tick_in_place_and_only_what_changed_is_drawn() -> None:
    app, table = board()
    async with app.run_test(size=(120, 36)) as pilot:
        before = drawn(app)
        table.now = NOW + timedelta(seconds=1)
        await settle(pilot)
        after = drawn(app)
        assert "in 12:43" in line_with(app, "INC-42")
        assert "LATE 01:23" in line_with(app, "INC-41")
        assert "opens in 01:39" in line_with(app, "proposed:")
        changed = {
            column
            for old, new in zip(before, after, strict=True)
            for column, (one, other) in enumerate(zip(old, new, strict=True))
            if one != other
        }
        first = drawn(app)[0].index("RESPOND")
        assert min(changed) >= first
        assert max(changed) < drawn(app)[0].index("STEPS")


async def test_age_moves_on_although_it_lies_beside_the_clocks() -> None:
    app, table = board()
    async with app.run_test(size=(120, 36)) as pilot:
        table.now = NOW + span("01:00")
        await settle(pilot)
        assert "18m" in line_with(app, "INC-42")


async def test_keys_move_the_cursor_and_enter_opens_what_is_under_it() -> None:
    app, _ = board()
    async with app.run_test() as pilot:
        await pilot.press("j", "enter", "down", "enter", "k", "k", "enter", "G", "enter", "g", "enter")
        await settle(pilot)
        assert app.posted("Opened") == ["INC-42", "INC-41", "PR-3", "INC-40", "PR-3"]
        assert app.posted("Highlighted")[-1] == "PR-3"


async def test_pages_and_ends_reach_all_of_a_long_board_with_the_titles_in_sight() -> None:
    app, table = board(many(1_000))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("pagedown")
        assert table.cursor_key == "INC-22"
        await pilot.press("end")
        await settle(pilot)
        assert "INC-999" in cursor_line(app)
        assert "SEV" in drawn(app)[0]
        assert "INC-999" in drawn(app)[-1]
        await pilot.press("home")
        await settle(pilot)
        assert "INC-0" in drawn(app)[1]


async def test_a_click_highlights_and_the_next_one_opens() -> None:
    app, table = board()
    async with app.run_test() as pilot:
        await pilot.click(BoardTable, offset=(12, 3))
        assert (table.cursor_key, app.posted("Opened")) == ("INC-41", [])
        await pilot.click(BoardTable, offset=(12, 3))
        await pilot.click(BoardTable, offset=(12, 0))
        await pilot.click(BoardTable, offset=(12, 20))
        assert app.posted("Opened") == ["INC-41"]


async def test_the_row_that_takes_its_place_is_next_when_an_incident_leaves() -> None:
    app, table = board()
    async with app.run_test() as pilot:
        await pilot.press("j", "j")
        table.rows = (PAYMENTS, CHECKOUT, EXPORT)
        await settle(pilot)
        assert "INC-40" in cursor_line(app)
        table.rows = (PAYMENTS, CHECKOUT)
        await settle(pilot)
        assert "INC-42" in cursor_line(app)
        table.rows = ()
        await settle(pilot)
        assert table.current is None
        await pilot.press("enter", "j", "G")
        assert app.posted("Opened") == []


async def test_what_arrives_above_the_first_line_is_seen() -> None:
    app, table = board(many(100))
    async with app.run_test(size=(80, 24)) as pilot:
        table.rows = (SEARCH._replace(key="INC-500"), *many(100))
        await settle(pilot)
        assert "INC-500" in drawn(app)[1]
        assert "INC-0 " in cursor_line(app)


async def test_a_row_read_keeps_its_line_while_others_arrive_above() -> None:
    app, table = board(many(100))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G", *["k"] * 10)
        await settle(pilot)
        line = drawn(app).index(cursor_line(app))
        table.rows = (SEARCH._replace(key="INC-500"), SEARCH._replace(key="INC-501"), *many(100))
        await settle(pilot)
        assert "INC-89" in cursor_line(app)
        assert drawn(app).index(cursor_line(app)) == line


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.permutations(range(60)), min_size=1, max_size=4), st.integers(0, 59), st.integers(1, 60))
async def test_the_cursor_stays_on_its_incident_whatever_the_order(
    orders: list[list[int]], start: int, kept: int
) -> None:
    rows = many(60)
    app, table = board(rows)
    async with app.run_test(size=(64, 11)) as pilot:
        table.select(f"INC-{start}")
        for order in orders:
            table.rows = tuple(
                rows[number] for number in [*order[:kept], start] if order[:kept].count(number) < 2
            )
            table.rows = tuple(dict.fromkeys(table.rows))
            await settle(pilot)
            assert table.cursor_key == f"INC-{start}"
            assert f"INC-{start} " in cursor_line(app)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text_neither_breaks_nor_shifts_a_line(size: tuple[int, int]) -> None:
    rows = []
    for number, bad in enumerate(TEXTS):
        rows.append(CHECKOUT._replace(key=f"INC-{number}", title=bad, ic=bad, status=bad))
        rows.append(PAYMENTS._replace(key=f"PR-{number}", title=bad, why=bad))
    app, table = board((*rows, CHECKOUT._replace(key=TEXTS[0])))
    async with app.run_test(size=size) as pilot:
        seen = await all_pages(pilot, table)
        assert {cell_len(line) for line in seen} == {size[0]}
        assert not any("\x1b" in line or "\x07" in line for line in seen)
        for number in range(len(TEXTS)):
            line = next(line for line in seen if f"INC-{number} " in line)
            assert "met 02:10" in line
            assert "in 12:44" in line
        assert any("[bold]x[/red]" in line for line in seen)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
async def test_every_theme_draws_the_same_words(theme: str) -> None:
    app, _ = board()
    async with app.run_test(size=(120, 36)) as pilot:
        before = text(app)
        app.theme = theme
        await settle(pilot)
        assert text(app) == before
