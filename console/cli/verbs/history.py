"""The verb that brings in what another system keeps of past incidents: import-history."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli import output
from console.cli.common import verb
from console.cli.failures import Failure
from console.cli.options import Options

if TYPE_CHECKING:
    from console.cli.room import Room
    from data.history.model import History

_LARGEST = 256 * 1024 * 1024


@verb("import-history")
def import_history(
    options: Options,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="A status page's /api/v2/incidents.json, or a .csv."),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what the files hold; opens no store.")
    ] = False,
) -> None:
    """Record past incidents from a status page or a .csv.

    A status page is one of Atlassian Statuspage. Impact critical becomes P0, major P1, minor P2, none P3;
    updates keep their times. Nobody is paged and no clock runs. Maintenance is left out, and so is what is
    still open there: import again once it is over. An incident that came in before stays as it is.

    A .csv has the columns title, detected_at and resolved_at, and where known id, severity (P0 to P3),
    began_at and services (a;b); instants have an offset or Z.
    """
    read = [(file, _read(file)) for file in files]
    if dry_run:
        _answer(options, [_counts(file, history) for file, history in read], dry_run=True)
        return
    from console.cli.room import opened

    with opened(options) as room:
        told = [_counts(file, history) | _store(room, history) for file, history in read]
    _answer(options, told, dry_run=False)


def _read(file: Path) -> "History":
    from data.history import csv_file, statuspage
    from data.history.model import NoHistory
    from data.text import clean_line

    name = clean_line(str(file))
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise Failure(f"{name} cannot be read: {error.strerror}", "nothing was imported") from error
    if len(data) > _LARGEST:
        raise Failure(f"{name} is larger than {_LARGEST // 1024**2} MiB", "nothing was imported")
    try:
        return csv_file.read(data) if file.suffix.lower() == ".csv" else statuspage.read(data)
    except NoHistory as error:
        hint = "give /api/v2/incidents.json of a status page, or a CSV file; nothing was imported"
        raise Failure(f"{name} holds no history: {error}", hint) from None


def _counts(file: Path, history: "History") -> dict[str, Any]:
    return {
        "file": str(file),
        "incidents": len(history.incidents),
        "updates": history.updates,
        "maintenance": history.maintenance,
        "still_open": history.still_open,
        "unreadable": history.unreadable,
    }


def _store(room: "Room", history: "History") -> dict[str, Any]:
    """Write a file's incidents, some at a time; return what became of them."""
    from data.store.commands import history as commands

    facts: dict[str, Any] = {"imported": 0, "first": "", "last": "", "updates": 0, "here": 0, "refused": []}
    incidents = history.incidents
    for start in range(0, len(incidents), commands.AT_ONCE):
        some = incidents[start : start + commands.AT_ONCE]
        work = partial(commands.import_history, source=history.source, incidents=some)
        answer = room.write(work, None)
        keys = answer.facts["keys"]
        facts["imported"] += len(keys)
        if keys:
            facts["first"], facts["last"] = facts["first"] or keys[0], keys[-1]
        for name in ("updates", "here", "refused"):
            facts[name] += answer.facts[name]
    return facts


def _answer(options: Options, told: list[dict[str, Any]], *, dry_run: bool) -> None:
    if options.json:
        output.emit([item | {"dry_run": dry_run} for item in told])
    else:
        output.answer("\n".join(line for item in told for line in _lines(item, dry_run=dry_run)))


def _lines(item: dict[str, Any], *, dry_run: bool) -> list[str]:
    """Return what became of a file: one line, and one for each incident that was refused."""
    from data.domain.words import count
    from data.text import clean_line

    updates = count(item["updates"], "update")
    if dry_run:
        words = [f"{count(item['incidents'], 'incident')} with {updates}"]
    else:
        span = f" ({item['first']} to {item['last']})" if item["imported"] else ""
        words = [f"{count(item['imported'], 'incident')} imported{span} with {updates}"]
        words += [f"{item['here']} already here"] if item["here"] else []
    words += [f"{item['maintenance']} of maintenance left out"] if item["maintenance"] else []
    words += [f"{item['still_open']} still open, left out"] if item["still_open"] else []
    words += [f"{item['unreadable']} unreadable"] if item["unreadable"] else []
    refused = [f"! {one['title']} ({one['id']}): {one['why']}" for one in item.get("refused", ())]
    end = "; nothing was written" if dry_run else ""
    return [f"{clean_line(item['file'])}: {'; '.join(words)}{end}", *refused]
