"""A practice evening in the demo's shop: everything is real, so everything is asked over its own port."""

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.child import ROOT
from console.demo import render
from console.demo.folder import demo_folder, sweep
from console.demo.lifetime import Shop, ShopFailed
from console.demo.listener import FLAPS
from console.demo.script import ROUND, STORY
from console.demo.services import NAMED, SERVICES, Mode
from console.workers.probe import Prober
from console.workers.transport import blind_context
from data.configuration.reading import read
from data.domain import codec
from data.domain.check import Check, Outcome, Reason, Result, Warn
from data.domain.room import SPECS, Kind

pytestmark = pytest.mark.slow  # real processes, sockets and intervals

SHORT = timedelta(milliseconds=400)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """The shop with its script standing still; it must not have complained by the end."""
    shop = await Shop.start(tmp_path, scale=100_000, paused=True)
    yield shop
    await shop.stop()
    assert (tmp_path / "shop.log").read_text() == ""


async def look(shop: Shop, service: str, within: timedelta = timedelta(seconds=10)) -> Result:
    scheme = "https" if NAMED[service].tls else "http"
    check = Check(
        service,
        service,
        f"{scheme}://127.0.0.1:{shop.ports[service]}/healthz",
        timeout=within,
        warn=Warn(latency=timedelta(milliseconds=250)),
        verify=False,
    )
    return await Prober().probe(check, now=lambda: datetime.now(UTC))


async def get(shop: Shop, service: str, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:  # noqa: S501 - self-signed on purpose
        scheme = "https" if NAMED[service].tls else "http"
        return await client.get(f"{scheme}://127.0.0.1:{shop.ports[service]}{path}")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(10)
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_the_evening_begins_with_everything_well_but_a_certificate(shop: Shop) -> None:
    found = {service.name: await look(shop, service.name) for service in SERVICES}

    gateway = found.pop("gateway")
    assert (gateway.outcome, gateway.reason) == (Outcome.WARN, Reason.CERTIFICATE)
    assert gateway.detail == "certificate expires in 6 days"
    assert {result.outcome for result in found.values()} == {Outcome.PASS}
    assert sum(service.name != "checkout-db" for service in SERVICES) == 8


@pytest.mark.parametrize(
    ("service", "mode", "reason", "words"),
    [
        ("search", Mode.SLOW, Reason.SLOW, "slow: "),
        ("payments", Mode.DOWN_BODY, Reason.BODY, "the health document says DOWN: card-processor"),
        ("mail", Mode.DOWN_BODY, Reason.BODY, "the health document says fail: smtp (smtp does not answer)"),
        ("catalog", Mode.ERROR_503, Reason.STATUS, "HTTP 503 Service Unavailable"),
        ("gateway", Mode.ERROR_503, Reason.STATUS, "HTTP 503 Service Unavailable, failed: routes"),
        ("exports", Mode.DRIPPING, Reason.TIMEOUT, ""),
        ("catalog", Mode.HANG, Reason.TIMEOUT, ""),
        ("gateway", Mode.HANG, Reason.TIMEOUT, ""),
        ("mail", Mode.REFUSING, Reason.REFUSED, ""),
        ("checkout-db", Mode.REFUSING, Reason.REFUSED, ""),
    ],
)
async def test_a_broken_service_looks_its_part_and_heals(
    shop: Shop, service: str, mode: Mode, reason: Reason, words: str
) -> None:
    change = await shop.break_(service, mode, latency=0.3)
    assert (change.service, change.mode) == (service, mode)

    patient = mode not in (Mode.HANG, Mode.DRIPPING)
    result = await look(shop, service, timedelta(seconds=10) if patient else SHORT)
    assert result.reason is reason
    assert words in result.detail

    assert (await shop.heal(service)).mode is Mode.OK
    assert (await look(shop, service)).reason in (Reason.OK, Reason.CERTIFICATE)


async def test_a_flapping_service_flaps_the_same_way_each_time(shop: Shop) -> None:
    for _ in range(2):
        await shop.break_("recommendations")
        statuses = [(await look(shop, "recommendations")).status for _ in range(12)]
        assert statuses == list(islice(cycle(FLAPS), 12))
    assert "503,503,503" not in ",".join(map(str, FLAPS * 2))


async def test_each_service_has_its_own_way_to_break(shop: Shop) -> None:
    for service in SERVICES:
        assert (await shop.break_(service.name)).mode is service.breaks_as
    assert {service.breaks_as for service in SERVICES} == set(Mode) - {Mode.OK}


async def test_those_who_need_the_database_follow_it_and_say_whom_they_miss(shop: Shop) -> None:
    await shop.break_("checkout-db")

    checkout = await get(shop, "checkout", "/healthz")
    assert checkout.status_code == 503
    assert checkout.json() == {
        "status": "down",
        "service": "checkout",
        "cart": "up",
        "checkout-db": "down",
    }
    for follower in ("payments", "exports"):
        answer = await get(shop, follower, "/healthz")
        assert answer.status_code == 503
        assert "checkout-db" in answer.text
        assert (await get(shop, follower, "/")).status_code == 503
    assert (await look(shop, "catalog")).outcome is Outcome.PASS
    log = await get(shop, "monitoring", "/logs/checkout")
    assert "ERROR checkout checkout-db does not answer" in log.text

    await shop.heal("checkout-db")
    assert (await look(shop, "checkout")).outcome is Outcome.PASS


@pytest.mark.parametrize("service", ["catalog", "gateway"])
async def test_whoever_hangs_is_let_go_when_the_service_heals(shop: Shop, service: str) -> None:
    await shop.break_(service, Mode.HANG)
    context = blind_context() if NAMED[service].tls else None
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.ports[service], ssl=context)
    writer.write(b"GET /healthz HTTP/1.1\r\n\r\n")
    assert "hang since" in (await get(shop, "monitoring", f"/dashboard/{service}")).text

    await shop.heal(service)
    assert await reader.read() == b""
    writer.close()


