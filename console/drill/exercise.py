"""One drill from its start to its score: a temporary room, the practice shop, and the real console."""

import asyncio
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli import output
from console.cli.failures import STORE, USAGE, Failure
from console.clock import Clock
from console.demo.folder import demo_folder, sweep
from console.demo.lifetime import Shop, ShopFailed
from console.demo.practice import MISSING, make_room
from console.desk import Desk
from console.drill.conductor import Conductor
from console.settings import load_attention, load_keymap, load_theme
from console.themes import dress, fitting
from data.domain.drill import Scenario, Score
from data.store import backup
from data.store.errors import StoreError

if TYPE_CHECKING:
    from console.app import WarRoom
    from console.cli.options import Options

RUNNING = "DRILL: F acts, hints, scores"
OVER = "DRILL over: F shows the score"
ENDED = "The drill is over: F shows the score, ctrl+q leaves and prints it."


def need_terminal() -> None:
    """Raise Failure without a terminal; the standard output may go elsewhere, for the score."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Failure(
            "a drill needs a terminal",
            "warroom drill --list shows what there is; warroom drill NAME --facilitator what happens in it",
            code="usage",
            status=USAGE,
        )


def free(keep: Path) -> Path:
    """Return where the room is to be kept. Raises Failure where something is there already."""
    try:
        keep = keep.expanduser()
        there = keep.exists() or keep.is_symlink()
        folder = keep.parent.is_dir()
    except (OSError, RuntimeError, ValueError):
        there, folder = False, False
    if there:
        raise Failure(f"there already is something at {keep}", "name another file to keep the room in")
    if not folder:
        raise Failure(f"no room can be kept at {keep}: there is no such folder", "name another file")
    return keep


async def exercise(
    options: "Options", scenario: Scenario, *, scale: float = 1.0, keep: Path | None = None
) -> tuple["WarRoom", Score]:
    """Run a drill until it is left, and return its score; nothing else of it stays. Raises Failure.

    ``scale`` is how many times as fast its clock runs, ``keep`` a file to copy the room to at the end.
    """
    from console.app import WarRoom

    keymap = load_keymap()
    output.warn(f"{scenario.title}\n\n{scenario.brief}\n")
    output.warn("warroom: opening the practice shop, which takes some seconds")
    sweep()
    clock = Clock(scale=scale)
    with demo_folder() as folder:
        try:
            shop = await Shop.start(folder, scale, paused=True, now=clock)
        except ShopFailed as error:
            raise Failure(str(error), "try again; the machine may be short of ports", code="demo") from error
        if not shop.alerting:
            output.warn(MISSING)
        desk = Desk(make_room(folder, shop.ports, clock))
        shop.drill = conductor = Conductor(scenario, shop, desk, clock)
        app = WarRoom(
            desk,
            clock,
            operator=options.operator,
            practice=RUNNING,
            shop=shop,
            keymap=keymap,
            attention=load_attention(),
        )
        dress(app, fitting(load_theme(), app.console.color_system))
        try:
            await _led(app, conductor)
            found = await conductor.score(final=True)
        except StoreError as error:
            raise Failure(error.reason, error.hint, code="store", status=STORE) from error
        finally:
            await desk.close()
            await shop.stop()
        if keep is not None:
            _keep(folder, keep, clock)
    return app, found


async def _led(app: "WarRoom", conductor: Conductor) -> None:
    """Run the console, and beside it everything that happens."""

    def show(ended: bool) -> None:
        app.practice = OVER if ended else RUNNING
        if ended:
            app.say(ENDED)

    def over(ended: bool) -> None:
        if app.is_running:
            app.call_later(show, ended)

    beside = [asyncio.create_task(conductor.play()), asyncio.create_task(conductor.watch(over))]
    try:
        await app.until_left()
    finally:
        await _ended(beside)


async def _ended(tasks: Iterable["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _keep(folder: Path, keep: Path, clock: Clock) -> None:
    try:
        backup.make(folder / "practice.db", clock(), keep)
    except StoreError as error:
        output.warn(f"warroom: {error.reason}: the room was not kept")
