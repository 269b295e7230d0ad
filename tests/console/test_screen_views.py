"""Moving about: views, help, palette, operator, time zone, copying, pages, and leaving."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import OptionList

from console.actions import Where, actions_for
from data.domain.codec import encode
from data.domain.room import Kind, Service
from data.domain.severity import Severity
from tests.console.room import SIZES, House, using
from tests.store.room import definitions

P0, P1, P2, P3 = Severity
PAGES = {
    "dashboard": "https://grafana.example/d/checkout",
    "logs": "https://logs.example/?q=checkout",
    "apm": "https://apm.example/checkout",
}


@pytest.fixture
def house(tmp_path: Path) -> House:
    defined = [
        replace(item, spec=encode(Service("checkout", links=tuple(PAGES.items()))))
        if (item.kind, item.id) == (Kind.SERVICE, "checkout")
        else replace(item, spec={**item.spec, "timezone": "Europe/Berlin"})
        if item.kind is Kind.ROOM
        else item
        for item in definitions()
    ]
    return House(tmp_path, tuple(defined))


@pytest.mark.parametrize("size", SIZES)
async def test_digits_go_from_view_to_view_and_escape_back_to_the_board(
    house: House, size: tuple[int, int]
) -> None:
    house.declare("Checkout returns 503", P1, services=["checkout"])
    async with using(house, size) as user:
        await user.sees("NEXT UPDATE")
        await user.press("2")
        await user.sees("STATE", "checkout-api", "search-api")
        await user.press("enter")
        await user.sees("RESPOND in 15:00")  # the incident on the check's service
        await user.press("escape")
        await user.sees("STATE", "checkout-api")
        await user.press("j", "enter")
        await user.sees("No live incident on search-api: n declares one.")
        await user.press("3")
        await user.sees("Ladder", "On-call engineer", "Ada Lovelace", "P0 5m")
        await user.press("1")
        await user.sees("NEXT UPDATE", "INC-1")
        await user.press("escape", "escape")
        await user.sees("NEXT UPDATE", "INC-1")
        await user.press("ctrl+q")
    assert house.app.return_code == 0


@pytest.mark.parametrize(
    ("where", "keys"),
    [(Where.BOARD, ()), (Where.INCIDENT, ("enter",)), (Where.HEALTH, ("2",)), (Where.ON_CALL, ("3",))],
)
async def test_palette_help_and_last_line_offer_what_can_be_done_here(
    house: House, where: Where, keys: tuple[str, ...]
) -> None:
    house.declare("Checkout returns 503", P1)
    expected = [action for action in actions_for(where) if not (action.practice or action.drill)]
    async with using(house, (120, 90)) as user:
        await user.sees("INC-1")
        await user.press(*keys)
        await user.press("colon")
        await user.sees(expected[-1].help)
        assert isinstance(user.app.screen, CommandPalette)
        options = user.app.screen.query_one(OptionList)
        offered = [str(options.get_option_at_index(place).prompt) for place in range(options.option_count)]
        assert [line.split(maxsplit=1)[1] for line in offered] == [action.help for action in expected]
        await user.press("escape")
        await user.press("question_mark")
        seen = await user.sees(f"Keys: {where}")
        assert [action.help for action in expected if f"{action.key_text}  {action.help}" not in seen] == []
        assert "respond within 5m, update every 30m" in seen
        await user.press("escape")
        labels = [action.label for action in expected if action.label]
        assert [label for label in labels[:3] if label not in user.lines[-1]] == []


async def test_the_palette_finds_an_action_by_its_words_and_runs_it(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.sees("INC-1")
        await user.press("ctrl+p")
        await user.type("severity")
        await user.sees("Change the severity")
        await user.press("enter")
        await user.sees("Severity of INC-1")


async def test_the_operator_is_switched_and_every_event_carries_the_name(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.press("at")
        await user.sees("Whose hands are on this keyboard?", "ada")
        await user.type("check:x")
        await user.press("enter")
        await user.sees("check:x cannot be an operator's name")
        await user.press("at")
        await user.sees("ada")
        await user.type("lin")
        await user.press("enter")
        await user.sees("The operator is now lin.")
        await user.press("a")
        await user.sees("acknowledged by lin")
        assert house.others.incident("INC-1").acknowledged_by == "lin"


async def test_times_are_shown_in_utc_or_the_rooms_zone_with_its_name(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house, (120, 36)) as user:
        await user.sees("13:46:11Z")
        await user.press("Z")
        await user.sees("14:46:11 CET", "Times are shown in Europe/Berlin.")
        await user.press("enter")
        await user.sees("detected 14:46:11 CET")
        await user.press("Z")
        await user.sees("detected 13:46:11Z")


async def test_the_checks_follow_the_zone_in_every_view(house: House) -> None:
    house.declare("Checkout returns 503", P1, services=["checkout"])
    async with using(house, (180, 36)) as user:
        await user.press("2", "m")
        await user.sees("maintenance to 14:16Z")
        await user.press("Z")
        await user.sees("maintenance to 15:16 CET")
        await user.press("1")
        await user.sees("NEXT UPDATE", "maintenance to 15:16 CET")
        await user.press("Z")
        await user.sees("maintenance to 14:16Z")


async def test_pages_are_copied_where_no_browser_opens(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    house.declare("Checkout returns 503", P1, services=["checkout"])
    async with using(house) as user:
        await user.sees("INC-1")
        for key, kind in (("d", "dashboard"), ("l", "logs"), ("p", "apm")):
            await user.press(key)
            await user.sees("no browser opens here", PAGES[kind][:40])
            assert user.app.clipboard == PAGES[kind]
        await user.press("c")
        assert user.app.clipboard == "INC-1 P1 Checkout returns 503"
        await user.press("2", "c")
        assert user.app.clipboard == "https://checkout.example/healthz"


async def test_a_check_is_looked_at_closely_and_put_into_maintenance(house: House) -> None:
    async with using(house) as user:
        await user.press("2")
        await user.sees("GET https://checkout.example/healthz", "uptime: not measured in the last 30 days")
        await user.press("m")
        await user.sees("maintenance")
        await user.press("n")
        await user.sees("Declare an incident", "[x] checkout")
        await user.type("Checkout is odd")
        await user.press("f2")
        await user.sees("INC-1", "checkout")
        assert house.others.incident("INC-1").services == ("checkout",)