async def test_a_client_that_does_not_speak_http_harms_nobody(shop: Shop) -> None:
    nonsense = (
        b"",
        b"\r\n\r\n",
        b"hi\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"A" * 70_000,
    )
    for service in ("catalog", "gateway", "checkout-db"):
        for sent in nonsense:
            reader, writer = await asyncio.open_connection("127.0.0.1", shop.ports[service])
            writer.write(sent)
            writer.write_eof()
            with suppress(ConnectionError):  # hung up on with data unread
                assert not (await reader.read()).startswith(b"HTTP/1.1 200")
            writer.close()
        assert (await look(shop, service)).outcome is not Outcome.FAIL


async def test_the_links_of_every_service_open_a_page(shop: Shop) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for service in configured(shop.ports)[Kind.SERVICE]:
            assert [name for name, _ in service.links] == ["dashboard", "logs", "apm"]
            for _, link in service.links:
                answer = await client.get(link)
                assert answer.status_code == 200
                assert service.id in answer.text
    assert (await get(shop, "monitoring", "/logs/nothing")).status_code == 404
    assert (await get(shop, "catalog", "/dashboard/catalog")).status_code == 404
    assert "products and prices" in (await get(shop, "catalog", "/")).text


def configured(ports: dict[str, int]) -> dict[Kind, list[Any]]:
    """The practice room as its real reader sees it, kind by kind; nothing in it may deserve a warning."""
    configuration = read(render(ports), "room.toml")
    assert configuration.warnings == ()
    found: dict[Kind, list[Any]] = {}
    for definition in configuration.definitions:
        spec = codec.decode(SPECS[definition.kind], definition.spec)
        found.setdefault(definition.kind, []).append(spec)
    return found


