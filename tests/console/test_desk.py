"""The door to the store: who overtakes whom, what a cancelled caller leaves behind, and how it closes."""

import asyncio
import gc
import sqlite3
import threading
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from console.clock import Clock
from console.desk import Desk
from data.domain.change import Refused
from data.domain.severity import Severity
from data.store.commands import incidents
from data.store.errors import StoreError
from data.store.queries.board import live_rows, seq
from data.store.store import create_store
from data.store.unit import Answer, Write
from tests.console.engine_room import definitions

P1 = Severity.P1


@asynccontextmanager
async def opened(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(create_store(str(tmp_path / "room.db"), Clock(), "laptop", definitions([])))
    try:
        yield desk
    finally:
        await desk.close()


def declare(title: str) -> partial[Answer | Refused]:
    return partial(incidents.declare, title=title, severity=P1)


class Busy:
    """Keeps a thread of the desk until told to let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()

    def work(self, connection: Connection, now: datetime) -> str:
        return self.read(connection)

    def read(self, connection: Connection) -> str:
        self.begun.set()
        assert self.go.wait(30)
        return "worked"


async def test_a_command_is_seen_by_the_next_query(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        answer = await desk.command(declare("Checkout returns 503"), by="ada")
        assert isinstance(answer, Answer)
        assert answer.key == "INC-1"
        rows = await desk.read(live_rows)
        assert [row.title for row in rows] == ["Checkout returns 503"]


async def test_what_is_refused_comes_back_as_a_refusal(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        refused = await desk.command(partial(incidents.acknowledge, key="INC-9"), by="ada")
        assert isinstance(refused, Refused)
        assert "no incident INC-9" in refused.reason


async def test_the_same_command_twice_is_done_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        first = await desk.command(declare("Checkout returns 503"), by="ada", command="one")
        again = await desk.command(declare("Checkout returns 503"), by="ada", command="one")
        assert first == again
        assert len(await desk.read(live_rows)) == 1


async def test_people_overtake_the_workers_and_keep_their_own_order(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        busy = Busy()
        holding = asyncio.create_task(desk.work(busy.work))
        await asyncio.to_thread(busy.begun.wait)
        jobs = [
            ("machine", "keeper"),
            ("check", "check:api"),
            ("one", "ada"),
            ("two", "lin"),
            ("three", "ada"),
        ]
        asked = []
        for title, by in jobs:
            asked.append(asyncio.create_task(desk.command(declare(title), by=by)))
            await asyncio.sleep(0)
        busy.go.set()
        await asyncio.gather(holding, *asked)
        rows = sorted(await desk.read(live_rows), key=lambda row: row.key)
        assert [row.title for row in rows] == ["one", "two", "three", "machine", "check"]


async def test_a_cancelled_caller_does_not_undo_a_write(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        busy = Busy()
        holding = asyncio.create_task(desk.work(busy.work))
        await asyncio.to_thread(busy.begun.wait)
        waiting = asyncio.create_task(desk.command(declare("Checkout returns 503"), by="ada"))
        await asyncio.sleep(0)
        for task in (holding, waiting):
            task.cancel()
        for task in (holding, waiting):
            with pytest.raises(asyncio.CancelledError):
                await task
        busy.go.set()
        await desk.work(lambda connection, now: None)
        assert len(await desk.read(live_rows)) == 1


async def test_a_cancelled_query_that_has_not_begun_is_never_asked(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        busy = [Busy() for _ in range(3)]
        holding = [asyncio.create_task(desk.read(item.read)) for item in busy]
        for item in busy:
            await asyncio.to_thread(item.begun.wait)
        asked: list[int] = []
        waiting = asyncio.create_task(desk.read(lambda connection: asked.append(1)))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        for item in busy:
            item.go.set()
        assert await asyncio.gather(*holding) == ["worked"] * 3
        assert await desk.read(seq) == 0
        assert asked == []


async def test_reading_goes_on_while_the_writer_is_busy(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        busy = Busy()

        def outside(write: Write) -> Answer:
            busy.read(write.connection)
            return Answer("done")

        holding = asyncio.create_task(desk.command(outside, by="keeper"))
        await asyncio.to_thread(busy.begun.wait)
        assert await desk.read(seq) == 0
        busy.go.set()
        assert await holding == Answer("done")


async def test_a_failing_job_fails_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        with pytest.raises(ZeroDivisionError):
            await desk.work(lambda connection, now: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            await desk.read(lambda connection: 1 // 0)
        assert await desk.work(lambda connection, now: "well") == "well"
        assert await desk.read(seq) == 0


async def test_a_store_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        with closing(sqlite3.connect(tmp_path / "room.db", isolation_level=None)) as database:
            database.execute("ALTER TABLE incident RENAME TO away")
        with pytest.raises(StoreError, match="the store failed"):
            await desk.read(live_rows)


async def test_closing_finishes_what_was_asked_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        busy = Busy()
        holding = asyncio.create_task(desk.work(busy.work))
        await asyncio.to_thread(busy.begun.wait)
        last = asyncio.create_task(desk.command(declare("the last one"), by="keeper"))
        await asyncio.sleep(0)
        closing_ = asyncio.create_task(desk.close())
        await asyncio.sleep(0)
        with pytest.raises(StoreError, match="closed"):
            await desk.command(declare("too late"), by="ada")
        busy.go.set()
        await closing_
        assert await holding == "worked"
        assert isinstance(await last, Answer)
        with pytest.raises(StoreError, match="closed"):
            await desk.read(seq)
        await desk.close()


async def test_a_job_is_forgotten_once_it_is_done(tmp_path: Path) -> None:
    class Large:
        pass

    async with opened(tmp_path) as desk:
        large = Large()
        seen = weakref.ref(large)
        await desk.work(partial(lambda connection, now, kept: None, kept=large))
        await desk.read(partial(lambda connection, kept: None, kept=large))
        del large
        await desk.work(lambda connection, now: None)
        gc.collect()
        assert seen() is None
