"""One alert, whole: what it says, its labels, its pages and the keys that open them."""

from datetime import datetime
from functools import partial
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from console.sizes import Modal
from data.alert_detail import facts
from data.alert_views import severity_of
from data.domain.alert import Alert
from data.views import AlertsView
from widgets.safe import content, fit
from widgets.times import other_day, wall

WIDTH = 100
_LABEL = 12  # cells before a fact
_TONES = {
    "late": "bold $text-error",
    "soon": "$text-warning",
    "accent": "$text-accent",
    "head": "$text-muted",
}


def told(alert: Alert, view: AlertsView, now: datetime, zone: str, width: int) -> Content:
    """Return everything about an alert, a fact a line, further lines of it under the first."""
    lines = [content(f"{severity_of(alert)}  {alert.name}", "bold")]
    for label, part in facts(alert, view, now, lambda at: wall(at, zone, dated=other_day(at, now, zone))):
        room = max(20, width - _LABEL - 1)
        broken = [line for text in part.text.splitlines() for line in wrap(text, room) or [""]]
        for number, words in enumerate(broken):
            name = "" if number else label
            lines.append(
                content(fit(name, _LABEL) + " ", "$text-muted") + content(words, _TONES.get(part.tone, ""))
            )
    return Content("\n").join(lines)


class AlertScreen(Modal[str | None]):
    """Closes with the kind of page that is to be opened, or None."""

    CSS_PATH = "alert.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", "Back", show=False),
        Binding("o", "close_with('source')", show=False),
        Binding("r", "close_with('runbook')", show=False),
        Binding("d", "close_with('dashboard')", show=False),
        Binding("c", "close_with('copy')", show=False),
        Binding("j,down", "scroll_by(1)", show=False),
        Binding("k,up", "scroll_by(-1)", show=False),
        Binding("pagedown", "scroll_by(8)", show=False),
        Binding("pageup", "scroll_by(-8)", show=False),
    ]

    def __init__(self, alert: Alert, view: AlertsView, now: datetime, zone: str) -> None:
        super().__init__()
        self._told = partial(told, alert, view, now, zone)

    def compose(self) -> ComposeResult:
        """Lay out the alert and what the keys do."""
        with Vertical(id="sheet"):
            with VerticalScroll(id="facts", can_focus=False):
                yield Static(self._told(min(WIDTH, self.app.size.width) - 5))
            yield Static("o source  r runbook  d dashboard  c copy  esc back", id="form-keys")

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_close_with(self, kind: str) -> None:
        """Go back, and let a page be opened."""
        self.dismiss(kind)

    def action_scroll_by(self, lines: int) -> None:
        """Read on."""
        self.query_one("#facts", VerticalScroll).scroll_relative(y=lines, animate=False)
