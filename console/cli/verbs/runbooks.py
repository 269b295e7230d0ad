"""The verb that brings a team's Markdown runbooks into the room: import-runbook."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli import output
from console.cli.common import CommandId, verb
from console.cli.failures import Failure
from console.cli.options import Options

if TYPE_CHECKING:
    from data.runbook import ImportedRunbook
    from data.runbooks.files import Problem
    from data.runbooks.gather import Document
    from data.text_table import Line


@verb("import-runbook")
def import_runbook(
    options: Options,
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH…", help="Markdown files, folders of them, or file.md#heading."),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would come in; opens no store.")
    ] = False,
    command_id: CommandId = None,
) -> None:
    """Turn Markdown runbooks into checklists.

    Without --dry-run the room keeps them. A file that comes in again updates its runbook, and what
    changed is told; incidents keep the copy they have. What the configuration owns stays as it is.
    """
    from data.runbook import RunbookClass
    from data.runbooks.gather import gather

    read, problems = gather(paths)
    if not options.json:
        _tell(problems)
    if not read:
        reason = "nothing could be imported"
        if options.json and problems:
            reason += ": " + "; ".join(f"{item.name}: {item.reason}" for item in problems)
        raise Failure(reason, "give Markdown files, or a folder with some in it")
    kept = [item for item in read if item.imported.kind is not RunbookClass.STUB]
    lines: list[str] = []
    if not dry_run:
        if not kept:
            raise Failure("nothing to import: only stubs", "import the documents they point to")
        lines = _store(options, kept, command_id)
    if options.json:
        if problems:
            output.warn_json({"skipped": [{"file": item.name, "reason": item.reason} for item in problems]})
        output.emit([_json(item.imported) for item in read])
        return
    runbooks = [item.imported for item in read]
    output.show(_steps(runbooks[0]) if len(runbooks) == 1 else _table(runbooks))
    output.answer("\n".join([*lines, _totals(runbooks, len(problems)), *_end(dry_run)]))


def _tell(problems: "Sequence[Problem]") -> None:
    from data.text import clean_line

    for item in problems:
        output.warn(clean_line(f"{item.name}: {item.reason}", 500))


def _store(options: Options, documents: "Sequence[Document]", command_id: str | None) -> list[str]:
    """Keep the runbooks; return a line for each that changed or was refused."""
    from console.cli.room import opened
    from data.runbooks.gather import ids
    from data.runbooks.preview import reading
    from data.store.commands.runbooks import Source, import_runbooks
    from data.store.queries.runbooks import before

    keys = tuple(ids(documents))
    with opened(options) as room:
        there = room.read(lambda connection: before(connection, keys))
        found = [
            reading(item.imported, item.text, key, there.get(key))
            for item, key in zip(documents, keys, strict=True)
        ]
        runbooks = [item.runbook for item in found]
        sources = {item.id: Source(item.text, item.name) for item in found}
        answer = room.write(lambda write: import_runbooks(write, runbooks, sources), command_id)
    told: list[dict[str, Any]] = answer.facts.get("runbooks", [])
    refused = [f"! runbook {fact['id']}: {fact['why']}" for fact in told if fact["state"] == "refused"]
    return [*answer.facts.get("lines", []), *refused, answer.text]


def _json(runbook: "ImportedRunbook") -> dict[str, Any]:
    return {
        "file": f"{runbook.file}#{runbook.fragment}" if runbook.fragment else runbook.file,
        "title": runbook.title,
        "class": runbook.kind.value,
        "steps": [
            {
                "phase": step.phase,
                "title": step.title,
                "detail": step.detail,
                "command": step.command,
                "language": step.language,
                "confidence": step.confidence.value,
            }
            for step in runbook.steps
        ],
    }


def _table(runbooks: "Sequence[ImportedRunbook]") -> "list[Line]":
    from data.text_table import Column, Part, table

    columns = (
        Column("TITLE", flexible=True),
        Column("CLASS"),
        Column("STEPS", right=True),
        Column("UNSURE", rank=2, right=True),
        Column("COMMANDS", rank=3, right=True),
        Column("FILE", rank=1, flexible=True),
    )
    rows = [
        (
            Part(runbook.title),
            Part(runbook.kind.value),
            Part(str(len(runbook.steps))),
            Part(str(_unsure(runbook) or ""), "soon"),
            Part(str(sum(bool(step.command) for step in runbook.steps) or "")),
            Part(runbook.file),
        )
        for runbook in runbooks
    ]
    return table(columns, rows, output.width())


def _steps(runbook: "ImportedRunbook") -> "list[Line]":
    """Return one runbook with all its steps, as they will stand on an incident."""
    from data.text_table import Part, line

    lines = [line(Part(runbook.title, "strong"), f"  {runbook.kind}")]
    phase = None
    for step in runbook.steps:
        if step.phase != phase:
            phase = step.phase
            lines.append(line(Part(phase or runbook.title, "head")))
        mark = Part("? ", "soon") if step.confidence.value == "low" else Part("  ")
        lines.append(line("  ", mark, "[ ] ", "  " * step.depth, step.title))
        lines += [
            line("            ", Part(f"$ {command}", "head"))
            for command in step.command.split("\n")[:3]
            if command
        ]
    if runbook.redirect:
        lines.append(line(f"  points to {runbook.redirect}"))
    return lines


def _unsure(runbook: "ImportedRunbook") -> int:
    return sum(step.confidence.value == "low" for step in runbook.steps)


def _totals(runbooks: "Sequence[ImportedRunbook]", skipped: int) -> str:
    from data.domain.words import count

    kinds: dict[str, int] = {}
    for runbook in runbooks:
        kinds[runbook.kind.value] = kinds.get(runbook.kind.value, 0) + 1
    unsure = sum(map(_unsure, runbooks))
    told = ", ".join(count(number, kind) for kind, number in sorted(kinds.items()))
    words = (
        f"{count(len(runbooks), 'file')}: {told}; {count(sum(len(item.steps) for item in runbooks), 'step')}"
    )
    words += f", {unsure} of them unsure" if unsure else ""
    return words + (f"; {count(skipped, 'file')} skipped" if skipped else "")


def _end(dry_run: bool) -> list[str]:
    return ["this was a dry run: nothing was kept"] if dry_run else []
