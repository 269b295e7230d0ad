"""Going through an incident's past in its own view."""

from zoneinfo import ZoneInfo

from console.place import Place
from console.screens.ask import ask_line
from console.screens.brief import BriefScreen
from console.screens.incident import IncidentScreen
from data.brief import card
from data.domain.instants import format_instant, t_plus
from data.domain.replay import parse_moment


async def brief(place: Place) -> None:
    """Show what somebody needs who comes late, as of the instant that is shown."""
    if not isinstance(place, IncidentScreen):
        return
    view, at = place.shown, place.shown_at
    if view is None:
        return
    incident = view.incident
    title = f"{incident.key}  {incident.severity} {incident.title}   {incident.status}"
    title += f"   {t_plus(at - incident.detected_at)}"
    if place.replay.at is not None:
        title = f"PAST {format_instant(at)}, not now   {title}"
    await place.ask(BriefScreen(title, list(card(view.brief, incident, at, place.zone))))


async def back(place: Place) -> None:
    """Show the incident as it was one event ago."""
    if isinstance(place, IncidentScreen):
        await place.replay.step(-1)


async def forward(place: Place) -> None:
    """Show the incident one event later; after the last one that is now."""
    if isinstance(place, IncidentScreen):
        await place.replay.step(1)


async def jump(place: Place) -> None:
    """Show the incident as it was at a time that is asked for."""
    if not isinstance(place, IncidentScreen):
        return
    record = await place.replay.record()
    if record is None:
        return
    text = await ask_line(place, "Which time of the past? 13:50, T+5m, -10m or a full instant")
    if not text:
        return
    detected = place.view.incident.detected_at if place.view else record.begins
    try:
        wanted = parse_moment(
            text, place.shown_at, record.begins, place.room.clock(), ZoneInfo(place.zone), detected
        )
    except ValueError as error:
        place.room.say(f"{error}.", severity="warning")
        return
    await place.replay.show(wanted)
