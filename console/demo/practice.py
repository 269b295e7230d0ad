"""The practice room: a temporary store and a shop of real services, worked by the real console."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli import output
from console.cli.failures import Failure
from console.clock import Clock
from console.demo import RUNBOOK, TRUST, render, render_runbook
from console.demo.folder import demo_folder, sweep
from console.demo.lifetime import Shop, ShopFailed
from console.desk import Desk
from console.identity import host
from console.settings import load_attention, load_keymap, load_theme
from console.themes import dress, fitting
from data.configuration.plan import plan
from data.configuration.reading import read
from data.defaults import defaults
from data.runbook import read_runbook
from data.runbooks.adopt import as_runbook
from data.store.commands import rooms, runbooks
from data.store.definitions import load
from data.store.store import Store, create_store

if TYPE_CHECKING:
    from console.app import WarRoom
    from console.cli.options import Options

HINT = "PRACTICE: B breaks, I reads messages"
WITHOUT = "PRACTICE: B breaks, no Alertmanager here"
MISSING = (
    "warroom: no Alertmanager on this machine: no alerts in this practice room "
    "(Debian's package is prometheus-alertmanager)"
)


def furnish(store: Store, ports: dict[str, int]) -> None:
    """Configure the practice room as ``warroom apply`` would, and import its own runbook."""
    wanted = read(render(ports) + TRUST, "room.toml")
    change = plan(store.read(load), wanted)
    work = partial(rooms.apply, upserts=change.upserts, retires=change.retires, lines=change.lines())
    store.write(work, by="warroom")
    text = render_runbook(ports)
    runbook = replace(as_runbook(read_runbook(text, f"{RUNBOOK}.md"), RUNBOOK), words=(RUNBOOK,))
    texts = {RUNBOOK: runbooks.Source(text, f"{RUNBOOK}.md")}
    store.write(partial(runbooks.import_runbooks, runbooks=(runbook,), sources=texts), by="warroom")


def make_room(folder: Path, ports: dict[str, int], clock: Clock) -> Store:
    """Make the practice room's store and configure it for the shop's ports."""
    store = create_store(str(folder / "practice.db"), clock, host(), defaults().definitions)
    furnish(store, ports)
    return store


async def practice(options: "Options", *, scale: float = 1.0) -> "WarRoom":
    """Run the practice room until it is left; nothing of it stays. Raises Failure."""
    from console.app import WarRoom

    keymap = load_keymap()
    output.warn("warroom: opening the practice shop, which takes some seconds")
    sweep()
    clock = Clock(scale=scale)
    with demo_folder() as folder:
        try:
            shop = await Shop.start(folder, scale, now=clock)
        except ShopFailed as error:
            raise Failure(str(error), "try again; the machine may be short of ports", code="demo") from error
        if not shop.alerting:
            output.warn(MISSING)
        desk = Desk(make_room(folder, shop.ports, clock))
        app = WarRoom(
            desk,
            clock,
            operator=options.operator,
            practice=HINT if shop.alerting else WITHOUT,
            shop=shop,
            keymap=keymap,
            attention=load_attention(),
        )
        dress(app, fitting(load_theme(), app.console.color_system))
        try:
            await app.until_left()
        finally:
            await desk.close()
            await shop.stop()
    return app
