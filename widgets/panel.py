"""A few lines of toned spans: the base of every widget that is drawn whole, without a cursor."""

from collections.abc import Sequence
from datetime import datetime

from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from widgets.line_view import EPOCH
from widgets.tones import COMPONENTS, Palette, Span, tone_css


class Panel(Widget):
    """Draws what ``spans`` returns for each of its lines, cut and padded to its width."""

    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = "Panel { height: 1fr; }\n" + tone_css("Panel")

    now: reactive[datetime] = reactive(EPOCH, repaint=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._palette = Palette(self)
        self._said: dict[int, list[Span]] = {}  # what was drawn, by line

    def watch_now(self) -> None:
        """Draw only the lines again that say something else now: a quiet screen does not move."""
        if not self.is_mounted or not self._said:
            return
        width = self.size.width
        for y in range(self.size.height):
            if self._said.get(y) != list(self.spans(y, width)):
                self.refresh(Region(0, y, width, 1))

    def notify_style_update(self) -> None:
        """Look the styles up again."""
        super().notify_style_update()
        self._palette.clear()

    def spans(self, y: int, width: int) -> Sequence[Span]:
        """Return a line as texts with their tones."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, style = self.size.width, self._palette.style
        self._said[y] = list(self.spans(y, width))
        segments = [Segment(text, style(tone)) for text, tone in self._said[y] if text]
        return Strip(segments).adjust_cell_length(width, style())
