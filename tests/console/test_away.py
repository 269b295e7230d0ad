"""The store goes away under the workers: level 1 is told straight, once, and told when it is back."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.desk import Desk
from console.workers.away import AwayWatch
from data.store.commands import incidents
from data.store.store import open_store
from tests.console.engine_room import P1, Room, until
from tests.console.outbox_room import definitions, outbox_room
from tests.console.sink import Sink, sink, status

QUICK = 600.0  # times as fast: five minutes are half a second


@contextlib.asynccontextmanager
async def looking(place: Room, **options: Any) -> AsyncIterator[AwayWatch]:
    """A worker that has seen the room."""
    desk = Desk(open_store(place.where, place.clock, "laptop"))
    worker = AwayWatch(desk, place.clock, "watch cupboard:abc", **options)
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
