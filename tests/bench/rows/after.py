"""What comes after an incident: its post-mortem, years of history and their report, a folder of runbooks."""

import json
import shutil
import subprocess
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

from data.domain.change import Refused
from data.store.commands import incidents
from data.store.store import Store
from tests.bench.figures import Line, Row, Samples, Unmeasured
from tests.bench.repeat import ROOT, RUNS, homeless, in_turns, scratch
from tests.bench.rooms import make_store
from tests.status_pages import FIRST, incident, page, update

EVENTS, PAST, UPDATES, FILES = 2_000, 800, 4_500, 1_200
RUNBOOKS = ROOT.parent / "shared" / "runbooks"


def verb(folder: Path, *words: object) -> float:
    """Seconds from the start of a verb to its end."""
    command = [ROOT / ".venv" / "bin" / "warroom", "--as", "ada", *words]
    began = time.perf_counter()
    answer = subprocess.run(
        list(map(str, command)), env=homeless(folder), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise Unmeasured(answer.stderr.strip()[-300:])
    return time.perf_counter() - began


def eventful(path: Path) -> Store:
    """A store with one incident of so many events."""
    store = make_store(str(path), live=1)
    for number in range(EVENTS):
        note = partial(incidents.note, key="INC-1", text=f"finding {number}: the pool is at {number % 100} %")
        if isinstance(answer := store.write(note, by="ada"), Refused):
            raise Unmeasured(answer.reason)
    return store


def history(path: Path) -> None:
    """Write a status page's past: so many incidents with so many updates in all."""
    told = []
    for number in range(PAST):
        start = FIRST - timedelta(hours=25 * number)
        count = UPDATES // PAST + (number < UPDATES % PAST)
        steps = [update(start + timedelta(minutes=10 * step), "investigating") for step in range(count - 1)]
        steps.append(update(start + timedelta(minutes=10 * count), "resolved"))
        told.append(
            incident(
                number,
                created_at=start.isoformat(),
                started_at=start.isoformat(),
                resolved_at=(start + timedelta(minutes=10 * count)).isoformat(),
                incident_updates=steps[::-1],
            )
        )
    path.write_text(json.dumps(page(*told)), encoding="utf-8")


def runbooks(folder: Path) -> Path:
    """A folder with so many Markdown files, the shared ones again and again."""
    files = sorted(RUNBOOKS.rglob("*.md")) if RUNBOOKS.is_dir() else []
    if not files:
        raise Unmeasured("there are no runbooks beside this checkout")
    place = folder / "runbooks"
    place.mkdir()
    for number in range(FILES):
        shutil.copy(files[number % len(files)], place / f"{number:04}.md")
    return place


def measure() -> Row:
    """All of it by the shell's verbs, their start included."""
    with scratch() as folder:
        room, past, pages = folder / "room.db", folder / "past.json", runbooks(folder)
        eventful(room).close()
        history(past)

        def imported() -> float:
            place = folder / f"past-{time.monotonic_ns()}.db"
            make_store(str(place), live=0).close()
            took = verb(folder, "--store", place, "import-history", past)
            shutil.copy(place, folder / "years.db")
            return took

        came = in_turns("s", {"history": imported})["history"]
        found = in_turns(
            "s",
            {
                "start": lambda: verb(folder, "--store", room, "list"),
                "post-mortem": lambda: verb(folder, "--store", room, "postmortem", "INC-1"),
                "html": lambda: verb(folder, "--store", room, "postmortem", "INC-1", "--format", "html"),
                "report": lambda: verb(folder, "--store", folder / "years.db", "report", "--json"),
            },
        )
        took = [verb(folder, "import-runbook", "--dry-run", "--json", pages) for _ in range(RUNS)]
        files = Samples("runbooks", "s", tuple(took))
        return Row(
            "after an incident, each with the start of its verb",
            (
                _line(
                    f"post-mortem of {EVENTS:,} events, Markdown", found["post-mortem"], 1.0, found["start"]
                ),
                _line("the same, HTML", found["html"], 1.0, found["start"]),
                _line(f"{PAST} past incidents, {UPDATES:,} updates: import", came, 15.0),
                _line("the report over them", found["report"], 1.0, found["start"]),
                _line(f"{FILES:,} runbooks: import", files, 30.0),
            ),
            ("beside it: the start alone, by a verb that lists one incident",),
        )


def _line(what: str, ours: Samples, must: float, start: Samples | None = None) -> Line:
    return Line(what, ours.median, "s", must=must, ours=str(ours), peer=str(start) if start else "")
