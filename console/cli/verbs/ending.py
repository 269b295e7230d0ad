"""Verbs that end an incident: resolve, merge."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.common import CommandId, Why, verb
from console.cli.failures import usage
from console.cli.options import Options
from console.cli.verbs.looking import Key

if TYPE_CHECKING:
    from sqlalchemy import Connection


@verb("resolve")
def resolve(
    options: Options,
    key: Key,
    how: Annotated[
        str,
        typer.Option(
            "--how", metavar="HOW", help="fixed, workaround, false-alarm, or duplicate (with --of)."
        ),
    ],
    of: Annotated[
        str | None, typer.Option("--of", metavar="INC", help="The incident this one duplicates.")
    ] = None,
    why: Why = "",
    command_id: CommandId = None,
) -> None:
    """End an incident. What still fails asks for a reason; a duplicate goes into its original.

    Whoever was told of it is owed a final update: warroom update INC TEXT sends it.
    """
    from console.cli import output
    from console.cli.answers import done
    from console.cli.room import opened
    from data.domain.change import Refused
    from data.domain.incident import Disposition
    from data.store.commands import incidents, merges
    from data.store.unit import Answer, Write

    try:
        ended = Disposition(how.strip().lower().replace("_", "-").replace(" ", "-"))
    except ValueError:
        raise usage(f"{how[:40]!r} is no way to end one", f"one of: {', '.join(Disposition)}") from None
    if of is not None and ended is not Disposition.DUPLICATE:
        raise usage("only a duplicate has an original", "leave --of out, or give --how duplicate")
    if of is None and ended is Disposition.DUPLICATE:
        raise usage("a duplicate needs its original", "name the incident it duplicates: --of INC-n")

    def work(write: Write) -> Answer | Refused:
        if of is not None:
            return merges.merge(write, key, into=of, why=why)
        return incidents.resolve(write, key, ended, why=why)

    with opened(options) as room:
        done(room, room.write(work, command_id), key=key)
        if not options.json and of is None and (told := room.read(partial(_told, key=key))):
            output.warn(
                f'the final update is still to send: warroom update {key} "…"  (to {", ".join(told)})'
            )


def _told(connection: "Connection", key: str) -> tuple[str, ...]:
    """Return the audiences that hear of an incident."""
    from data.store.queries.updates import update_view

    view = update_view(connection, key)
    return view.applicable() if view is not None else ()


@verb("merge")
def merge(
    options: Options,
    key: Key,
    into: Annotated[str, typer.Option("--into", metavar="INC", help="The live incident that takes it over.")],
    why: Why = "",
    command_id: CommandId = None,
) -> None:
    """Fold an incident into another. That one takes over severity, causes and audiences."""
    from console.cli.answers import done
    from console.cli.room import opened
    from data.store.commands import merges

    with opened(options) as room:
        done(room, room.write(lambda write: merges.merge(write, key, into=into, why=why), command_id))
