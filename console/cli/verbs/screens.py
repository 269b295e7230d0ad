"""Verbs that take over the terminal or go on working: console, demo, watch."""

from typing import Annotated

import typer

from console.cli.common import As, Json, Store, verb
from console.cli.failures import usage
from console.cli.options import Given, Options, Run, resolve
from console.opening import Opening, incident_key, views


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        from console.cli import output

        try:
            output.answer(f"warroom {version('warroom')}")
        except PackageNotFoundError:
            output.answer("warroom, not installed")
        raise typer.Exit


def start(
    context: typer.Context,
    store: Store = None,
    as_: As = None,
    json: Json = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
    view: Annotated[
        str,
        typer.Option(
            "--view", metavar="NAME", help="What the console shows first: health, on-call, incident, …"
        ),
    ] = "",
    incident: Annotated[
        str, typer.Option("--incident", metavar="INC", help="The incident the console opens at.")
    ] = "",
    read_only: Annotated[
        bool, typer.Option("--read-only", help="A console that changes nothing and does no work.")
    ] = False,
    beside: Annotated[
        bool,
        typer.Option("--beside", help="A console beside another one, which works and rings for both."),
    ] = False,
) -> None:
    """The console a responder opens when something is on fire. Without a command it opens the board.

    warroom COMMAND --help explains one. --store, --as and --json may also follow the command.
    """
    state: Run = context.obj
    state.before = Given(store, as_, json)
    state.json = json
    asked = view or incident or read_only or beside
    if context.invoked_subcommand is None:
        from console.launch import run_console

        run_console(resolve(state, Given()), _opening(view, incident, read_only=read_only, beside=beside))
    elif asked:
        raise usage(
            "--view, --incident, --read-only and --beside are for the console",
            f"leave them out before {context.invoked_subcommand}",
        )


def _opening(view: str, incident: str, *, read_only: bool, beside: bool) -> Opening:
    """Return how the console begins. Raises Failure for what there is not."""
    known = views()
    if view and view not in known:
        raise usage(f"there is no view {view[:40]}", f"views: {', '.join(known)}")
    try:
        key = incident_key(incident) if incident else ""
    except ValueError as error:
        raise usage(str(error), "warroom list shows them") from None
    return Opening(view, key, read_only, beside)


@verb("demo", hides=("store", "json"))
def demo(
    options: Options,
    speed: Annotated[
        float, typer.Option("--speed", min=1, max=60, help="How many times as fast its clock runs.")
    ] = 1.0,
) -> None:
    """Open a practice room: a small shop that breaks.

    Its services are real ones on this machine. It has a store of its own, and nothing of it stays when you
    leave.
    """
    from console.launch import run_demo

    run_demo(options, speed)


@verb("watch", hides=("as_", "json"))
def watch(
    options: Options,
    health_port: Annotated[
        int | None,
        typer.Option(
            "--health-port",
            metavar="PORT",
            min=0,
            max=65535,
            help="Serve /healthz, /readyz and /metrics on 127.0.0.1; 0 takes a free one.",
        ),
    ] = None,
    log_format: Annotated[
        str, typer.Option("--log-format", metavar="FORMAT", help="How lines are written: text or json.")
    ] = "text",
) -> None:
    """Do the room's work without a screen, until stopped.

    Runs the health checks, asks the alert sources and the calendars, and proposes an incident for what
    fails. Opens proposals that nobody answers in time, moves the ladder on and pages its people while
    nobody acknowledges, and lets an acknowledgement lapse when its holder is silent. Sends what people
    confirmed. Copies a store in a file once a day.

    An open console does the same; this is for a machine that stays on. Each thing happens once, however
    many do it. What happens is told on stderr, a line each; ctrl+c or SIGTERM ends it.
    """
    from console.launch import run_watch

    if log_format not in ("text", "json"):
        raise usage(f"there is no log format {log_format[:40]}", "formats: text, json")
    run_watch(options, health_port=health_port, log_format=log_format)
