"""Verbs about the room itself: maintenance, apply, export."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import output
from console.cli.common import CommandId, Why, verb
from console.cli.failures import Failure, usage
from console.cli.options import Options

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from data.configuration.model import ConfigurationError
    from data.configuration.plan import Plan

NOTHING = "# the guide's defaults and nothing else"


@verb("maintenance")
def maintenance(
    options: Options,
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="The service's id.")],
    lasting: Annotated[str, typer.Argument(metavar="DURATION", help="How long from now: 30m, 1h30m.")],
    why: Why = "",
    command_id: CommandId = None,
) -> None:
    """Begin maintenance of a service, for a while from now.

    It is measured as before, and nothing opens for it. What is still down at the end is told then.
    """
    from console.cli.room import opened
    from data.domain.durations import parse_duration
    from data.store.commands.rooms import maintain

    try:
        span = parse_duration(lasting)
    except ValueError as error:
        raise usage(str(error)) from None
    with opened(options) as room:
        answer = room.write(lambda write: maintain(write, service, span, why), command_id)
    if options.json:
        output.emit({**answer.facts, "answer": answer.text})
    else:
        output.answer(answer.text)


@verb("apply")
def apply(
    options: Options,
    path: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", help="A warroom.toml, or the folder it lies in.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    command_id: CommandId = None,
) -> None:
    """Change the room to what a file says, all of it or nothing.

    The Markdown in a runbooks folder beside it is part of it: each file a runbook of its name. What an
    earlier file made and this one leaves out is retired. Problems are told by file and line.
    """
    from console.channels.checking import unknown_addresses
    from console.cli.room import opened
    from data.configuration.model import ConfigurationError
    from data.configuration.plan import plan
    from data.configuration.reading import read_path
    from data.store.commands import rooms
    from data.store.definitions import load
    from data.store.queries.runbooks import changed_texts
    from data.store.unit import Answer, Write

    lines: list[str] = []

    def planned(connection: "Connection") -> "Plan":
        change = plan(load(connection), wanted)
        told = change.lines()
        lines[:] = [*told, *changed_texts(connection, wanted.texts, told)]
        return change

    def work(write: Write) -> Answer:
        change = planned(write.connection)
        return rooms.apply(write, change.upserts, change.retires, lines, wanted.texts)

    try:
        wanted = read_path(path)
        if unknown := unknown_addresses(wanted):
            raise ConfigurationError(unknown)
        if not options.json:
            for warning in wanted.warnings:
                output.warn(str(warning))
        with opened(options) as room:
            if dry_run:
                room.read(planned)
                text = (
                    f"{len(lines)} changes, none made: this was a dry run" if lines else "nothing to change"
                )
            else:
                text = room.write(work, command_id).text
    except ConfigurationError as error:
        raise _wrong(error, path) from None
    if options.json:
        warnings = [str(warning) for warning in wanted.warnings]
        output.emit({"changes": lines, "dry_run": dry_run, "warnings": warnings, "answer": text})
    else:
        output.answer("\n".join([*lines, text]))


def _wrong(error: "ConfigurationError", path: Path) -> Failure:
    """Return every problem, a line each, as ``file:line: message``."""
    count = len(error.problems)
    hint = f"{count} problem{'' if count == 1 else 's'} in {path}: nothing was changed"
    return Failure("\n".join(map(str, error.problems)), hint, code="configuration")


@verb("export")
def export(
    options: Options,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Write warroom.toml and runbooks/*.md into a folder."),
    ] = None,
) -> None:
    """Print the room's configuration as a warroom.toml.

    Runbooks that stand in Markdown files beside it are named there; --to writes them too.
    """
    from console.cli.room import opened
    from data.configuration.export import export as exported
    from data.store.definitions import load
    from data.store.queries.runbooks import in_files

    with opened(options) as room:
        texts = room.read(in_files)
        try:
            text = exported(room.read(load), texts) or NOTHING
        except ValueError as error:
            raise Failure(f"this room cannot be written as a file: {error}") from error
    files = {"warroom.toml": text, **{f"runbooks/{key}.md": f"{said}\n" for key, said in texts.items()}}
    if to is not None:
        _write(to, files)
    if options.json:
        output.emit({"toml": text, "files": [str(to / name) for name in files] if to else []})
    elif to is not None:
        output.answer("\n".join(str(to / name) for name in files))
    else:
        if texts:
            output.warn(
                f"{len(texts)} of the runbooks are files beside it: warroom export --to DIR writes them"
            )
        output.answer(text.rstrip("\n"))


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files that are not there yet: what somebody has in a folder is theirs."""
    there = next((folder / name for name in files if (folder / name).exists()), None)
    if there is not None:
        raise Failure(f"there already is {there}: nothing was written", "name an empty folder")
    try:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise Failure(f"{folder} cannot be written: {error.strerror}", "name another folder") from error
