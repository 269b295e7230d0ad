"""Verbs that tell people: update, audience, escalate."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import output
from console.cli.common import CommandId, Why, verb
from console.cli.failures import usage
from console.cli.options import Options
from console.cli.verbs.looking import Key

if TYPE_CHECKING:
    from console.cli.room import Room


@verb("update")
def update(
    options: Options,
    key: Key,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is known, in your words.")],
    audience: Annotated[
        list[str] | None,
        typer.Option(
            "--audience", metavar="ID", help="Whom to tell; repeat for more. Default: all it applies to."
        ),
    ] = None,
    impact: Annotated[str, typer.Option("--impact", metavar="TEXT", help="Who notices what.")] = "",
    doing: Annotated[str, typer.Option("--doing", metavar="TEXT", help="What is being done.")] = "",
    outside: Annotated[
        str,
        typer.Option("--outside", metavar="TEXT", help="In place of TEXT for audiences outside the company."),
    ] = "",
    notify: Annotated[bool, typer.Option("--notify", help="Let a status page tell its subscribers.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be sent, word for word, and send nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask; without a terminal it must be given.")
    ] = False,
    command_id: CommandId = None,
) -> None:
    """Tell stakeholders how an incident stands. Their clocks start anew.

    Each audience gets TEXT in its own template, with the time of the next update, over its channels; one
    without channels is told by you, by other means, and that is written down. On a terminal it shows texts,
    audiences and channels and asks first. On a resolved incident it is the final update.
    """
    from console.cli import messages as showing
    from console.cli.answers import done
    from console.cli.room import opened
    from data.store.commands.telling import send_update
    from data.update_facts import Answers
    from data.update_messages import messages

    with opened(options) as room:
        view = showing.view(room, key, audience or ())
        words = text.strip()
        answers = Answers(words, impact.strip(), doing.strip(), outside.strip() or words)
        told = messages(view, answers, audience or view.applicable(), room.now())
        if not any(item.external for item in told):
            answers = replace(answers, outside="")
        if dry_run:
            showing.rehearse(room, view, told, notify=notify)
            return
        if yes:
            showing.warn(told)
        else:
            showing.confirm(view, told)
        alone = replace(answers, outside="") == Answers(words) and answers.outside in ("", words)
        answer = room.write(
            lambda write: send_update(
                write,
                key,
                words if alone else answers.summary,
                messages=told if words else (),
                answers=answers,
                notify=notify,
            ),
            command_id,
        )
        done(room, answer, audiences=answer.facts.get("audiences", []))


@verb("audience")
def audience(
    options: Options,
    key: Key,
    name: Annotated[str, typer.Argument(metavar="AUDIENCE", help="Its id, as the configuration has it.")],
    switch: Annotated[str, typer.Argument(metavar="on|off", help="Told from now on, or told no more.")],
    why: Why = "",
    command_id: CommandId = None,
) -> None:
    """Switch an audience on or off for an incident.

    Switched on, it is due its first update by the cadence. Nothing is sent by this.
    """
    from console.cli.answers import done
    from console.cli.room import opened
    from data.store.commands.telling import switch_audience

    on = {"on": True, "off": False}.get(switch.strip().lower())
    if on is None:
        raise usage(f"{switch[:40]!r} is neither on nor off", f"warroom audience {key[:40]} {name[:40]} on")
    with opened(options) as room:
        answer = room.write(lambda write: switch_audience(write, key, name, on, why), command_id)
        done(room, answer, audience=name, on=on)


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
    """Escalate to the next level, or the one --to names.

    Its people are sent a message by every way a machine can take; whom only a person can call is named.
    The ladder goes on from that level; an acknowledgement stays.
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
