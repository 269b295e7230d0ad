"""The one table of actions: what it promises about keys, handlers, and what people see of it."""

import asyncio
import inspect
from pathlib import Path

import pytest

from console.actions import ACTIONS, PLACES, Where, actions_for
from console.cli.failures import Failure
from console.place import Place, handler
from console.screens.alerts import AlertsScreen
from console.screens.board import BoardScreen
from console.screens.deliveries import DeliveriesScreen
from console.screens.health import HealthScreen
from console.screens.incident import IncidentScreen
from console.screens.messages import MessagesScreen
from console.screens.on_call import OnCallScreen
from console.screens.post_mortem import PostMortemScreen
from console.screens.reports import ReportsScreen
from console.screens.review import ReviewScreen
from console.screens.runbook import RunbookScreen
from console.screens.runbook_import import ImportScreen
from console.screens.runbooks import RunbooksScreen
from console.screens.who import WhoScreen
from console.settings import load_keymap
from data.domain.severity import Severity
from tests.console.room import House, using
from widgets.lines import Lines

VIEWS: list[type[Place]] = [
    BoardScreen,
    IncidentScreen,
    HealthScreen,
    OnCallScreen,
    DeliveriesScreen,
    AlertsScreen,
    MessagesScreen,
    ReportsScreen,
    ReviewScreen,
    PostMortemScreen,
    RunbooksScreen,
    RunbookScreen,
    ImportScreen,
    WhoScreen,
]
KEPT_BY_TERMINALS = {f"ctrl+{letter}" for letter in "abzshijm"}
LIST_KEYS = {"j", "k", "g", "G"}


@pytest.mark.parametrize("where", PLACES)
def test_no_key_means_two_things_in_one_place(where: Where) -> None:
    keys = [action.key for action in actions_for(where)]
    assert sorted(keys) == sorted(set(keys))


def test_no_action_takes_a_key_that_terminals_or_lists_keep() -> None:
    keys = {action.key for action in ACTIONS}
    assert not keys & KEPT_BY_TERMINALS
    assert not keys & LIST_KEYS
    list_keys = {key for binding in Lines.BINDINGS for key in _keys_of(binding)}
    assert list_keys >= LIST_KEYS
    own = {action.key for action in ACTIONS if action.id != "open"}
    assert not own & list_keys  # a list in focus would take the key away


def _keys_of(binding: object) -> list[str]:
    return str(getattr(binding, "key", "")).split(",")


def test_every_handler_is_there_and_can_be_awaited() -> None:
    for action in ACTIONS:
        assert asyncio.iscoroutinefunction(handler(action)), action.id
        assert list(inspect.signature(handler(action)).parameters) == ["place"], action.id


def test_ids_are_unique_and_every_action_says_what_it_does() -> None:
    ids = [action.id for action in ACTIONS]
    assert len(ids) == len(set(ids))
    for action in ACTIONS:
        assert action.help[0].isupper(), action.id
        assert not action.help.endswith("."), action.id
        assert action.where, action.id


@pytest.mark.parametrize("place", VIEWS)
def test_a_views_bindings_are_its_rows_of_the_table(place: type[Place]) -> None:
    bound = {getattr(binding, "id", ""): getattr(binding, "key", "") for binding in place.BINDINGS}
    assert bound == {action.id: action.key for action in actions_for(place.WHERE)}
    assert [view.WHERE for view in VIEWS] == list(PLACES)


async def test_a_personal_key_replaces_the_old_one_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "console.toml"
    file.write_text('[keys]\n"incident.ack" = "V"\nincident.declare = "f5"\nview.health = "H"\n')
    house = House(tmp_path, keymap=load_keymap(file))
    house.declare("Checkout returns 503", Severity.P1)
    async with using(house, (120, 36)) as user:
        await user.sees("INC-1")
        assert "f5 declare  V acknowledge" in user.lines[-1]
        await user.press("a")
        assert house.others.incident("INC-1").acknowledged_at is None
        await user.press("V")
        await user.sees("acknowledged by ada")
        await user.press("f5")
        await user.sees("Declare an incident")
        await user.press("escape", "question_mark")
        await user.sees("V  Acknowledge: you have it", "H  Health: every check")
        await user.press("escape", "H")
        await user.sees("STATE")


def test_without_a_file_every_key_is_the_tables(tmp_path: Path) -> None:
    assert load_keymap(tmp_path / "console.toml") == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[keys]\n"incident.akc" = "A"\n', "there is no action incident.akc; did you mean incident.ack"),
        ('[keys]\n"x" = "A"\n', "there is no action x; warroom keys lists the ids"),
        ('[keys]\n"incident.ack" = 3\n', "incident.ack = 3 is no key"),
        ('[keys]\n"incident.ack" = "hyper+q"\n', "incident.ack = 'hyper+q' is no key"),
        ('[keys]\n"incident.ack" = "nonsense"\n', "is no key"),
        ('[keys]\n"incident.ack" = "ctrl+a"\n', "ctrl+a, which terminals keep"),
        ('[keys]\n"incident.ack" = "j"\n', "j, which moves in lists"),
        ('[keys]\n"incident.ack" = "s"\n', "s would be both incident.ack and incident.severity (board)"),
        ("keys = 3\n", "keys is no table"),
        ("[keys\n", "cannot be read"),
    ],
)
def test_a_wrong_file_is_told_in_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "console.toml"
    file.write_text(text)
    with pytest.raises(Failure) as caught:
        load_keymap(file)
    assert says in f"{caught.value.reason}; {caught.value.hint}"
    assert str(file) in caught.value.reason
