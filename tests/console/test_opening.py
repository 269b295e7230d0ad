"""What a console shows first: a view, an incident, or the most urgent one."""

from pathlib import Path

import pytest

from console.opening import Opening, incident_key, views
from data.domain.incident import Disposition
from data.domain.severity import Severity
from data.store.commands import incidents
from tests.console.cli_room import Shell, new_shell
from tests.console.room import SIZES, House, using
from tests.store.room import done

P0, P1, P2, P3 = Severity


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("view", "says"),
    [
        ("health", "STATE"),
        ("on-call", "Ladder"),
        ("review", "Post-mortems"),
        ("reports", "MTTA"),
        ("board", "NEXT UPDATE"),
    ],
)
async def test_a_console_begins_at_a_view(
    tmp_path: Path, view: str, says: str, size: tuple[int, int]
) -> None:
    house = House(tmp_path, opening=Opening(view=view))
    house.declare("Checkout returns 503", P0)
    async with using(house, size) as user:
        await user.sees(says)
        await user.press("1")
        await user.sees("NEXT UPDATE", "INC-1")


@pytest.mark.parametrize("size", SIZES)
async def test_it_begins_at_an_incident(tmp_path: Path, size: tuple[int, int]) -> None:
    house = House(tmp_path, opening=Opening(incident="INC-2"))
    house.declare("Checkout returns 503", P0)
    house.declare("Search is slow", P2)
    async with using(house, size) as user:
        await user.sees("Search is slow", "RESPOND in 1:00:00")
        await user.press("escape")
        await user.sees("NEXT UPDATE", "INC-1")


async def test_an_incident_that_is_not_there_is_said(tmp_path: Path) -> None:
    house = House(tmp_path, opening=Opening(incident="INC-9"))
    async with using(house) as user:
        await user.sees("There is no incident INC-9.")


async def test_the_most_urgent_incident_opens_by_itself_and_the_next_when_it_is_over(tmp_path: Path) -> None:
    house = House(tmp_path, opening=Opening(view="incident"))
    async with using(house) as user:
        await user.sees("No live incident: the most urgent one opens here by itself.")
        house.declare("Search is slow", P2)
        await user.sees("Checklist", "Search is slow")
        house.declare("Checkout returns 503", P0)
        await user.rest()
        assert "Checkout returns 503" not in "\n".join(user.lines)  # nobody's view is taken away
        done(house.others.do(incidents.resolve, "INC-1", Disposition.FIXED, by="lin"))
        await user.sees("Checklist", "Checkout returns 503")


async def test_who_went_elsewhere_is_left_there(tmp_path: Path) -> None:
    house = House(tmp_path, opening=Opening(view="incident"))
    house.declare("Search is slow", P2)
    async with using(house) as user:
        await user.sees("Checklist", "Search is slow")
        await user.press("3")
        await user.sees("Ladder")
        house.declare("Checkout returns 503", P0)
        done(house.others.do(incidents.resolve, "INC-1", Disposition.FIXED, by="lin"))
        await user.rest()
        await user.sees("Ladder", "1 live")
        await user.press("1")
        await user.sees("INC-2", "NEXT UPDATE")


async def test_a_console_beside_another_does_no_work(tmp_path: Path) -> None:
    house = House(tmp_path, work=True, opening=Opening(beside=True))
    async with using(house) as user:
        await user.sees("Welcome")
    assert house.app.crew is None
    assert not house.app.read_only


def test_every_numbered_view_can_be_named() -> None:
    assert {"board", "health", "on-call", "review", "reports", "incident"} <= set(views())


@pytest.mark.parametrize("text", ["INC-42", "inc-42", "42", " 42 "])
def test_an_incident_is_named_as_people_do(text: str) -> None:
    assert incident_key(text) == "INC-42"


@pytest.mark.parametrize("text", ["", "0", "INC-", "PR-1", "INC-1x", "9" * 30, "\x1b[2J"])
def test_what_names_no_incident_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no incident"):
        incident_key(text)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--view", "healht"), "there is no view healht"),
        (("--incident", "PR-1"), "'PR-1' is no incident"),
        (("--read-only", "list"), "--read-only and --beside are for the console"),
        (("--view", "health", "list"), "are for the console"),
        (("--read-only",), "the console needs a terminal"),
    ],
)
def test_what_cannot_be_meant_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    shell: Shell = new_shell(tmp_path, monkeypatch)
    said = shell(*words)
    assert (said.code, said.out) == (2, "")
    assert says in said.err
