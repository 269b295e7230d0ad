"""Verbs in processes of their own that are killed at any moment."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.repeat import ROOT, homeless

PATIENCE = 60.0  # seconds nobody is killed before
WARM = 3  # times one is let be, to learn how long it takes here


def verb(where: str | Path, within: Path, *words: str, seconds: float = PATIENCE) -> tuple[str, float]:
    """What a verb said on a store until it ended or was killed with SIGKILL, and how long that took."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "console", "--store", str(where), *words],
        env=os.environ | homeless(within),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        said = process.communicate()[0].decode()
    return said, time.perf_counter() - began


def moments(undisturbed: Callable[[int], float], count: int, least: float, most: float) -> Iterator[float]:
    """Yield when to kill, in seconds: shares of what it takes ``undisturbed``, given its turn.

    Most of a verb's time goes into starting: what is to be hit lies near its end.
    """
    chance = random.Random()  # noqa: S311 - another day each time
    usual = min(undisturbed(turn) for turn in range(WARM))
    for _ in range(count):
        yield usual * chance.uniform(least, most)
