"""What goes out about an incident, one line per message: how it stands, to whom, when, and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from textual.reactive import reactive

from data.delivery_views import WORDS, DeliveryView, says
from data.domain.delivery import DeliveryState
from widgets.columns import GAP, Column, place
from widgets.lines import Lines
from widgets.safe import fit
from widgets.times import other_day, wall
from widgets.tones import Span

_COLUMNS = (
    Column("STATE", 12),
    Column("WHAT", 6, leaves=2),
    Column("TO", 22),
    Column("AT", 12, leaves=1),
    Column("RESULT", 18, grows=True),
)
_TONES = {
    DeliveryState.SENT: "good",
    DeliveryState.FAILED: "late",
    DeliveryState.SUPPRESSED: "muted",
    DeliveryState.SENDING: "accent",
}


class DeliveryTable(Lines[DeliveryView, bool]):
    """One line per message; posts `Highlighted` and `Opened` with a message's id."""

    HEAD: ClassVar[int] = 1

    deliveries: reactive[tuple[DeliveryView, ...]] = reactive((), repaint=False)
    zone: reactive[str] = reactive("UTC", repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another message."""

    class Opened(Lines.Opened):
        """A message is to be shown whole."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()

    def watch_deliveries(self) -> None:
        """Show the new views."""
        self.show(self.deliveries)

    def watch_zone(self) -> None:
        """Write times in the other zone."""
        self.forget()

    def key_of(self, item: DeliveryView) -> str:
        """Return the message's id."""
        return item.item.id

    def ticking(self, item: DeliveryView, now: datetime) -> bool:
        """Return whether its instant needs a date."""
        return other_day(item.at, now, self.zone)

    def plan(self, width: int) -> None:
        """Place the columns; what is left goes to the result."""
        self._columns = place(_COLUMNS, width)

    def head(self, width: int) -> Iterator[Span]:
        """Return the titles."""
        yield " ", "head"
        for number, column in enumerate(self._columns):
            yield " " * GAP if number else "", "head"
            yield fit(column.name, column.width), "head"

    def draw(self, item: DeliveryView, ticking: bool, width: int) -> Iterator[Span]:
        """Return a message's cells."""
        state = item.item.state
        tone = _TONES.get(state, "soon" if item.item.attempts else "")
        cells = {
            "STATE": (WORDS[state], tone),
            "WHAT": (item.item.kind.value, "muted"),
            "TO": (item.to, "strong"),
            "AT": (wall(item.at, self.zone, dated=ticking, seconds=not ticking), "muted"),
            "RESULT": (says(item.item), tone if tone in ("late", "soon") else "muted"),
        }
        for number, column in enumerate(self._columns):
            text, look = cells[column.name]
            yield " " * GAP if number else "", ""
            yield fit(text, column.width), look
