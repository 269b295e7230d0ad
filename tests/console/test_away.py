"""The store goes away under the workers: level 1 is told straight, once, and told when it is back."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from console.desk import Desk
from console.workers import crew
from console.workers.away import AwayWatch
from console.workers.watch import watch
from data.store.commands import incidents, workers
from data.store.store import open_store
from tests.console.engine_room import P1, Room, until
from tests.console.outbox_room import definitions, outbox_room
from tests.console.sink import Sink, sink, status

QUICK = 600.0  # times as fast: five minutes are half a second


@contextlib.asynccontextmanager
async def looking(
    place: Room, holder: str = "watch cupboard:abc", **options: Any
) -> AsyncIterator[AwayWatch]:
    """A worker that has seen the room."""
    desk = Desk(open_store(place.where, place.clock, "laptop"))
    worker = AwayWatch(desk, place.clock, holder, **options)
    running = asyncio.create_task(worker.run())
    try:
        await until(lambda: worker._known is not None)
        yield worker
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await desk.close()


def gone(place: Room) -> None:
    os.rename(place.path, place.path.with_name("kept.db"))


def back(place: Room) -> None:
    os.rename(place.path.with_name("kept.db"), place.path)


def bodies(phone: Sink) -> list[str]:
    return [item.json["message"] for item in phone.received]


async def test_level_one_is_told_once_and_told_when_the_room_is_back(tmp_path: Path) -> None:
    async with sink() as ada, sink() as lin:
        people = definitions({"ada": [ada.url], "lin": [lin.url]})
        with outbox_room(tmp_path, people, scale=QUICK) as place:
            place.do(incidents.declare, "Checkout returns 503", P1)
            async with looking(place) as worker:
                gone(place)
                await until(lambda: ada.received, within=30)
                began = place.clock()
                await until(lambda: place.clock() - began > timedelta(minutes=20), within=30)
                assert ada.titles == ["warroom: the room cannot be seen"]
                (words,) = bodies(ada)
                assert "watch cupboard has not been able to see the room" in words
                assert "INC-1 P1 Checkout returns 503" in words
                back(place)
                await until(lambda: len(ada.received) == 2)
                assert ada.titles[1] == "warroom: the room is back"
                assert "INC-1" in bodies(ada)[1]
                gone(place)
                await until(lambda: len(ada.received) == 3, words="a second outage is told too")
                back(place)
                await until(lambda: len(ada.received) == 4)
                await until(lambda: worker._told == {}, words="and that is the end of it")
            assert lin.received == [], "only the first level"


def at_work(place: Room, *holders: str, ago: timedelta = timedelta()) -> None:
    """Let processes have said so lately, some time ago by the room's clock."""
    for holder in holders:
        form, _, host = holder.partition(":")[0].partition(" ")

        def say(connection: Connection, now: datetime, named: tuple[str, str, str]) -> None:
            holder, host, form = named
            workers.present(connection, now - ago, holder=holder, host=host, form=form, since=now - ago)

        place.store.work(partial(say, named=(holder, host, form)))


@pytest.mark.parametrize(
    ("others", "before"),
    [
        ((), ""),
        (("watch db1:1",), ""),  # by name, and this one is the first
        (("watch attic:1",), "watch attic"),
        (("console attic:1", "console laptop:1"), ""),  # a console may be closed
        (("watch attic:2", "watch attic:1", "watch db1:1", "console attic:9"), "watch attic"),
    ],
)
async def test_each_process_knows_whom_it_leaves_the_telling_to(
    tmp_path: Path, others: tuple[str, ...], before: str
) -> None:
    with outbox_room(tmp_path, definitions({"ada": []}), scale=1.0) as made:
        at_work(made, *others)
        at_work(made, "watch aaa:1", ago=timedelta(minutes=2))  # it fell silent long ago
        async with looking(made) as worker:
            known = worker._known
            assert known is not None
            assert worker._before(known) == before
            assert len(known.tellers) == len(others) + 1
            mine = known.tellers.index("watch cupboard:abc")
            assert worker._wait(known) == timedelta(minutes=5) * 2**mine
            assert not worker.can_tell


