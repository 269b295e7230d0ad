"""A few lines of toned spans: the base of every widget that is drawn whole, without a cursor."""

from collections.abc import Sequence
from datetime import datetime

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from widgets.line_view import EPOCH
from widgets.tones import COMPONENTS, Palette, Span, tone_css


class Panel(Widget):
    """Draws what ``spans`` returns for each of its lines, cut and padded to its width."""

    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = "Panel { height: 1fr; }\n" + tone_css("Panel")

    now: reactive[datetime] = reactive(EPOCH)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._palette = Palette(self)

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
        segments = [Segment(text, style(tone)) for text, tone in self.spans(y, width) if text]
        return Strip(segments).adjust_cell_length(width, style())
