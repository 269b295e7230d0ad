"""Reading in the practice room what was sent: by somebody who wonders what it looks like to be paged."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from console.demo.lifetime import Shop
from tests.console.room import House, using
from tests.hostile import TEXTS
from tests.widgets.screen import text

pytestmark = pytest.mark.slow  # a real shop

SIZES = [(80, 24), (120, 36), (64, 11)]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    shop = await Shop.start(tmp_path, paused=True)
    yield shop
    await shop.stop()
    assert (tmp_path / "shop.log").read_text() == ""


@pytest.fixture
def house(tmp_path: Path, shop: Shop) -> House:
    return House(tmp_path, shop=shop)


async def send(shop: Shop, to: str, title: str, message: str) -> None:
    """Post a message as a contact's way does."""
    address = f"http://127.0.0.1:{shop.ports['monitoring']}/inbox/{to}"
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(address, content=json.dumps({"title": title, "message": message}))
    assert answer.json() == {"received": True}


@pytest.mark.parametrize("size", SIZES)
async def test_messages_come_in_while_they_are_read(house: House, shop: Shop, size: tuple[int, int]) -> None:
    async with using(house, size) as user:
        await user.press("I")
        await user.sees("What arrived: 0 messages", "No message has arrived so far")
        await send(shop, "ada", "[P1] INC-1 payments-api is down", "You are told as On-call engineer.")
        await user.sees("1 message", "ada", "[P1] INC-1 payments-ap")
        assert "No message" not in text(user.app)
        await send(shop, "lin", "[P1] INC-1 again", "\n".join(f"line {number}" for number in range(80)))
        await user.sees("2 messages", "lin")
        assert "ada" in user.cursor  # it stays where it was
        await user.press("enter")
        await user.sees("to ada by web hook", "You are told as On-call engineer.")
        await user.press("escape", "k")
        assert "lin" in user.cursor
        await user.press("enter")
        await user.sees("line 0", "esc back")
        await user.press(*["pagedown"] * 12)
        await user.sees("line 79", "esc back")
        await user.press("q", "escape")
        await user.sees("Welcome. This room is empty")


async def test_the_list_is_reached_from_an_incident_and_from_the_palette(house: House, shop: Shop) -> None:
    house.declare("Checkout returns 503")
    await send(shop, "ada", "[P1] INC-1 Checkout returns 503", "told")
    async with using(house) as user:
        await user.sees("INC-1")
        await user.press("enter", "I")
        await user.sees("What arrived: 1 message")
        await user.press("escape")
        await user.sees("Checklist")
        await user.press("colon")
        await user.type("pages and")
        await user.sees("Practice room: read the pages and updates that arrived")


async def test_nothing_that_arrives_harms_who_reads_it(house: House, shop: Shop) -> None:
    async with using(house) as user:
        await user.press("I")
        for number, hostile in enumerate(TEXTS):
            await send(shop, "ada", hostile[:5000], f"{hostile[:5000]}\nnumber {number}")
        await user.sees(f"What arrived: {len(TEXTS)} messages")
        for _ in TEXTS:
            await user.press("enter")
            await user.sees("to ada by web hook")
            await user.press("escape", "j")
        assert user.app.is_running
    assert house.app.crash is None


async def test_the_key_is_there_in_the_practice_room_only(tmp_path: Path) -> None:
    async with using(House(tmp_path)) as user:
        await user.press("I")
        await user.sees("This is no practice room: warroom demo opens one.")
        await user.press("question_mark")
        assert "Practice room" not in text(user.app)


async def test_the_latest_stay_readable_when_the_shop_is_gone(house: House, shop: Shop) -> None:
    await send(shop, "ada", "[P1] INC-1", "told")
    async with using(house) as user:
        await user.press("I")
        await user.sees("1 message")
        await shop.stop()
        await user.press("enter")
        await user.sees("told")
