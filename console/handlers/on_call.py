"""What people do about who is on call."""

from console.place import Place
from console.screens.handover import HandoverScreen


async def handover(place: Place) -> None:
    """Show what a shift change hands over; open the incident that was chosen there."""
    chosen = await place.ask(HandoverScreen())
    if chosen:
        place.room.open_incident(chosen)
