"""A note on the timeline, written as in a chat: enter writes it, and the next key is for the view again."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import TextArea

from console.place import Place
from console.screens.ask import TextScreen, ask_text


class NoteArea(TextArea):
    """Lines of text that enter takes as they are; what is pasted keeps its lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # most terminals send the same for enter, shift+enter and alt+enter: none may be the only key
        Binding("f3,shift+enter,alt+enter", "new_line", "New line", show=False),
    ]

    def __init__(self, text: str, take: Callable[[], None]) -> None:
        super().__init__(text, soft_wrap=True, tab_behavior="focus")
        self._take = take

    def on_key(self, event: Key) -> None:
        """Let enter take the text, where it would begin a line elsewhere."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._take()

    def action_new_line(self) -> None:
        """Begin a line."""
        self.replace("\n", *self.selection, maintain_selection_offset=False)


class NoteScreen(TextScreen):
    """Asks for a note; leaving keeps it as a draft."""

    TAKES = "enter"
    KEYS = "F3 new line · esc keeps {draft}"

    def area(self, text: str) -> TextArea:
        """Return the field."""
        return NoteArea(text, self.action_take)


async def ask_note(place: Place, key: str) -> str | None:
    """Ask for a note on an incident; what was typed is kept in the room's drafts until it is taken."""
    return await ask_text(place, f"Note on {key}", draft=f"note:{key}", screen=NoteScreen)
