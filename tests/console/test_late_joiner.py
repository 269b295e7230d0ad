"""Coming late, or coming back: what was told, decided and done, and what is new since one last looked."""

from pathlib import Path

import pytest

from data.domain.incident import Role, StepState
from data.domain.severity import Severity
from data.store.commands import incidents, people, steps, telling
from data.store.queries.looked import looked
from data.update_facts import Answers
from tests.console.room import SIZES, House, User, using
from tests.store.room import done
from widgets.timeline import Timeline

P0 = Severity.P0


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house in which an incident has gone on for a while without this operator."""
    house = House(tmp_path)
    key = house.declare("Checkout returns 503", P0)
    clock, do = house.clock, house.others.do
    clock.later(minutes=2)
    done(do(incidents.acknowledge, key, by="lin"))
    done(do(people.take_role, key, Role.IC, "lin", by="lin"))
    answers = Answers("the pool is full", "nobody can pay", "moving to the replica")
    done(do(telling.send_update, key, answers.summary, answers=answers, by="sam"))
    clock.later(minutes=3)
    done(do(incidents.note, key, "Decision: fail over to db-2", by="lin"))
    done(do(incidents.note, key, "finding: a report holds locks", by="sam"))
    done(do(steps.set_steps, key, ["ir8"], StepState.DOING, by="sam"))
    clock.later(minutes=1)
    return house


async def opened(user: User) -> None:
    await user.sees("INC-1")
    await user.press("enter")
    await user.sees("RESPOND met 02:00")


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_tells_who_comes_late_what_they_need(house: House, size: tuple[int, int]) -> None:
    async with using(house, size) as user:
        await opened(user)
        await user.press("i")
        await user.sees("Told last 13:48Z by sam to", "What we know: the pool is full")
        seen = ""
        for _ in range(20):
            seen += "\n".join(user.lines)
            await user.press("j")
        for words in (
            "14:18Z, in 26:00",
            "nobody can pay",
            "13:51Z lin: fail over to db-2",
            "13:51Z sam: a report holds locks",
            "IC lin",
            "sam: ",
            "done, next: ",
        ):
            assert words in seen, words
        await user.press("i")
        await user.sees("RESPOND met 02:00")


async def test_a_large_screen_shows_it_over_the_panes_and_a_usual_one_its_first_line(house: House) -> None:
    async with using(house, (120, 36)) as user:
        await opened(user)
        await user.sees(
            "told 13:48Z sam to", "impact nobody can pay", "decided 13:51Z lin: fail", "doing sam: "
        )


async def test_at_80x24_one_line_says_what_was_told_last(house: House) -> None:
    async with using(house) as user:
        await opened(user)
        await user.sees("told 13:48Z sam to 4 audiences: What we know: the pool", "i: all of it")
        await user.sees_not("decided 13:51Z")


async def test_an_incident_nobody_worked_on_says_so(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.declare("Checkout returns 503")
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Checklist 1/19")
        await user.sees_not("told ")
        await user.press("i")
        await user.sees("nobody was told anything yet", "nobody has a role: t takes one", "no step is being")


@pytest.mark.parametrize("size", SIZES)
async def test_coming_back_a_line_says_what_is_new_since_one_last_looked(
    house: House, size: tuple[int, int]
) -> None:
    do, clock = house.others.do, house.clock
    async with using(house, size) as user:
        await opened(user)
        await user.press("tab")
        await user.sees("Timeline")
        await user.sees_not("since you last looked")  # the first time ever
        await user.press("escape")
        await user.sees("NEXT UPDATE")
        clock.later(minutes=5)
        await user.rest()
        for words in ("one", "two", "three"):
            done(do(incidents.note, "INC-1", f"news {words}", by="lin"))
        await user.press("enter")
        await user.sees("RESPOND met 02:00")
        await user.press("tab")
        await user.sees("since you last looked, 13:52Z (3 new)", "news three")
        assert user.app.screen.query_one(Timeline).current.text == "news three"  # type: ignore[union-attr]
        done(do(incidents.note, "INC-1", "news four", by="lin"))
        await user.sees("(3 new)", "news four")  # the line stays where it was
        await user.press("escape")
        await user.sees("NEXT UPDATE")
        await user.press("enter")
        await user.sees("RESPOND met 02:00")
        await user.press("tab")
        await user.sees("news four")
        await user.sees_not("since you last looked")


_THREE = ("ada", "tess", "lin")


async def test_each_operator_has_a_line_of_their_own(house: House) -> None:
    async with using(house) as user:
        await opened(user)
        await user.press("at")
        await user.type("tess")
        await user.press("enter")
        await user.sees("The operator is now tess")
        await user.press("escape")
        await user.sees("NEXT UPDATE")
        await user.rest()
    found = house.others.read(lambda connection: [looked(connection, who, "INC-1") for who in _THREE])
    seqs = [one and one.seq for one in found]
    assert seqs == [house.others.seq, house.others.seq, None]
