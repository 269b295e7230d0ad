"""Verbs that take over the terminal or go on working: console, demo, watch."""

from typing import Annotated

import typer

from console.cli.common import As, Json, Store, verb
from console.cli.options import Given, Options, Run, resolve


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
) -> None:
    """The console a responder opens when something is on fire. Without a command it opens the board.

    The options below may also follow the command.
    """
    state: Run = context.obj
    state.before = Given(store, as_, json)
    state.json = json
    if context.invoked_subcommand is None:
        from console.launch import run_console

        run_console(resolve(state, Given()))


@verb("init")
def init(options: Options) -> None:
    """Make a store with the guide in it."""
    from console.cli import output
    from console.cli.failures import Failure
    from console.cli.room import unusable
    from console.clock import Clock
    from console.identity import host
    from data.defaults import defaults
    from data.store.errors import StoreError, StoreExists
    from data.store.store import create_store

    try:
        store = create_store(options.store, Clock(), host(), defaults().definitions)
    except StoreExists as error:
        raise Failure(error.reason, error.hint) from error
    except StoreError as error:
        raise unusable(error) from error
    store.close()
    if options.json:
        output.emit({"store": store.name})
    else:
        output.answer(f"made a room at {store.name}, by the guide's defaults")


@verb("demo")
def demo(options: Options) -> None:
    """Open a practice room: a small shop that breaks."""
    from console.launch import run_demo

    run_demo(options)


@verb("watch")
def watch(options: Options) -> None:
    """Run the checks, the ladder and the keeper without a screen."""
    from console.launch import run_watch

    run_watch(options)
