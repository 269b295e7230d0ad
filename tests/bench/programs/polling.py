"""Ask the sources of a store for their alerts, without a screen; what a poll costs and whether memory grows.

    python -m tests.bench.programs.polling STORE URL WARM_UP POLLS RUNS

One JSON line: the milliseconds of processor time of a poll, per run of POLLS; the memory before and after all
of them, in MB; and the milliseconds that plain ``json.loads`` takes for the same answer, once per run.
"""

import asyncio
import json
import os
import statistics
import sys
import time
import urllib.request
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from console.alertmanager import Client
from console.clock import Clock
from console.desk import Desk
from console.workers.alert_intake import Intake
from data.domain.codec import decode
from data.domain.room import Kind, Source
from data.store.commands import source_leases
from data.store.definitions import load
from data.store.store import open_store
from tests.bench.terminal import memory


class Poller:
    """Claims the source whenever it is due and polls it, as ``AlertWatch`` does, and says what it cost."""

    def __init__(self, desk: Desk, clock: Clock, source: Source) -> None:
        self._desk, self._source = desk, source
        self._intake = Intake(desk, clock, Client(clock))

    async def poll(self) -> float:
        """The milliseconds of processor time of the next poll, its claim and its writes included."""
        while True:
            cpu = time.process_time()
            mine = {self._source.id: timedelta(minutes=1)}
            claims = await self._desk.work(partial(source_leases.claim, holder="bench", mine=mine))
            for claim in claims:
                await self._intake.poll(self._source, claim)
                return (time.process_time() - cpu) * 1000
            await asyncio.sleep(0.02)


def parsing(url: str) -> float:
    """The milliseconds of processor time that reading the answer as JSON takes, and nothing else."""
    with urllib.request.urlopen(f"{url}/api/v2/alerts") as answer:  # noqa: S310 - our own Alertmanager
        body = answer.read()
    began = time.process_time()
    json.loads(body)
    return (time.process_time() - began) * 1000


async def main(store: str, url: str, warm_up: int, polls: int, runs: int) -> None:
    """Warm up, then measure."""
    clock = Clock()
    desk = Desk(open_store(store, clock, "bench"))
    (source,) = await desk.read(_sources)
    await desk.work(partial(source_leases.sync, sources=[source]))
    poller = Poller(desk, clock, source)
    for _ in range(warm_up):
        await poller.poll()
    before = memory(os.getpid())[1]
    costs = [statistics.mean([await poller.poll() for _ in range(polls)]) for _ in range(runs)]
    after = memory(os.getpid())[1]
    await desk.close()
    found = {"cpu": costs, "before": before, "after": after, "json": [parsing(url) for _ in range(runs)]}
    sys.stdout.write(json.dumps(found) + "\n")


def _sources(connection: Connection) -> list[Source]:
    return [decode(Source, item.spec) for item in load(connection, Kind.SOURCE)]


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])))
