"""Reading the record while it grows."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from data.views import TimelineLine
from tests.hostile import TEXTS
from tests.widgets.room import NOW, span
from tests.widgets.screen import SIZES, Stage, all_pages, cursor_line, drawn, line_with, settle, text
from widgets.timeline import Timeline

START = NOW - span("17:16")


def event(seq: int, *, by: str = "ada", kind: str = "note", words: str = "") -> TimelineLine:
    return TimelineLine(seq, START + timedelta(seconds=10 * seq), by, kind, words or f"event {seq}")


def timeline(*lines: TimelineLine) -> tuple[Stage, Timeline]:
    widget = Timeline()
    widget.now = NOW
    widget.detected_at = START
    widget.lines = lines
    return Stage(widget), widget


def many(count: int) -> tuple[TimelineLine, ...]:
    return tuple(event(seq) for seq in range(1, count + 1))


def events_drawn(app: Stage) -> list[str]:
    """Return all lines but the last, without the scrollbar beside them."""
    return [line[:-1] for line in drawn(app)[:-1]]


async def test_a_line_says_when_how_long_after_who_and_what() -> None:
    app, _ = timeline(event(13, by="check:checkout-api", words="checkout-api is DOWN"))
    async with app.run_test():
        assert cursor_line(app).rstrip() == "▌13:48:21Z T+02:10 check checkout-api is DOWN"


async def test_the_rooms_zone_is_named() -> None:
    app, widget = timeline(event(13))
    async with app.run_test() as pilot:
        widget.zone = "Europe/Berlin"
        await settle(pilot)
        assert "14:48:21 CET T+02:10" in text(app)


async def test_dates_appear_when_midnight_has_passed() -> None:
    late = datetime(2026, 11, 24, 23, 59, 58, tzinfo=UTC)
    lines = tuple(
        TimelineLine(seq, late + timedelta(seconds=seq), "ada", "note", f"e{seq}") for seq in (0, 1)
    )
    app, widget = timeline(*lines)
    async with app.run_test() as pilot:
        widget.now = late + timedelta(seconds=1)
        await settle(pilot)
        assert "11-24" not in text(app)
        widget.now = late + timedelta(seconds=5)
        await settle(pilot)
        assert "11-24 23:59:58Z" in line_with(app, "e0")
        widget.lines = (*lines, TimelineLine(2, late + timedelta(seconds=2), "ada", "note", "e2"))
        await settle(pilot)
        assert "11-25 00:00:00Z" in line_with(app, "e2")


async def test_it_begins_at_the_end_and_goes_along_with_what_arrives() -> None:
    app, widget = timeline(*many(100))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "event 100" in cursor_line(app)
        widget.lines = many(103)
        await settle(pilot)
        assert "event 103" in drawn(app)[-1]
        assert widget.cursor_key == "103"
        assert "new below" not in text(app)


async def test_who_reads_further_up_is_left_there_and_told_what_is_new() -> None:
    app, widget = timeline(*many(100))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g", *["j"] * 5)
        await settle(pilot)
        assert "new below" not in text(app)
        before = events_drawn(app)
        widget.lines = many(103)
        await settle(pilot)
        assert events_drawn(app) == before
        assert "3 new below: G" in drawn(app)[-1]
        await pilot.press("G")
        await settle(pilot)
        assert "event 103" in cursor_line(app)
        assert "new below" not in text(app)


async def test_who_scrolled_up_with_the_wheel_is_left_there_too() -> None:
    app, widget = timeline(*many(100))
    async with app.run_test(size=(80, 24)) as pilot:
        widget.scroll_to(y=10, animate=False)
        await settle(pilot)
        before = events_drawn(app)
        widget.lines = many(101)
        await settle(pilot)
        assert events_drawn(app) == before
        assert "1 new below" in drawn(app)[-1]


async def test_a_long_text_is_cut_and_enter_shows_which_it_was() -> None:
    app, widget = timeline(event(1), event(2, words="word " * 60))
    async with app.run_test() as pilot:
        assert drawn(app)[1].rstrip().endswith("…")
        await pilot.press("enter")
        assert [Timeline.Opened(widget, key).seq for key in app.posted("Opened")] == [2]


async def test_two_thousand_events_are_as_cheap_as_a_screen() -> None:
    app, widget = timeline(*many(2_000))
    async with app.run_test(size=(64, 11)) as pilot:
        await pilot.press("pageup", "pageup")
        await settle(pilot)
        assert "event 1980" in cursor_line(app)
        assert len(widget._drawn) < 60


@pytest.mark.parametrize(
    ("width", "there", "gone"), [(64, "T+02:10", "none"), (48, "ada", "T+"), (30, "event", "ada")]
)
async def test_a_narrow_pane_keeps_the_hour_and_the_words(width: int, there: str, gone: str) -> None:
    app, _ = timeline(event(13))
    async with app.run_test(size=(width, 11)):
        assert "13:48:21Z" in text(app)
        assert there in text(app)
        assert gone not in text(app)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_events_stay_in_their_lines(size: tuple[int, int]) -> None:
    app, widget = timeline(
        *(event(seq, by=bad, kind=bad, words=f"e{seq} {bad}") for seq, bad in enumerate(TEXTS, start=1))
    )
    async with app.run_test(size=size) as pilot:
        await pilot.press("g")
        await settle(pilot)
        seen = await all_pages(pilot, widget)
        assert {cell_len(line) for line in seen} == {size[0]}
        assert not any("\x1b" in line for line in seen)
        for seq in range(1, len(TEXTS) + 1):
            assert any(f" e{seq}" in line for line in seen)


async def test_an_empty_record_takes_keys_calmly() -> None:
    app, widget = timeline()
    async with app.run_test() as pilot:
        await pilot.press("g", "G", "enter", "pagedown")
        widget.now = NOW + span("10:00:00")
        await settle(pilot)
        assert app.heard == []
