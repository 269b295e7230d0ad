"""Two people in one room: who is here, who writes to whom, who took command; drafts outlive a console."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from console.app import WarRoom
from data.domain.incident import Role
from data.domain.severity import Severity
from data.store.commands import incidents, people, workers
from data.store.commands.leases import claim, sync_leases
from data.store.definitions import load_checks
from data.store.queries.drafts import draft
from data.store.store import open_store
from tests.console.channels import connected
from tests.console.room import SIZES, CountingDesk, House, RoomClock, User, using
from tests.store.room import done

P0 = Severity.P0


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path, connected())
    house.declare("Checkout returns 503", P0)
    return house


class Somebody(User):
    """One of several in one process: what is done with a console is done as that console's."""

    async def rest(self) -> None:
        with self.app._context():
            await super().rest()

    async def _until(self, there: Callable[[str], bool], wanted: str) -> str:
        with self.app._context():
            return await super()._until(there, wanted)


@asynccontextmanager
async def at_home(house: House, size: tuple[int, int] = (80, 24)) -> AsyncIterator[User]:
    """Let the operator open the room."""
    async with using(house, size) as user:
        yield Somebody(house, user.pilot)


@asynccontextmanager
async def beside(house: House, operator: str, size: tuple[int, int] = (120, 36)) -> AsyncIterator[User]:
    """Let somebody else open the same room on another machine."""
    desk = CountingDesk(open_store(str(house.path), house.clock, "desktop"))
    app = WarRoom(desk, RoomClock(house.clock), operator=operator, work=False)
    other = object.__new__(House)
    other.__dict__ |= {**house.__dict__, "app": app, "desk": desk}
    async with app.run_test(size=size, notifications=True) as pilot:
        user = Somebody(other, pilot)
        while app.board.seq < 0:
            await user.rest()
        yield user
    await desk.close()


@pytest.mark.parametrize("size", SIZES)
async def test_each_sees_the_other_and_where_they_are_until_they_leave(
    house: House, size: tuple[int, int]
) -> None:
    done(house.others.do(incidents.acknowledge, "INC-1", by="ada"))  # in a low pane an alarm comes first
    async with at_home(house, size) as ada:
        await ada.press("enter")
        await ada.sees("Checklist")
        async with beside(house, "lin", size) as lin:
            await lin.press("enter")
            await lin.sees("here: ada")
            await ada.sees("here: lin")
            await lin.press("W")
            await lin.sees(
                "Who is here", "INC-1 incident", "who is here (this", "desktop" if size[0] > 64 else "ada"
            )
        await ada.sees_not("here: lin")
        await ada.press("W")
        await ada.sees("ada", "(this console)")
        await ada.sees("Nobody: warroom watch works")
        assert not any(line.lstrip().startswith("lin") for line in ada.lines)


@pytest.mark.parametrize("size", SIZES)
async def test_who_works_on_what_is_one_line_for_each_process(house: House, size: tuple[int, int]) -> None:
    def works(connection: Connection, now: datetime) -> None:
        for host in ("db1", "db2"):
            trouble = "the disk is full" if host == "db2" else ""
            holder = f"watch {host}:5e1f"
            workers.present(
                connection, now, holder=holder, host=host, form="watch", since=now, trouble=trouble
            )
        sync_leases(connection, load_checks(connection), now)
        claim(connection, now, "watch db1:5e1f checks", {"search-api"}, ahead=timedelta(hours=1))

    house.others.store.work(works)
    async with at_home(house, size) as ada:
        await ada.press("W")
        await ada.sees("db1", "1 check: search-api", "the disk is full")
        (line,) = [line for line in ada.lines if "db1" in line]
        assert "watch" in line
        assert "1 check: search-api" in line


async def test_the_first_line_counts_people_not_consoles(house: House) -> None:
    async with at_home(house, (120, 36)) as ada:
        await ada.sees("INC-1")
        async with beside(house, "ada") as again, beside(house, "lin"):
            await ada.sees("2 here")
            await again.sees("2 here")
        await ada.sees_not("here")


async def test_who_writes_to_the_same_audience_is_warned_and_not_hindered(house: House) -> None:
    house.clock.later(minutes=16)
    async with at_home(house) as ada, beside(house, "lin") as lin:
        await ada.press("u")
        await ada.sees("Update on INC-1", "Engineering teams")
        await lin.press("enter")
        await lin.sees("here: ada writing to engineering, product")
        await lin.press("u")
        await lin.sees("ada is writing to engineering, product, support, executives since 14:02Z")
        await ada.sees("lin is writing to engineering, product, support, executives since 14:02Z")
        await lin.type("the pool is full")
        await lin.press("escape")
        await lin.sees("RESPOND")
        await ada.sees_not("lin is writing")
        await ada.press("escape")
        await lin.sees("here: ada")
        await lin.sees_not("writing")


async def test_a_console_that_was_killed_loses_no_draft(house: House) -> None:
    def stored(operator: str, key: str) -> str:
        found = house.others.read(lambda connection: draft(connection, operator, key))
        return found.text if found else ""

    async with beside(house, "ada") as first:
        await first.press("u")
        await first.sees("Update on INC-1")
        await first.type("the pool is full")
        while "the pool is full" not in stored("ada", "update:INC-1"):  # nobody has left the form
            await first.rest()
        house.clock.later(minutes=5)
        await first.press("escape", "enter")
        await first.sees("RESPOND")
        await first.press("n")
        await first.sees("Note on INC-1")
        await first.type("half a thou")
    house.clock.later(minutes=5)
    async with at_home(house) as user:
        await user.press("u")
        await user.sees("the pool is full", "Update on INC-1, your draft from 13:46Z")
        await user.press("escape", "enter")
        await user.sees("RESPOND")
        await user.press("n")
        await user.sees("half a thou", "esc keeps your draft from 13:51Z")
        await user.press("f2")
        await user.sees("noted on INC-1")
        while stored("ada", "note:INC-1"):
            await user.rest()
        await user.press("at")
        await user.sees("Whose hands")
        await user.type("lin")
        await user.press("enter")
        await user.sees("The operator is now lin")
        await user.press("u")
        await user.sees("Update on INC-1  P0")  # hers is hers
        assert "the pool is full" not in "\n".join(user.lines)


async def test_a_part_of_the_post_mortem_is_kept_while_it_is_typed(house: House) -> None:
    async with beside(house, "ada") as first:
        await first.press("P")
        await first.sees("Post-mortem: not begun")
        await first.press("w")
        await first.sees("esc goes back and keeps the draft")
        await first.press("ctrl+end")
        await first.type(" and more")
    house.clock.later(minutes=5)
    async with at_home(house) as user:
        await user.press("P")
        await user.sees("Post-mortem: not begun")
        await user.press("w")
        await user.sees("and more", "keeps your draft from 13:46Z")


async def test_taking_command_is_told_to_who_had_it_and_giving_it_to_who_gets_it(house: House) -> None:
    done(house.others.do(people.take_role, "INC-1", Role.IC, "ada", by="ada"))
    async with at_home(house) as ada, beside(house, "lin") as lin:
        await lin.press("enter", "t", "1")
        await lin.sees("Who is incident commander")
        await lin.press("enter")
        await ada.sees("lin took command of INC-1 from you.")
        await ada.sees_not("gave you")
        done(house.others.do(people.take_role, "INC-1", Role.IC, "ada", by="sam"))
        await ada.sees("sam gave you command of INC-1.")
        await lin.sees("sam gave your command of INC-1 to ada.")
