"""Verbs that work on an incident: ack, note, severity, status, tick, link, undo."""

from typing import Annotated

import typer

from console.cli.common import CommandId, Why, verb
from console.cli.failures import Failure, usage
from console.cli.options import Options
from console.cli.verbs.looking import Key


@verb("ack")
def ack(
    options: Options,
    key: Key,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A line for the timeline.")] = "",
    command_id: CommandId = None,
) -> None:
    """Acknowledge: you have it. Stops the response clock and the ladder."""
    from console.cli.answers import done
    from console.cli.room import opened
    from data.store.commands import incidents

    with opened(options) as room:
        done(room, room.write(lambda write: incidents.acknowledge(write, key, text), command_id))


@verb("note")
def note(
    options: Options,
    key: Key,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to write down.")],
    command_id: CommandId = None,
) -> None:
    """Write a note on the timeline."""
    from console.cli.answers import done
    from console.cli.room import opened
    from data.store.commands import incidents

    with opened(options) as room:
        done(room, room.write(lambda write: incidents.note(write, key, text), command_id))


@verb("severity")
def severity(
    options: Options,
    key: Key,
    level: Annotated[str, typer.Argument(metavar="P0|P1|P2|P3", help="The new severity.")],
    why: Why = "",
    command_id: CommandId = None,
) -> None:
    """Change the severity; clocks and ladder follow."""
    from console.cli.answers import done
    from console.cli.answers import severity as read_severity
    from console.cli.room import opened
    from data.store.commands import incidents

    new = read_severity(level)
    with opened(options) as room:
        done(room, room.write(lambda write: incidents.set_severity(write, key, new, why), command_id))


@verb("status")
def status(
    options: Options,
    key: Key,
    to: Annotated[
        str,
        typer.Argument(
            metavar="STATUS", help="detected, acknowledged, investigating, fixing, monitoring or closed."
        ),
    ],
    why: Why = "",
    command_id: CommandId = None,
) -> None:
    """Change the status; going back needs a reason.

    To resolve: warroom resolve. Closing a P0 or P1 asks why it needs no post-mortem: --why.
    """
    from console.cli.answers import done
    from console.cli.room import opened
    from data.domain.incident import Status
    from data.store.commands import incidents

    try:
        new = Status(to.strip().lower())
    except ValueError:
        raise usage(f"{to[:40]!r} is no status", f"one of: {', '.join(Status)}") from None
    with opened(options) as room:
        done(room, room.write(lambda write: incidents.set_status(write, key, new, why), command_id))


@verb("tick")
def tick(
    options: Options,
    key: Key,
    steps: Annotated[
        list[str], typer.Argument(metavar="STEP", help="Ids of steps, as show lists them: ir1 ir2.")
    ],
    skip: Annotated[bool, typer.Option("--skip", help="Skip them instead; needs --why.")] = False,
    start: Annotated[bool, typer.Option("--start", help="Say that you are working on them.")] = False,
    why: Why = "",
    command_id: CommandId = None,
) -> None:
    """Set steps of an incident's checklist to done.

    For example: warroom tick INC-42 ir1 ir2. A step is never un-done by this. One that is done already
    stays as it is, and the answer says who was first.
    """
    from console.cli.answers import done
    from console.cli.room import opened
    from data.domain.incident import StepState
    from data.store.commands.steps import set_steps

    if skip and start:
        raise usage("--skip and --start are two different things", "give one of them")
    if skip and not why.strip():
        raise Failure("skipping a step needs a reason", "say why: --why TEXT", code="reason")
    state = StepState.SKIPPED if skip else StepState.DOING if start else StepState.DONE
    with opened(options) as room:
        answer = room.write(lambda write: set_steps(write, key, steps, state, why=why), command_id)
        firsts = answer.facts.get("already", {})
        ticked = [{**step, "already": step["id"] in firsts} for step in answer.facts.get("steps", ())]
        done(room, answer, ticked=ticked)


@verb("link")
def link(
    options: Options,
    key: Key,
    target: Annotated[
        str, typer.Argument(metavar="URL", help="Its address; a ticket's number will do as well.")
    ],
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="ticket, bridge, doc, dashboard, chat or other.")
    ] = "other",
    command_id: CommandId = None,
) -> None:
    """Attach a page to an incident: ticket, bridge or document.

    A ticket ticks the step that asks for one. Of several bridges the one attached last is joined.
    """
    from console.cli.answers import done
    from console.cli.room import opened
    from data.domain.links import KINDS
    from data.store.commands.linking import add_link

    if kind not in KINDS:
        raise usage(f"{kind[:40]!r} is no kind of link", f"one of: {', '.join(KINDS)}")
    with opened(options) as room:
        answer = room.write(lambda write: add_link(write, key, kind, target), command_id)
        done(room, answer, link=answer.facts)


@verb("undo")
def undo(options: Options, key: Key, command_id: CommandId = None) -> None:
    """Take back your own last change. Refused once somebody built on it."""
    from console.cli.answers import done
    from console.cli.room import opened
    from data.store.commands.undoing import take_back

    with opened(options) as room:
        done(room, room.write(lambda write: take_back(write, key), command_id))
