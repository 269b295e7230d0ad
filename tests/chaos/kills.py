"""Consoles and verbs that are killed at any moment: what was answered is on record, once (design 6)."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from data.store.rows import load_incidents
from data.store.store import Store
from tests.bench.figures import Unmeasured
from tests.bench.repeat import ROOT, console, homeless
from tests.bench.rooms import make_store
from tests.bench.terminal import Terminal
from tests.chaos.counts import Counts, dealt
from tests.chaos.places import KINDS, empty_place, folder, holds
from tests.chaos.victims import moments, verb
from tests.store.sound import check_sound

VERBS, CONSOLES, LIVE = dealt(40), dealt(12), 5
KEYS = "jkjk1234jk?\x1baq\x1b"


def run() -> Iterator[Counts]:
    """Verbs on both databases, consoles on a file."""
    chance = random.Random()  # noqa: S311 - another day each time
    for kind in KINDS:
        with folder() as within, empty_place(kind, within) as where:
            store = make_store(where, live=LIVE)
            yield verbs(Counts(f"kill -9 of declare, {kind}"), store, within)
            store.close()
    with folder() as within:
        store = make_store(str(within / "room.db"), live=LIVE)
        yield consoles(Counts("kill -9 of the console, SQLite"), store, within, chance)
        store.close()


def verbs(counts: Counts, store: Store, within: Path) -> Counts:
    """Declare from a shell, and kill the verb in the middle."""
    answered = []

    def declare(title: str, seconds: float = 60) -> tuple[str, float]:
        return verb(store.where, within, "declare", title, "-s", "P2", seconds=seconds)

    for number, moment in enumerate(moments(lambda turn: declare(f"Measured {turn}")[1], VERBS, 0.6, 1.1)):
        title = f"Killed {number}"
        counts.tried += 1
        said, _ = declare(title, moment)
        counts.survived += not holds(lambda: store.read(check_sound), counts)
        if said:
            answered.append(title)
    found = Counter(incident.title for incident in store.read(load_incidents))
    counts.lose(sum(not found[title] for title in answered), "declarations that were answered")
    killed = {title: count for title, count in found.items() if title.startswith("Killed")}
    counts.double(sum(count - 1 for count in killed.values()), "declarations")
    counts.notes.insert(0, f"{len(answered)} answered, {len(killed)} on record")
    return counts


def consoles(counts: Counts, store: Store, within: Path, chance: random.Random) -> Counts:
    """Kill a console while somebody types in it, and open the next."""
    for _ in range(CONSOLES):
        counts.tried += 1
        try:
            with Terminal(console(store.where), environment=homeless(within), folder=ROOT) as terminal:
                terminal.wait_for("INC-1", seconds=60)
                ends = time.perf_counter() + chance.uniform(0, 1.5)
                while time.perf_counter() < ends:
                    terminal.press(chance.choice(KEYS))
                    terminal.absorb(0.05)
                os.kill(terminal.pid, signal.SIGKILL)
        except Unmeasured as error:
            counts.notes.append(f"the next console did not open: {str(error)[-300:]}")
            continue
        counts.survived += not holds(lambda: store.read(check_sound), counts)
    found = [incident for incident in store.read(load_incidents) if incident.live]
    counts.lose(LIVE - len(found), "incidents")
    return counts
