"""Workers without a screen: a process in a cupboard that tells what it sees, and ends when told to."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from console.cli.failures import STORE, Failure
from console.cli.options import Options
from console.workers.watch import run_watch
from tests.console.engine_room import check, room, shops, until
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
def watching(store: Path, *arguments: str) -> Iterator[Watch]:
    log = store.with_suffix(".log")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "console", "--store", str(store), *arguments, "watch"],
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


def test_a_named_store_that_is_missing_is_no_empty_room(tmp_path: Path) -> None:
    with pytest.raises(Failure) as failed:
        run_watch(Options(str(tmp_path / "none.db"), named=True, operator="ada", json=False))
    assert failed.value.status == STORE
    assert "warroom init" in failed.value.hint
    assert not list(tmp_path.iterdir())