async def test_the_room_watches_every_service_and_finds_it_as_it_is(shop: Shop) -> None:
    room = configured(shop.ports)
    checks: list[Check] = room[Kind.CHECK]
    everything = {service.name for service in SERVICES}
    assert {service.id for service in room[Kind.SERVICE]} == everything
    assert {check.service for check in checks} == everything
    assert [check.id for check in checks if check.opens] == ["checkout-db"]
    masked = {check.service for check in checks if "checkout-db" in check.depends_on}
    assert masked == {service.name for service in SERVICES if service.needs} | {"checkout-db"}

    found = {check.id: await Prober().probe(check, now=lambda: datetime.now(UTC)) for check in checks}
    assert found.pop("gateway-edge").reason is Reason.CERTIFICATE
    assert {result.reason for result in found.values()} == {Reason.OK}


def test_the_room_knows_whom_to_wake_and_whom_to_tell() -> None:
    room = configured(dict.fromkeys([*NAMED, "smtp"], 1))
    assert [level.name for level in room[Kind.LEVEL]] == [
        "On-call engineer",
        "Team lead",
        "Engineering manager",
        "CTO/VP Engineering",
        "CEO",
    ]
    assert all(level.contacts for level in room[Kind.LEVEL])
    assert all(contact.reachable for contact in room[Kind.CONTACT])
    assert len(room[Kind.AUDIENCE]) == 5
    assert all(audience.channels for audience in room[Kind.AUDIENCE])
    with pytest.raises(KeyError):
        render({"gateway": 1})


def test_the_story_tells_of_every_kind_of_trouble_and_ends_well() -> None:
    times = [after for after, *_ in STORY]
    assert times == sorted(times)
    assert times[0] == 20
    assert times[-1] < ROUND
    assert {mode for _, _, mode, _ in STORY} == set(Mode)
    assert {service for _, service, *_ in STORY} <= {service.name for service in SERVICES}
    ends = {service: mode for _, service, mode, _ in STORY}
    assert set(ends.values()) == {Mode.OK}
    assert all(len(why) <= 80 for *_, why in STORY)


async def test_the_script_is_told_in_order_again_and_again(tmp_path: Path) -> None:
    shop = await Shop.start(tmp_path, scale=4000, paused=True)
    try:
        changes = shop.changes()
        await shop.resume()
        told = [await anext(changes) for _ in range(2 * len(STORY) + 1)]
    finally:
        await shop.stop()
    script = [(service, mode, why) for _, service, mode, why in STORY]
    assert [(change.service, change.mode, change.why) for change in told] == [*script, *script, script[0]]
    assert [change.at for change in told] == sorted(change.at for change in told)


async def test_a_paused_script_waits_while_a_person_plays(tmp_path: Path) -> None:
    shop = await Shop.start(tmp_path, scale=20_000)
    try:
        changes = shop.changes()
        await anext(changes)
        await shop.pause()
        first = await shop.break_("search", "slow")
        last = await shop.heal("search")
        seen = [await anext(changes)]
        while seen[-1] != last:
            seen.append(await anext(changes))
        assert seen[seen.index(first) :] == [first, last]
        await shop.resume()
        assert (await anext(changes)).why in {why for *_, why in STORY}
    finally:
        await shop.stop()


async def test_what_does_not_exist_is_refused_by_name(shop: Shop) -> None:
    with pytest.raises(ValueError, match="no such service: 'serach'"):
        await shop.break_("serach")
    with pytest.raises(ValueError, match="no such mode: 'sleepy'"):
        await shop.break_("search", "sleepy")
    with pytest.raises(ValueError, match="no latency in seconds: -1"):
        await shop.break_("search", "slow", latency=-1)
    assert (await look(shop, "search")).outcome is Outcome.PASS


async def test_stopping_leaves_nothing_listening(tmp_path: Path) -> None:
    shop = await Shop.start(tmp_path, paused=True)
    changes = shop.changes()
    await shop.break_("catalog", Mode.HANG)
    await shop.stop()
    await shop.stop()

    assert not any(map(listens, shop.ports.values()))
    assert [change.service async for change in changes] == ["catalog"]
    assert [change async for change in shop.changes()] == []
    with pytest.raises(ShopFailed):
        await shop.heal("catalog")


