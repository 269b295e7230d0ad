"""200 pages, one receiver stuck for 30 s: what the others wait, the keys meanwhile, and quitting."""

import json
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from data.domain.change import Refused
from data.domain.codec import encode
from data.domain.policy import Contact, Level
from data.domain.room import Definition, Kind
from data.domain.severity import Severity
from data.store.commands import incidents, rooms
from data.store.store import Store
from tests.bench.figures import Line, Row, Samples, Unmeasured, ratio
from tests.bench.repeat import ROOT, RUNS, console, homeless, program, scratch
from tests.bench.rooms import make_store
from tests.bench.rows.alerts import press, share
from tests.bench.terminal import Terminal

PEOPLE, OUTAGES = 10, 20  # a page to each of them for each: 200
STUCK = 30  # seconds
LIVE = 10
PATIENCE = 60.0  # seconds


@dataclass(slots=True)
class Receivers:
    """The two servers, and what came to them."""

    quick: int
    stuck: int
    came: list[tuple[str, float, bool]] = field(default_factory=list)  # title, instant, to the quick one

    def quickly(self) -> int:
        """How many messages came to the quick one."""
        return sum(quick for _, _, quick in self.came)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds each of the others' pages took, key presses in ms, seconds to quit, last words."""

    took: tuple[float, ...]
    keys: tuple[float, ...]
    quit: float
    words: str


@contextmanager
def receivers() -> Iterator[Receivers]:
    """Both servers at work."""
    with subprocess.Popen(
        program("receivers", STUCK), stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        made = Receivers(*json.loads(process.stdout.readline()))

        def listen(lines: Iterator[str]) -> None:
            for line in lines:
                said = json.loads(line)
                made.came.append((said["title"], said["at"], said["quick"]))

        listening = threading.Thread(target=listen, args=(process.stdout,))
        listening.start()
        try:
            yield made
        finally:
            process.kill()
            listening.join()


def prepare(path: Path, servers: Receivers, *, stuck: bool) -> Store:
    """A store with some incidents, then ten people to tell at once; the first is behind the stuck server."""
    store = make_store(str(path), live=LIVE)
    for number in range(1, LIVE + 1):  # somebody has those, so that nobody is told of them
        store.write(partial(incidents.acknowledge, key=f"INC-{number}"), by="ada")
    ports = [servers.stuck if stuck and n == 0 else servers.quick for n in range(PEOPLE)]
    people = [
        Contact(f"p{n}", f"P{n}", notify=(f"json://127.0.0.1:{port}/p{n}",)) for n, port in enumerate(ports)
    ]
    level = Level(
        "on-call", "On call", 1, contacts=tuple(person.id for person in people), severities=tuple(Severity)
    )
    made = [Definition(Kind.LEVEL, level.id, encode(level))]
    made += [Definition(Kind.CONTACT, person.id, encode(person)) for person in people]
    answer = store.write(partial(rooms.apply, upserts=made, retires=[], lines=["people"]), by="ada")
    if isinstance(answer, Refused):
        raise Unmeasured(answer.reason)
    return store


def declare(store: Store, declared: dict[str, float]) -> None:
    """Open the incidents one after the other, as a bad minute brings them; note when each was committed."""
    for number in range(OUTAGES):
        command = partial(incidents.declare, title=f"Outage {number}", severity=Severity.P1)
        answer = store.write(command, by="lin")
        if not isinstance(answer, Refused):
            declared[answer.key] = time.time()
        time.sleep(0.05)


def run(*, stuck: bool) -> Run:
    """A console that sends it all, while somebody types; then it is left."""
    with scratch() as folder, receivers() as servers:
        store = prepare(folder / "room.db", servers, stuck=stuck)
        expected = (PEOPLE - stuck) * OUTAGES
        declared: dict[str, float] = {}
        try:
            with Terminal(console(folder / "room.db"), environment=homeless(folder), folder=ROOT) as terminal:
                terminal.wait_for("INC-", seconds=60)
                terminal.absorb(2)
                for number in range(10):
                    press(terminal, number)
                working = threading.Thread(target=declare, args=(store, declared))
                working.start()
                keys: list[float] = []
                ends = time.perf_counter() + PATIENCE
                while servers.quickly() < expected:
                    if time.perf_counter() > ends:
                        raise Unmeasured(f"only {servers.quickly()} of {expected} pages came")
                    keys.append(press(terminal, len(keys)))
                working.join()
                took, words = leave(terminal)
        finally:
            store.close()
        return Run(waits(servers, declared), tuple(keys), took, words)


def leave(terminal: Terminal) -> tuple[float, str]:
    """Seconds until the program has ended after ctrl+q, and what it said."""
    terminal.forget()
    pressed = terminal.press("\x11")
    while time.perf_counter() < pressed + PATIENCE:
        try:
            terminal.read(0.05)
        except Unmeasured:  # it ended
            found = re.search(r"\d+ (?:page|notice|update)[^\r\n]*still to be sent", terminal.text())
            return time.perf_counter() - pressed, found.group() if found else ""
    raise Unmeasured("the console cannot be quit")


def waits(servers: Receivers, declared: dict[str, float]) -> tuple[float, ...]:
    """Seconds from the declaration to the arrival of each page the quick server took."""
    found = []
    for title, at, quick in servers.came:
        name = re.search(r"INC-\d+", title)
        if quick and name is not None and name.group() in declared:
            found.append(at - declared[name.group()])
    return tuple(found)


def measure() -> Row:
    """With and without the stuck receiver, in turns."""
    stuck, free = [], []
    for _ in range(RUNS):
        stuck.append(run(stuck=True))
        free.append(run(stuck=False))
    late = Samples("p95 beside a stuck one", "s", tuple(share(one.took) for one in stuck))
    usual = Samples("p95 with none stuck", "s", tuple(share(one.took) for one in free))
    keys = Samples("keys p95", "ms", tuple(share(one.keys) for one in stuck))
    usual_keys = Samples("p95 with none stuck", "ms", tuple(share(one.keys) for one in free))
    left = Samples("after ctrl+q", "s", tuple(one.quit for one in stuck))
    silent = sum(not one.words for one in stuck)
    return Row(
        f"{PEOPLE * OUTAGES} pages, one receiver stuck for {STUCK} s",
        (
            ratio(late, usual, must=1.5, aim=1.1, what="the others' pages, p95, against none stuck"),
            Line(
                "key press meanwhile, p95", keys.median, "ms", must=25.0, ours=str(keys), peer=str(usual_keys)
            ),
            Line("quitting while it is stuck, slowest", max(left.values), "s", must=2.0, ours=str(left)),
            Line("times it left without a word of what is owed", silent, "", must=0.0),
        ),
        (f"{RUNS} consoles each; it says: {stuck[-1].words}",),
    )
