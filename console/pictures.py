"""The pictures of README and docs: the real views, drawn over an evening that real commands tell.

``make pictures`` (``python -m console.pictures [FOLDER]``) draws them all. The clock is set, so that the same
code draws the same files.
"""

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from console.app import WarRoom
from console.desk import Desk
from console.evening import SetClock, evening
from data.store.store import Store

FOLDER = Path(__file__).resolve().parent.parent / "docs"
WIDE, NARROW = (120, 36), (80, 24)

# What is pressed from the board to get to a view.
VIEWS: Mapping[str, tuple[str, ...]] = {
    "board": (),
    "incident": ("enter",),
    "health": ("2",),
    "on-call": ("3",),
    "declare": ("n",),
    "update": ("u",),
    "runbooks": ("4",),
    "run": ("enter", "G", *"kkkkk", "x"),
    "post-mortem": ("P",),
}


def picture(view: str, size: tuple[int, int] = WIDE) -> str:
    """Return one of ``VIEWS`` as an SVG of ``size`` (columns, lines) cells, which names no host."""
    with evening() as (store, clock):
        return draw(store, clock, view, size)


def draw(store: Store, clock: SetClock, view: str, size: tuple[int, int] = WIDE) -> str:
    """Return one of ``VIEWS`` of a store at the instant of ``clock`` as an SVG."""
    with chdir("/"):
        return asyncio.run(_draw(store, clock, view, size))


async def _draw(store: Store, clock: SetClock, view: str, size: tuple[int, int]) -> str:
    os.environ.pop("NO_COLOR", None)  # this is no terminal, and the pictures have colours
    os.environ["SHELL"] = "/bin/sh"  # a command says what it would run in, and where
    desk = Desk(store)
    app = WarRoom(desk, clock, operator="ada", work=False)
    app.theme = "textual-dark"
    async with app.run_test(size=size) as pilot:
        while not (app.board.rows and app.health.checks):
            await pilot.pause(0.02)
        await pilot.press(*VIEWS[view])
        drawn = await _settled(app, pilot, f"warroom: {view.replace('-', ' ')}")
    await desk.close()
    return plain(drawn)


async def _settled(app: WarRoom, pilot: Pilot[int], title: str) -> str:
    """Return the screen once it has stopped changing: what it reads from the store comes a little later."""
    drawn, alike = "", 0
    while alike < 3:
        await pilot.pause(0.1)
        for field in app.screen.query("Input, TextArea"):
            if isinstance(field, Input | TextArea):
                field.cursor_blink = False
        before, drawn = drawn, app.export_screenshot(title=title)
        alike = alike + 1 if drawn == before else 0
    return drawn


def plain(svg: str) -> str:
    """Return an SVG that asks no other host for anything: no remote fonts, no generator's address."""
    svg = re.sub(r"\s*@font-face\s*\{[^}]*\}", "", svg)
    svg = re.sub(r"\s*<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<text [^>]*>\s*</text>", "", svg)  # the ends of lines
    fonts = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    svg = svg.replace("font-family: Fira Code, monospace", f"font-family: {fonts}")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def main(folder: Path = FOLDER) -> None:
    """Draw every view into ``folder``."""
    with evening() as (store, clock):
        for view in VIEWS:
            file = folder / f"{view}.svg"
            file.write_text(draw(store, clock, view), encoding="utf-8")
            sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
