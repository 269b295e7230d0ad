"""Alerts: which they are, where they lead, and hiding them at their source for a while."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from sqlalchemy import Connection

from console.handlers import silences
from console.pages import in_words, open_or_copy
from console.place import Place
from console.screens.alert import AlertScreen
from console.screens.alerts import AlertsScreen
from console.screens.ask import ask_choice
from data.domain import alert_links
from data.domain.alert import Alert
from data.domain.alert_groups import is_alert
from data.domain.alert_links import Page
from data.store.queries.alert_views import causes_of, configured

_PATIENCE = 5.0  # seconds for the list to be there
_SHOWN = 60  # characters of an address in a choice


async def show(place: Place) -> None:
    """Show the alerts of an incident or a proposal; where it has none, all that fires."""
    key = place.incident_key() or place.proposal_key()
    has = await place.room.desk.read(partial(_has_alerts, key=key))
    if has:
        place.app.push_screen(AlertsScreen(key))
        return
    if not await place.room.desk.read(configured):
        place.room.say(
            "No source of alerts is configured: warroom apply loads one from a [[source]].", "warning"
        )
        return
    if key:
        place.room.say(f"No cause of {key} is an alert: this is all that fires.")
    place.app.push_screen(AlertsScreen())


async def open_proposal(place: Place, key: str) -> None:
    """Show what a proposal stands for: its alerts where it has any, else its reason and the keys."""
    if await place.room.look(partial(_has_alerts, key=key)):
        place.app.push_screen(AlertsScreen(key))
        return
    row = next((row for row in place.room.board.rows if row.key == key), None)
    why = f" Reason: {row.why}." if row and row.why else ""
    place.room.say(f"{key} is a proposal: y confirms it, f dismisses it.{why}")


def _has_alerts(connection: Connection, key: str) -> bool:
    return bool(key) and any(map(is_alert, causes_of(connection, key) or ()))


async def every(place: Place) -> None:
    """Switch between the alerts of what this was opened for and all that fires."""
    if isinstance(place, AlertsScreen):
        place.turn()


async def filter_rows(place: Place) -> None:
    """Begin to filter the alerts."""
    if isinstance(place, AlertsScreen):
        place.begin_filter()


async def _current(place: Place) -> Alert | None:
    """Return the alert under the cursor; who presses the next key at once waits for the list to be read."""
    alert = None
    if isinstance(place, AlertsScreen):
        with suppress(TimeoutError):
            await asyncio.wait_for(place.arrived.wait(), _PATIENCE)
        alert = place.current
    if alert is None:
        place.room.say("There is no alert under the cursor.", severity="warning")
    return alert


async def whole(place: Place) -> None:
    """Show the alert under the cursor alone, and open what was asked for there."""
    if not isinstance(place, AlertsScreen) or (alert := await _current(place)) is None:
        return
    kind = await place.ask(AlertScreen(alert, place.view, place.room.clock(), place.zone))
    if kind == "copy":
        place.room.copy(place.copy_text())
    elif kind:
        await _open(place, kind)


async def source_page(place: Place) -> None:
    """Open the page where the alert was made."""
    await _open(place, alert_links.SOURCE)


async def runbook(place: Place) -> None:
    """Open the runbook the alert names."""
    await _open(place, alert_links.RUNBOOK)


async def dashboard(place: Place) -> None:
    """Open the alert's dashboard; what its other annotations lead to is a choice beside it."""
    await _open(place, alert_links.DASHBOARD)


_MISSING = {
    alert_links.SOURCE: "does not say where it was made",
    alert_links.RUNBOOK: "names no runbook",
    alert_links.DASHBOARD: "names no dashboard",
}


async def _open(place: Place, kind: str) -> None:
    alert = await _current(place)
    if alert is None:
        return
    wanted = (kind, alert_links.OTHER) if kind == alert_links.DASHBOARD else (kind,)
    found = [page for page in alert_links.pages(alert) if page.kind in wanted]
    if not found:
        place.room.say(f"{alert.name} {_MISSING[kind]}.", severity="warning")
        return
    url = found[0].url if len(found) == 1 else await _choose(place, alert, found)
    if url:
        place.room.say(in_words(await open_or_copy(place.room, url), url))


async def _choose(place: Place, alert: Alert, found: Sequence[Page]) -> str | None:
    options = [(page.url, f"{page.name or page.kind}  {page.url[:_SHOWN]}") for page in found]
    return await ask_choice(place, f"Which page of {alert.name}?", options)


async def silence(place: Place) -> None:
    """Hide the group of the alert under the cursor at its source, for a while and with a reason."""
    if isinstance(place, AlertsScreen) and (alert := await _current(place)):
        await silences.make(place, alert)


async def expire(place: Place) -> None:
    """End the silence that hides the alert under the cursor."""
    if isinstance(place, AlertsScreen) and (alert := await _current(place)):
        await silences.end(place, alert)
