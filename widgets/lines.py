"""The one list under board, checklist, timeline, ladder and health table: a cursor that holds on.

It is held by key: whatever arrives, it stays on the same thing (design 1, promise 6).
"""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget

from widgets.line_view import CACHED, K, LineView, T


class Keyed(Message):
    """Something about one line of a list."""

    def __init__(self, widget: Widget, key: str) -> None:
        self.widget = widget
        self.key = key
        super().__init__()

    @property
    def control(self) -> Widget:
        """The list it is about."""
        return self.widget


class Lines(LineView[T, K], can_focus=True):
    """A list with a cursor; a subclass calls `show` when its things change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page-up"),
        Binding("home,g", "first", "First", show=False, id="list.first"),
        Binding("end,G", "last", "Last", show=False, id="list.last"),
        Binding("enter", "open", "Open", show=False, id="list.open"),
    ]

    cursor_key: var[str] = var("")

    class Highlighted(Keyed):
        """The cursor came to rest on another thing."""

        def can_replace(self, message: Message) -> bool:
            """While keys repeat only the last resting place matters."""
            return isinstance(message, type(self)) and message.widget is self.widget

    class Opened(Keyed):
        """Somebody pressed enter on a thing, or clicked it again."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._places: dict[str, int] = {}

    @property
    def current(self) -> T | None:
        """The thing under the cursor, None in an empty list."""
        place = self._places.get(self.cursor_key)
        return None if place is None else self._items[place]

    def select(self, key: str) -> bool:
        """Put the cursor on the thing with this key; False when there is none."""
        place = self._places.get(key)
        if place is None:
            return False
        self.go(place)
        return True

    def show(self, items: Sequence[T]) -> None:
        """Show other things; the cursor stays on its own, or goes to what takes its place."""
        keys, place = self._keys, self._places.get(self.cursor_key)
        watched = place is None or self.in_view(place)
        self._items = tuple(items)
        self._keys = tuple(map(self.key_of, self._items))
        self._places = {key: index for index, key in enumerate(self._keys)}
        self._ticks.clear()
        if len(self._drawn) > CACHED:
            self._drawn.clear()
        self.virtual_size = Size(1, len(self._items) + self.HEAD)
        self.refresh()
        if not self._keys:
            self._rest("")
            return
        to = self.start() if place is None else self._successor(keys, place)
        # Where nothing is hidden above, what arrives above must not be hidden either: it may be the worst.
        if place is not None and self.scroll_offset.y > 0:
            self._scroll(self.scroll_offset.y + to - place)
        # Who scrolled away from the cursor to read something is left where they read.
        watched = watched or self._keys[to] != self.cursor_key
        self._rest(self._keys[to])
        if watched:
            self._follow(to)

    def in_view(self, place: int) -> bool:
        """Tell whether a line is on the screen; True before there is one."""
        return not self.view_height or 0 <= place - self.scroll_offset.y < self.view_height

    def start(self) -> int:
        """Return where the cursor begins in a list that had none."""
        return 0

    def marked(self, key: str) -> bool:
        """Tell whether the cursor is there."""
        return key == self.cursor_key

    def go(self, place: int) -> None:
        """Put the cursor on a line, counted from 0, or on the nearest there is."""
        if not self._items:
            return
        place = max(0, min(place, len(self._items) - 1))
        self._rest(self._keys[place])
        self._follow(place)

    def action_move(self, by: int) -> None:
        """Move the cursor by lines."""
        self.go(self._places.get(self.cursor_key, 0) + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by screens."""
        self.action_move(by * max(1, self.view_height - 1))

    def action_first(self) -> None:
        """Go to the first line."""
        self.go(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self.go(len(self._items) - 1)

    def action_open(self) -> None:
        """Open the thing under the cursor."""
        if self.cursor_key:
            self.post_message(self.Opened(self, self.cursor_key))

    def on_resize(self) -> None:
        """Keep the cursor in sight in the new size."""
        if self.cursor_key in self._places:
            self._follow(self._places[self.cursor_key])

    def on_click(self, event: events.Click) -> None:
        """Highlight the clicked thing, or open it when it was highlighted already."""
        top = self.scroll_offset.y
        place = top + event.get_content_offset_capture(self).y - self.HEAD
        if not top <= place < len(self._items):
            return
        event.stop()
        if self.marked(self._keys[place]):
            self.action_open()
        else:
            self.go(place)

    def _successor(self, keys: tuple[str, ...], place: int) -> int:
        """Return where the cursor belongs now: on its thing, on the nearest one left, or where it was."""
        for key in (*keys[place:], *reversed(keys[:place])):
            if key in self._places:
                return self._places[key]
        return min(place, len(self._keys) - 1)

    def _rest(self, key: str) -> None:
        """Hold on to another key, if it is another, and say so."""
        if key == self.cursor_key:
            return
        before, self.cursor_key = self.cursor_key, key
        for changed in (before, key):
            if changed in self._places:
                self.refresh_places(self._places[changed])
        if key:
            self.post_message(self.Highlighted(self, key))

    def _follow(self, place: int) -> None:
        """Scroll no more than it takes to see a line."""
        if not self.in_view(place):
            above = place < self.scroll_offset.y
            self._scroll(place if above else place - self.view_height + 1)

    def _scroll(self, to: int) -> None:
        self.scroll_to(y=max(0, min(to, len(self._items) - self.view_height)), animate=False, force=True)
