"""How often things are measured, and in which order."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import Samples

RUNS = 5
ROOT = Path(__file__).resolve().parents[2]


def program(name: str, *arguments: object) -> list[str]:
    """The command line of one of the programs beside this file."""
    return [sys.executable, "-m", f"tests.bench.programs.{name}", *map(str, arguments)]


def console(store: Path | str) -> list[str]:
    """The command line of the console over a store."""
    return [sys.executable, "-m", "console", "--store", str(store), "--as", "ada"]


def in_turns(
    unit: str, measured: Mapping[str, Callable[[], float]], *, runs: int = RUNS
) -> dict[str, Samples]:
    """Measure each thing once to warm up and then ``runs`` times, in turns, so that drift hits all alike."""
    found: dict[str, list[float]] = {name: [] for name in measured}
    for turn in range(runs + 1):
        for name, measure in measured.items():
            value = measure()
            if turn:
                found[name].append(value)
    return {name: Samples(name, unit, tuple(values)) for name, values in found.items()}


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for stores and settings that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="warroom-bench-") as folder:
        yield Path(folder)


def homeless(folder: Path) -> dict[str, str]:
    """An environment in which a program finds nobody's settings."""
    return {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
