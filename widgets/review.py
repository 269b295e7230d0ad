"""What comes after: the incidents that are over, the action items, and the parts of a post-mortem."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import ClassVar, TypeVar

from textual.reactive import reactive

from data.domain.action_item import ActionItem
from data.domain.post_mortem import Section
from data.post_mortem.item_table import due
from data.post_mortem.model import OverRow, Written
from widgets.columns import GAP, Column, place
from widgets.lines import Lines
from widgets.safe import fit
from widgets.times import wall
from widgets.tones import SEVERITY_TONES, Span, severity_text

Cells = Mapping[str, Span]
T = TypeVar("T")
_OVER = (
    Column("SEV", 5),
    Column("INCIDENT", 8),
    Column("TITLE", 16, grows=True),
    Column("RESOLVED", 12, leaves=1),
    Column("POST-MORTEM", 11),
    Column("ITEMS", 11, leaves=2),
)
_ITEMS = (
    Column("ITEM", 10),
    Column("WHAT", 16, grows=True),
    Column("OWNER", 12, leaves=2),
    Column("DUE", 12),
    Column("TYPE", 8, leaves=1),
)
_PARTS = (
    Column("", 3),
    Column("SECTION", 20, leaves=1),
    Column("PART", 16, grows=True),
    Column("SAYS", 16),
)
_STATES = {"final": "good", "draft": "soon", "not needed": "muted"}


class _Table(Lines[T, date]):
    """A table whose lines say something about the day it is."""

    HEAD: ClassVar[int] = 1
    COLUMNS: ClassVar[Sequence[Column]]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()

    def ticking(self, item: T, now: datetime) -> date:
        """Return the day."""
        return now.astimezone(UTC).date()

    def plan(self, width: int) -> None:
        """Place the columns."""
        self._columns = place(self.COLUMNS, width)

    def head(self, width: int) -> Iterator[Span]:
        """Return the titles."""
        yield " ", "head"
        for number, column in enumerate(self._columns):
            yield " " * GAP if number else "", "head"
            yield fit(column.name, column.width), "head"

    def draw(self, item: T, ticking: date, width: int) -> Iterator[Span]:
        """Return a line."""
        cells = self.cells(item, ticking)
        for number, column in enumerate(self._columns):
            text, tone = cells[column.name]
            yield " " * GAP if number else "", ""
            yield fit(text, column.width), tone

    def cells(self, item: T, today: date) -> Cells:
        """Return a line's words by column."""
        raise NotImplementedError


class OverTable(_Table[OverRow]):
    """One line per incident that is over; posts `Highlighted` and `Opened` with its key."""

    COLUMNS = _OVER
    rows: reactive[tuple[OverRow, ...]] = reactive((), repaint=False)
    zone: reactive[str] = reactive("UTC", repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another incident."""

    class Opened(Lines.Opened):
        """A post-mortem is to be opened."""

    def watch_rows(self) -> None:
        """Show the new rows."""
        self.show(self.rows)

    def watch_zone(self) -> None:
        """Write times in the other zone."""
        self.forget()

    def key_of(self, item: OverRow) -> str:
        """Return the incident's key."""
        return item.key

    def cells(self, item: OverRow, today: date) -> Cells:
        """Return an incident's words."""
        missing = "to write" if item.severity.major else "—"
        state = item.post_mortem or missing
        ended = wall(item.resolved_at, self.zone, dated=True, seconds=False) if item.resolved_at else "—"
        told = f"{item.open_items} of {item.items} open" if item.items else "—"
        return {
            "SEV": (severity_text(item.severity), SEVERITY_TONES[item.severity]),
            "INCIDENT": (item.key, "strong"),
            "TITLE": (item.title, ""),
            "RESOLVED": (ended, "muted"),
            "POST-MORTEM": (state, _STATES.get(state, "late" if item.severity.major else "muted")),
            "ITEMS": (told, "soon" if item.open_items else "muted"),
        }


class ItemTable(_Table[ActionItem]):
    """One line per action item; posts `Highlighted` and `Opened` with its key."""

    COLUMNS = _ITEMS
    items: reactive[tuple[ActionItem, ...]] = reactive((), repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another action item."""

    class Opened(Lines.Opened):
        """The post-mortem an action item belongs to is to be opened."""

    def watch_items(self) -> None:
        """Show the new items."""
        self.show(self.items)

    def key_of(self, item: ActionItem) -> str:
        """Return the item's key."""
        return item.key

    def cells(self, item: ActionItem, today: date) -> Cells:
        """Return an item's words; overdue is said, not only coloured."""
        when = due(item, today)
        tone = "alarm" if item.overdue(today) else when.tone or "muted"
        return {
            "ITEM": (item.key, "strong"),
            "WHAT": (item.title, ""),
            "OWNER": (item.owner or "nobody", "" if item.owner else "soon"),
            "DUE": (when.text, tone),
            "TYPE": (item.kind.value, "muted"),
        }


class PartTable(_Table[Written]):
    """One line per part of a post-mortem; posts `Highlighted` and `Opened` with its id."""

    COLUMNS = _PARTS
    parts: reactive[tuple[Written, ...]] = reactive((), repaint=False)
    missing: reactive[tuple[Section, ...]] = reactive((), repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another part."""

    class Opened(Lines.Opened):
        """A part is to be written."""

    def watch_parts(self) -> None:
        """Show the new parts."""
        self.show(self.parts)

    def watch_missing(self) -> None:
        """Mark what is complete."""
        self.forget()

    def start(self) -> int:
        """Begin on the first that is still to be written."""
        return next((number for number, item in enumerate(self.parts) if item.todo), 0)

    def key_of(self, item: Written) -> str:
        """Return the part's id."""
        return item.part.id

    def cells(self, item: Written, today: date) -> Cells:
        """Return a part's words."""
        complete = item.part.section not in self.missing
        says = "TODO" if item.todo else "written" if item.by_hand else "from the record"
        if not item.text.strip():
            says = "nothing more"
        return {
            "": ("[x]" if complete else "[ ]", "good" if complete else "soon"),
            "SECTION": (item.part.section.heading, "" if complete else "strong"),
            "PART": (item.part.title, ""),
            "SAYS": (says, "late" if item.todo else "muted" if not item.by_hand else ""),
        }
