"""Is it us? The checks in words: a strip under the board, and a table of their own."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from data.domain.check import Check, Outcome, Reason, Result, Timings
from data.domain.uptime import share
from data.views import CheckView
from tests.hostile import TEXTS
from tests.widgets.room import NOW, span
from tests.widgets.screen import SIZES, Stage, all_pages, cursor_line, drawn, line_with, settle, text
from widgets.checks import milliseconds, word
from widgets.health_strip import HealthStrip
from widgets.health_table import HealthTable
from widgets.sparkline import sparkline


def result(outcome: Outcome, reason: Reason, detail: str = "", *, until: datetime | None = None) -> Result:
    return Result(NOW, outcome, reason, detail, timings=Timings(total=0.041), certificate_until=until)


def check(check_id: str, state: str, last: Result | None) -> CheckView:
    return CheckView(Check(check_id, "shop", "http://shop.example/ok"), state, NOW - span("05:41"), last=last)


PASSED = result(Outcome.PASS, Reason.OK)
DOWN = replace(
    check("payments-db", "down", result(Outcome.FAIL, Reason.REFUSED, "refused")),
    attempt=3,
    recent="." * 13 + "x" * 8,
    latencies=(0.1, 0.2, 0.8),
    uptime=0.9941,
)
SLOW = replace(
    check(
        "search-api", "degraded", result(Outcome.WARN, Reason.SLOW, "2.1 s", until=NOW + timedelta(days=61))
    ),
    p50=0.5,
    p95=2.1,
    uptime=1.0,
)
UP = tuple(replace(check(f"shop-{number}", "up", PASSED), p50=0.041) for number in range(14))


def strip(*checks: CheckView, lines: int = 4) -> tuple[Stage, HealthStrip]:
    widget = HealthStrip()
    widget.now = NOW
    widget.checks = checks
    widget.styles.height = lines
    return Stage(widget), widget


def table(*checks: CheckView) -> tuple[Stage, HealthTable]:
    widget = HealthTable()
    widget.now = NOW
    widget.checks = checks
    return Stage(widget), widget


@pytest.mark.parametrize(
    ("values", "width", "bars"),
    [
        ((), 4, "    "),
        ((0.0, 0.0), 2, "▁▁"),
        ((1, 2, 3, 4, 5, 6, 7, 8), 8, "▁▂▃▄▅▆▇█"),
        ((8, None, 4), 3, "█ ▄"),
        ((9, 9, 9, 1, 8), 2, "▁█"),
        ((1.0,), 3, "  █"),
        ((1.0,), 0, ""),
    ],
)
def test_a_row_of_numbers_is_a_row_of_bars(values: tuple[float | None, ...], width: int, bars: str) -> None:
    assert sparkline(values, width) == bars


@given(st.lists(st.none() | st.floats(0, 1e9)), st.integers(0, 80))
def test_bars_always_fill_their_width(values: list[float | None], width: int) -> None:
    assert len(sparkline(values, width)) == width


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (DOWN, "DOWN"),
        (SLOW, "slow"),
        (UP[0], "ok"),
        (check("x", "unknown", None), "unknown"),
        (replace(UP[0], flapping=True), "flapping"),
        (replace(DOWN, masked_by="edge"), "masked"),
        (check("x", "degraded", result(Outcome.WARN, Reason.CERTIFICATE)), "degraded"),
    ],
)
def test_a_state_is_a_word(view: CheckView, says: str) -> None:
    assert word(view)[0] == says


@pytest.mark.parametrize(
    ("uptime", "says"),
    [(None, "—"), (1.0, "100 %"), (0.99999, "99.99 %"), (0.9941, "99.41 %"), (0.0, "0.00 %")],
)
def test_less_than_all_is_never_said_to_be_all(uptime: float | None, says: str) -> None:
    assert share(uptime) == says


@pytest.mark.parametrize(("seconds", "says"), [(None, "—"), (0.0384, "38 ms"), (2.14, "2.1 s")])
def test_a_latency_is_short(seconds: float | None, says: str) -> None:
    assert milliseconds(seconds) == says


async def test_the_strip_says_the_worst_first_and_sums_up_the_rest() -> None:
    app, _ = strip(DOWN, SLOW, *UP)
    async with app.run_test(size=(64, 11)):
        first, second, third, fourth = drawn(app)[:4]
        assert first.startswith("DOWN     payments-db")
        assert "3/3 refused" in first
        assert first.rstrip().endswith("█")
        assert second.startswith("slow     search-api")
        assert "ok       14 more, slowest 41 ms" in third
        assert fourth.strip() == ""


@pytest.mark.parametrize(("zone", "words"), [("UTC", "14:30Z"), ("Europe/Berlin", "15:30 CET")])
async def test_maintenance_is_said_in_the_zone_that_is_shown(zone: str, words: str) -> None:
    planned = replace(DOWN, maintenance_until=NOW.replace(hour=14, minute=30))
    for make, width in ((strip, 80), (table, 160)):
        app, widget = make(planned, *UP)
        async with app.run_test(size=(width, 11)) as pilot:
            assert "maintenance to 14:30Z" in line_with(app, "payments-db")
            widget.zone = zone
            await settle(pilot)
            assert f"maintenance to {words}" in line_with(app, "payments-db")


async def test_the_strip_hides_no_trouble_it_has_no_line_for() -> None:
    app, _ = strip(DOWN, replace(DOWN, masked_by="edge"), SLOW, *UP, lines=2)
    async with app.run_test(size=(64, 11)):
        assert "and 2 more not up" in drawn(app)[1]


@pytest.mark.parametrize(
    ("checks", "says"),
    [
        ((), "No checks yet"),
        (UP, "all 14, slowest 41 ms"),
        ((check("new", "unknown", None),), "not probed yet"),
    ],
)
async def test_the_strip_speaks_when_little_is_known(checks: tuple[CheckView, ...], says: str) -> None:
    app, _ = strip(*checks)
    async with app.run_test(size=(64, 11)):
        assert says in text(app)


async def test_the_table_says_all_that_is_measured() -> None:
    app, _ = table(DOWN, SLOW, *UP)
    async with app.run_test(size=(160, 36)):
        row = line_with(app, "payments-db")
        for words in ("DOWN", "5m", "3/3", ".............xxxxxxxx", "refused", "99.41 %", "▁▂█"):
            assert words in row
        row = line_with(app, "search-api")
        for words in ("slow", "2.1 s", "500 ms", "100 %", "61 d"):
            assert words in row


async def test_how_long_it_has_been_down_goes_on_counting() -> None:
    app, view = table(DOWN)
    async with app.run_test(size=(120, 36)) as pilot:
        view.now = NOW + span("55:00")
        await settle(pilot)
        assert " 1h " in line_with(app, "payments-db")


async def test_a_certificate_that_ended_is_said_to_have_ended() -> None:
    app, _ = table(check("edge", "up", result(Outcome.PASS, Reason.OK, until=NOW - span("01:00"))))
    async with app.run_test(size=(160, 36)):
        assert "ended" in line_with(app, "edge")


@pytest.mark.parametrize("size", SIZES)
async def test_state_check_and_answer_are_there_at_every_size(size: tuple[int, int]) -> None:
    app, _ = table(DOWN, SLOW, *UP)
    async with app.run_test(size=size):
        row = line_with(app, "payments-db")
        assert "DOWN" in row
        assert "refused" in row


async def test_the_cursor_stays_on_its_check_while_others_get_worse() -> None:
    app, view = table(*UP, SLOW)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j", "enter")
        view.checks = (DOWN, SLOW, *reversed(UP))
        await settle(pilot)
        assert "shop-2" in cursor_line(app)
        assert app.posted("Opened") == ["shop-2"]


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_answers_stay_in_their_lines(size: tuple[int, int]) -> None:
    views = tuple(
        replace(check(f"c{number} {bad}", "down", result(Outcome.FAIL, Reason.BODY, bad)), incident=bad)
        for number, bad in enumerate(TEXTS)
    )
    app, view = table(*views)
    async with app.run_test(size=size) as pilot:
        seen = await all_pages(pilot, view)
        assert {cell_len(line) for line in seen} == {size[0]}
        assert not any("\x1b" in line for line in seen)
        assert sum("DOWN" in line for line in seen) >= len(TEXTS)
    app, _ = strip(*views, lines=size[1])
    async with app.run_test(size=size):
        assert {cell_len(line) for line in drawn(app)} == {size[0]}
        assert "\x1b" not in text(app)
