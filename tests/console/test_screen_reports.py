"""View 6: a quarter on one page, another window and another grouping at a key each."""

from pathlib import Path

import pytest

from data.domain.incident import Disposition
from data.domain.severity import Severity
from data.history.statuspage import NAME
from data.store.commands import incidents
from data.store.commands.findings import Finding
from data.store.commands.history import import_history
from tests.console.room import SIZES, House, using
from tests.hostile import TEXTS
from tests.status_pages import incident
from tests.store.room import done
from tests.store.test_history import past

P0, P1, P2, P3 = Severity


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A night with one incident that was answered late, and one check that cried wolf."""
    made = House(tmp_path)
    key = made.declare("Checkout returns 503", P1, services=["checkout"])
    made.clock.later(minutes=20)
    done(made.others.do(incidents.acknowledge, key, by="ada"))
    made.clock.later(minutes=20)
    done(made.others.do(incidents.resolve, key, Disposition.FIXED, by="ada"))
    made.others.found(Finding("check:search-api", "search-api is DOWN", P2, "refused", ("search",)))
    return made


@pytest.mark.parametrize("size", SIZES)
async def test_the_page_has_the_figures_and_more_below(house: House, size: tuple[int, int]) -> None:
    async with using(house, size) as user:
        await user.press("6")
        await user.sees("1 incident from 2026-08-26", "SEVERITY", "MTTR", "P1", "20m", "40m", "0 % of 1")
        await user.press("G")
        await user.sees("search-api is DOWN")
        await user.press("g")
        await user.sees("1 incident from")
        await user.press("escape")
        await user.sees("NEXT UPDATE")


async def test_a_key_groups_by_something_else_and_another_looks_further_back(house: House) -> None:
    some = past(*map(incident, range(1, 6)))
    done(house.others.do(import_history, NAME, some))
    async with using(house, (120, 36)) as user:
        await user.press("6")
        await user.sees("SEVERITY", "1 incident from")
        await user.press("b")
        await user.sees("MONTH", "2026-11", "██████████")
        await user.press("b")
        await user.sees("SERVICE", "checkout")
        await user.press("w")
        await user.sees("1 incident from 2025-11-24")
        await user.press("w")
        await user.sees("6 incidents from the beginning", "api-gateway", "5 incidents recorded afterwards")
        await user.press("w", "b")
        await user.sees("SEVERITY", "1 incident from 2026-10-25")


async def test_a_quiet_room_says_what_helps(tmp_path: Path) -> None:
    async with using(House(tmp_path)) as user:
        await user.press("6")
        await user.sees("No incident in the last 90 days. w looks at another window")


async def test_hostile_titles_stay_text(house: House) -> None:
    for number, words in enumerate(TEXTS):
        house.others.found(Finding(f"check:c{number}", words, P3, "refused"))
    async with using(house, (80, 24)) as user:
        await user.press("6", "G")
        seen = await user.sees("NOISIEST")
        assert "\x1b" not in seen


async def test_a_key_turns_the_table_into_plots_and_back(house: House) -> None:
    async with using(house, (120, 36)) as user:
        await user.press("6")
        await user.sees("SEVERITY", "1 incident from")
        await user.press("p")
        seen = await user.sees(
            "Mean time by month   o to acknowledge  x to resolve",
            "Kept in time by month   o responses  x updates",
            "Incidents by month   █ P0  ▓ P1  ▒ P2  ░ P3",
            "Detected by hour",
            "2026-11",
            "100 %",
        )
        assert "SEVERITY" not in seen
        assert "▓▓▓" in seen
        await user.press("b")
        await user.sees("Plots are by month")
        await user.press("p")
        assert "Kept in time" not in await user.sees("SEVERITY", "1 incident from")


async def test_plots_scroll_where_they_do_not_fit(house: House) -> None:
    async with using(house) as user:
        await user.press("6", "p")
        await user.sees("Mean time by month", "2026-11")
        await user.press("G")
        await user.sees("Detected by hour", " 23")
        await user.press("g")
        await user.sees("Mean time by month")


async def test_a_pane_without_room_for_plots_says_so_in_a_sentence(house: House) -> None:
    async with using(house, (64, 11)) as user:
        await user.press("6", "p")
        await user.sees("Plots need more room")
        await user.press("p")
        await user.sees("SEVERITY")


async def test_a_quiet_window_has_no_plots_and_says_what_helps(tmp_path: Path) -> None:
    async with using(House(tmp_path)) as user:
        await user.press("6", "p")
        await user.sees("No incident in the last 90 days")
        await user.press("w", "w")
        await user.sees("No incident yet")


async def test_plots_of_many_months_label_some_of_them(house: House) -> None:
    done(house.others.do(import_history, NAME, past(*map(incident, range(1, 6)))))
    async with using(house) as user:
        await user.press("6", "w", "w", "p")
        first = await user.sees("Mean time by month", "2026-11")
        assert 2 < first.count("20") < 40
        await user.press("w")
        await user.sees("Mean time by month", "2026-11")


async def test_hostile_titles_and_services_do_not_reach_a_plot(house: House) -> None:
    for words in TEXTS:
        house.declare(words[:80].strip() or "x", P3)
    async with using(house) as user:
        await user.press("6", "p")
        assert "\x1b" not in await user.sees("Mean time by month", "2026-11")
