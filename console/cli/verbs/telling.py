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
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    command_id: CommandId = None,
) -> None:
    """Record a stakeholder update. Resets the update clocks.

    warroom has no channels of its own yet: send the text by mail or chat, then record it here.
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
            "--seen", metavar="LEVEL", help="The level you saw told last: refused if it moved since."
        ),
    ] = None,
    command_id: CommandId = None,
) -> None:
    """Tell the next level now, or a chosen one. Does not un-acknowledge."""
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
        done(room, room.write(work, command_id))
