"""The health engine over a store, without a screen: how late probes begin, how long the loop stands still.

    python -m tests.bench.programs.engine STORE WARM_UP WINDOW RUNS

One JSON line: per window of WINDOW seconds the milliseconds each probe began late, and the longest stall.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress

from console.clock import Clock
from console.desk import Desk
from console.workers.engine import Engine
from data.store.store import open_store

LOOK = 0.005  # seconds between looks at the loop


class Stalls:
    """Watches the event loop: the longest time it kept somebody waiting, in milliseconds."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        """Look on until cancelled."""
        while True:
            due = time.perf_counter() + LOOK
            await asyncio.sleep(LOOK)
            self.longest = max(self.longest, (time.perf_counter() - due) * 1000)


async def main(store: str, warm_up: float, window: float, runs: int) -> None:
    """Run the engine and look at it window by window."""
    clock = Clock()
    desk = Desk(open_store(store, clock, "bench"))
    engine = Engine(desk, clock, holder="bench")
    stalls = Stalls()
    tasks = [asyncio.create_task(engine.run()), asyncio.create_task(stalls.watch())]
    await asyncio.sleep(warm_up)
    windows = []
    for _ in range(runs):
        engine.late.clear()
        stalls.longest = 0.0
        cpu = time.process_time()
        await asyncio.sleep(window)
        windows.append(
            {
                "late": [seconds * 1000 for seconds in engine.late],
                "stall": stalls.longest,
                "cpu": (time.process_time() - cpu) / window * 100,
            }
        )
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    trouble = engine.trouble
    await desk.close()
    sys.stdout.write(json.dumps({"windows": windows, "trouble": trouble}) + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
