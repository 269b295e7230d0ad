"""PostgreSQL is stopped for half a minute and started: everybody recovers by itself, notes included."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from data.domain.severity import Severity
from data.store.commands import incidents
from data.store.rows import load_events
from data.store.store import Store, open_store
from tests.bench.figures import Unmeasured
from tests.bench.repeat import ROOT, console, homeless
from tests.bench.rooms import make_store, now
from tests.bench.terminal import Terminal
from tests.chaos.counts import Counts
from tests.chaos.places import folder, holds
from tests.chaos.watchers import watchers
from tests.store.sound import check_sound

AWAY = 30.0  # seconds
CONSOLES, NOTED = 3, "pool was full, restarted it"
PATIENCE = 60.0


def run() -> Iterator[Counts]:
    """Three consoles and a worker; two consoles write a note meanwhile, and one of them is killed."""
    counts = Counts("PostgreSQL stopped for 30 s")
    try:
        from tests.store.postgres import running
    except ImportError as error:
        counts.notes.append(f"not tried: no PostgreSQL: {error}")
        yield counts
        return
    with folder() as within, running() as server, ExitStack() as kept:
        where = server.url(server.create())
        make_store(where, live=3).close()
        crew = kept.enter_context(watchers(where, within, 1))
        homes = [made(within / f"home{number}") for number in range(CONSOLES)]
        terminals = [kept.enter_context(opened(where, home)) for home in homes]
        for terminal in terminals:
            terminal.wait_for("INC-3", seconds=PATIENCE)
            terminal.absorb(6)  # it reads ahead meanwhile
        server.stop()
        began = time.monotonic()
        for terminal in terminals:
            step(counts, terminal, "store away")
        for terminal in terminals[:2]:
            terminal.press("\r")
            step(counts, terminal, "Checklist")
            terminal.press("n")
            step(counts, terminal, "Note on")
            terminal.press(NOTED + "\x1bOQ")  # f2
            step(counts, terminal, "kept on this machine")
        os.kill(terminals[1].pid, 9)
        while time.monotonic() - began < AWAY:
            for terminal in (terminals[0], terminals[2]):
                terminal.absorb(0.2)
        server.start()
        store = open_store(where, now)
        try:
            store.write(partial(incidents.declare, title="After it", severity=Severity.P0), by="lin")
            step(counts, terminals[2], "After it")
            step(counts, terminals[0], "in the room now")
            with opened(where, homes[1]) as next_one:
                step(counts, next_one, "in the room now")
            counts.tried += 1
            counts.survived += crew.alive
            judge(counts, store)
        finally:
            store.close()
    yield counts


def made(path: Path) -> Path:
    """A home for one console's user."""
    path.mkdir()
    return path


def opened(where: str, home: Path) -> Terminal:
    """A console of somebody."""
    return Terminal(console(where), environment=homeless(home), folder=ROOT)


def step(counts: Counts, terminal: Terminal, words: str) -> None:
    """Something has to be drawn."""
    counts.tried += 1
    try:
        terminal.wait_for(words, seconds=PATIENCE)
        counts.survived += 1
    except Unmeasured as error:
        counts.notes.append(f"{words!r} was not drawn: {str(error)[-300:]}")


def judge(counts: Counts, store: Store) -> None:
    """Each note is in the room once."""
    notes = [event for event in store.read(load_events) if event.kind == "note"]
    mine = sum(event.data["text"] == NOTED for event in notes)
    counts.lose(max(0, 2 - mine), "notes written while it was away")
    counts.double(max(0, mine - 2), "notes")
    counts.lose(holds(lambda: store.read(check_sound), counts), "the record and its rows")
