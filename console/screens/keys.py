"""The keys of a place, from the action table."""

from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.actions import Action, Where
from console.sizes import Modal
from data.domain.durations import format_duration
from data.domain.policy import GUIDE_TIMES
from widgets.safe import content

_LISTS = (
    ("j k  arrows", "Move"),
    ("g G home end", "First, last"),
    ("tab", "Next pane"),
    ("ctrl+p", "Every command by name"),
)
_KEY_WIDTH = 13
_CHECKLIST = ((">", "Next open step"), ("enter", "Fold or unfold a phase"))


class KeysScreen(Modal[None]):
    """Closes on escape, ? or q."""

    CSS_PATH = "keys.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "leave", "Back", show=False),
        Binding("j", "scroll_keys(1)", show=False),
        Binding("k", "scroll_keys(-1)", show=False),
    ]

    def __init__(self, where: Where, actions: Sequence[Action]) -> None:
        super().__init__()
        self._where = where
        self._actions = actions

    def compose(self) -> ComposeResult:
        """Lay out the table."""
        with VerticalScroll(id="keys"):
            yield Static(content(f"Keys: {self._where}   (esc goes back)"), id="heading")
            width = min(84, self.app.size.width) - 6
            rows = [(action.key_text, action.help) for action in self._actions]
            rows += [*(_CHECKLIST if self._where is Where.INCIDENT else ()), *_LISTS]
            yield Static(content("\n".join(_row(key, text, width) for key, text in rows)))
            yield Static("The guide's times (a room may configure others)", id="rules")
            times = (
                (
                    severity,
                    f"respond within {format_duration(item.response)}, "
                    f"update every {format_duration(item.update)}",
                )
                for severity, item in GUIDE_TIMES.items()
            )
            yield Static(content("\n".join(_row(key, text, width) for key, text in times)))

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_scroll_keys(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one("#keys", VerticalScroll).scroll_relative(y=by, animate=False)


def _row(key: str, text: str, width: int) -> str:
    """Return a key and its sentence, further lines under the first."""
    lines = wrap(text, max(20, width - _KEY_WIDTH - 2)) or [""]
    return f"\n{' ' * (_KEY_WIDTH + 2)}".join([f"{key:>{_KEY_WIDTH}}  {lines[0]}", *lines[1:]])
