"""The ladder answers: who knows, who is next, and whom must I call myself?"""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from data.domain.ladder import Rung
from data.domain.policy import Contact, Level
from tests.hostile import TEXTS
from tests.widgets.room import NOW, span
from tests.widgets.screen import SIZES, Stage, all_pages, cursor_line, line_with, settle
from widgets.ladder import LadderView, rung_text

ADA = Contact("ada", "Ada", email="ada@acme.example")
LIN = Contact("lin", "Lin", phone="+44 20 7946 0000")
SAM = Contact("sam", "Sam", phone="+44 20 7946 0001", chat="@sam")
ON_CALL = Level("on-call", "On-call engineer", 1)
LEAD = Level("lead", "Team lead", 2)
MANAGER = Level("manager", "Engineering manager", 3)
TOLD = Rung(ON_CALL, (ADA,), "told", NOW - span("15:00"))
NEXT = Rung(LEAD, (SAM,), "next", NOW + span("03:12"))
LATER = Rung(MANAGER, (ADA, SAM), "later", NOW + span("18:12"))


def ladder(*rungs: Rung) -> tuple[Stage, LadderView]:
    view = LadderView()
    view.now = NOW
    view.rungs = rungs
    return Stage(view), view


@pytest.mark.parametrize(
    ("rung", "climbing", "says"),
    [
        (TOLD, True, "turn 13:48Z"),
        (replace(TOLD, page="sent"), True, "told 13:48Z"),
        (replace(TOLD, page="waiting"), True, "paging 13:48Z"),
        (replace(TOLD, page="failed"), False, "NOT TOLD 13:48Z"),
        (replace(TOLD, page="suppressed"), False, "turn 13:48Z"),
        (replace(TOLD, due=NOW - span("15:00:00")), True, "turn 11-23 23:03Z"),
        (replace(TOLD, due=None), True, "passed"),
        (replace(TOLD, contacts=(LIN,)), True, "call now"),
        (replace(TOLD, contacts=(LIN,)), False, "turn 13:48Z"),
        (NEXT, True, "in 03:12"),
        (replace(NEXT, due=NOW - span("00:40")), True, "LATE 00:40"),
        (replace(NEXT, contacts=(LIN,)), True, "call in 03:12"),
        (replace(NEXT, contacts=(LIN,), due=NOW - span("00:40")), True, "call now"),
        (LATER, True, "in 18:12"),
        (replace(LATER, due=None), False, "later"),
        (replace(LATER, contacts=(), state="nobody", due=None), True, "skipped"),
        (replace(LATER, state="not for P2", due=None), True, "not for P2"),
        (replace(LATER, state="once a person confirms", due=None), True, "once a person confirms"),
    ],
)
def test_where_a_level_stands_is_said_in_words(rung: Rung, climbing: bool, says: str) -> None:
    assert rung_text(rung, NOW, climbing).text == says


async def test_the_ladder_begins_on_who_is_next_and_counts_down() -> None:
    app, view = ladder(TOLD, NEXT, LATER)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "2 Team lead" in cursor_line(app)
        assert cursor_line(app).rstrip().endswith("in 03:12")
        view.now = NOW + span("03:13")
        await settle(pilot)
        assert "LATE 00:01" in cursor_line(app)
        await pilot.press("j", "enter")
        assert app.posted("Opened") == ["manager"]


async def test_the_cursor_stays_on_its_level_when_the_ladder_climbs() -> None:
    app, view = ladder(TOLD, NEXT, LATER)
    async with app.run_test() as pilot:
        view.rungs = (TOLD, replace(NEXT, state="told", due=NOW), replace(LATER, state="next"))
        await settle(pilot)
        assert "Team lead" in cursor_line(app)
        assert "turn 14:03Z" in cursor_line(app)


async def test_times_follow_the_zone() -> None:
    app, view = ladder(TOLD)
    async with app.run_test() as pilot:
        view.zone = "Europe/Berlin"
        await settle(pilot)
        assert "turn 14:48 CET" in line_with(app, "Ada")


async def test_a_level_without_anybody_stands_out() -> None:
    app, _ = ladder(replace(LATER, contacts=(), state="nobody", due=None))
    async with app.run_test(size=(80, 24)):
        assert "nobody" in line_with(app, "Engineering manager")


@pytest.mark.parametrize("width", [26, 40, 64, 120])
async def test_state_and_level_are_there_in_the_narrowest_pane(width: int) -> None:
    app, _ = ladder(TOLD, NEXT, LATER)
    async with app.run_test(size=(width, 11)):
        assert "in 03:12" in line_with(app, "Team l")
        assert "turn 13:48Z" in line_with(app, "On-c")


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_stay_in_their_lines(size: tuple[int, int]) -> None:
    app, view = ladder(
        *(
            replace(NEXT, level=Level(f"l{rank}", bad, rank), contacts=(Contact("x", bad, chat=bad),))
            for rank, bad in enumerate(TEXTS)
        )
    )
    async with app.run_test(size=size) as pilot:
        seen = await all_pages(pilot, view)
        assert {cell_len(line) for line in seen} == {size[0]}
        assert sum("in 03:12" in line for line in seen) >= len(TEXTS)
