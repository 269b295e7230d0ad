"""A shell to type warroom's verbs into, in this process or in real ones."""

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from console.cli import main
from data.domain.change import Refused
from data.domain.severity import Severity
from data.store.commands import findings
from data.store.commands.findings import Finding
from data.store.store import open_store

ROOT = Path(__file__).parents[2]
INSTALLED = Path(sys.executable).with_name("warroom")
COMMAND = [str(INSTALLED)] if INSTALLED.exists() else [sys.executable, "-m", "console"]
ROOM = """
[room]
name = "acme"
timezone = "Europe/Berlin"
[[service]]
id = "checkout"
[[service]]
id = "payments"
[[contact]]
id = "ada"
name = "Ada Lovelace"
phone = "+44 20 7946 0000"
[[contact]]
id = "lin"
name = "Lin Chen"
phone = "+1 555 0102"
[[level]]
id = "on-call"
name = "On-call engineer"
contacts = ["ada"]
severities = ["P0", "P1", "P2", "P3"]
[[level]]
id = "team-lead"
name = "Team lead"
contacts = ["lin"]
severities = ["P0", "P1", "P2", "P3"]
"""


@dataclass(frozen=True)
class Said:
    """What a run printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer, which has to be all there is on stdout."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """The error a script is told."""
        found: dict[str, str] = json.loads(self.err)["error"]
        return found


class Terminal(io.TextIOWrapper):
    """A stream that says a person is there."""

    def isatty(self) -> bool:
        return True


def _stream(terminal: bool, text: str = "") -> io.TextIOWrapper:
    kind = Terminal if terminal else io.TextIOWrapper
    return kind(io.BytesIO(text.encode()), encoding="utf-8", errors="surrogateescape", write_through=True)


@cache
def _template() -> bytes:
    """Return a store with the guide, two services and two people in it."""
    with TemporaryDirectory() as folder:
        store, file = Path(folder) / "room.db", Path(folder) / "room.toml"
        file.write_text(ROOM)
        shell = Shell(store)
        shell.done("init")
        shell.done("apply", str(file))
        return store.read_bytes()


def new_shell(folder: Path, monkeypatch: pytest.MonkeyPatch, *, empty: bool = False) -> "Shell":
    """Return a shell of ada's whose room, data, logs and settings lie in ``folder``."""
    for name in ("WARROOM_STORE", "NO_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(folder / "home"))
    monkeypatch.setenv("WARROOM_OPERATOR", "ada")
    shell = Shell(folder / "room.db")
    if not empty:
        shell.store.write_bytes(_template())
    return shell


class Shell:
    """Runs verbs on one store; the environment holds nothing else."""

    def __init__(self, store: Path) -> None:
        self.store = store

    def __call__(self, *words: str, typed: str = "", terminal: bool = False, named: bool = True) -> Said:
        """Run ``warroom WORDS``; ``typed`` is what a person answers at a ``terminal``."""
        words = ("--store", str(self.store), *words) if named else words
        out, err, stdin = _stream(terminal), _stream(terminal), sys.stdin
        sys.stdin = _stream(terminal, typed)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = main(words)
        finally:
            sys.stdin = stdin
        return Said(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]

    def done(self, *words: str) -> Any:
        """Run a verb that has to succeed and return its JSON."""
        said = self(*words, "--json")
        assert said.code == 0, said.err
        assert said.err == ""
        return said.json

    def finds(self, service: str = "checkout", key: str = "check:checkout-api") -> str:
        """Let a check find something wrong; return the proposal's key."""
        store = open_store(str(self.store), lambda: datetime.now(UTC))
        finding = Finding(key, f"{service} is DOWN", Severity.P1, "refused, 3 of 3", (service,))
        answer = store.write(lambda write: findings.found(write, finding), by=key)
        store.close()
        assert not isinstance(answer, Refused)
        return answer.key

    def events(self) -> int:
        """How many events the store holds."""
        with closing(sqlite3.connect(self.store)) as connection:
            return int(connection.execute("SELECT count(*) FROM event").fetchone()[0])


def process(
    *words: str, env: Mapping[str, str] | None = None, **how: Any
) -> subprocess.CompletedProcess[Any]:
    """Run the installed command in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARROOM_")}
    settings: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 60} | how
    return subprocess.run([*COMMAND, *words], env=kept | dict(env or {}), cwd=ROOT, check=False, **settings)
