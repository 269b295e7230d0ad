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
