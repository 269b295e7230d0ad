"""The verb that practises: drill."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import asking, output
from console.cli.common import verb
from console.cli.failures import usage
from console.cli.options import Options

if TYPE_CHECKING:
    from data.domain.drill import Scenario


@verb("drill", hides=("store",))
def drill(
    options: Options,
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="[NAME|FILE]", help="database, api or slow; or a scenario of your own."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Only say which drills there are.")] = False,
    facilitator: Annotated[
        bool, typer.Option("--facilitator", help="Only print what breaks when: not for who responds.")
    ] = False,
    speed: Annotated[
        float, typer.Option("--speed", min=1, max=60, help="How many times as fast its clock runs.")
    ] = 1.0,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="FILE", help="Keep the room's store, to look at later.")
    ] = None,
) -> None:
    """Practise an incident, and be scored by the guide.

    The shop of the demo breaks by a scenario, in a room of its own; the console is the real one. F does
    something about it, gives hints and shows the score, which is printed when you leave. Nothing leaves
    this machine, and nothing stays but what --keep names.
    """
    from console.drill import scenarios

    if listed:
        _list(options, scenarios.shipped())
        return
    found = scenarios.find(scenario) if scenario else _asked(scenarios.shipped())
    if facilitator:
        _tell(options, found)
        return
    _run(options, found, speed, keep)


def _list(options: Options, found: "tuple[Scenario, ...]") -> None:
    from data.domain.durations import format_duration
    from data.text_table import Column, Part, table

    if options.json:
        rows = [{"id": one.id, "title": one.title, "lasts": format_duration(one.lasts)} for one in found]
        output.emit(rows)
        return
    columns = (Column("NAME"), Column("LASTS", right=True), Column("WHAT PEOPLE SEE", flexible=True))
    lines = [(Part(one.id, "strong"), Part(format_duration(one.lasts)), Part(one.title)) for one in found]
    output.show(table(columns, lines, output.width()))


def _asked(found: "tuple[Scenario, ...]") -> "Scenario":
    """Let the person at the terminal choose. Raises Failure where nobody is there."""
    names = ", ".join(one.id for one in found)
    if not output.is_terminal(sys.stdin):
        raise usage("which drill?", f"there are {names}; or give a file")
    by_words = {f"{one.id}: {one.title}": one for one in found}
    return by_words[asking.choose("Which drill?", tuple(by_words))]


def _tell(options: Options, found: "Scenario") -> None:
    from data.domain.codec import encode
    from data.drill_sheet import facilitator_lines

    if options.json:
        output.emit(encode(found))
    else:
        output.show(facilitator_lines(found))


def _run(options: Options, found: "Scenario", speed: float, keep: Path | None) -> None:
    import asyncio

    from console.drill import exercise
    from data.drill_sheet import score_json, score_lines

    exercise.need_terminal()
    target = exercise.free(keep) if keep is not None else None
    app, score = asyncio.run(exercise.exercise(options, found, scale=speed, keep=target))
    if app.crash is not None:
        raise app.crash
    if options.json:
        output.emit(score_json(found, score))
    else:
        output.show(score_lines(found, score, output.width()))
        if target is not None and target.exists():
            output.warn(f"warroom: the room is kept in {target}: warroom postmortem INC-1 --store {target}")
    if app.return_code:
        raise SystemExit(app.return_code)
