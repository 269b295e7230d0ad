"""Verbs about the room itself: maintenance, apply, export."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import output
from console.cli.common import CommandId, Why, verb
from console.cli.failures import Failure, usage
from console.cli.options import Options

if TYPE_CHECKING:
    from data.configuration.model import ConfigurationError

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

    What an earlier file made and this one leaves out is retired. Problems are told by file and line.
    """
    from console.channels.checking import unknown_addresses
    from console.cli.room import opened
    from data.configuration.model import ConfigurationError
    from data.configuration.plan import plan
    from data.configuration.reading import read_path
    from data.store.commands import rooms
    from data.store.definitions import load
    from data.store.unit import Answer, Write

    lines: list[str] = []

    def work(write: Write) -> Answer:
        change = plan(load(write.connection), wanted)
        lines[:] = change.lines()
        return rooms.apply(write, change.upserts, change.retires, lines)

    try:
        wanted = read_path(path)
        if unknown := unknown_addresses(wanted):
            raise ConfigurationError(unknown)
        if not options.json:
            for warning in wanted.warnings:
                output.warn(str(warning))
        with opened(options) as room:
            if dry_run:
                lines = plan(room.read(load), wanted).lines()
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
def export(options: Options) -> None:
    """Print the room's configuration as a warroom.toml."""
    from console.cli.room import opened
    from data.configuration.export import export as exported
    from data.store.definitions import load

    with opened(options) as room:
        try:
            text = exported(room.read(load)) or NOTHING
        except ValueError as error:
            raise Failure(f"this room cannot be written as a file: {error}") from error
    if options.json:
        output.emit({"toml": text})
    else:
        output.answer(text.rstrip("\n"))
