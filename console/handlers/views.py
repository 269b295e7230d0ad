"""Moving between views, and what works everywhere."""

from console import identity
from console.place import Place
from console.screens.ask import LineScreen
from console.screens.board import BoardScreen
from console.screens.keys import KeysScreen
from widgets.lines import Lines


async def open_current(place: Place) -> None:
    """Open what the cursor is on."""
    if isinstance(place.focused, Lines):
        place.focused.action_open()


async def board(place: Place) -> None:
    """Show the board."""
    place.room.show_view("board")


async def health(place: Place) -> None:
    """Show every check."""
    place.room.show_view("health")


async def on_call(place: Place) -> None:
    """Show the ladder and its people."""
    place.room.show_view("on_call")


async def runbooks(place: Place) -> None:
    """Show every runbook."""
    place.room.show_view("runbooks")


async def reports(place: Place) -> None:
    """Show how the room does."""
    place.room.show_view("reports")


async def review(place: Place) -> None:
    """Show post-mortems and action items."""
    place.room.show_view("review")


async def who(place: Place) -> None:
    """Show who is here, and who works for the room."""
    from console.screens.who import WhoScreen  # at the first need

    if not isinstance(place, WhoScreen):
        place.app.push_screen(WhoScreen())


async def back(place: Place) -> None:
    """Go back one view; on the board it only clears the filter."""
    if isinstance(place, BoardScreen):
        place.clear_filter()
    else:
        place.room.go_back()


async def filter_rows(place: Place) -> None:
    """Begin to filter the board."""
    if isinstance(place, BoardScreen):
        place.begin_filter()


async def operator(place: Place) -> None:
    """Switch the operator; the record carries the name, it proves nothing."""
    name = await place.ask(LineScreen("Whose hands are on this keyboard?", place.room.operator))
    if not name:
        return
    try:
        place.room.operator = identity.operator(name)
    except ValueError as error:
        place.room.say(f"{error}.", severity="error")
        return
    place.room.say(f"The operator is now {place.room.operator}.")


async def zone(place: Place) -> None:
    """Switch between UTC and the room's zone."""
    place.room.local_times = not place.room.local_times
    zone = place.room.board.zone if place.room.local_times else "UTC"
    place.room.say(f"Times are shown in {zone}.")


async def copy(place: Place) -> None:
    """Copy what the cursor is on."""
    text = place.copy_text()
    if text:
        place.room.copy(text)
    else:
        place.room.say("There is nothing to copy here.", severity="warning")


async def palette(place: Place) -> None:
    """Show every command by name."""
    place.app.action_command_palette()


async def keys(place: Place) -> None:
    """Show the keys of this place."""
    await place.ask(KeysScreen(place.WHERE, place.actions()))


async def quit_room(place: Place) -> None:
    """Quit; everything that was acknowledged on screen is on disk."""
    await place.room.action_quit()