async def test_a_shop_that_is_killed_says_so_to_whoever_waits(tmp_path: Path) -> None:
    shop = await Shop.start(tmp_path, paused=True)
    changes = shop.changes()
    os.kill(shop.pid, signal.SIGKILL)
    assert [change async for change in changes] == []
    with pytest.raises(ShopFailed):
        await shop.break_("catalog")
    await shop.stop()


async def test_a_shop_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "gateway.pem").mkdir()
    with pytest.raises(ShopFailed, match="IsADirectoryError"):
        await Shop.start(tmp_path)


def begin(folder: Path, stdin: int) -> subprocess.Popen[bytes]:
    command = (sys.executable, "-m", "console.demo.shop", "--folder", str(folder), "--paused")
    return subprocess.Popen(command, cwd=ROOT, stdin=stdin, stdout=subprocess.PIPE)


def test_a_line_that_makes_no_sense_is_answered_and_the_shop_goes_on(tmp_path: Path) -> None:
    with begin(tmp_path, subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())["ports"]
        for line in (
            b"nonsense",
            b"[]",
            b'{"burn": "all"}',
            b'{"heal": 7}',
            b'{"script": "rewind", "id": 3}',
        ):
            process.stdin.write(line + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert answer["error"]
        assert answer["id"] == 3
        ports.pop("alertmanager", None)  # it answers some moments later
        assert all(map(listens, ports.values()))
        process.stdin.close()
        assert process.wait(10) == 0


def test_sigterm_ends_the_shop_in_order(tmp_path: Path) -> None:
    with begin(tmp_path, subprocess.PIPE) as process:
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())["ports"]
        process.terminate()
        assert process.wait(10) == 0
    assert not any(map(listens, ports.values()))


def test_a_shop_nobody_talks_to_ends_at_once(tmp_path: Path) -> None:
    with begin(tmp_path, subprocess.DEVNULL) as process:
        assert process.wait(10) == 0


CONSOLE = """
import asyncio, json, os
from console.demo.folder import demo_folder
from console.demo.lifetime import Shop

async def main():
    with demo_folder() as folder:
        shop = await Shop.start(folder)
        print(json.dumps({"folder": str(folder), "shop": shop.pid, "ports": shop.ports}), flush=True)
        await asyncio.sleep(3600)

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for a grandchild needs Linux")
def test_a_console_killed_hard_takes_its_shop_along_and_the_next_one_sweeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    console = subprocess.Popen(
        (sys.executable, "-c", CONSOLE),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    with console:
        assert console.stdout is not None
        began = json.loads(console.stdout.readline())
        folder = Path(began["folder"])
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "pid").read_text() == f"{console.pid}\n"
        assert (folder / "gateway.pem").stat().st_mode & 0o777 == 0o600
        assert sweep() == []  # it lives

        shop = os.pidfd_open(began["shop"])
        console.kill()
        console.wait(10)
        ended, _, _ = select.select([shop], [], [], 10)
        os.close(shop)
    assert ended
    assert not any(map(listens, began["ports"].values()))
    assert sweep() == [folder]
    assert not folder.exists()


def test_sweeping_touches_nothing_but_abandoned_demos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    treasure = tmp_path / "treasure"
    treasure.mkdir()
    (treasure / "pid").write_text("1\n")
    (tmp_path / "warroom-demo-link").symlink_to(treasure, target_is_directory=True)
    (tmp_path / "warroom-demo-file").touch()
    (tmp_path / "warroom-demo-being-made").mkdir()
    forgotten = tmp_path / "warroom-demo-half-made"
    forgotten.mkdir()
    os.utime(forgotten, (0, 0))
    with demo_folder() as mine:
        assert sweep() == [forgotten]
        assert mine.is_dir()
    assert not mine.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "treasure",
        "warroom-demo-being-made",
        "warroom-demo-file",
        "warroom-demo-link",
    ]
    assert (treasure / "pid").exists()
