"""An incident in a minute, for who comes late; it lies over the incident until a key closes it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.sizes import Modal
from widgets.safe import content


class BriefScreen(Modal[None]):
    """Closes on escape, i or q."""

    CSS_PATH = "brief.tcss"
    AUTO_FOCUS = "#brief"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,i,q", "leave", "Back", show=False),
        Binding("j", "scroll_brief(1)", show=False),
        Binding("k", "scroll_brief(-1)", show=False),
    ]

    def __init__(self, title: str, parts: list[tuple[str, tuple[str, ...]]]) -> None:
        super().__init__()
        self._head = title
        self._parts = parts

    def compose(self) -> ComposeResult:
        """Lay out what there is to know."""
        with VerticalScroll(id="brief"):
            yield Static(content(self._head), id="heading")
            for heading, lines in self._parts:
                yield Static(content(heading), classes="brief--head")
                yield Static(content("\n".join(lines)), classes="brief--text")
            yield Static("esc goes back", id="brief-keys")

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_scroll_brief(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one("#brief", VerticalScroll).scroll_relative(y=by, animate=False)
