"""What a user sees, and a small stage to stand a widget on."""

from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

import tests.widgets.styles  # noqa: F401 - each test makes an app, all of them the same
from widgets.line_view import LineView
from widgets.lines import Keyed

SIZES = [(80, 24), (120, 36), (64, 11)]  # the sizes every view has to work at (design 4)


def drawn(app: App[Any]) -> list[str]:
    """Return the screen as text, one string per line of the terminal, blanks at the right kept."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def text(app: App[Any]) -> str:
    """Return the screen as one text without the blanks at the right."""
    return "\n".join(line.rstrip() for line in drawn(app))


def line_with(app: App[Any], words: str) -> str:
    """Return the first line on the screen that says ``words``; AssertionError when none does."""
    for line in drawn(app):
        if words in line:
            return line
    raise AssertionError(f"nothing says {words!r}:\n{text(app)}")


def cursor_line(app: App[Any]) -> str:
    """Return the line under the cursor."""
    return line_with(app, "▌")


async def settle(pilot: Pilot[None]) -> None:
    """Wait until what was posted has been answered and drawn."""
    await pilot.pause()
    await pilot.pause()


async def all_pages(pilot: Pilot[None], lines: LineView[Any, Any]) -> list[str]:
    """Page through a list from its first line to its last and return every line that was on the screen."""
    lines.scroll_to(y=0, animate=False)
    await settle(pilot)
    seen = drawn(pilot.app)
    while lines.scroll_offset.y < lines.max_scroll_y:
        lines.scroll_to(y=lines.scroll_offset.y + max(1, lines.view_height - 1), animate=False)
        await settle(pilot)
        seen += drawn(pilot.app)
    return seen


class Stage(App[None]):
    """An app that holds widgets and writes down what they post: ``("Opened", "INC-42")``."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets
        self.heard: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    @on(Keyed)
    def _write_down(self, message: Keyed) -> None:
        self.heard.append((type(message).__name__, message.key))

    def posted(self, name: str) -> list[str]:
        """Return the keys of the messages of this name, in order."""
        return [key for heard, key in self.heard if heard == name]
