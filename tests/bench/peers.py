"""Other people's terminal programs, each installed into an environment of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import Unmeasured
from tests.bench.repeat import homeless
from tests.bench.terminal import Terminal

HOME = Path.home() / ".cache" / "warroom-bench"
LOG_LINES = 1000


@dataclass(frozen=True, slots=True)
class Peer:
    """A program, how it is started, and the words that are on its first full screen."""

    name: str
    packages: tuple[str, ...]
    command: tuple[str, ...]
    words: tuple[str, ...]

    def install(self) -> str:
        """Install it once; its version. Raises Unmeasured where that is not possible."""
        folder = HOME / self.name
        python = folder / "bin" / "python"
        if not (folder / "complete").exists():
            made = _run(sys.executable, "-m", "venv", "--clear", str(folder))
            if made is not None:
                raise Unmeasured(f"no environment could be made for {self.name}: {made}")
            failed = _run(
                str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *self.packages
            )
            if failed is not None:
                raise Unmeasured(f"{self.name} could not be installed: {failed}")
            (folder / "complete").touch()
        asked = f"from importlib.metadata import version; print(version({self.name!r}), version('textual'))"
        told = subprocess.run([str(python), "-c", asked], capture_output=True, text=True)
        if told.returncode:
            raise Unmeasured(f"{self.name} is not usable in {folder}; remove it to install it anew")
        version, textual = told.stdout.split()
        return f"{self.name} {version} (textual {textual})"

    def first_screen(self, folder: Path, columns: int, rows: int) -> float:
        """Seconds from its start to its first full screen."""
        log = folder / "service.log"
        if not log.exists():
            log.write_text(
                "".join(f"2026-11-24T13:{n // 60:02}:{n % 60:02}Z line {n}\n" for n in range(LOG_LINES))
            )
        command = [str(HOME / self.name / "bin" / self.command[0]), *self.command[1:]]
        with Terminal(
            command, columns=columns, rows=rows, environment=homeless(folder), folder=folder
        ) as terminal:
            return terminal.wait_for(*self.words, seconds=60)


def _run(*command: str) -> str | None:
    """Run a command; the last line of what it said if it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired:
        return "it took more than ten minutes"
    if done.returncode == 0:
        return None
    return (done.stderr.strip() or done.stdout.strip() or "it failed").splitlines()[-1]


PEERS = (
    Peer("toolong", ("toolong",), ("tl", "service.log"), (f"line {LOG_LINES - 1}", "Tail")),
    # Its highlighter ends the program with a newer tree-sitter.
    Peer("posting", ("posting", "tree-sitter<0.26"), ("posting",), ("Search requests", "read-only")),
    Peer("harlequin", ("harlequin",), ("harlequin",), ("Run Query", "Format Query")),
    # Without a database it opens with its dialog; its first screen is at least that.
    Peer("dolphie", ("dolphie",), ("dolphie",), ("Enable SSL", "Load a Replay File")),
)
