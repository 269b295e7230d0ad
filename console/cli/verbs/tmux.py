"""The verb that opens the war room in tmux, and lets others look into it."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import asking, output
from console.cli.common import verb
from console.cli.failures import Failure, usage
from console.cli.options import Options

if TYPE_CHECKING:
    from console.tmux.room import Wanted
    from console.tmux.server import Tmux

_NONE = ("no war room is open here", "warroom tmux opens it")


@verb("tmux", hides=("json",))
def tmux(
    options: Options,
    incident: Annotated[
        str | None, typer.Argument(metavar="[INC]", help="The incident shown; left out, the most urgent one.")
    ] = None,
    guest: Annotated[bool, typer.Option("--guest", help="Look only: keys and size do nothing.")] = False,
    share: Annotated[
        str, typer.Option("--share", metavar="USER", help="Let a user of this machine look.")
    ] = "",
    unshare: Annotated[
        str, typer.Option("--unshare", metavar="USER", help="Let that user look no longer.")
    ] = "",
    no_shell: Annotated[bool, typer.Option("--no-shell", help="Without the shell pane.")] = False,
    print_: Annotated[
        bool, typer.Option("--print", help="Print what would be run, and run nothing.")
    ] = False,
    kill: Annotated[bool, typer.Option("--kill", help="End the war room; what is written stays.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="End it without asking.")] = False,
) -> None:
    """The war room in tmux: board, incident, health, shell.

    Opens one window of consoles with a tmux of its own, in which your tmux.conf is not read, or attaches to
    the one that is open already. C-b d leaves it and it goes on; --kill ends it.

    --share lets another user of this machine look, who cannot type, and prints what they attach with.
    Everybody sees the same, the shell too: --no-shell leaves that out.
    """
    from console.tmux import room, server, sharing

    if sum(map(bool, (guest, share, unshare, print_, kill))) > 1:
        raise usage("--guest, --share, --unshare, --print and --kill exclude each other", "give one of them")
    store = _absolute(options.store)
    found = server.find(store)
    if kill:
        _kill(found, yes=yes)
    elif unshare:
        _must_run(found)
        sharing.unshare(found, unshare)
        output.answer(f"{unshare} looks no longer")
    elif print_:
        _print(found, _wanted(options, store, incident, no_shell=no_shell, look=False))
    elif guest:
        _may_attach()
        _must_run(found)
        room.attach(found, guest=True)
    elif share:
        sharing.must_be_possible(found, share)
        _open(found, _wanted(options, store, incident, no_shell=no_shell))
        how = sharing.share(found, share)
        output.answer(f"{share} may look, and cannot type; attaches with\n  {how}")
    else:
        _may_attach()
        _open(found, _wanted(options, store, incident, no_shell=no_shell))
        room.attach(found, guest=False)


def _absolute(store: str) -> str:
    """Return a store as every pane finds it, wherever it starts."""
    return store if "://" in store else os.path.abspath(os.path.expanduser(store))


def _wanted(
    options: Options, store: str, incident: str | None, *, no_shell: bool, look: bool = True
) -> "Wanted":
    """Return what the room shows; with ``look`` the store is opened first. Raises Failure."""
    from console.opening import incident_key
    from console.tmux.room import USUAL, Wanted, terminal_size

    try:
        key = incident_key(incident) if incident else ""
    except ValueError as error:
        raise usage(str(error), "warroom list shows them") from None
    name = "warroom"
    if look:
        from console.cli.answers import load
        from console.cli.room import opened
        from data.store.definitions import load_settings

        with opened(options) as here:
            told = here.read(load_settings).name
            name = name if told == name else f"{name} {told}"
            if key:
                here.read(lambda connection: load(connection, key))
    size = terminal_size() if look else USUAL
    return Wanted(store, options.operator, name, key, not no_shell, size)


def _may_attach() -> None:
    """Refuse inside a tmux, and where there is no terminal. Raises Failure."""
    if os.environ.get("TMUX"):
        raise usage(
            "this is a tmux already, and one in another only confuses the keys",
            "leave it first (C-b d); or open warroom in panes of your own: warroom tmux --print shows which",
        )
    if not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stdout)):
        raise usage("the war room needs a terminal", "warroom tmux --print shows what it would run")


def _must_run(found: "Tmux") -> None:
    if not found.runs():
        raise Failure(*_NONE)


def _open(found: "Tmux", wanted: "Wanted") -> None:
    from console.tmux.room import open_room

    for sentence in open_room(found, wanted):
        output.warn(f"warroom: {sentence}")


def _print(found: "Tmux", wanted: "Wanted") -> None:
    from console.tmux.room import printed
    from data.store.errors import masked

    output.answer(printed(found, wanted, masked(wanted.store)))


def _kill(found: "Tmux", *, yes: bool) -> None:
    """End the room; where others are in it and a person is there, ask first. Raises Failure."""
    from console.tmux import room

    _must_run(found)
    others = room.attached(found)
    if others and not yes and output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr):
        there = ", ".join(dict.fromkeys(others))
        if not asking.agreed(f"The war room ends for everybody in it ({there}). End it?"):
            raise Failure("not confirmed", "the war room goes on")
    room.kill(found)
    output.answer("the war room has ended; what was written stays")
