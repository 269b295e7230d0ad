"""The pages that belong to an incident's services."""

from console.handlers.subject import subject
from console.place import Place
from console.screens.ask import ask_choice
from data.store.queries.incidents import service_links


async def _open(place: Place, kind: str) -> None:
    if not (key := await subject(place)):
        return
    found = await place.room.desk.read(lambda connection: service_links(connection, key))
    pages = [(service.id, dict(service.links)[kind]) for service in found if kind in dict(service.links)]
    if not pages:
        place.room.say(f"No {kind} page is configured for the services of {key}.", severity="warning")
        return
    if len(pages) == 1:
        place.room.open_page(pages[0][1])
        return
    chosen = await ask_choice(place, f"Whose {kind}?", [(url, f"{service}  {url}") for service, url in pages])
    if chosen:
        place.room.open_page(chosen)


async def dashboard(place: Place) -> None:
    """Open the dashboard, or copy its address where no browser can open."""
    await _open(place, "dashboard")


async def logs(place: Place) -> None:
    """Open the logs."""
    await _open(place, "logs")


async def apm(place: Place) -> None:
    """Open the traces."""
    await _open(place, "apm")
