"""What a command writes, line by line: wrapped, and at its end unless somebody reads further up."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from rich.cells import chop_cells
from textual.reactive import var

from widgets.lines import Lines
from widgets.safe import fit
from widgets.tones import Span


class OutputLine(NamedTuple):
    """A line as it fits the width; ``number`` counts from the top."""

    number: int
    text: str


class OutputLines(Lines[OutputLine, None]):
    """Shows a text of any length; only what is on the screen is drawn."""

    text: var[str] = var("")

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._fitted = 0  # cells the lines were wrapped for

    def key_of(self, item: OutputLine) -> str:
        """Return the line's number."""
        return str(item.number)

    def ticking(self, item: OutputLine, now: datetime) -> None:
        """Nothing about a line changes."""
        return

    def draw(self, item: OutputLine, ticking: None, width: int) -> Iterator[Span]:
        """Return the line."""
        yield fit(item.text, width), ""

    def start(self) -> int:
        """Begin at the end: what was written last."""
        return len(self._items) - 1

    def watch_text(self) -> None:
        """Show the new text; at the end the cursor goes along, elsewhere it stays."""
        last = len(self._items) - 1
        follows = not self._items or (self.marked(self._keys[last]) and self.in_view(last))
        self._wrap()
        if follows:
            self.action_last()

    def on_resize(self) -> None:
        """Wrap for another width."""
        if self._fitted != self._room():
            self._wrap()
        super().on_resize()

    def _room(self) -> int:
        return max(1, self.size.width - 2)

    def _wrap(self) -> None:
        self._fitted = width = self._room()
        parts: list[str] = []
        for line in self.text.rstrip("\n").split("\n") if self.text else ():
            if line.isascii():
                parts += [line[at : at + width] for at in range(0, len(line), width)] or [""]
            else:
                parts += chop_cells(line, width) or [""]
        self.show([OutputLine(number, part) for number, part in enumerate(parts)])
