"""The incidents a shift hands over, one line each: who has it, in red where somebody else is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual.reactive import reactive

from data.domain import clocks
from data.domain.incident import Incident
from widgets.columns import GAP, Column, place
from widgets.countdown import NARROW_CLOCK_WIDTH, Said, response_text, update_text
from widgets.lines import Lines
from widgets.safe import fit
from widgets.tones import SEVERITY_TONES, Span, severity_text

_COLUMNS = (
    Column("SEV", 5),
    Column("INCIDENT", 8),
    Column("TITLE", 12, grows=True, leaves=1),
    Column("HOLDER", 10, grows=False),
    Column("TAKES OVER", 14, leaves=2),
    Column("RESPOND", NARROW_CLOCK_WIDTH, right=True, leaves=3),
    Column("NEXT UPDATE", NARROW_CLOCK_WIDTH, right=True),
)


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A live incident with who has it; ``incoming`` are those who have to accept it now."""

    incident: Incident
    holder: str
    incoming: tuple[str, ...] = ()


class HandoverTable(Lines[HandoverRow, tuple[Said, Said]]):
    """One line per live incident; posts `Highlighted` and `Opened` with its key."""

    HEAD: ClassVar[int] = 1

    rows: reactive[tuple[HandoverRow, ...]] = reactive((), repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another incident."""

    class Opened(Lines.Opened):
        """An incident is to be opened."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()

    def watch_rows(self) -> None:
        """Show the new rows."""
        self.show(self.rows)

    def start(self) -> int:
        """Begin on the first that has to be accepted."""
        return next((number for number, row in enumerate(self.rows) if row.incoming), 0)

    def key_of(self, item: HandoverRow) -> str:
        """Return the incident's key."""
        return item.incident.key

    def ticking(self, item: HandoverRow, now: datetime) -> tuple[Said, Said]:
        """Return what both clocks say."""
        answered = clocks.read_response(item.incident, now)
        told = clocks.read_update(item.incident, now)
        return response_text(answered, now, NARROW_CLOCK_WIDTH), update_text(told, now, NARROW_CLOCK_WIDTH)

    def plan(self, width: int) -> None:
        """Place the columns."""
        self._columns = place(_COLUMNS, width)

    def head(self, width: int) -> Iterator[Span]:
        """Return the titles."""
        yield " ", "head"
        for number, column in enumerate(self._columns):
            yield " " * GAP if number else "", "head"
            title = fit(column.name, column.width)
            yield title.rstrip().rjust(column.width) if column.right else title, "head"

    def draw(self, item: HandoverRow, ticking: tuple[Said, Said], width: int) -> Iterator[Span]:
        """Return an incident's cells."""
        incident, (answered, told) = item.incident, ticking
        red = "alarm" if item.incoming or not incident.held else ""
        cells = {
            "SEV": (severity_text(incident.severity), SEVERITY_TONES[incident.severity]),
            "INCIDENT": (incident.key, "strong"),
            "TITLE": (incident.title, ""),
            "HOLDER": (item.holder, red),
            "TAKES OVER": (", ".join(item.incoming), red),
            "RESPOND": answered,
            "NEXT UPDATE": told,
        }
        for number, column in enumerate(self._columns):
            text, tone = cells[column.name]
            fitted = fit(text, column.width)
            yield " " * GAP if number else "", ""
            yield fitted.rstrip().rjust(column.width) if column.right else fitted, tone
