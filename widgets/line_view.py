"""Lines drawn on demand (Textual's Line API): ten thousand of them cost what fits the screen."""

from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.tones import COMPONENTS, Palette, Span, joined, tone_css

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MARK, NO_MARK = "▌", " "
CACHED = 1_024  # lines kept drawn: several screens of them


class LineView(ScrollView, Generic[T, K]):
    """Things, one line each, of which only those on the screen are drawn, and again only when they change.

    ``T`` is a thing, ``K`` all that the passing of time decides about its line.
    """

    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = (
        "LineView { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; height: 1fr; }\n"
        + tone_css("LineView")
    )
    HEAD: ClassVar[int] = 0  # lines of titles that stay while the rest scrolls

    now: reactive[datetime] = reactive(EPOCH, repaint=False)

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._items: tuple[T, ...] = ()
        self._keys: tuple[str, ...] = ()
        self._drawn: dict[str, tuple[T, K, int, Strip]] = {}
        self._ticks: dict[str, K] = {}  # what ``ticking`` answered for this ``now``
        self._palette = Palette(self)
        self._width = -1

    # What a subclass says.

    def key_of(self, item: T) -> str:
        """Return what names a thing, once in the list."""
        raise NotImplementedError

    def ticking(self, item: T, now: datetime) -> K:
        """Return all that ``now`` decides about a line; a line is drawn again only when that changes."""
        raise NotImplementedError

    def draw(self, item: T, ticking: K, width: int) -> Iterable[Span]:
        """Return a line as fitted texts with their tones, together at most ``width`` cells."""
        raise NotImplementedError

    def plan(self, width: int) -> None:
        """Prepare for lines of another ``width``, the mark of the cursor not counted."""

    def head(self, width: int) -> Iterable[Span]:
        """Return the line of titles; drawn only where ``HEAD`` is 1."""
        return ()

    def ticked_columns(self, before: K, after: K) -> tuple[int, int]:
        """Return the cells (first, count) that such a change touches."""
        return 0, self._width

    def marked(self, key: str) -> bool:
        """Tell whether a line is drawn as the one under the cursor."""
        return False

    # Drawing.

    @property
    def items(self) -> tuple[T, ...]:
        """The things shown, in order."""
        return self._items

    @property
    def view_height(self) -> int:
        """How many things fit below the titles."""
        return max(0, self.size.height - self.HEAD)

    def forget(self) -> None:
        """Draw every line anew, planned anew: something other than its thing decides how it looks."""
        self._width = -1
        self.refresh()

    def refresh_places(self, place: int, count: int = 1, columns: tuple[int, int] | None = None) -> None:
        """Draw some lines again, or only some cells of them."""
        x, cells = columns or (0, self.size.width)
        self.refresh(Region(x, place - self.scroll_offset.y + self.HEAD, cells, count))

    def watch_now(self) -> None:
        """Draw again what the passing of time changed on the screen, and nothing else."""
        self._ticks.clear()
        if not self.is_mounted or not self.size:
            return
        top = self.scroll_offset.y
        runs: list[tuple[int, int, tuple[int, int]]] = []
        for place in range(top, min(top + self.view_height, len(self._items))):
            drawn = self._drawn.get(self._keys[place])
            after = self._tick(place)
            if drawn is not None and drawn[1] == after:
                continue
            columns = (0, self._width) if drawn is None else self.ticked_columns(drawn[1], after)
            if runs and runs[-1][0] + runs[-1][1] == place and runs[-1][2] == columns:
                runs[-1] = (runs[-1][0], runs[-1][1] + 1, columns)
            else:
                runs.append((place, 1, columns))
        for place, count, columns in runs:
            self.refresh_places(place, count, columns)

    def notify_style_update(self) -> None:
        """Draw everything again in the new style or theme."""
        super().notify_style_update()
        self._palette.clear()
        self.forget()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen, from what was drawn before where it says the same."""
        width = self.size.width - self.scrollbar_size_vertical
        self._set_width(width)
        if y < self.HEAD:
            return self.strip(self.head(width), width)
        place = self.scroll_offset.y + y - self.HEAD
        if place >= len(self._items):
            return Strip.blank(width, self._palette.style())
        key, item = self._keys[place], self._items[place]
        marked = self.marked(key)
        look = marked + (marked and self.has_focus)
        ticking = self._tick(place)
        drawn = self._drawn.get(key)
        if (
            drawn is not None
            and drawn[1] == ticking
            and drawn[2] == look
            and (drawn[0] is item or drawn[0] == item)
        ):
            return drawn[3]
        mark = (MARK if marked else NO_MARK, "accent" if self.has_focus else "muted")
        strip = self.strip([mark, *self.draw(item, ticking, width - 1)], width, marked)
        self._drawn[key] = (item, ticking, look, strip)
        return strip

    def strip(self, spans: Iterable[Span], width: int, marked: bool = False) -> Strip:
        """Return spans as a line of exactly ``width`` cells."""
        style = self._palette.style
        segments = [Segment(text, style(tone, marked)) for text, tone in joined(spans)]
        return Strip(segments).adjust_cell_length(width, style("", marked))

    def _tick(self, place: int) -> K:
        key = self._keys[place]
        if key not in self._ticks:
            self._ticks[key] = self.ticking(self._items[place], self.now)
        return self._ticks[key]

    def _set_width(self, width: int) -> None:
        """Forget what was drawn for another width."""
        if width != self._width:
            self._width = width
            self._drawn.clear()
            self._ticks.clear()
            self.plan(width - 1)
