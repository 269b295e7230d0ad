"""A drill, played: the shop really breaks, what responders do really heals it, and the guide judges."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from console.clock import Clock
from console.demo.lifetime import Shop
from console.demo.services import Mode
from console.drill.conductor import Conductor
from console.drill.scenarios import find
from data.domain.drill import Kept
from data.domain.incident import Disposition, Status
from data.store.commands import incidents
from tests.console.cli_room import Shell, new_shell
from tests.console.room import House, using
from tests.console.terminal import TMUX, WARROOM, Terminal
from tests.store.room import P0, done
from tests.widgets.screen import text

# Without a shop: what a shell can ask.


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch, empty=True)


def test_the_drills_there_are(shell: Shell) -> None:
    listed = shell("drill", "--list", named=False)
    assert [line.split()[0] for line in listed.out.splitlines()] == ["NAME", "database", "api", "slow"]
    assert shell("drill", "--list", "--json", named=False).json[0] == {
        "id": "database",
        "title": "Orders cannot be written",
        "lasts": "20m",
    }
    assert "there are database, api, slow" in shell("drill", named=False).err


def test_the_facilitator_reads_what_nobody_else_does(shell: Shell, tmp_path: Path) -> None:
    said = shell("drill", "database", "--facilitator", named=False)
    assert said.code == 0
    for words in ("T+00:50  checkout-db refusing", "P0 critical", "(this heals it)", "The cause", "Hints"):
        assert words in said.out
    told = shell("drill", "api", "--facilitator", "--json", named=False).json
    assert told["expected"]["services"] == ["payments"]
    own = tmp_path / "own.toml"
    own.write_text("title = 3\n")
    refused = shell("drill", str(own), "--facilitator", named=False)
    assert (refused.code, refused.out) == (1, "")
    assert f"{own}:1: title: expected text in quotes, found a number" in refused.err


def test_a_drill_needs_a_terminal_and_a_free_place_to_keep_its_room(shell: Shell, tmp_path: Path) -> None:
    refused = shell("drill", "database", named=False)
    assert (refused.code, "a drill needs a terminal" in refused.err) == (2, True)
    chosen = shell("drill", "--keep", str(tmp_path), named=False, terminal=True, typed="1\n")
    assert "1 database: Orders cannot be written" in chosen.err
    assert f"there already is something at {tmp_path}" in chosen.err
    nowhere = shell("drill", "api", "--keep", "/nowhere/x.db", named=False, terminal=True)
    assert "there is no such folder" in nowhere.err


async def test_outside_of_a_drill_its_key_says_so(tmp_path: Path) -> None:
    async with using(House(tmp_path)) as user:
        await user.press("F")
        await user.sees("This is no drill: warroom drill opens one.")
        await user.press("question_mark")
        await user.sees("Keys: board")
        assert "Drill:" not in text(user.app)


# With a real one.


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    shop = await Shop.start(tmp_path, scale=600, paused=True)
    yield shop
    await shop.stop()
    assert (tmp_path / "shop.log").read_text() == ""


@pytest.mark.slow
async def test_the_shop_breaks_as_the_scenario_says_and_stays_healed(tmp_path: Path, shop: Shop) -> None:
    house = House(tmp_path)
    drill = Conductor(find("database"), shop, house.desk, Clock(scale=600))
    changes = shop.changes()
    playing = asyncio.create_task(drill.play())
    seen = [await anext(changes) for _ in range(2)]
    assert [(change.service, change.mode) for change in seen] == [
        ("checkout-db", Mode.SLOW),
        ("checkout-db", Mode.REFUSING),
    ]
    assert seen[0].why == "A report without an index holds locks on the orders table"
    await playing
    useless, _, failover = drill.scenario.remedies
    await drill.act(useless)
    await drill.act(failover)
    assert (await anext(changes)).mode is Mode.OK
    again = Conductor(find("database"), shop, house.desk, Clock(scale=600))
    await again.act(failover)
    assert (await anext(changes)).mode is Mode.OK
    await again.play()
    await shop.heal("mail")
    assert (await anext(changes)).service == "mail", "what was healed did not break again"
    await house.desk.close()


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (64, 11)])
async def test_hints_acts_and_the_score_are_behind_one_key(
    tmp_path: Path, shop: Shop, size: tuple[int, int]
) -> None:
    house = House(tmp_path, shop=shop, practice="DRILL: F acts, hints, scores")
    drill = shop.drill = Conductor(find("database"), shop, house.desk, house.app.clock)
    house.declare("checkout-db is down", P0)
    async with using(house, size) as user:
        await user.sees("INC-1")
        await user.press("F")
        await user.sees("Drill: Orders cannot be written", "Do it: Restart checkout")
        await user.press("4")
        await user.sees("The next hint costs 5 points.")
        await user.press("n")
        await user.sees_not("The next hint costs")
        assert drill.hints == 0
        await user.press("F", "4", "y")
        await user.sees("Hints so far", "checkout, payments and exports all need")
        await user.press("escape", "F", "3")
        await user.sees("the replica took over")
        await user.press("escape", "F")
        await user.sees("Do it: Restart checkout")
        assert drill.tried == [drill.scenario.remedies[2]]
        await user.press("5")
        await user.sees("Orders cannot be written:", "still open", "1 of 3 hints taken")
        await user.press("escape", "F", "6")
        await user.sees("ten past three")
        await user.press("escape")
        await user.sees("INC-1")


@pytest.mark.slow
async def test_the_end_is_noticed_and_so_is_that_it_was_none(tmp_path: Path, shop: Shop) -> None:
    house = House(tmp_path)
    drill = Conductor(find("database"), shop, house.desk, house.app.clock)
    heard: asyncio.Queue[bool] = asyncio.Queue()
    watching = asyncio.create_task(drill.watch(heard.put_nowait))
    house.declare("checkout-db is down", P0)
    done(house.others.do(incidents.resolve, "INC-1", Disposition.FIXED))
    assert await heard.get()
    done(house.others.do(incidents.set_status, "INC-1", Status.FIXING, "it is back"))
    assert not await heard.get()
    watching.cancel()
    found = await drill.score(final=True)
    assert {mark.what for mark in found.of(Kept.MISSED)} >= {"resolve", "steps"}
    await house.desk.close()
    house.close()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / "tmp").mkdir()
    opened = Terminal(tmp_path, env={"TMPDIR": str(tmp_path / "tmp")})
    yield opened
    opened.close()


@pytest.mark.slow
@pytest.mark.skipif(TMUX is None or not WARROOM.exists(), reason="tmux or the command is not installed")
def test_a_drill_from_its_first_line_to_its_score(terminal: Terminal, tmp_path: Path) -> None:
    kept, score = tmp_path / "kept.db", tmp_path / "score.json"
    terminal.type(f"{WARROOM} drill api --speed 10 --keep {kept} --json > {score}; echo ended with $?")
    terminal.sees("DRILL: F acts, hints, scores")
    terminal.sees("payments-api is")
    terminal.press("y", "Enter")
    terminal.sees("INC-1")
    terminal.press("a")
    terminal.sees("met ")
    terminal.press("F")
    terminal.sees("Do it: Put the client certificate")
    terminal.press("3")
    terminal.sees("the card processor takes our connections again")
    terminal.press("Escape")
    terminal.sees("resolve?")
    terminal.press("r")
    terminal.sees("How did INC-1 end?")
    terminal.press("1")
    terminal.sees("the final update, or esc for none")
    terminal.press("Escape")
    terminal.sees("DRILL over: F shows the score")
    terminal.press("C-q")
    terminal.sees("ended with 0")
    told = json.loads(score.read_text())
    states = {
        mark["what"]: mark["state"] for mark in told["marks"] if mark["what"] not in ("update", "steps")
    }
    assert states == {
        "acknowledge": "kept",
        "severity": "kept",
        "service": "kept",
        "runbook": "missed",
        "resolve": "kept",
    }
    assert 0 < told["points"] < 100
    shown = json.loads(terminal.warroom("show", "INC-1", "--store", str(kept), "--json"))
    assert shown["severity"] == "P1"
    assert not list((tmp_path / "tmp").glob("warroom-demo-*")), "nothing else of it stays"
