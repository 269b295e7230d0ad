"""The practice shop's real Alertmanager: what fires, what is muted, and that it never stays behind."""

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.alertmanager import Client
from console.child import ROOT
from console.clock import Clock
from console.demo import render
from console.demo.alertmanager import Alertmanager
from console.demo.lifetime import Shop
from console.demo.rules import RULES, SILENCES
from console.demo.services import NAMED
from data.configuration.reading import read
from data.domain import codec
from data.domain.alert import AlertState
from data.domain.room import Kind, Source
from tests.console.alertmanager import needs_binary
from tests.console.terminal import TMUX, WARROOM, Terminal

pytestmark = pytest.mark.slow  # real processes and sockets

LONG = 30.0  # seconds; a machine under load answers late


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """The shop with its script standing still and alerts that fire at once; it must not complain."""
    needs_binary()
    shop = await Shop.start(tmp_path, scale=100_000, paused=True)
    yield shop
    await shop.stop()
    assert (tmp_path / "shop.log").read_text() == ""


async def asked(port: int, path: str) -> Any:
    """Ask an Alertmanager; None while it does not answer."""
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return (await client.get(f"http://127.0.0.1:{port}/api/v2/{path}")).json()
        except httpx.TransportError:
            return None


async def until(port: int, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait until its alerts, by name, are as wanted."""
    found: dict[str, Any] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(LONG):
            while not wanted(found):
                await asyncio.sleep(0.05)
                found = {one["labels"]["alertname"]: one for one in await asked(port, "alerts") or ()}
    assert wanted(found), found
    return found


def fires(*names: str) -> Callable[[dict[str, Any]], bool]:
    """Tell whether just these fire, beside what always does."""
    return lambda found: found.keys() == {"Watchdog", "CertificateExpiresSoon", *names}


def state(alert: dict[str, Any]) -> str:
    return "inhibited" if alert["status"]["inhibitedBy"] else str(alert["status"]["state"])


async def test_an_alert_fires_while_its_service_is_broken_and_one_outage_is_one_alarm(shop: Shop) -> None:
    port = shop.ports["alertmanager"]
    before = await until(port, fires())
    assert state(before["Watchdog"]) == "active"
    assert before["CertificateExpiresSoon"]["status"]["silencedBy"]  # from its first moment on

    await shop.break_("checkout-db")
    during = await until(
        port, fires("DatabaseDown", "CheckoutErrors", "PaymentFailures", "ExportQueueGrowing")
    )
    assert [name for name, alert in during.items() if state(alert) == "active"] == [
        "DatabaseDown",
        "Watchdog",
    ]
    assert during["DatabaseDown"]["labels"]["severity"] == "critical"
    assert during["DatabaseDown"]["annotations"]["runbook_url"].endswith("/database-issues")
    async with httpx.AsyncClient(trust_env=False) as client:
        assert "refusing since" in (await client.get(during["DatabaseDown"]["generatorURL"])).text

    await shop.heal("checkout-db")
    await until(port, fires())


async def test_a_gateway_that_is_down_mutes_the_lesser_alerts(shop: Shop) -> None:
    port = shop.ports["alertmanager"]
    await shop.break_("catalog")
    alone = await until(port, fires("CatalogErrors"))
    assert state(alone["CatalogErrors"]) == "active"
    await shop.break_("gateway")
    both = await until(port, fires("CatalogErrors", "EdgeNotAnswering"))
    assert (state(both["CatalogErrors"]), state(both["EdgeNotAnswering"])) == ("inhibited", "active")
    await shop.heal("gateway")
    await until(
        port, lambda found: fires("CatalogErrors")(found) and state(found["CatalogErrors"]) == "active"
    )


async def test_a_silence_comes_and_goes_and_comes_again_in_the_next_round(tmp_path: Path) -> None:
    needs_binary()
    (planned,) = SILENCES
    place = 0.0
    alerts = Alertmanager(tmp_path, 200, list, lambda: place)
    assert alerts.port is not None

    async def silences(*states: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LONG):
                while sorted(found) != sorted(states):
                    await asyncio.sleep(0.05)
                    found[:] = [
                        one["status"]["state"]
                        for one in await asked(alerts.port or 0, "silences") or ()
                        if one["matchers"][0]["value"] == planned.alert
                    ]
        assert sorted(found) == sorted(states)

    found = ["nothing asked yet"]
    await alerts.open()
    feeding = asyncio.create_task(alerts.feed())
    try:
        await silences()
        place = planned.begins
        await silences("active")
        await silences("expired")  # by itself, while the story stands still
        place = planned.ends
        while planned in alerts._set:  # noqa: ASYNC110 - it is told nothing when a round ends
            await asyncio.sleep(0.05)
        place = planned.begins + 720
        await silences("expired", "active")
    finally:
        feeding.cancel()
        await alerts.close()
    assert planned.alert in {rule.alert for rule in RULES.values()}


async def test_the_rooms_own_source_reads_it(shop: Shop) -> None:
    await until(shop.ports["alertmanager"], fires())
    configuration = read(render(shop.ports), "room.toml")
    assert configuration.warnings == ()
    (source,) = [
        codec.decode(Source, item.spec) for item in configuration.definitions if item.kind is Kind.SOURCE
    ]
    answer = await Client(Clock()).pull(source, source.urls[0])
    assert answer.trouble == ""
    assert {one.labels["alertname"]: one.state for one in answer.sightings or ()} == {
        "Watchdog": AlertState.ACTIVE,
        "CertificateExpiresSoon": AlertState.SILENCED,
    }


async def test_an_alertmanager_that_dies_takes_nothing_along(shop: Shop) -> None:
    port = shop.ports["alertmanager"]
    await until(port, fires())
    os.kill(alertmanager_of(shop.pid), signal.SIGKILL)
    await until_gone(port)
    assert (await shop.break_("catalog")).service == "catalog"


async def test_stopping_the_shop_stops_it_too(tmp_path: Path) -> None:
    needs_binary()
    shop = await Shop.start(tmp_path, paused=True)
    handle = os.pidfd_open(alertmanager_of(shop.pid))
    await shop.stop()
    assert ended(handle)


def alertmanager_of(shop: int) -> int:
    """Return the process id of the Alertmanager that is the shop's child."""
    (child,) = Path(f"/proc/{shop}/task/{shop}/children").read_text().split()
    assert b"alertmanager" in Path(f"/proc/{child}/cmdline").read_bytes()
    return int(child)


async def until_gone(port: int) -> None:
    async with asyncio.timeout(LONG):
        while await asked(port, "status") is not None:  # noqa: ASYNC110 - the dead send no word
            await asyncio.sleep(0.05)


def ended(*handles: int) -> bool:
    """Tell whether processes end, each known by its handle."""
    done = all(select.select([handle], [], [], LONG)[0] for handle in handles)
    for handle in handles:
        os.close(handle)
    return done


CONSOLE = """
import asyncio, json
from console.demo.folder import demo_folder
from console.demo.lifetime import Shop

async def main():
    with demo_folder() as folder:
        shop = await Shop.start(folder)
        print(json.dumps({"shop": shop.pid, "ports": shop.ports}), flush=True)
        await asyncio.sleep(3600)

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for a grandchild needs Linux")
@pytest.mark.parametrize("victim", ["console", "shop"])
def test_it_is_gone_when_the_console_or_the_shop_is_killed_hard(tmp_path: Path, victim: str) -> None:
    needs_binary()
    with subprocess.Popen(
        (sys.executable, "-c", CONSOLE),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as console:
        assert console.stdout is not None
        began = json.loads(console.stdout.readline())
        alertmanager = alertmanager_of(began["shop"])
        handles = [os.pidfd_open(began["shop"]), os.pidfd_open(alertmanager)]
        os.kill(console.pid if victim == "console" else began["shop"], signal.SIGKILL)
        assert ended(*handles)
        assert not Path(f"/proc/{alertmanager}").exists() or b"Z" in status(alertmanager)
        console.kill()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", began["ports"]["alertmanager"])) != 0


def status(pid: int) -> bytes:
    """Return the state of a process that ended and was not waited for yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except FileNotFoundError:
        return b"Z"


async def test_without_one_the_shop_opens_and_the_room_has_no_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    shop = await Shop.start(tmp_path, paused=True)
    try:
        assert not shop.alerting
        assert shop.ports.keys() == {*NAMED, "smtp"}
        definitions = read(render(shop.ports), "room.toml").definitions
        assert not [item for item in definitions if item.kind is Kind.SOURCE]
        assert (await shop.break_("payments")).service == "payments"
    finally:
        await shop.stop()
    assert (tmp_path / "shop.log").read_text() == ""


@pytest.mark.skipif(TMUX is None or not WARROOM.exists(), reason="tmux or the command is not installed")
def test_without_one_the_practice_room_says_so_at_once_and_while_it_is_open(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    try:
        terminal.type(f"PATH=/nowhere {WARROOM} demo")
        terminal.sees("PRACTICE: B breaks, no Alertmanager here", "gateway-edge")
        terminal.press("C-q")
        terminal.sees("no Alertmanager on this machine: no alerts in this practice room", "prompt>")
    finally:
        terminal.close()


@pytest.mark.skipif(TMUX is None or not WARROOM.exists(), reason="tmux or the command is not installed")
def test_an_evening_by_keyboard(tmp_path: Path) -> None:
    needs_binary()
    terminal = Terminal(tmp_path, (120, 36))
    try:
        terminal.type(f"{WARROOM} demo --speed 5")
        terminal.sees("proposed: payments-api is down")
        terminal.press("y")
        terminal.sees("Confirm PR-1")
        terminal.press("Enter")
        terminal.sees("INC-1", "attached: PaymentFailures")
        terminal.press("I")
        terminal.sees("What arrived", "ada", "[P1] INC-1 payments-api is down")
        terminal.press("End")
        terminal.press("Enter")
        terminal.sees("to ada by web hook", "You are told as On-call engineer")
        terminal.press("C-q")
        terminal.sees("prompt>")
    finally:
        terminal.close()
