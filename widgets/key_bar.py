"""The last line: the keys that matter here, as many as fit."""

from collections.abc import Sequence

from textual.reactive import reactive

from widgets.panel import Panel
from widgets.safe import plain
from widgets.tones import Span


class KeyBar(Panel):
    """Shows (key, label) pairs; what does not fit is behind ``?``."""

    DEFAULT_CSS = "KeyBar { height: 1; background: $panel; }"

    keys: reactive[tuple[tuple[str, str], ...]] = reactive(())

    def __init__(self, keys: Sequence[tuple[str, str]] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(KeyBar.keys, tuple(keys))

    def spans(self, y: int, width: int) -> list[Span]:
        """Return the pairs that fit; the last one, help, is kept."""
        pairs = [(plain(key), plain(label)) for key, label in self.keys]
        while len(pairs) > 1 and sum(len(key) + len(label) + 3 for key, label in pairs) > width:
            pairs.pop(-2)
        spans: list[Span] = [(" ", "")]
        for key, label in pairs:
            spans += [(key, "accent"), (f" {label}  ", "muted")]
        return spans
