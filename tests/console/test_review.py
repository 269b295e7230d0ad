"""View 5: the post-mortem nine tenths written, the rest by keyboard, and what is still to be done."""

from pathlib import Path

import pytest
from textual.widgets import TextArea

from data.domain.action_item import ItemState
from data.domain.incident import Disposition
from data.domain.post_mortem import PARTS
from data.domain.severity import Severity
from data.store.commands import incidents, post_mortems
from data.store.queries.post_mortems import action_items, written
from tests.console.room import SIZES, House, User, using
from tests.hostile import TEXTS
from tests.store.room import done
from widgets.review import ItemTable, OverTable, PartTable

P1, P2 = Severity.P1, Severity.P2


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def over(house: House, title: str = "Checkout returns 503", severity: Severity = P1) -> str:
    """Let somebody elsewhere have an incident from beginning to end."""
    key = house.declare(title, severity)
    house.clock.later(minutes=3)
    done(house.others.do(incidents.acknowledge, key, by="lin"))
    done(house.others.do(incidents.note, key, "root cause: the pool was too small", by="lin"))
    house.clock.later(minutes=20)
    done(house.others.do(incidents.resolve, key, Disposition.FIXED, why="pool raised", by="lin"))
    return key


def part(house: House, name: str) -> str:
    """Return what is stored of a part."""
    return house.others.read(lambda connection: written(connection, 1)).get(name, "")


async def opened(user: User, *keys: str) -> None:
    """Open the post-mortem under the cursor of view 5, then press keys."""
    await user.press("5")
    await user.sees("INC-1", "Action items  ")
    await user.press("enter")
    await user.sees("sections complete")
    await user.press(*keys)


async def at_part(user: User, name: str) -> None:
    """Put the cursor on a part."""
    user.app.screen.query_one(PartTable).select(name)
    await user.rest()


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_list_to_a_part_and_back(house: House, size: tuple[int, int]) -> None:
    over(house)
    async with using(house, size) as user:
        await user.press("5")
        await user.sees("Post-mortems", "INC-1", "to write")
        await user.press("enter")
        await user.sees("2 of 6 sections complete", "Root cause")
        if size[1] > 20:
            await user.sees("TODO: say who was affected")
        await user.press("enter")
        await user.sees("INC-1: Impact", "TODO")
        user.app.screen.query_one(TextArea).text = "1 200 customers"
        await user.press("f2")
        await user.sees("INC-1: impact written", "3 of 6")
        await user.press("escape")
        await user.sees("draft")
    assert part(house, "impact") == "1 200 customers"


async def test_leaving_keeps_a_draft_and_the_store_as_it_was(house: House) -> None:
    over(house)
    async with using(house) as user:
        await opened(user)
        await at_part(user, "cause")
        await user.press("w")
        await user.sees("the pool was too small")
        user.app.screen.query_one(TextArea).text = "half a thought"
        await user.press("escape")
        await user.press("w")
        await user.sees("half a thought")
        assert part(house, "cause") == ""
        await user.press("f2")
        await user.sees("root cause written")
        assert part(house, "cause") == "half a thought"
        await user.press("minus")
        await user.sees("from the record")
        assert part(house, "cause") == ""


async def test_a_part_of_which_nothing_is_known_begins_empty_below_its_question(house: House) -> None:
    over(house)
    async with using(house) as user:
        await opened(user)
        await at_part(user, "went-badly")
        await user.press("w")
        await user.sees("INC-1: What went badly", "TODO: ")
        await user.press("escape", "w")  # a look is no draft
        assert not user.app.screen.query_one(TextArea).text
        await user.type("nobody looked")
        await user.press("f2")
        await user.sees("went badly written")
    assert part(house, "went-badly") == "nobody looked"


async def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(house: House) -> None:
    key = over(house)
    async with using(house) as user:
        await opened(user)
        await at_part(user, "lucky")
        await user.press("w")
        done(house.others.do(post_mortems.write_part, key, "lucky", "lin's words", by="lin"))
        user.app.screen.query_one(TextArea).text = "ada's words"
        await user.press("f2")
        await user.sees("Somebody has changed this part since", "The text is kept")
        assert part(house, "lucky") == "lin's words"
        await user.press("w")
        await user.sees("ada's words")
        await user.press("f2")
        await user.rest()
        assert part(house, "lucky") == "ada's words"


