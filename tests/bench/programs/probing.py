"""Probe the fast server with the real prober, fifty at a time; prints the processor seconds of each run.

python -m tests.bench.programs.probing RUNS COUNT PORT…
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from console.workers.probe import Prober
from data.domain.check import Check, Outcome
from tests.bench.loopback import checks
from tests.bench.rooms import now

AT_ONCE = 50


async def probe_all(prober: Prober, checks: Iterator[Check]) -> int:
    """Probe one after the other what nobody else has taken; how many passed."""
    passed = 0
    for check in checks:
        result = await prober.probe(check, now=now)
        passed += result.outcome is Outcome.PASS
    return passed


async def main(runs: int, count: int, ports: list[int]) -> None:
    """Warm up with one run, then measure."""
    prober = Prober()
    made = checks(ports, count, timedelta(seconds=10))
    found = []
    for turn in range(runs + 1):
        waiting = iter(made)
        cpu, wall = time.process_time(), time.perf_counter()
        passed = sum(await asyncio.gather(*(probe_all(prober, waiting) for _ in range(AT_ONCE))))
        if turn:
            found.append((time.process_time() - cpu, time.perf_counter() - wall, passed))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), [int(port) for port in sys.argv[3:]]))
