"""A page of a drill to read: a hint, what came of an act, the score."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from console.sizes import Modal
from data.text_table import Line
from widgets.safe import content

WIDEST = 92  # columns, as in the style sheet
EDGES = 8  # columns beside the words: border, padding, scrollbar
_TONES = {
    "late": "bold $text-error",
    "soon": "$text-warning",
    "good": "$text-success",
    "strong": "bold",
    "head": "$text-muted",
}


class DrillSheet(Modal[None]):
    """Lines under a heading; closes on escape, enter or q."""

    CSS_PATH = "sheet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", "Back", show=False),
        Binding("j,down", "scroll_by(1)", show=False),
        Binding("k,up", "scroll_by(-1)", show=False),
        Binding("pagedown,space", "scroll_by(8)", show=False),
        Binding("pageup", "scroll_by(-8)", show=False),
    ]

    def __init__(self, heading: str, lines: Iterable[Line]) -> None:
        super().__init__()
        self._heading = heading
        self._lines = tuple(lines)

    def compose(self) -> ComposeResult:
        """Lay out the heading, the lines, and what the keys do."""
        with Vertical(id="sheet"):
            yield Static(content(self._heading, "bold"), id="heading")
            with VerticalScroll(id="words", can_focus=False):
                yield Static(Content("\n").join(_drawn(one) for one in self._lines))
            yield Static("j k scroll  esc back", id="form-keys")

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_scroll_by(self, lines: int) -> None:
        """Read on."""
        self.query_one("#words", VerticalScroll).scroll_relative(y=lines, animate=False)


def _drawn(line: Line) -> Content:
    return Content("").join(content(part.text, _TONES.get(part.tone, "")) for part in line)
