"""Working through a checklist with one hand: where the cursor is, what folds, who did what."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from data.domain.incident import Step, StepKind, StepState
from tests.hostile import TEXTS
from tests.widgets.room import NOW, span
from tests.widgets.screen import SIZES, Stage, all_pages, cursor_line, drawn, line_with, settle, text
from widgets.checklist import Checklist

FIRST = "Initial Response"
SECOND = "Investigation"
STEPS = (
    Step(
        "g1", "guide", FIRST, "Acknowledge incident", state=StepState.DONE, by="ada", at=NOW - span("15:00")
    ),
    Step("g2", "guide", FIRST, "Create ticket", state=StepState.SKIPPED, by="lin", at=NOW, why="none needed"),
    Step("g3", "guide", SECOND, "Gather information", state=StepState.DONE, by="ada", at=NOW - span("13:00")),
    Step(
        "g4", "guide", SECOND, "Identify root cause", state=StepState.DOING, by="lin", at=NOW - span("05:10")
    ),
    Step("g5", "guide", SECOND, "Assess impact scope"),
    Step("g6", "guide", SECOND, "Document", state=StepState.SKIPPED, by="ada", at=NOW, why="in the wiki"),
    Step(
        "a1",
        "api-failures",
        "API failures",
        "Check limits",
        StepKind.COMMAND,
        "Ask the gateway.",
        "limits -v",
    ),
    Step("a2", "api-failures", "API failures", "Fail over", second=True),
)


def checklist(steps: tuple[Step, ...] = STEPS) -> tuple[Stage, Checklist]:
    widget = Checklist()
    widget.now = NOW
    widget.steps = steps
    return Stage(widget), widget


def done(step_id: str) -> tuple[Step, ...]:
    return tuple(
        replace(step, state=StepState.DONE, by="sam", at=NOW) if step.id == step_id else step
        for step in STEPS
    )


async def test_every_state_of_a_step_is_a_mark_and_a_word() -> None:
    app, _ = checklist()
    async with app.run_test(size=(80, 24)):
        assert "▾ Investigation" in line_with(app, "2/4")
        row = line_with(app, "Gather information")
        assert "[x]" in row
        assert "ada 13:50" in row
        row = line_with(app, "Identify root cause")
        assert "[>]" in row
        assert "lin 5m" in row
        assert "[ ]" in line_with(app, "Assess impact scope")
        assert "[-] Document  (in the wiki)" in line_with(app, "Document")
        assert "2 eyes" in line_with(app, "Fail over")
        assert "command" in line_with(app, "Check limits")


async def test_what_runs_whose_it_is_and_what_is_due_is_said_on_its_line() -> None:
    steps = (
        replace(STEPS[4], owner="lin"),
        replace(STEPS[6], due=NOW + span("09:12")),
        replace(STEPS[7], owner="sam", due=NOW - span("02:10")),
        Step(
            "a3",
            "api-failures",
            "API failures",
            "Restart",
            second=True,
            state=StepState.DOING,
            by="ada",
            at=NOW,
        ),
    )
    app, widget = checklist(steps)
    async with app.run_test(size=(80, 24)) as pilot:
        assert line_with(app, "Assess impact scope").rstrip().endswith("lin")
        assert line_with(app, "Check limits").rstrip().endswith("in 09:12")
        assert line_with(app, "Fail over").rstrip().endswith("sam OVERDUE 02:10")
        assert "2 eyes: ada did it" in line_with(app, "Restart")
        widget.running = {"a1": NOW - span("00:12")}
        await settle(pilot)
        assert line_with(app, "Check limits").rstrip().endswith("running 12s")


async def test_a_step_done_yesterday_says_so() -> None:
    app, _ = checklist((replace(STEPS[2], at=NOW - span("15:00:00")), STEPS[4]))
    async with app.run_test(size=(80, 24)):
        assert "ada 11-23 23:03" in line_with(app, "Gather")


async def test_how_long_somebody_is_at_a_step_goes_on_counting() -> None:
    app, widget = checklist()
    async with app.run_test(size=(80, 24)) as pilot:
        widget.now = NOW + span("02:00")
        await settle(pilot)
        assert "lin 7m" in line_with(app, "Identify root cause")


async def test_what_is_complete_is_folded_at_first_and_enter_unfolds_it() -> None:
    app, _ = checklist()
    async with app.run_test() as pilot:
        assert "▸ Initial Response" in cursor_line(app)
        assert "Acknowledge" not in text(app)
        await pilot.press("enter")
        assert "Acknowledge" in text(app)
        await pilot.press("enter")
        assert "Acknowledge" not in text(app)
        assert app.posted("Opened") == []


async def test_a_phase_that_gets_complete_stays_open_under_the_cursor() -> None:
    app, widget = checklist(STEPS[6:])
    async with app.run_test() as pilot:
        await pilot.press("G")
        widget.steps = tuple(replace(step, state=StepState.DONE, by="sam", at=NOW) for step in STEPS[6:])
        await settle(pilot)
        assert "[x] Fail over" in cursor_line(app)


async def test_the_next_open_step_is_one_key_away_and_round_the_corner() -> None:
    app, widget = checklist()
    async with app.run_test() as pilot:
        found = []
        for _ in range(4):
            await pilot.press(">")
            found.append(widget.cursor_key)
        assert found == ["g5", "a1", "a2", "g5"]


async def test_the_next_open_step_is_found_in_a_folded_phase() -> None:
    app, _ = checklist()
    async with app.run_test() as pilot:
        await pilot.press("j", "enter")
        assert "Assess" not in text(app)
        await pilot.press("k", ">")
        assert "Assess impact scope" in cursor_line(app)


async def test_when_nothing_is_left_to_begin_what_is_being_done_is_next() -> None:
    app, widget = checklist(STEPS[:4])
    async with app.run_test() as pilot:
        await pilot.press(">")
        assert widget.cursor_key == "g4"
        widget.steps = STEPS[:3]
        await pilot.press(">")
        await settle(pilot)
        assert widget.current is not None


async def test_the_step_under_the_cursor_is_told_in_full() -> None:
    app, widget = checklist()
    async with app.run_test() as pilot:
        assert "Initial Response" in cursor_line(app)
        assert (widget.current_step, widget.detail) == (None, "")
        widget.select("a1")
        assert widget.detail == "Ask the gateway.  $ limits -v"
        widget.select("a2")
        assert widget.detail == "needs a second pair of eyes"
        await pilot.press("enter")
        assert app.posted("Opened") == ["a2"]
        widget.steps = done("a2")
        await settle(pilot)
        assert (widget.current_step, widget.detail) == (done("a2")[-1], "")


async def test_somebody_elses_tick_leaves_the_cursor_on_its_step() -> None:
    app, widget = checklist()
    async with app.run_test() as pilot:
        widget.select("g5")
        widget.steps = done("g4")
        await settle(pilot)
        assert "Assess impact scope" in cursor_line(app)
        assert "3/4" in line_with(app, "Investigation")


async def test_two_runbooks_with_the_same_phase_are_told_apart() -> None:
    app, _ = checklist((*STEPS, Step("d1", "database", SECOND, "Check pools")))
    async with app.run_test():
        assert "Investigation (guide)" in text(app)
        assert "Investigation (database)" in text(app)


async def test_a_long_checklist_draws_no_more_than_the_screen() -> None:
    steps = tuple(
        Step(f"s{number}", "long", f"part {number // 20}", f"step {number}") for number in range(174)
    )
    app, widget = checklist(steps)
    async with app.run_test(size=(64, 11)) as pilot:
        await pilot.press("G")
        await settle(pilot)
        assert "step 173" in cursor_line(app)
        assert widget.virtual_size.height == 174 + 9


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(["g4", "g5", "a1", "a2"]), max_size=4), st.sampled_from(["g3", "g5", "a2"]))
async def test_the_cursor_holds_its_step_whatever_gets_done(ticks: list[str], held: str) -> None:
    app, widget = checklist()
    async with app.run_test() as pilot:
        widget.select(held)
        for step_id in ticks:
            widget.steps = done(step_id)
            await settle(pilot)
            assert widget.current_step is not None
            assert widget.current_step.title in cursor_line(app)
            assert widget.cursor_key == held


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_steps_stay_in_their_lines(size: tuple[int, int]) -> None:
    steps = tuple(
        Step(
            f"s{number}",
            bad,
            bad,
            bad,
            detail=bad,
            command=bad,
            state=StepState.SKIPPED,
            by=bad,
            why=bad,
            at=NOW,
        )
        for number, bad in enumerate(TEXTS)
    )
    app, widget = checklist(steps)
    async with app.run_test(size=size) as pilot:
        widget.steps = tuple(replace(step, state=StepState.DONE) for step in steps)
        for group in widget.items:
            widget.select(widget.key_of(group))
            widget.action_open()
        seen = await all_pages(pilot, widget)
        assert {cell_len(line) for line in seen} == {size[0]}
        assert not any("\x1b" in line for line in seen)
        assert any("[x] [bold]x[/red]" in line for line in seen)


async def test_names_give_way_before_titles_in_a_narrow_pane() -> None:
    app, _ = checklist()
    async with app.run_test(size=(30, 11)):
        assert "Gather information" in text(app)
        assert "13:50" not in text(app)
        assert all(len(line) == 30 for line in drawn(app))
