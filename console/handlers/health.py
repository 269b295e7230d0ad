"""What people do to a check and its service."""

from datetime import timedelta
from functools import partial

from console.place import Place
from console.screens.declare import DeclareScreen
from console.workers.probe import Prober
from data.domain.maintenance import USUAL
from data.store.commands import rooms
from data.store.definitions import load_checks
from data.views import CheckView


def _check(place: Place) -> CheckView | None:
    view = next((item for item in place.room.health.checks if item.check.id == place.check_id()), None)
    if view is None:
        place.room.say("There is no check under the cursor.", severity="warning")
    return view


async def probe(place: Place) -> None:
    """Probe the check now, beside its schedule, and show what it answers."""
    view = _check(place)
    if view is None:
        return
    checks = await place.room.desk.read(load_checks)
    check = next((item for item in checks if item.id == view.check.id), None)
    if check is None:
        place.room.say(f"{view.check.id} is no longer configured.", severity="warning")
        return
    result = await Prober().probe(check, now=place.room.clock)
    took = f" in {result.timings.total * 1000:.0f} ms" if result.timings.total is not None else ""
    place.room.say(f"{check.id}: {result.outcome}{took}. {result.detail or result.reason}")


async def maintain(place: Place) -> None:
    """Begin a maintenance of the check's service, 30 minutes from now."""
    view = _check(place)
    if view is not None:
        lasting: timedelta = USUAL
        await place.room.command(partial(rooms.maintain, service=view.check.service, lasting=lasting))


async def declare(place: Place) -> None:
    """Declare an incident on the check's service."""
    view = _check(place)
    if view is None:
        return
    detail = f": {view.last.detail}" if view.last and view.last.detail else ""
    title = f"{view.check.id} is {view.state}{detail}" if view.state != "up" else ""
    declared = await place.ask(
        DeclareScreen(title=title, services=(view.check.service,), severity=view.check.severity)
    )
    if declared:
        place.room.open_incident(declared)
