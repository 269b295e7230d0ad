"""An alert storm from a real Alertmanager: when the board shows it, the keys meanwhile, and quiet polls."""

import json
import resource
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, func, select

from data.domain.change import Refused
from data.domain.codec import encode
from data.domain.room import Definition, Kind, Source
from data.store.commands import rooms
from data.store.queries.alerts import sources
from data.store.store import Store
from data.store.tables import INCIDENT, PROPOSAL
from tests.bench.figures import Line, Row, Samples, Unmeasured, ratio
from tests.bench.repeat import ROOT, RUNS, console, homeless, program, scratch
from tests.bench.rooms import make_store
from tests.bench.rows.key_press import DOWN, UP
from tests.bench.terminal import Terminal
from tests.console.alertmanager import BINARY, Alertmanager, many, running

ALERTS, GROUPS = 5000, 500
LIVE = 10
STORM = f"{GROUPS} groups"
PATIENCE, AFTER = 30.0, 4.0  # seconds: for the storm to be shown, and what is looked at after that
CALM = 60  # presses; the first warm it up
WARM_UP, POLLS = 20, 40


@dataclass(frozen=True, slots=True)
class Storm:
    """One storm: seconds until the board said so, key presses in ms, and what else was proposed."""

    shown: float
    keys: tuple[float, ...]
    calm: tuple[float, ...]  # presses before, with nothing firing
    beside: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """Polls with nothing new: processor time in ms of one and of ``json.loads`` of its answer; MB."""

    cpu: tuple[float, ...]
    plain: tuple[float, ...]
    before: float
    after: float


def prepare(path: Path, url: str, every: timedelta) -> Store:
    """Make a store with some incidents that asks this Alertmanager so often."""
    store = make_store(str(path), live=LIVE)
    source = Source("prod", "alertmanager", (url,), every=every)
    made = [Definition(Kind.SOURCE, source.id, encode(source))]
    answer = store.write(partial(rooms.apply, upserts=made, retires=[], lines=["a source"]), by="ada")
    if isinstance(answer, Refused):
        raise Unmeasured(answer.reason)
    return store


def press(terminal: Terminal, number: int) -> float:
    """Milliseconds from a press on the board to the byte that answers it, once the screen is quiet."""
    terminal.settle(0.03, 2)
    return terminal.echo(DOWN if number % 10 < 5 else UP) * 1000


def storm(source: Alertmanager, folder: Path) -> Storm:
    """Let everything fire at once at a console that knows its source as quiet, and type meanwhile."""
    path = folder / "room.db"
    store = prepare(path, source.url, timedelta(seconds=1))
    try:
        with Terminal(console(path), environment=homeless(folder), folder=ROOT) as terminal:
            terminal.wait_for("INC-", seconds=60)
            ends = time.perf_counter() + PATIENCE
            while not any(state.ok_at for state in store.read(sources)):
                if time.perf_counter() > ends:
                    raise Unmeasured("the source was not asked")
                terminal.absorb(0.2)
            terminal.absorb(2)
            calm = tuple([press(terminal, number) for number in range(CALM)][10:])
            terminal.forget()
            firing = threading.Thread(target=source.fire, args=many(ALERTS, GROUPS))
            fired = time.perf_counter()
            firing.start()
            shown, found = typing(terminal, fired)
            firing.join()
        return Storm(shown, found, calm, proposed(store) - 1)
    finally:
        store.close()


def typing(terminal: Terminal, fired: float) -> tuple[float, tuple[float, ...]]:
    """Press keys until the storm is on the board and a while longer."""
    found: list[float] = []
    shown, ends = 0.0, fired + PATIENCE
    while time.perf_counter() < ends:
        found.append(press(terminal, len(found)))
        if not shown and STORM in terminal.text():
            shown = time.perf_counter() - fired
            ends = time.perf_counter() + AFTER
    if not shown:
        raise Unmeasured(f"no storm on the board:\n{terminal.text()[-2000:]}")
    return shown, tuple(found)


def proposed(store: Store) -> int:
    """How many proposals there are, and incidents that nobody declared."""

    def count(connection: Connection) -> int:
        return sum(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (PROPOSAL, INCIDENT)
        )

    return store.read(count) - LIVE


def quiet(source: Alertmanager, folder: Path) -> Quiet:
    """What polls cost that find nothing new, while Prometheus keeps its alerts alive."""
    path = folder / "room.db"
    prepare(path, source.url, timedelta(milliseconds=250)).close()
    command = program("polling", path, source.url, WARM_UP, POLLS, RUNS)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as asking:
        while True:
            try:
                said, wrong = asking.communicate(timeout=15)
                break
            except subprocess.TimeoutExpired:
                source.fire(*many(ALERTS, GROUPS))
    if asking.returncode:
        raise Unmeasured(f"the polls ended early:\n{wrong[-2000:]}")
    found = json.loads(said)
    return Quiet(tuple(found["cpu"]), tuple(found["json"]), found["before"], found["after"])


def amtool(url: str) -> float:
    """The milliseconds of processor time of Alertmanager's own tool for one look at the alerts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        ["amtool", "alert", "query", f"--alertmanager.url={url}", "--output=json"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000


def measure() -> Row:
    """Storms, each from an Alertmanager and into a store of its own; then polls with nothing new."""
    if shutil.which(BINARY) is None:
        raise Unmeasured(f"{BINARY} is not installed")
    storms = []
    for _ in range(RUNS):
        with scratch() as folder, running(folder) as source:
            storms.append(storm(source, folder))
    with scratch() as folder, running(folder) as source:
        source.fire(*many(ALERTS, GROUPS))
        found = quiet(source, folder)
        tool = [amtool(source.url) for _ in range(RUNS)] if shutil.which("amtool") else []
    return Row(
        f"{ALERTS} alerts in {GROUPS} groups from a real Alertmanager",
        tuple(lines(storms, found, tool)),
        (
            f"{RUNS} storms; asked every second; firing begins with the request that tells it",
            f"then {POLLS * RUNS} polls, the same alerts told anew every 15 s",
        ),
    )


def lines(storms: list[Storm], found: Quiet, tool: list[float]) -> list[Line]:
    """The figures."""
    shown = Samples("from firing", "s", tuple(one.shown for one in storms))
    typed = Samples("keys p95", "ms", tuple(share(one.keys) for one in storms))
    calm = Samples("p95 while nothing fires", "ms", tuple(share(one.calm) for one in storms))
    cpu = Samples("a poll", "ms", found.cpu)
    plain = Samples("json.loads of the same answer", "ms", found.plain)
    gained, end = found.after - found.before, f"{found.after:.1f} MB at the end"
    others = sum(one.beside for one in storms)
    peers = [plain, *([Samples("amtool alert query", "ms", tuple(tool))] if tool else [])]
    return [
        Line("until one storm is on the board, slowest", max(shown.values), "s", must=5.0, ours=str(shown)),
        Line("other proposals and incidents, all storms", others, "", must=0.0),
        Line("key press meanwhile, p95", typed.median, "ms", must=25.0, ours=str(typed), peer=str(calm)),
        Line("processor time of a poll with nothing new", cpu.median, "ms", must=50.0, ours=str(cpu)),
        *(ratio(cpu, peer, what=f"against {peer.name}") for peer in peers),
        Line(f"memory gained over {POLLS * RUNS} polls", gained, "MB", must=5.0, ours=end),
    ]


def share(values: tuple[float, ...]) -> float:
    """The p95."""
    return Samples("", "ms", values).share(95)
