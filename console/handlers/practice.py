"""The practice room: breaking and healing a service of its shop by hand."""

from console.demo.lifetime import ShopFailed
from console.demo.services import SERVICES, Mode
from console.place import Place
from console.screens.ask import ask_choice


async def break_now(place: Place) -> None:
    """Break a service now, or heal it; only in the practice room."""
    shop = place.room.shop
    if shop is None:
        place.room.say("This is no practice room: warroom demo opens one.", severity="warning")
        return
    name = await ask_choice(
        place, "Break or heal which service?", [(item.name, item.name) for item in SERVICES]
    )
    if name is None:
        return
    modes = [(mode.value, mode.value) for mode in Mode if mode is not Mode.OK]
    ways = [("", "in its own way"), ("heal", "not at all: heal it"), *modes]
    mode = await ask_choice(place, f"How does {name} break?", ways)
    if mode is None:
        return
    try:
        change = await (shop.heal(name) if mode == "heal" else shop.break_(name, mode or None))
    except (ShopFailed, ValueError) as error:
        place.room.say(str(error), severity="error")
        return
    place.room.say(f"{change.service}: {change.mode}. {change.why}")


async def messages(place: Place) -> None:
    """Show what the practice room has sent, as it arrived; only in the practice room."""
    if place.room.shop is None:
        place.room.say("This is no practice room: warroom demo opens one.", severity="warning")
        return
    from console.screens.messages import MessagesScreen  # at the first need

    place.app.push_screen(MessagesScreen())
