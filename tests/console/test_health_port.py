"""The port by which others see whether a worker lives: what it answers, and who cannot hold it up."""

import asyncio
import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from console.desk import Desk
from console.workers import health_port
from console.workers.crew import Crew
from console.workers.figures import BOUNDS, Durations, quantile
from console.workers.health_port import HealthPort, PortTaken
from console.workers.service_manager import ServiceManager
from console.workers.vital_signs import VitalSigns
from data.store.commands import incidents
from data.store.store import open_store
from tests.console.engine_room import P1, Room, check, room, shops, until

SAMPLE = re.compile(r"warroom_[a-z_]+(\{[a-z]+=\"[^\"]*\"\})? [-+0-9.e]+|# (HELP|TYPE) warroom_[a-z_]+ .+")


async def ask(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    """One request, as curl makes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]), body


async def ready(port: int) -> None:
    """Wait until it says so."""
    while (await ask(port, "/readyz"))[0] != 200:
        pass


@asynccontextmanager
async def at_work(place: Room) -> AsyncIterator[tuple[VitalSigns, int]]:
    """A whole crew on a room, with its port open."""
    desk = Desk(open_store(place.where, place.clock, "laptop"))
    crew = Crew(desk, place.clock, form="watch")
    signs = VitalSigns(desk, place.clock, crew)
    port = HealthPort(signs.why_not, signs.metrics)
    await port.open(0)
    running = asyncio.create_task(crew.run())
    try:
        yield signs, port.port
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await port.close()
        await desk.close()


async def test_a_worker_says_that_it_lives_works_and_how(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url), check("down", "tcp://127.0.0.1:1")]) as place:
            place.do(incidents.declare, "Checkout returns 503", P1)
            async with at_work(place) as (_, port):
                await until(lambda: shop.asked >= 5)
                assert await ask(port, "/healthz") == (200, "ok\n")
                assert await ask(port, "/readyz?verbose") == (200, "ok\n")
                status, page = await ask(port, "/metrics")
                assert status == 200
                for line in page.splitlines():
                    assert SAMPLE.fullmatch(line) or "le=" in line, line
                assert 'warroom_checks{state="up"} 1' in page
                assert 'warroom_live_incidents{severity="P1"} 1' in page
                assert "warroom_ready 1" in page
                assert 'warroom_deliveries{state="failed"} 0' in page
                found = re.search(r"warroom_probe_duration_seconds_count (\d+)", page)
                assert found
                assert int(found[1]) >= 5
                assert await ask(port, "/healthz", "HEAD") == (200, "")
                assert (await ask(port, "/healthz", "POST"))[0] == 405
                assert (await ask(port, "/etc/passwd"))[0] == 404


async def test_a_store_that_is_away_makes_it_unready_and_says_why(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url)]) as place:
            async with at_work(place) as (_, port):
                await until(lambda: shop.asked >= 2)
                with closing(sqlite3.connect(place.path, isolation_level=None)) as rude:
                    rude.execute("BEGIN EXCLUSIVE")
                    status, why = await ask(port, "/readyz")
                    while status == 200:
                        status, why = await ask(port, "/readyz")
                    assert (status, "store" in why) == (503, True)
                    status, page = await ask(port, "/metrics")
                    assert (status, "warroom_ready 0" in page) == (200, True)
                    assert "warroom_live_incidents" not in page
                    assert (await ask(port, "/healthz"))[0] == 200
                    rude.execute("ROLLBACK")
                await ready(port)


async def test_hostile_clients_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_port, "PATIENCE", 0.2)

    async def well() -> str:
        return ""

    port = HealthPort(well, well)
    await port.open(0)
    try:
        silent = [await asyncio.open_connection("127.0.0.1", port.port) for _ in range(health_port.MOST)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port.port)
        with suppress(ConnectionError):
            assert await reader.read() == b"", "one too many"
        writer.close()
        for each, out in silent:
            with suppress(ConnectionError):
                assert await each.read() == b"", "whoever never asks is let go"
            out.close()
        for said in (b"\x16\x03\x01" * 100 + b"\r\n\r\n", b"GET / x y z HTTP/1.1\r\n\r\n", b"A" * 100_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", port.port)
            writer.write(said)
            with suppress(ConnectionError):
                assert (await reader.read())[:12] in (b"", b"HTTP/1.1 400")
            writer.close()
        assert (await ask(port.port, "/healthz"))[0] == 200
    finally:
        await port.close()


async def test_a_port_that_is_taken_is_a_sentence() -> None:
    async def well() -> str:
        return ""

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {number}: something listens there already"):
            await HealthPort(well, well).open(number)


def test_durations_are_counted_by_their_bounds() -> None:
    took = Durations()
    for seconds in (0.01, 0.011, 99.0):
        took.add(seconds)
    assert (took.within[0], took.within[1], sum(took.within), took.count) == (1, 1, 2, 3)
    assert len(took.within) == len(BOUNDS)


@pytest.mark.parametrize(
    ("values", "share", "found"), [((), 0.99, 0.0), ((3.0, 1.0, 2.0), 0.5, 2.0), ((1.0, 2.0), 1.0, 2.0)]
)
def test_quantiles(values: tuple[float, ...], share: float, found: float) -> None:
    assert quantile(values, share) == found


def test_the_service_manager_is_told(tmp_path: Path) -> None:
    where = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(where)
        manager = ServiceManager({"NOTIFY_SOCKET": where, "WATCHDOG_USEC": "30000000"})
        manager.say("READY=1", "STATUS=at work")
        assert listening.recv(100) == b"READY=1\nSTATUS=at work"
        assert manager.every == timedelta(seconds=10).total_seconds()
    manager.say("STOPPING=1")  # whoever listened has gone: nothing happens
    assert ServiceManager({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}).every is None
    assert ServiceManager({}).every is None
