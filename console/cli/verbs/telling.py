"""Verbs that tell people: update, escalate."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import output
from console.cli.common import CommandId, verb
from console.cli.failures import Failure, not_found, usage
from console.cli.options import Options
from console.cli.verbs.looking import Key

if TYPE_CHECKING:
    from console.cli.room import Room


@verb("update")
def update(
    options: Options,
    key: Key,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What we know, impact, what we do, when the next one comes.")
    ],
    audience: Annotated[
        list[str] | None,
        typer.Option(
            "--audience", metavar="ID", help="Whom it went to; repeat for more. Default: all it applies to."
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask; without a terminal it must be given.")
    ] = False,
    command_id: CommandId = None,
) -> None:
    """Record an update that you sent to stakeholders. It resets their clocks.

    This version sends nothing: tell them by mail, chat or a call, and record here what you said. On a
    terminal it shows the text and the audiences and asks first.
    """
    from console.cli.answers import done
    from console.cli.room import opened
    from data.store.commands.telling import send_update

    with opened(options) as room:
        if not yes:
            _ask(room, key, text, tuple(audience or ()))
        answer = room.write(lambda write: send_update(write, key, text, audience or ()), command_id)
        done(room, answer, audiences=answer.facts.get("audiences", []))


def _ask(room: "Room", key: str, text: str, named: tuple[str, ...]) -> None:
    """Show text and audiences and ask (design 3.5: nothing is told without a person's confirmation)."""
    from console.cli import asking
    from console.cli.answers import load

    if not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)):
        raise usage("an update is shown and asked about first", "without a terminal give --yes")
    policy, state = room.read(lambda connection: load(connection, key))
    told = named or tuple(clock.audience for clock in state.updates if clock.applies)
    names = []
    for item in told:
        known = policy.audience(item)
        if known is None:
            choices = ", ".join(one.id for one in policy.audiences)
            raise not_found(f"there is no audience {item[:40]}", f"audiences: {choices}")
        names.append(f"{known.name}{' (outside the company)' if known.external else ''}")
    output.warn(f"{state.key}  {state.title}")
    output.warn(f"to:  {', '.join(names) or 'nobody'}")
    output.warn("by:  you, by other means (warroom sends nothing itself)\n")
    output.warn(text)
    output.warn("")
    if not asking.agreed("record this update as sent?"):
        raise Failure("not confirmed", "nothing was recorded")


@verb("escalate")
def escalate(
    options: Options,
    key: Key,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="LEVEL", help="A level by id or number. Default: the next one."),
    ] = None,
    seen: Annotated[
        str | None,
        typer.Option(
            "--seen", metavar="LEVEL", help="The level whose turn you saw it is: refused if it moved since."
        ),
    ] = None,
    command_id: CommandId = None,
) -> None:
    """Record that it is the next level's turn now.

    Or that of the level --to names. This version sends nothing: it says whom to call, and you call. The
    ladder goes on from that level; an acknowledgement stays.
    """
    from console.cli.answers import done
    from console.cli.room import opened
    from data.domain.change import Refused
    from data.domain.policy import Policy
    from data.store.commands import telling
    from data.store.unit import Answer, Write

    def level_id(policy: Policy, named: str | None) -> str | None:
        """Return a level's id, where it was named by its number too."""
        by_rank = {str(level.rank): level.id for level in policy.levels}
        return None if named is None else by_rank.get(named, named)

    def work(write: Write) -> Answer | Refused:
        policy = write.policy
        return telling.escalate(write, key, to=level_id(policy, to), seen=level_id(policy, seen))

    with opened(options) as room:
        answer = room.write(work, command_id)
        done(room, answer)
        if not options.json:
            output.warn(_whom(room, answer.key))


def _whom(room: "Room", key: str) -> str:
    """Say whom to call, and how, on the level whose turn it is."""
    from console.cli.answers import load
    from data.domain.ladder import reachable

    policy, state = room.read(lambda connection: load(connection, key))
    level = policy.level(state.ladder.level) if state.ladder and state.ladder.level else None
    people = [
        ", ".join(filter(None, (person.name, person.phone, person.chat, person.email)))
        for person in (reachable(policy, level) if level else ())
    ]
    if not people:
        return "nobody on this level can be reached: no contact of it has a phone, chat or mail"
    return f"nothing was sent: call {'; or '.join(people)}"
