"""Workers that are killed or frozen: another takes over their checks, and nothing counts twice."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from data.domain.health import CheckState
from data.store.tables import LEASE
from tests.console.engine_room import Room, check, room, shops, until, working
from tests.store.sound import check_sound

ROOT = Path(__file__).parents[2]
PROGRAM = """
import asyncio, sys
from console.clock import Clock
from console.desk import Desk
from console.workers.engine import Engine
from data.store.store import open_store

async def main():
    clock = Clock()
    desk = Desk(open_store(sys.argv[1], clock, "doomed"))
    await Engine(desk, clock, holder="doomed:1", turn=0.05, margin=0.5).run()

asyncio.run(main())
"""
pytestmark = pytest.mark.slow


@contextmanager
def doomed(place: Room) -> Iterator[subprocess.Popen[bytes]]:
    """An engine in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(place.path)], env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def holders(place: Room) -> dict[str, str]:
    """Who holds which check, by the first word of their name."""
    held = select(LEASE.c.id, LEASE.c.holder).where(LEASE.c.holder != "")
    found = place.read(lambda connection: connection.execute(held).all())
    return {row.id: row.holder.partition(":")[0] for row in found}


def fences(place: Room) -> dict[str, int]:
    found = place.read(lambda connection: connection.execute(select(LEASE.c.id, LEASE.c.fence)).all())
    return {row.id: row.fence for row in found}


async def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(4)]
    async with shops() as (shop,):
        with room(tmp_path, [check(name, shop.url, service="s", every=0.3) for name in names]) as place:
            with doomed(place) as process:
                await until(lambda: all(place.looks(name) >= 2 for name in names), within=30)
                await until(lambda: bool(holders(place)))
                process.send_signal(signal.SIGKILL)
                process.wait()
            left = {name: place.looks(name) for name in names}
            async with working(place):
                await until(lambda: all(place.looks(name) >= left[name] + 2 for name in names), within=30)
                shop.breaks()
                await until(lambda: place.shows("PR-1"))
            assert holders(place) == {}
            place.read(check_sound)


async def test_a_frozen_worker_wakes_up_to_find_its_claims_gone(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url, every=1)]) as place:
            with doomed(place) as process:
                await until(lambda: place.looks("api") >= 2, within=30)
                await frozen_holding(place, process)
                before, looks = fences(place)["check:api"], place.looks("api")
                async with working(place):
                    await until(lambda: place.looks("api") >= looks + 2, within=30)
                    assert fences(place)["check:api"] > before, "another has it now"
                    shop.breaks()
                    await until(lambda: place.state("api") is CheckState.DOWN)
                    process.send_signal(signal.SIGCONT)
                    await until(lambda: holders(place).get("check:api") == "doomed", within=30)
                    await until(lambda: place.looks("api") >= looks + 6, within=30)
                process.send_signal(signal.SIGKILL)
            states = [event.data["state"] for event in place.events("health")]
            assert states == ["down"], "the pass it measured before it froze counts for nothing"
            assert place.shows("PR-1")
            place.read(check_sound)


async def frozen_holding(place: Room, process: subprocess.Popen[bytes]) -> None:
    """Freeze the process while it holds the check, but not the store: that would stop everybody."""
    while True:
        await until(lambda: "check:api" in holders(place), within=30)
        process.send_signal(signal.SIGSTOP)
        if _writable(place) and "check:api" in holders(place):
            return
        process.send_signal(signal.SIGCONT)


def _writable(place: Room) -> bool:
    with closing(sqlite3.connect(place.path, isolation_level=None, timeout=0.2)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return False
    return True
