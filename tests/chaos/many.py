"""Ten consoles and five shells on one store, twenty commands a second: nothing lost, nothing doubled.

MINUTES in the environment is how long, one by default.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from data.domain.severity import Severity
from data.store.commands import incidents
from data.store.queries.board import seq
from data.store.rows import load_events
from data.store.store import Store
from tests.bench.figures import Unmeasured
from tests.bench.repeat import ROOT, console, homeless
from tests.bench.rooms import make_store
from tests.bench.terminal import Terminal
from tests.chaos.counts import Counts, Unavailable
from tests.chaos.places import KINDS, empty_place, folder, holds
from tests.store.sound import check_sound

SHELLS, HEADLESS, TERMINALS = 5, 8, 2
PACES = {"shell": 3.0, "console": 5 / HEADLESS}  # 20 a second in all
LIVE = 20
LAST = "The last one of them"


def run() -> Iterator[Counts]:
    """On both databases."""
    seconds = 60 * float(os.environ.get("MINUTES", "1"))
    for kind in KINDS:
        name = f"10 consoles, 5 shells, {kind}"
        try:
            with folder() as within, empty_place(kind, within) as where:
                store = make_store(where, live=LIVE)
                try:
                    yield together(Counts(name), store, within, seconds)
                finally:
                    store.close()
        except Unavailable as reason:
            yield Counts(name, notes=[f"not tried: {reason}"])


Process = subprocess.Popen[str]


def member(kind: str, store: Store, name: str, within: Path) -> Process:
    """Start one of the crowd."""
    command = [sys.executable, "-m", "tests.chaos.crowd", kind, store.where, name, str(PACES[kind])]
    with (within / "crowd.log").open("a") as said:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env=os.environ | homeless(within),
            cwd=ROOT,
        )


def told(process: Process) -> str:
    """The next line of one."""
    assert process.stdout is not None
    return process.stdout.readline()


def tell(process: Process, words: object) -> None:
    """Say a line to one."""
    assert process.stdin is not None
    process.stdin.write(f"{words}\n")
    process.stdin.flush()


def together(counts: Counts, store: Store, within: Path, seconds: float) -> Counts:
    """Let them all work, then hold what they were answered against the record and their boards."""
    with ExitStack() as kept:
        crowd = [member("shell", store, f"shell{number}", within) for number in range(SHELLS)]
        crowd += [member("console", store, f"console{number}", within) for number in range(HEADLESS)]
        for process in crowd:
            kept.callback(process.wait)
            kept.callback(process.kill)
        terminals = [
            kept.enter_context(Terminal(console(store.where), environment=homeless(within), folder=ROOT))
            for _ in range(TERMINALS)
        ]
        for terminal in terminals:
            terminal.wait_for("INC-1", seconds=120)
        for process in crowd:
            told(process)
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            for terminal in terminals:
                terminal.press("jk")
                terminal.absorb(0.2)
        for process in crowd:
            tell(process, "end")
        for process in crowd:
            told(process)
        lasted = time.monotonic() - began
        store.write(partial(incidents.declare, title=LAST, severity=Severity.P0), by="lin")
        last = store.read(seq)
        for process in crowd:
            tell(process, last)
        found = [json.loads(told(process)) for process in crowd]
        seen = sum(_shows(terminal) for terminal in terminals)
        judge(counts, store, found, seen, lasted)
    return counts


def _shows(terminal: Terminal) -> bool:
    try:
        terminal.wait_for(LAST, seconds=60)
    except Unmeasured:
        return False
    return True


def judge(counts: Counts, store: Store, found: list[dict[str, Any]], terminals: int, seconds: float) -> None:
    """Count what is missing and what is there twice."""
    events = store.read(load_events)
    notes = Counter(event.data["text"] for event in events if event.kind == "note")
    answered = [name for one in found for name in one["answered"]]
    counts.tried = sum(one["tried"] for one in found)
    counts.survived = counts.tried - sum(len(one["failed"]) for one in found)
    counts.lose(sum(not notes[name] for name in answered), "notes that were answered")
    counts.double(sum(count - 1 for count in notes.values()), "notes")
    counts.double(sum(one["differed"] for one in found), "second answers to one command")
    counts.lose(holds(lambda: store.read(check_sound), counts), "the record and its rows")
    counts.lose(HEADLESS - sum(one["same"] for one in found), "consoles whose board is another")
    counts.lose(TERMINALS - terminals, "terminals that do not show the last change")
    why = Counter(reason for one in found for reason in one["failed"])
    counts.notes += [f"{count} times: {reason}" for reason, count in why.most_common(3)]
    counts.notes.insert(
        0,
        f"{counts.tried / seconds:.1f} commands a second for {seconds:.0f} s, "
        f"{sum(one['refused'] for one in found)} refused with a reason, {len(events)} events, "
        f"{len(answered)} notes answered",
    )
