"""Who was told, and sending again what did not arrive."""

from functools import partial

from console.handlers.subject import subject
from console.place import Place
from console.screens.deliveries import DeliveriesScreen
from data.store.commands import outbox


async def show(place: Place) -> None:
    """Show what goes out about an incident."""
    if key := await subject(place):
        place.app.push_screen(DeliveriesScreen(key))


async def retry(place: Place) -> None:
    """Send again what was given up."""
    view = place.current if isinstance(place, DeliveriesScreen) else None
    if view is None:
        place.room.say("There is no message under the cursor.", severity="warning")
        return
    if await place.room.command(partial(outbox.retry, delivery_id=view.item.id)):
        await place.changed()
