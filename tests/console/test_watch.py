"""Workers without a screen: a process in a cupboard that tells what it sees, and ends when told to."""

import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from console.cli.failures import STORE, Failure
from console.cli.options import Options
from console.workers.watch import run_watch
from tests.console.engine_room import check, room, shops, until
from tests.console.test_engine_store import claimed
from tests.store.sound import check_sound

ROOT = Path(__file__).parents[2]


class Watch:
    """A running ``warroom watch``; its lines go to a file, so that nobody has to read along."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def lines(self) -> list[str]:
        return self._log.read_text(encoding="utf-8").splitlines()

    def said(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


@contextmanager
def watching(store: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Watch]:
    log = store.with_suffix(".log")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"} | dict(env or {})
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "console", "--store", str(store), "watch", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
            env=environment,
        )
    try:
        yield Watch(process, log)
    finally:
        process.kill()
        out, _ = process.communicate()
        assert out == b"", "nothing on stdout: that is for answers"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_it_tells_what_happens_and_ends_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url, opens=True)]) as place, watching(place.path) as watch:
            await until(lambda: watch.said("watching"), within=30)
            shop.breaks()
            await until(lambda: watch.said("api is DOWN"))
            await until(lambda: watch.said("opened PR-1 as INC-1"))
            await until(lambda: watch.said("turn of On-call engineer"))
            shop.heals()
            await until(lambda: watch.said("api is up"))
            assert watch.end(number) == 0
            assert watch.lines[-1].endswith("Z stopped")
            for line in watch.lines:
                instant, _, words = line.partition(" ")
                assert instant.endswith("Z"), line
                assert "T" in instant, line
                assert words, line
            place.read(check_sound)


@pytest.mark.slow
async def test_a_store_that_does_not_answer_keeps_it_from_nothing(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url)]) as place, watching(place.path) as watch:
            await until(lambda: shop.asked >= 3, within=30)
            with closing(sqlite3.connect(place.path, isolation_level=None)) as rude:
                rude.execute("BEGIN EXCLUSIVE")
                await until(lambda: watch.said("the store has not answered"), within=30)
                assert watch.end() == 0, "it ends while the store is still locked"
                assert watch.said("is not on record")


@pytest.mark.slow
async def test_it_stops_when_its_file_is_taken_away(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url)]) as place, watching(place.path) as watch:
            await until(lambda: shop.asked >= 3, within=30)
            place.path.rename(tmp_path / "elsewhere.db")
            assert watch.process.wait(timeout=20) == STORE
            assert watch.said("REMOVED")


@pytest.mark.slow
async def test_it_is_a_well_behaved_service(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        where = str(tmp_path / "notify")
        manager.bind(where)
        manager.settimeout(30)
        service = {"NOTIFY_SOCKET": where, "WATCHDOG_USEC": "600000"}
        options = ("--health-port", "0", "--log-format", "json")
        async with shops() as (shop,):
            with (
                room(tmp_path, [check("api", shop.url)]) as place,
                watching(place.path, *options, env=service) as watch,
            ):
                assert b"READY=1" in await asyncio.to_thread(manager.recv, 200)
                assert await asyncio.to_thread(manager.recv, 200) == b"WATCHDOG=1"
                (line,) = [json.loads(line) for line in watch.lines if "/readyz" in line]
                url = re.search(r"http://\S+", line["message"])
                assert url
                answer = await asyncio.to_thread(urllib.request.urlopen, url[0])
                assert answer.read() == b"ok\n"
                answer.close()
                assert watch.end() == 0
                assert json.loads(watch.lines[-1])["message"] == "stopped"
                assert claimed(place) == []
                said = b""
                while said != b"STOPPING=1":
                    said = manager.recv(200)


def test_a_named_store_that_is_missing_is_no_empty_room(tmp_path: Path) -> None:
    with pytest.raises(Failure) as failed:
        run_watch(Options(str(tmp_path / "none.db"), named=True, operator="ada", json=False))
    assert failed.value.status == STORE
    assert "warroom init" in failed.value.hint
    assert not list(tmp_path.iterdir())
