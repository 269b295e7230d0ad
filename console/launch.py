"""Starting the program's forms: console, wall, practice room, and workers without a screen."""

import asyncio
import os
import sys
from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli import output
from console.cli.failures import STORE, USAGE, Failure
from console.opening import Opening

if TYPE_CHECKING:
    from console.app import WarRoom
    from console.cli.options import Options
    from console.clock import Clock
    from console.desk import Desk
    from data.store.store import Store

SOON = 0.5  # seconds


def _need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty() and sys.stdout.isatty()):
        raise Failure(
            "the console needs a terminal",
            "in scripts use its verbs: warroom list, warroom show INC-1; workers alone: warroom watch",
            code="usage",
            status=USAGE,
        )


_PLAIN = Opening()


def run_console(options: "Options", opening: Opening = _PLAIN) -> None:
    """Open the console on a store. Raises Failure, or SystemExit with the code a signal asks for."""
    _need_terminal()
    if opening.read_only and not options.named and not os.path.lexists(options.store):
        raise Failure(
            f"there is no room at {options.store} yet", "warroom init makes one", code="store", status=STORE
        )
    from data.store.errors import StoreError

    try:
        _finish(asyncio.run(_console(options, opening)))
    except StoreError as error:
        raise Failure(error.reason, error.hint, code="store", status=STORE) from error


async def _console(options: "Options", opening: Opening) -> "WarRoom":
    from console.app import WarRoom
    from console.clock import Clock
    from console.desk import Desk
    from console.settings import load_attention, load_keymap, load_theme
    from console.themes import dress, fitting
    from data.glance import glance

    clock = Clock()
    desk = Desk(partial(_open, options, clock, migrates=not opening.read_only))
    seen = glance(Path(options.store), clock()) if "://" not in options.store else None
    if seen is None:
        # nothing to show yet, or something to say: before the screen is taken over
        await desk.opened()
    attention = load_attention()
    app = WarRoom(
        desk,
        clock,
        operator=options.operator,
        keymap=load_keymap(),
        attention=opening.heard(attention),
        glance=seen,
        opening=opening,
    )
    dress(app, fitting(load_theme(), app.console.color_system))
    await _run(app, desk.close())
    return app


def _open(options: "Options", clock: "Clock", *, migrates: bool) -> "Store":
    from console.cli.room import open_for

    return open_for(options, clock, migrates=migrates)


def run_demo(options: "Options", speed: float = 1.0) -> None:
    """Open the practice room: its own store and shop, gone when it ends; ``speed`` is how many times as
    fast its clock runs. Raises Failure or SystemExit.
    """
    _need_terminal()
    from console.demo.practice import practice

    _finish(asyncio.run(practice(options, scale=speed)))


def run_watch(options: "Options", *, health_port: int | None = None, log_format: str = "text") -> None:
    """Run the workers without a screen, until SIGTERM or SIGINT. Raises Failure or SystemExit."""
    from console.workers.log_lines import LogFormat
    from console.workers.watch import run_watch as run

    code = run(options, health_port=health_port, log_format=LogFormat(log_format))
    if code:
        raise SystemExit(code)


async def _run(app: "WarRoom", closing: Awaitable[None]) -> None:
    left = ""
    try:
        await app.until_left()
        unsent = await _still_to_send(app.desk) if app.opening.works else ""
        left = "; ".join(filter(None, (unsent, app.away.left())))
    finally:
        await closing
    if left:
        output.warn(f"warroom: {left}")


async def _still_to_send(desk: "Desk") -> str:
    """Say what is left in the outbox; nothing where the store does not say so at once."""
    from data.domain.outbox import still_to_send
    from data.store.errors import StoreError
    from data.store.queries.outbox import pending

    with suppress(StoreError, TimeoutError):
        async with asyncio.timeout(SOON):
            return still_to_send(await desk.read(pending))
    return ""


def _finish(app: "WarRoom") -> None:
    """Pass on how the program ended: a crash as its exception, a signal as its exit code."""
    if app.crash is not None:
        raise app.crash
    if app.return_code:
        raise SystemExit(app.return_code)
