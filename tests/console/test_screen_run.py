"""A step's command by keyboard: asked, shown, confirmed, run, watched, stopped, ticked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from data.domain.codec import decode, encode
from data.domain.incident import StepKind, StepState
from data.domain.room import Definition, Kind, RoomSettings, Runbook, RunbookStep
from data.domain.severity import Severity
from data.store.commands import runs, steps
from data.store.queries.runs import record_view
from tests.console.room import SIZES, House, User, using
from tests.store.room import definitions, done

COMMANDS = {
    "Look": "echo looked at <service> on <pod>",
    "Delete": "echo kubectl delete pod <pod>",
    "Wait": "echo begun; sleep 60",
    "Fail": "echo went wrong >&2; exit 3",
    "Log in": "echo logged in with <api token>",
    "Count": "select count(*) from orders",
    "Two": "echo one\necho two",
}
BOOK = Runbook(
    "shop",
    "Shop",
    tuple(RunbookStep(title, "Shop", StepKind.COMMAND, command=text) for title, text in COMMANDS.items()),
)


def furnished(*trusted: str) -> tuple[Definition, ...]:
    """A room in which the runbook is trusted, or not."""
    kept = [item for item in definitions() if item.kind is not Kind.ROOM]
    old = next((item.spec for item in definitions() if item.kind is Kind.ROOM), {})
    settings: RoomSettings = replace(decode(RoomSettings, old), trusted=trusted)
    mine = [
        Definition(Kind.ROOM, "room", encode(settings)),
        Definition(Kind.RUNBOOK, BOOK.id, encode(BOOK), position=99),
    ]
    return (*kept, *mine)


@asynccontextmanager
async def at_step(
    folder: Path, title: str, size: tuple[int, int] = (80, 24), trusted: bool = True, **more: Any
) -> AsyncIterator[User]:
    """Open an incident with the runbook attached, the cursor on one of its steps."""
    house = House(folder, furnished("shop") if trusted else furnished(), **more)
    house.declare("Checkout returns 503", Severity.P1, services=["checkout"], runbooks=["shop"])
    async with using(house, size) as user:
        await user.press("enter")
        await user.sees("Checklist")
        number = list(COMMANDS).index(title) + 1
        from widgets.checklist import Checklist

        checklist = user.app.screen.query_one(Checklist)
        checklist.select(f"s{number}")
        checklist.focus()
        await user.rest()
        try:
            yield user
        finally:
            await user.app.runs.end()


@pytest.mark.parametrize("size", SIZES)
async def test_a_command_with_blanks_is_filled_shown_run_and_ticked(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with at_step(tmp_path, "Look", size) as user:
        await user.press("x")
        await user.sees("INC-1  Look", "service", "checkout", "Pod is still empty")
        assert user.app.focused is not None
        assert user.app.focused.name == "pod"  # what is known is filled in already
        await user.type("db 1")
        await user.sees("echo looked at checkout on 'db 1'")
        assert user.house.others.kinds("INC-1")[-1] != "run started"
        await user.press("f2")
        await user.sees("exit 0 after", "looked at checkout on db 1", "space ticks the step")
        assert step(user, "s1") is StepState.TODO  # never by itself
        await user.press("space")
        await user.sees("Checklist 2/26")
        assert step(user, "s1") is StepState.DONE
        event = next(event for event in user.house.others.history("INC-1") if event.kind == "ran")
        assert event.data["command"] == "echo looked at checkout on 'db 1'"
        assert event.data["output"] == "looked at checkout on db 1\n"


def step(user: User, step_id: str) -> StepState:
    found = user.house.others.incident("INC-1").step(step_id)
    assert found is not None
    return found.state


async def test_esc_keeps_what_was_typed_and_runs_nothing(tmp_path: Path) -> None:
    async with at_step(tmp_path, "Look") as user:
        await user.press("x")
        await user.sees("Pod is still empty")
        await user.press("f2")
        await user.sees("Pod is still empty")
        await user.type("db-1")
        await user.press("escape")
        await user.sees("Timeline")
        await user.press("x")
        await user.sees("on db-1")
        await user.press("f3")
        await user.sees("Copied.")
        assert user.app.clipboard == "echo looked at checkout on db-1"
        assert "run started" not in user.house.others.kinds("INC-1")


@pytest.mark.parametrize("size", SIZES)
async def test_what_destroys_needs_its_word(tmp_path: Path, size: tuple[int, int]) -> None:
    async with at_step(tmp_path, "Delete", size) as user:
        await user.press("x")
        await user.sees("DESTRUCTIVE: delete", "Type run")
        await user.type("db-1")
        await user.press("f2")
        await user.sees("type the word run first")
        assert "run started" not in user.house.others.kinds("INC-1")
        await user.type("run")
        await user.press("enter")
        await user.sees("exit 0 after", "kubectl delete pod db-1")


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_not_trusted_says_why_and_can_be_copied(tmp_path: Path, size: tuple[int, int]) -> None:
    async with at_step(tmp_path, "Two", size, trusted=False) as user:
        await user.press("x")
        await user.sees("runbook shop is not trusted: add it to", "F3  copy it")
        await user.press("f2")
        await user.sees("It cannot be run here")
        await user.press("f3")
        await user.sees("Copied.")
        assert user.app.clipboard == "echo one\necho two"
        assert "run started" not in user.house.others.kinds("INC-1")


async def test_a_query_is_for_somewhere_else(tmp_path: Path) -> None:
    async with at_step(tmp_path, "Count") as user:
        await user.press("x")
        await user.sees("this is SQL", "copy it")


async def test_enter_alone_never_runs_anything(tmp_path: Path) -> None:
    async with at_step(tmp_path, "Two") as user:
        await user.press("x")
        await user.sees("its 2 lines one after the other")
        await user.press("enter")
        await user.sees("Timeline")
        assert "run started" not in user.house.others.kinds("INC-1")


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_left_goes_on_and_is_stopped_later(tmp_path: Path, size: tuple[int, int]) -> None:
    async with at_step(tmp_path, "Wait", size) as user:
        await user.press("x")
        await user.sees("sleep 60")
        await user.press("f2")
        await user.sees("running 0s", "begun")
        await user.press("escape")
        await user.sees("Checklist")
        await user.later(seconds=12)
        seen = await user.sees("running 12s")
        assert "not known how it ended" not in seen  # it is known here: it has not
        elsewhere = user.house.others.read(lambda connection: record_view(connection, "INC-1"))
        assert "(running on laptop since 13:46Z)" in elsewhere[-1].text
        await user.press("x")
        await user.sees("running 12s", "begun", "s stops it")
        await user.press("s")
        await user.sees("stopped after", "r runs it again")
        await user.press("escape")
        await user.sees_not("running 12s")
        event = user.house.others.history("INC-1")[-1]
        assert (event.kind, event.data["how"], event.data["output"]) == ("ran", "stopped", "begun\n")


async def test_a_command_that_fails_offers_no_tick(tmp_path: Path) -> None:
    async with at_step(tmp_path, "Fail") as user:
        await user.press("x")
        await user.sees("exit 3")
        await user.press("f2")
        seen = await user.sees("exit 3 after", "went wrong", "r runs it again")
        assert "space ticks" not in seen
        await user.press("space", "r")
        await user.sees("Last time, by ada: exit 3 after")
        assert step(user, "s4") is StepState.TODO


async def test_a_secret_is_never_shown_and_never_written_down(tmp_path: Path) -> None:
    async with at_step(tmp_path, "Log in") as user:
        await user.press("x")
        await user.sees("api token", "Api token is still empty")
        await user.type("s3cret-value")
        await user.sees('logged in with "${WARROOM_API_TOKEN}"')
        await user.press("f2")
        seen = await user.sees("exit 0 after", "logged in with [hidden]")
        assert "s3cret" not in seen
        told = str([event.data for event in user.house.others.history("INC-1")])
        assert "s3cret" not in told
        await user.press("r")
        await user.sees("Api token is still empty")
        field = user.app.screen.query_one(".blank", Input)
        assert (field.value, field.password) == ("", True)


async def test_a_console_that_only_reads_runs_nothing(tmp_path: Path) -> None:
    async with at_step(tmp_path, "Two") as user:
        user.app.read_only = True
        await user.press("x")
        await user.sees("It cannot be run here: this console only reads")


async def test_who_started_it_elsewhere_is_told_before_it_runs_twice(tmp_path: Path) -> None:
    async with at_step(tmp_path, "Two") as user:
        await user.press("x")
        await user.sees("echo one")
        done(user.house.others.do(runs.start, "INC-1", "s7", "echo one\necho two", "r1", by="lin"))
        await user.press("f2")
        await user.sees(
            "Lin has just started it on elsewhere", "lin started it on elsewhere: not known how it ended"
        )
        await user.press("f2")
        await user.sees("exit 0 after", "two")


async def test_the_record_shows_what_was_written(tmp_path: Path) -> None:
    async with at_step(tmp_path, "Fail") as user:
        await user.press("x")
        await user.sees("exit 3")
        await user.press("f2")
        await user.sees("exit 3 after")
        await user.press("escape")
        await user.sees("3 after", "s: Fail: $ echo")
        await user.press("tab", "enter")
        await user.sees("exit 3 after", "went wrong", "esc goes back")


async def test_quitting_asks_about_what_runs(tmp_path: Path) -> None:
    async with at_step(tmp_path, "Wait") as user:
        await user.press("x")
        await user.sees("sleep 60")
        await user.press("f2")
        await user.sees("begun")
        await user.press("ctrl+q")
        await user.sees("A command is still running", "Wait", "Stop and quit")
        await user.press("n")
        await user.sees("running")
        await user.app.runs.end()
        (run,) = [event for event in user.house.others.history("INC-1") if event.kind == "ran"]
        assert run.data["how"] == "left"


class TestOwnersAndDeadlines:
    async def test_a_step_is_given_to_somebody_and_shown(self, tmp_path: Path) -> None:
        async with at_step(tmp_path, "Two") as user:
            await user.press("w")
            await user.sees("Whose step is", "Two")
            await user.press("ctrl+u")
            await user.type("lin")
            await user.press("enter")
            await user.sees('"Two" is lin')
            assert "lin" in user.line("[ ] Two")

    @pytest.mark.parametrize("size", SIZES)
    async def test_a_deadline_counts_down_and_stands_out(self, tmp_path: Path, size: tuple[int, int]) -> None:
        async with at_step(tmp_path, "Two", size) as user:
            await user.press("f")
            await user.sees("Follow up", "10m")
            await user.press("enter")
            await user.sees("in 10:00")
            await user.later(minutes=4)
            await user.sees("in 06:00")
            await user.later(minutes=7)
            await user.sees("OVERDUE 01:00", "1 step late")

    async def test_a_time_that_is_none_is_told(self, tmp_path: Path) -> None:
        async with at_step(tmp_path, "Two") as user:
            await user.press("f")
            await user.sees("Follow up")
            await user.press("ctrl+u")
            await user.type("soon")
            await user.press("enter")
            await user.sees("soon")
            assert user.house.others.incident("INC-1").steps[-1].due is None

    async def test_a_reminder_is_a_step_of_our_own(self, tmp_path: Path) -> None:
        async with at_step(tmp_path, "Two", (120, 36)) as user:
            await user.press("plus")
            await user.sees("A step for INC-1")
            await user.type("10m call the vendor")
            await user.press("enter")
            await user.sees("added to INC-1")
            own = user.house.others.incident("INC-1").step("own1")
            assert own is not None
            assert (own.title, own.owner) == ("call the vendor", "ada")

    async def test_two_pairs_of_eyes(self, tmp_path: Path) -> None:
        book = replace(BOOK, steps=(replace(BOOK.steps[0], second=True), *BOOK.steps[1:]))
        kept = tuple(item for item in furnished("shop") if item.id != "shop")
        house = House(tmp_path, (*kept, Definition(Kind.RUNBOOK, "shop", encode(book), position=99)))
        house.declare("Checkout returns 503", runbooks=["shop"])
        done(house.others.do(steps.set_steps, "INC-1", ["s1"], StepState.DONE, by="lin"))
        async with using(house, (120, 36)) as user:
            await user.press("enter")
            await user.sees("2 eyes: lin did it")