async def test_the_next_one_tells_when_the_first_is_gone_too(tmp_path: Path) -> None:
    async with sink() as ada:
        with outbox_room(tmp_path, definitions({"ada": [ada.url]}), scale=QUICK) as place:
            at_work(place, "watch attic:1")
            async with looking(place):
                gone(place)
                await until(lambda: ada.received, within=30)
                (words,) = bodies(ada)
                assert "(10m)" in words
                assert "watch attic was to tell you before: then this is the same outage." in words
                back(place)
                await until(lambda: len(ada.received) == 2)


@pytest.mark.slow
async def test_five_hosts_wake_one_person_once(tmp_path: Path) -> None:
    names = [f"watch host{number}:1" for number in range(5)]
    async with sink() as ada, contextlib.AsyncExitStack() as stack:
        with outbox_room(tmp_path, definitions({"ada": [ada.url]}), scale=50.0) as place:
            at_work(place, *names)
            looks = [await stack.enter_async_context(looking(place, name)) for name in names]
            gone(place)
            await until(lambda: ada.received, within=30)
            back(place)
            await until(lambda: all(worker._since is None for worker in looks), within=30)
            await stack.aclose()
        assert ada.titles == ["warroom: the room cannot be seen", "warroom: the room is back"]
        assert all("watch host0" in words for words in bodies(ada))


async def test_watch_stays_without_its_file_and_tells_and_ends_at_another(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[AwayWatch] = []

    def kept(*given: Any) -> AwayWatch:
        made.append(AwayWatch(*given))
        return made[-1]

    monkeypatch.setattr(crew, "MEMBERS", (kept,))
    async with sink() as ada:
        with outbox_room(tmp_path, definitions({"ada": [ada.url]}), scale=QUICK) as place:
            watching = asyncio.create_task(watch(open_store(place.where, place.clock, "cupboard")))
            await until(lambda: made and made[0].can_tell, within=30)
            gone(place)
            await until(lambda: ada.received, within=30)
            assert "watch cupboard has not been able to see the room" in bodies(ada)[0]
            assert not watching.done()
            back(place)
            await until(lambda: len(ada.received) == 2, within=30)
            assert ada.titles[1] == "warroom: the room is back"
            await until(lambda: "the store's file is back" in caplog.messages)
            other = tmp_path / "other.db"
            other.write_bytes(place.path.read_bytes())
            os.replace(other, place.path)
            async with asyncio.timeout(30):
                assert await watching == 3
            assert sum("REMOVED" in line for line in caplog.messages) == 1
            assert "the store's file was replaced: start again" in caplog.messages


async def test_a_short_outage_wakes_nobody(tmp_path: Path) -> None:
    async with sink() as ada:
        with outbox_room(tmp_path, definitions({"ada": [ada.url]}), scale=QUICK / 10) as place:
            async with looking(place) as worker:
                gone(place)
                await until(lambda: worker._away >= timedelta(minutes=1))
                back(place)
                await until(lambda: worker._since is None)
                assert worker._away < timedelta(minutes=5)
        assert ada.received == []


async def test_a_machine_that_slept_has_not_looked_in_vain(tmp_path: Path) -> None:
    async with sink() as ada:
        with outbox_room(tmp_path, definitions({"ada": [ada.url]}), scale=1.0) as place:
            place.clock.offset = timedelta()
            async with looking(place) as worker:
                gone(place)
                await worker._look()
                place.clock.offset += timedelta(hours=8)
                await worker._look()
                assert timedelta() < worker._away < timedelta(minutes=1)
                back(place)
        assert ada.received == []


async def test_the_next_way_is_tried_and_a_failed_one_again(tmp_path: Path) -> None:
    async with sink() as app, sink() as mail:
        app.broken = mail.broken = status(500)
        with outbox_room(tmp_path, definitions({"ada": [app.url, mail.url]}), scale=QUICK) as place:
            async with looking(place):
                gone(place)
                await until(lambda: len(mail.received) >= 1, within=30)
                mail.broken = None
                await until(lambda: len(mail.received) >= 2, within=30)
                back(place)
                await until(lambda: "warroom: the room is back" in mail.titles, within=30)


async def test_an_address_from_the_environment_is_known_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with sink() as ada:
        monkeypatch.setenv("ADA_NTFY", ada.url)
        with outbox_room(tmp_path, definitions({"ada": ["env:ADA_NTFY"]}), scale=QUICK) as place:
            async with looking(place) as worker:
                assert ada.where not in repr(worker._known)
                monkeypatch.delenv("ADA_NTFY")
                gone(place)
                await until(lambda: ada.received, within=30)
                back(place)
        assert ada.where not in caplog.text
