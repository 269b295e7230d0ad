"""``python -m tests.bench.soak [STORY_HOURS]``: the practice room at sixty times its speed, and its memory.

Five hundred incidents and the shop's checks are worked for some story hours; the console's proportional
memory is sampled every story quarter of an hour once it is warm, and the page says whether it grew.
"""

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from console.demo.folder import PREFIX
from data.domain.change import Refused
from data.store.commands import incidents
from data.store.store import open_store
from tests.bench.figures import Unmeasured
from tests.bench.repeat import ROOT, homeless, scratch
from tests.bench.rooms import SEVERITIES, now, title
from tests.bench.terminal import Terminal, memory

SPEED = 60
INCIDENTS = 500
WARM = 30.0  # seconds until histories are on their way and every view has been seen
SAMPLE = 15.0  # seconds: a story quarter of an hour


def fill(folder: Path) -> None:
    """Declare the incidents in the practice room's store, as a shell beside it would."""
    store = open_store(str(folder / "practice.db"), now, "soak")
    try:
        for number in range(1, INCIDENTS + 1):
            answer = store.write(
                partial(incidents.declare, title=title(number), severity=SEVERITIES[number % 4]), by="ada"
            )
            if isinstance(answer, Refused):
                raise Unmeasured(answer.reason)
    finally:
        store.close()


def practice_folder() -> Path:
    """Return the folder of the practice room that runs."""
    found = sorted(
        Path(tempfile.gettempdir()).glob(f"{PREFIX}*/practice.db"), key=lambda p: p.stat().st_mtime
    )
    if not found:
        raise Unmeasured("the practice room has no store")
    return found[-1].parent


def soak(hours: float) -> list[tuple[float, float]]:
    """Return (story minutes, proportional MB) from the warm start on."""
    command = [sys.executable, "-m", "console", "demo", "--speed", str(SPEED)]
    samples = []
    with scratch() as folder, Terminal(command, environment=homeless(folder), folder=ROOT) as terminal:
        terminal.wait_for("live", seconds=60)
        began = time.perf_counter()
        fill(practice_folder())
        for key in ("2", "3", "1", "\r", "\x1b"):  # every view is loaded before the first sample
            terminal.press(key)
            terminal.absorb(1.0)
        terminal.absorb(max(0.0, WARM - (time.perf_counter() - began)))
        ends = time.perf_counter() + hours * 3600 / SPEED
        while time.perf_counter() < ends:
            samples.append(((time.perf_counter() - began) * SPEED / 60, memory(terminal.pid)[1]))
            terminal.absorb(SAMPLE)
            terminal.forget()
            terminal.press("jk")
        samples.append(((time.perf_counter() - began) * SPEED / 60, memory(terminal.pid)[1]))
    return samples


def main(arguments: list[str]) -> int:
    """Print the samples and what they come to."""
    samples = soak(float(arguments[0]) if arguments else 1.0)
    for minutes, size in samples:
        sys.stdout.write(f"{minutes:7.0f} story minutes  {size:6.1f} MB\n")
    first, last = samples[0][1], samples[-1][1]
    sys.stdout.write(f"grew {last - first:+.1f} MB, most {max(size for _, size in samples):.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
