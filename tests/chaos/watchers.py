"""Real ``warroom watch`` processes that are killed, frozen and replaced."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.repeat import ROOT, homeless

Process = subprocess.Popen[bytes]


@dataclass
class Watchers:
    """Several at work on one store; whoever is killed is replaced at once."""

    where: str
    folder: Path
    running: list[Process] = field(default_factory=list)
    kills: int = 0

    def hire(self) -> Process:
        """Start one more."""
        command = [sys.executable, "-m", "console", "--store", self.where, "watch"]
        with (self.folder / "watch.log").open("ab") as said:
            process = subprocess.Popen(
                command, env=os.environ | homeless(self.folder), cwd=ROOT, stdout=said, stderr=said
            )
        self.running.append(process)
        return process

    def kill_one(self, chance: random.Random) -> None:
        """Kill any of them with SIGKILL, and start another."""
        victim = self.running.pop(chance.randrange(len(self.running)))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.kills += 1
        self.hire()

    @property
    def alive(self) -> int:
        """How many are at work; none ends by itself."""
        return sum(process.poll() is None for process in self.running)


@contextmanager
def watchers(where: str, folder: Path, count: int) -> Iterator[Watchers]:
    """That many at work; none is left behind."""
    made = Watchers(where, folder)
    try:
        for _ in range(count):
            made.hire()
        yield made
    finally:
        for process in made.running:
            process.kill()
            process.wait()
