"""Text to read, wrapped to the width and drawn line by line: of a long one only what is on the screen."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

from rich.cells import cell_len, chop_cells
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.reactive import reactive

from data.runbooks.page import PageLine
from widgets.line_view import LineView
from widgets.safe import fit
from widgets.tones import Span

_LEAST = 8  # cells that are left for text, however deep it is set in
_TONES = {"code": "accent"}


class Row(NamedTuple):
    """A line as it is drawn."""

    key: str
    text: str
    tone: str


class PageView(LineView[Row, None], can_focus=True):
    """A text that is scrolled; nothing in it can be followed or pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
        Binding("space", "page_down", "Page down", show=False),
        Binding("g", "scroll_home", "First", show=False),
        Binding("G", "scroll_end", "Last", show=False),
    ]

    page: reactive[tuple[PageLine, ...]] = reactive((), repaint=False)

    def watch_page(self) -> None:
        """Show another text, from its beginning."""
        self._wrap()
        self.scroll_to(y=0, animate=False, force=True)

    def on_resize(self, event: Resize) -> None:
        """Wrap it to the new width."""
        self._wrap()

    def key_of(self, item: Row) -> str:
        """Return the line's number."""
        return item.key

    def ticking(self, item: Row, now: datetime) -> None:
        """Nothing about a line changes."""
        return

    def draw(self, item: Row, ticking: None, width: int) -> Iterator[Span]:
        """Return the line."""
        yield fit(item.text, width), item.tone

    def _wrap(self) -> None:
        width = max(_LEAST, self.size.width - 2)  # the scroll bar, and the column marks are drawn in
        lines = [row for line in self.page for row in _rows(line, width)]
        self._items = tuple(Row(str(number), *row) for number, row in enumerate(lines))
        self._keys = tuple(item.key for item in self._items)
        self._drawn.clear()
        self._ticks.clear()
        self.virtual_size = Size(1, len(self._items))
        self.refresh()


def _rows(line: PageLine, width: int) -> Iterator[tuple[str, str]]:
    tone = _TONES.get(line.tone, line.tone)
    yield from ((text, tone) for text in wrapped(line.text, width, line.hang))


def wrapped(text: str, width: int, hang: int = 0) -> Sequence[str]:
    """Return a line in as many as it needs; all but the first begin ``hang`` cells in."""
    if cell_len(text) <= width:
        return [text]
    most = max(0, width - _LEAST)  # cells that a line may be set in
    hang = min(hang, most)
    found: list[str] = []
    now = " " * min(len(text) - len(text.lstrip(" ")), most)
    empty = True
    for word in text.split():
        room = width - cell_len(now) - (0 if empty else 1)
        if cell_len(word) <= room:
            now += word if empty else f" {word}"
            empty = False
            continue
        if not empty:
            found.append(now)
            now = " " * hang
        *whole, now_word = chop_cells(word, width - cell_len(now)) or [""]
        for part in whole:
            found.append(now + part)
            now = " " * hang
        now, empty = now + now_word, False
    found.append(now)
    return found
