"""The last line: the keys that matter here, as many as fit."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from widgets.safe import plain
from widgets.tones import COMPONENTS, Palette, tone_css


class KeyBar(Widget):
    """Shows (key, label) pairs; what does not fit is behind ``?``."""

    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = "KeyBar { height: 1; background: $panel; }\n" + tone_css("KeyBar")

    keys: reactive[tuple[tuple[str, str], ...]] = reactive(())

    def __init__(self, keys: Sequence[tuple[str, str]] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._palette = Palette(self)
        self.set_reactive(KeyBar.keys, tuple(keys))

    def notify_style_update(self) -> None:
        """Look the styles up again."""
        super().notify_style_update()
        self._palette.clear()

    def render_line(self, y: int) -> Strip:
        """Draw the pairs that fit; the last one, help, is kept."""
        width, style = self.size.width, self._palette.style
        pairs = [(plain(key), plain(label)) for key, label in self.keys]
        while len(pairs) > 1 and sum(len(key) + len(label) + 3 for key, label in pairs) > width:
            pairs.pop(-2)
        segments = [Segment(" ", style())]
        for key, label in pairs:
            segments += [Segment(key, style("accent")), Segment(f" {label}  ", style("muted"))]
        return Strip(segments).adjust_cell_length(width, style())
