"""The verb that looks whether anybody would be told tonight: doctor."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import asking, output
from console.cli.common import verb
from console.cli.failures import REFUSED, Failure, usage
from console.cli.options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.clock import Clock
    from console.doctor.facts import Facts
    from console.doctor.rounds import Try
    from console.doctor.sending import Target
    from data.domain.diagnosis import Diagnosis
    from data.store.store import Store

WARNINGS = 5  # the exit code where warnings are the worst


@verb("doctor")
def doctor(
    options: Options,
    send_test: Annotated[
        bool,
        typer.Option(
            "--send-test", help="Also send a test message to every contact and channel, after asking."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before test messages are sent.")] = False,
) -> None:
    """Try everything the room depends on, once, from here.

    The store, workers, secrets, calendars, levels, contacts, channels, alert sources and checks. Nothing is
    changed, and nothing is sent without --send-test; a status page and what customers read gets no test.
    Takes at most 15 seconds, with test messages 35. The exit code is that of the worst: 0 everything is ok
    or worth a note, 5 there are warnings, 1 there are failures, 3 the store cannot be used.
    """
    from console.cli.room import open_for, unusable
    from console.clock import Clock
    from data.domain.diagnosis import Grade, worst
    from data.store.errors import StoreError

    clock = Clock()
    try:
        store = open_for(options, clock)
        try:
            found = _visit(options, store, clock, send_test=send_test, yes=yes)
        finally:
            store.close()
    except StoreError as error:
        raise unusable(error) from error
    code = {Grade.FAILURE: REFUSED, Grade.WARNING: WARNINGS}.get(worst(found), 0)
    if code:
        raise typer.Exit(code)


def _visit(
    options: Options, store: "Store", clock: "Clock", *, send_test: bool, yes: bool
) -> "list[Diagnosis]":
    import asyncio
    from functools import partial

    from console.doctor import facts as known
    from console.doctor import sending

    facts = store.read(partial(known.gather, now=store.now(), host=store.host))
    tests: list[Try] = []
    if send_test:
        wanted, public = sending.targets(facts)
        if wanted and not yes:
            _ask(wanted)
        tests = sending.tries(facts, wanted, public, options.operator)
    return asyncio.run(_round(options, store, clock, facts, tests))


def _ask(wanted: "Sequence[Target]") -> None:
    """Show who would get a test message and ask. Raises Failure when the answer is no."""
    if not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)):
        raise usage("people are asked before they are written to", "without a terminal give --yes")
    output.warn("a test message goes to:")
    for target in wanted:
        output.warn(f"  {target.name}  ({target.reference})")
    if not asking.agreed(f"send {len(wanted)} test message{'' if len(wanted) == 1 else 's'}?"):
        raise Failure("not confirmed", "nothing was sent; without --send-test nothing is")


async def _round(
    options: Options, store: "Store", clock: "Clock", facts: "Facts", tests: "Sequence[Try]"
) -> "list[Diagnosis]":
    """Try everything; on the way print each group, at the end all of it as JSON."""
    from console.doctor import report, sending
    from console.doctor.rounds import LIMIT, go_round
    from console.doctor.visit import groups
    from data.domain.diagnosis import summary

    width, terminal = output.width(), output.is_terminal(sys.stdout)
    tried = groups(facts, store, clock, skew=clock.skew, terminal=terminal, tests=tests)
    found: list[Diagnosis] = []
    async for head, items in go_round(tried, limit=LIMIT + (sending.SECONDS if tests else 0.0)):
        found += items
        if not options.json:
            output.show(report.lines(head, items, width))
    if options.json:
        output.emit(report.as_json(found))
    else:
        output.answer(summary(found))
    return found
