"""A report's figures, as a table with bars; it scrolls and has no cursor."""

from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.geometry import Size
from textual.reactive import reactive

from data.domain.report import Report
from data.report_views import lines
from data.text_table import Line
from widgets.line_view import LineView
from widgets.roster import Roster
from widgets.safe import fit
from widgets.tones import Span


class Figures(LineView[int, bool], can_focus=True):
    """A report, line by line, fitted to the width."""

    BINDINGS: ClassVar[list[BindingType]] = Roster.BINDINGS

    report: reactive[Report | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Line] = []

    def watch_report(self) -> None:
        """Show other figures, from the top."""
        count = len(lines(self.report)) if self.report is not None else 0
        self._items = tuple(range(count))
        self._keys = tuple(map(str, self._items))
        self.virtual_size = Size(1, count)
        self._ticks.clear()
        self.scroll_home(animate=False)
        self.forget()

    def plan(self, width: int) -> None:
        """Fit the columns to another width."""
        self._lines = lines(self.report, max(1, width)) if self.report is not None else []

    def key_of(self, item: int) -> str:
        """Return a line's number."""
        return str(item)

    def ticking(self, item: int, now: datetime) -> bool:
        """Return nothing that changes: a report is of the instant it was read at."""
        return False

    def draw(self, item: int, ticking: bool, width: int) -> list[Span]:
        """Return a line of the report, cut where even its least columns are too many."""
        spans: list[Span] = []
        for part in self._lines[item] if item < len(self._lines) else ():
            cells = min(cell_len(part.text), width)
            spans.append((fit(part.text, cells), part.tone))
            width -= cells
        return spans
