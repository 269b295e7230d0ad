"""Several who could ask: one does, a killed one is replaced, and one that comes back late writes nothing."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from console.alertmanager import Client
from console.desk import Desk
from console.workers import alert_intake
from console.workers.alert_intake import Intake
from data.domain.severity import Severity
from data.store.commands import source_leases
from data.store.commands.alert_steps import alert_steps
from data.store.commands.findings import Finding
from data.store.store import open_store
from data.store.tables import LEASE
from tests.console.alert_room import AlertRoom, Stand, heard, room, source, watching
from tests.console.alertmanager import many, running
from tests.console.engine_room import until
from tests.console.servers import serve
from tests.store.postgres import running as postgres
from tests.store.sound import check_sound

ROOT = Path(__file__).parents[2]
DOWN = {"alertname": "SearchDown", "service": "search", "severity": "critical"}
MAIL = {"alertname": "MailQueue", "service": "mail", "severity": "critical"}
PROGRAM = """
import asyncio, sys
from console.clock import Clock
from console.desk import Desk
from console.workers.alerts import AlertWatch
from data.store.store import open_store
from data.store.tables import LEASE

async def main():
    clock = Clock()
    desk = Desk(open_store(sys.argv[1], clock, "doomed"))
    await AlertWatch(desk, clock, "doomed", turn=0.05, margin=0.5).run()

asyncio.run(main())
"""


@contextmanager
def doomed(place: AlertRoom) -> Iterator[subprocess.Popen[bytes]]:
    """Somebody who asks, in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(place.where)], env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def where(tmp_path: Path, database: str) -> Iterator[Path | str]:
    """Where a store is to be made."""
    if database == "sqlite":
        yield tmp_path
        return
    with postgres() as server:
        yield server.url(server.create())


async def test_two_ask_no_more_than_one_would(tmp_path: Path) -> None:
    stand = Stand()
    async with serve(stand) as server:
        with room(tmp_path, [source(server.url)]) as place:
            async with heard(place), watching(place, holder="another"):
                stand.alerts = stand.good(DOWN, MAIL)
                await until(lambda: place.shows("PR-1", "PR-2"))
                await place.polled(5)
            asked = sum(b" /api/v2/alerts " in head for head in server.requests)
            assert asked <= place.fence()
            assert len(place.proposals()) == 2
            place.read(check_sound)


async def test_one_that_comes_back_late_writes_nothing(tmp_path: Path) -> None:
    stand = Stand(DOWN)
    async with serve(stand) as server:
        asked = source(server.url)
        with room(tmp_path, [asked]) as place:
            desk = Desk(open_store(place.where, place.clock, "late"))
            await desk.work(partial(source_leases.sync, sources=[asked]))
            claim = partial(source_leases.claim, holder="late", mine={"prod": timedelta(0)})
            (late,) = await desk.work(claim)
            (newer,) = await desk.work(partial(claim, holder="in time"))
            intake = Intake(desk, place.clock, Client(place.clock))
            await intake.poll(asked, late)
            assert server.connections > 0
            assert place.alerts() == {}
            assert place.source().polled_at is None
            assert place.board == ()
            await intake.poll(asked, newer)
            assert place.firing() == ["SearchDown"]
            assert place.shows("PR-1")
            await desk.close()


async def test_what_another_wrote_meanwhile_is_not_overwritten_from_memory(tmp_path: Path) -> None:
    stand = Stand()
    async with serve(stand) as server:
        asked = source(server.url, resolve_timeout=timedelta(hours=2))
        with room(tmp_path, [asked]) as place:
            desk = Desk(open_store(place.where, place.clock, "one"))
            await desk.work(partial(source_leases.sync, sources=[asked]))
            one, two = (Intake(desk, place.clock, Client(place.clock)) for _ in range(2))

            async def poll(who: Intake) -> None:
                await desk.work(_all_due)
                claim = partial(source_leases.claim, holder="x", mine={"prod": timedelta(seconds=9)})
                (mine,) = await desk.work(claim)
                await who.poll(asked, mine)

            await poll(one)
            stand.alerts = stand.good(DOWN)
            await poll(two)
            stand.alerts = stand.good(DOWN, MAIL)
            await poll(one)
            first_seen = place.alerts()["SearchDown"].first_seen
            assert first_seen < place.alerts()["MailQueue"].first_seen, "it was seen by the other before"
            assert place.shows("PR-1", "PR-2")
            await desk.close()


def _all_due(connection: Any, now: Any) -> None:
    connection.execute(update(LEASE).values(next_due=now))


async def test_what_cannot_be_carried_out_keeps_back_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing: Any = None

    def steps(*args: Any, **fields: Any) -> list[Any]:
        found = alert_steps(*args, **fields)
        return [Finding("broken", nothing, Severity.P1, ""), *found] if found else []

    monkeypatch.setattr(alert_intake, "alert_steps", steps)
    stand = Stand()
    async with serve(stand) as server:
        with room(tmp_path, [source(server.url)]) as place:
            async with heard(place) as watch:
                stand.alerts = stand.good(DOWN, MAIL)
                await until(lambda: place.shows("PR-1", "PR-2"))
                await until(lambda: watch.trouble != "")
                assert watch.trouble == "the alerts of prod could not be taken in; the next poll tries again"
                stand.alerts = stand.good()
                await until(lambda: place.board == ())
                await until(lambda: watch.trouble == "")


@pytest.mark.slow
async def test_a_killed_one_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    with running(tmp_path) as manager, room(tmp_path, [source(manager.url)]) as place:
        with doomed(place) as process:
            await until(lambda: place.source().ok_at is not None, within=30)
            manager.fire(DOWN)
            await until(lambda: place.shows("PR-1"))
            async with watching(place):
                process.send_signal(signal.SIGKILL)
                process.wait()
                manager.fire(MAIL)
                await until(lambda: place.shows("PR-1", "PR-2"))
                manager.resolve(DOWN, MAIL)
                await until(lambda: place.board == ())
        place.read(check_sound)


@pytest.mark.slow
async def test_a_storm_of_500_groups_survives_being_killed_in_the_middle(tmp_path: Path) -> None:
    with running(tmp_path) as manager, room(tmp_path, [source(manager.url)]) as place:
        with doomed(place) as process:
            await until(lambda: place.source().ok_at is not None, within=30)
            manager.fire(*many(5000, 500))
            await until(lambda: place.count() > 0)
            process.send_signal(signal.SIGKILL)
            process.wait()
        async with watching(place):
            await until(lambda: place.count() == 5000, within=30)
            await place.polled(2)
        assert [one.title for one in place.proposals()] == ["alert storm: 500 groups from prod"]
        place.read(check_sound)


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_500_groups_at_once_are_one_proposal(tmp_path: Path, database: str) -> None:
    with (
        where(tmp_path, database) as store,
        running(tmp_path) as manager,
        room(store, [source(manager.url)]) as place,
    ):
        async with heard(place):
            for begin in range(0, 5000, 1000):
                every = many(5000, 500)[begin : begin + 1000]
                await asyncio.to_thread(manager.fire, *every, summary="It is bad")
            await until(lambda: place.count() == 5000, within=60)
            await place.polled(3)
            (row,) = place.board
            assert row.title == "alert storm: 500 groups from prod"
            assert [one.key for one in place.proposals() if one.state == "proposed"] == ["PR-1"]
            manager.resolve(*many(5000, 500))
            await until(lambda: place.board == (), within=60)
        place.read(check_sound)
