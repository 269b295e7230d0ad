"""What an action is about, said in words when there is nothing."""

from console.place import Place
from console.screens.incident import IncidentScreen
from data.store.errors import StoreError
from data.store.queries.incidents import incident_view
from data.views import IncidentView


async def subject(place: Place) -> str:
    """Return the incident an action is about, or an empty string after saying that there is none."""
    key = place.incident_key()
    if not key:
        if place.proposal_key():
            place.room.say(f"{place.proposal_key()} is a proposal: y confirms it first.", severity="warning")
        else:
            place.room.say("There is no incident under the cursor.", severity="warning")
    return key


async def seen(place: Place, key: str) -> IncidentView | None:
    """Return the incident as it stands on the screen, so that a command can be refused when it has moved on.

    Elsewhere than in its own view it is read; while the store is away it is what was read last. Raises
    StoreError where that is nothing.
    """
    if isinstance(place, IncidentScreen) and place.view is not None:
        return place.view
    try:
        return await place.room.desk.read(lambda connection: incident_view(connection, key))
    except StoreError:
        if (known := place.room.away.remembered.incident(key)) is not None:
            return known
        raise
