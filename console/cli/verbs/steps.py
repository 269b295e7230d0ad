"""The verb for one step of a checklist: whose it is, when it is asked about, and steps of one's own."""

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.common import CommandId, verb
from console.cli.failures import usage
from console.cli.options import Options
from console.cli.verbs.looking import Key

if TYPE_CHECKING:
    from datetime import datetime

    from console.cli.room import Room
    from data.domain.change import Refused
    from data.store.unit import Answer, Write

_NONE = ("", "none")


@verb("step")
def step(
    options: Options,
    key: Key,
    name: Annotated[
        str, typer.Argument(metavar="STEP", help="Its id, as show lists it; with --new what is to be done.")
    ],
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="NAME", help="Whose it is; none: nobody's.")
    ] = None,
    due: Annotated[
        str | None,
        typer.Option("--due", metavar="WHEN", help="When to ask about it: 10m, HH:MM or an instant; none."),
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Add it as a step of your own.")] = False,
    command_id: CommandId = None,
) -> None:
    """Give a step to somebody, give it a deadline, or add one.

    For example: warroom step INC-42 inv2 --owner lin --due 10m, or warroom step INC-42 "Call the vendor"
    --new --due 14:30. A new step without --owner is yours. To set one done: warroom tick.
    """
    from console.cli.answers import done
    from console.cli.room import opened

    if not new and owner is None and due is None:
        raise usage("nothing to change", "--owner NAME, --due WHEN, or --new to add a step")
    with opened(options) as room:
        when = _when(room, due)
        named = None if owner is None else "" if owner.strip().lower() in _NONE else owner

        def work(write: "Write") -> "Answer | Refused":
            from data.store.commands import steps

            if new:
                mine = write.by if named is None else named
                return steps.add(write, key, name, owner=mine, due=when)
            return steps.arrange(write, key, name, owner=named, due=when, timed=due is not None)

        answer = room.write(work, command_id)
        done(room, answer, warning=answer.facts.get("warning"))
        if not options.json and (warning := answer.facts.get("warning")):
            from console.cli import output

            output.warn(str(warning))


def _when(room: "Room", due: str | None) -> "datetime | None":
    """Return the instant a step is asked about; None for none. Raises Failure."""
    from zoneinfo import ZoneInfo

    from data.domain.durations import parse_duration
    from data.domain.instants import parse_instant
    from data.store.definitions import load_policy

    if due is None or due.strip().lower() in _NONE:
        return None
    now = room.now()
    try:
        return now + parse_duration(due)
    except ValueError:
        zone = ZoneInfo(room.read(load_policy).zone)
    try:
        found = parse_instant(due, now, zone)
    except ValueError as error:
        raise usage(str(error), "--due 10m, --due 14:30 or --due none") from None
    if found <= now:
        raise usage(f"{due[:40]} has passed already", "--due 10m, --due 14:30 or --due none")
    return found
