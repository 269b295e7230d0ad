"""The room's runbooks, one line each: what they are, where they are from, and which incidents have them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from textual.reactive import reactive

from data.domain.words import count
from data.runbook_views import FROM, RunbookRow
from widgets.columns import GAP, Column, place
from widgets.lines import Lines
from widgets.safe import fit
from widgets.tones import Span

_COLUMNS = (
    Column("TITLE", 30, grows=True),
    Column("STEPS", 9),
    Column("PHASES", 6, right=True, leaves=2),
    Column("FROM", 8),
    Column("VERSION", 7, right=True, leaves=3),
    Column("TRUSTED", 7, leaves=1),
    Column("ATTACHED", 12, leaves=4),
)


class RunbookTable(Lines[RunbookRow, None]):
    """Posts `Highlighted` and `Opened` with a runbook's id."""

    HEAD: ClassVar[int] = 1
    rows: reactive[tuple[RunbookRow, ...]] = reactive((), repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another runbook."""

    class Opened(Lines.Opened):
        """A runbook is to be read."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()

    def watch_rows(self) -> None:
        """Show the new rows."""
        self.show(self.rows)

    def key_of(self, item: RunbookRow) -> str:
        """Return the runbook's id."""
        return item.key

    def ticking(self, item: RunbookRow, now: datetime) -> None:
        """Nothing about a runbook changes with the time."""
        return

    def plan(self, width: int) -> None:
        """Place the columns."""
        self._columns = place(_COLUMNS, width)

    def head(self, width: int) -> Iterator[Span]:
        """Return the titles."""
        yield " ", "head"
        for number, column in enumerate(self._columns):
            yield " " * GAP if number else "", "head"
            yield _set(column, column.name), "head"

    def draw(self, item: RunbookRow, ticking: None, width: int) -> Iterator[Span]:
        """Return a line."""
        cells = _cells(item)
        for number, column in enumerate(self._columns):
            text, tone = cells[column.name]
            yield " " * GAP if number else "", ""
            yield _set(column, text), tone


def _set(column: Column, text: str) -> str:
    return fit(text.rjust(column.width) if column.right else text, column.width)


def _cells(row: RunbookRow) -> Mapping[str, Span]:
    steps = count(len(row.runbook.steps), "step") if row.runbook.steps else "to read"
    attached = row.attached[0] if row.attached else ""
    if len(row.attached) > 1:
        attached += f" +{len(row.attached) - 1}"
    return {
        "TITLE": (row.runbook.title, "strong" if row.attached else ""),
        "STEPS": (steps, "" if row.runbook.steps else "muted"),
        "PHASES": (str(row.phases or ""), "muted"),
        "FROM": (FROM[row.origin], "muted"),
        "VERSION": (str(row.version.number) if row.version else "", "muted"),
        "TRUSTED": ("trusted" if row.trusted else "", "soon"),
        "ATTACHED": (attached, "accent"),
    }