async def test_final_locks_reopening_asks_why_and_closing_needs_it(house: House) -> None:
    key = over(house)
    async with using(house) as user:
        await opened(user, "F")
        await user.sees("still to do", "Incident summary")
        for item in PARTS:
            if not item.optional:
                done(house.others.do(post_mortems.write_part, key, item.id, "written", by="lin"))
        await user.app.show_news()
        await user.press("n")
        await user.type("Alert at 80 %")
        await user.press("enter", "3", "enter")
        await user.type("14d")
        await user.press("enter")
        await user.sees("INC-1/1 added", "6 of 6")
        await user.press("F")
        await user.sees("is final")
        await user.press("w")
        await user.sees("O reopens it")
        await user.press("O")
        await user.type("the cause was another")
        await user.press("enter")
        await user.sees("is a draft again")
        await user.press("F", "m", "7")
        await user.sees("INC-1 is now closed")


async def test_none_is_needed_with_a_reason(house: House) -> None:
    over(house)
    async with using(house) as user:
        await user.press("5")
        await user.sees("to write")
        await user.press("x")
        await user.sees("needs a reason")
        await user.type("it was planned")
        await user.press("enter")
        await user.sees("not needed")


@pytest.mark.parametrize("size", SIZES)
async def test_action_items_of_all_incidents(house: House, size: tuple[int, int]) -> None:
    first, second = over(house), over(house, "Search slow", P2)
    done(house.others.do(post_mortems.add_item, first, "Raise the pool", owner="lin", due="2026-11-01"))
    done(house.others.do(post_mortems.add_item, second, "Describe it", due="14d"))
    async with using(house, size) as user:
        await user.press("5")
        await user.sees("Search slow")
        await user.press("tab")
        await user.sees("Raise the pool", "OVERDUE 23d", "2 open, 1 OVERDUE")
        assert user.focuses(ItemTable)
        assert "OVERDUE" in user.line("INC-1/1")
        await user.press("e", "2")
        await user.press("ctrl+u")
        await user.type("sam")
        await user.press("enter")
        await user.sees("INC-1/1 changed")
        await user.press("space")
        await user.sees("INC-1/1 done")
        await user.sees_not("OVERDUE 23d")
        await user.press("minus")
        await user.type("not worth it")
        await user.press("enter")
        await user.sees("INC-2/1 dropped")
        found = house.others.read(action_items)
        assert [(item.state, item.owner) for item in found] == [
            (ItemState.DONE, "sam"),
            (ItemState.DROPPED, ""),
        ]


async def test_without_blame_no_name_is_on_the_screen(house: House) -> None:
    over(house)
    async with using(house, (120, 36)) as user:
        await opened(user, "g")
        await user.sees("2026-11-24T13:49:11Z by lin")
        await user.press("b")
        await user.sees("blameless", "by team lead")
        await user.press("w")
        await user.sees("by lin")  # what is edited is the text itself


async def test_an_empty_room_says_what_helps(house: House) -> None:
    async with using(house) as user:
        await user.press("5")
        shown = await user.sees("No incident is over yet", "No open action items")
        assert "the incident above" not in shown
        await user.press("space", "enter", "n")
        assert user.focuses(OverTable) or not user.app.screen.query(OverTable).first().rows


async def test_a_terminal_that_cannot_be_handed_over_keeps_the_text(house: House) -> None:
    over(house)
    async with using(house) as user:
        await opened(user, "E")
        await user.sees("cannot be handed over to an editor", "Nothing was changed")


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
async def test_hostile_words_stay_where_they_are(house: House, size: tuple[int, int]) -> None:
    key = over(house, "[@click=app.quit]x[/]")
    for text in TEXTS:
        house.others.do(post_mortems.add_item, key, text, owner=text, ticket=text)
        house.others.do(post_mortems.write_part, key, "cause", text)
    async with using(house, size) as user:
        await user.press("5")
        await user.sees("@click")
        await user.press("tab", "G", "tab", "enter")
        await user.sees("sections complete")
        for item in PARTS:
            await at_part(user, item.id)
            assert not any(ord(character) < 32 for line in user.lines for character in line)
