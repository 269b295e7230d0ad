"""Verbs that begin an incident: declare, confirm, dismiss."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import output
from console.cli.common import CommandId, Why, verb
from console.cli.failures import usage
from console.cli.options import Options

if TYPE_CHECKING:
    from data.domain.severity import Severity as Level

Severity = Annotated[
    str | None,
    typer.Option(
        "--severity",
        "-s",
        metavar="P0|P1|P2|P3",
        help="How bad: P0 critical to P3 low. Left out, it asks the guide's questions.",
    ),
]
Vouched = Annotated[
    str | None,
    typer.Option("--severity", "-s", metavar="P0|P1|P2|P3", help="How bad it is. Default: what is proposed."),
]
ProposalKey = Annotated[str, typer.Argument(metavar="PR", help="The proposal: PR-3.")]


@verb("declare")
def declare(
    options: Options,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What is wrong, in one line.")],
    severity: Severity = None,
    service: Annotated[
        list[str] | None, typer.Option("--service", metavar="ID", help="A service it hits; repeat for more.")
    ] = None,
    detected_at: Annotated[
        str | None,
        typer.Option(
            "--detected-at", metavar="INSTANT", help="When it was noticed: 13:46, 20m ago, …Z. Default: now."
        ),
    ] = None,
    began_at: Annotated[
        str | None, typer.Option("--began-at", metavar="INSTANT", help="When the trouble began.")
    ] = None,
    why: Why = "",
    runbook: Annotated[
        list[str] | None,
        typer.Option("--runbook", metavar="ID", help="A runbook to attach; repeat for more."),
    ] = None,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Record a past incident: nobody is paged, no clock runs.")
    ] = False,
    command_id: CommandId = None,
) -> None:
    """Declare an incident. Its clocks and its ladder start at once.

    Its first level is paged at once where a console or warroom watch runs; warroom show names whom to call.
    """
    from console.cli.answers import done
    from console.cli.answers import severity as read_severity
    from console.cli.room import instant, opened
    from data.domain.change import Refused
    from data.store.commands import incidents
    from data.store.unit import Answer, Write

    if severity is not None:
        level, reason = read_severity(severity), why
    elif output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr):
        level, reason = _classified()
        reason = why or reason
    else:
        raise usage(
            "how bad is it? give -s P0, P1, P2 or P3", "on a terminal warroom asks the guide's questions"
        )

    def work(write: Write) -> Answer | Refused:
        zone = write.settings.timezone
        return incidents.declare(
            write,
            title,
            level,
            services=service or (),
            detected_at=instant(detected_at, write.now, zone, "--detected-at") if detected_at else None,
            began_at=instant(began_at, write.now, zone, "--began-at") if began_at else None,
            why=reason,
            runbooks=runbook or (),
            backfill=backfill,
        )

    with opened(options) as room:
        done(room, room.write(work, command_id))


def _classified() -> "tuple[Level, str]":
    """Ask the guide's questions and let the person take the proposal or another level."""
    from console.cli import asking
    from console.cli.answers import severity as read_severity
    from data.domain.severity import QUESTIONS, UNSURE, classify

    answers = {}
    for question in QUESTIONS:
        choices = [*(words for words, _ in question.answers), UNSURE]
        answers[question.id] = asking.choose(question.text, choices)
        if classify(answers).severity == "P0":
            break
    proposed = classify(answers)
    output.warn(f"proposed: {proposed.severity} {proposed.severity.word} ({proposed.reason})")
    taken = asking.ask("severity", proposed.severity.value)
    level = read_severity(taken)
    return level, proposed.reason if level is proposed.severity else ""


@verb("confirm")
def confirm(
    options: Options, key: ProposalKey, severity: Vouched = None, command_id: CommandId = None
) -> None:
    """Confirm a proposal. It becomes an incident, its severity vouched for by you."""
    from console.cli.answers import done
    from console.cli.answers import severity as read_severity
    from console.cli.room import opened
    from data.store.commands import proposals

    level = read_severity(severity) if severity is not None else None
    with opened(options) as room:
        done(room, room.write(lambda write: proposals.confirm(write, key, level), command_id))


@verb("dismiss")
def dismiss(
    options: Options,
    key: ProposalKey,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why it is no incident.")],
    command_id: CommandId = None,
) -> None:
    """Dismiss a proposal. Its cause is muted until it clears, at most 4 hours."""
    from console.cli.room import opened
    from data import json_views
    from data.store.commands import proposals
    from data.store.commands.finding import proposal_number
    from data.store.queries.incidents import proposal

    with opened(options) as room:
        answer = room.write(lambda write: proposals.dismiss(write, key, why), command_id)
        number = proposal_number(answer.key)
        found = room.read(lambda connection: proposal(connection, number)) if number else None
    if options.json and found:
        output.emit(json_views.proposal(found) | {"answer": answer.text})
    else:
        output.answer(answer.text)
