"""Practice room: everything that was sent, as it arrived at the shop's inbox and mail server."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widgets import Static

from console.actions import Where
from console.demo.inbox import Message
from console.place import Place
from console.sizes import Modal
from data.domain.words import count
from widgets.columns import GAP, Column, place
from widgets.empty import Empty
from widgets.lines import Lines
from widgets.safe import content, fit
from widgets.times import other_day, wall
from widgets.tones import Span

EVERY = 0.5  # seconds between two looks
NONE_YET = (
    "No message has arrived so far. Whoever is on call gets a page when an incident opens: B breaks "
    "something, or n declares one. u sends an update to the teams."
)
_COLUMNS = (
    Column("AT", 12),
    Column("BY", 8, leaves=1),
    Column("TO", 24),
    Column("SUBJECT", 20, grows=True),
)


class Row(NamedTuple):
    """A message and its number, counted from the first that ever arrived."""

    number: int
    message: Message


class MessageTable(Lines[Row, bool]):
    """One line per message, the latest first."""

    HEAD: ClassVar[int] = 1

    zone: reactive[str] = reactive("UTC", repaint=False)

    class Opened(Lines.Opened):
        """A message is to be read."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()

    def watch_zone(self) -> None:
        """Write times in the other zone."""
        self.forget()

    def key_of(self, item: Row) -> str:
        """Return the message's number."""
        return str(item.number)

    def ticking(self, item: Row, now: datetime) -> bool:
        """Return whether its instant needs a date."""
        return other_day(item.message.at, now, self.zone)

    def plan(self, width: int) -> None:
        """Place the columns; what is left goes to the subject."""
        self._columns = place(_COLUMNS, width)

    def head(self, width: int) -> Iterator[Span]:
        """Return the titles."""
        yield " ", "head"
        for number, column in enumerate(self._columns):
            yield " " * GAP if number else "", "head"
            yield fit(column.name, column.width), "head"

    def draw(self, item: Row, ticking: bool, width: int) -> Iterator[Span]:
        """Return a message's cells."""
        message = item.message
        cells = {
            "AT": (wall(message.at, self.zone, dated=ticking, seconds=not ticking), "muted"),
            "BY": (message.way, "muted"),
            "TO": (message.to, "strong"),
            "SUBJECT": (message.subject, ""),
        }
        for number, column in enumerate(self._columns):
            text, look = cells[column.name]
            yield " " * GAP if number else "", ""
            yield fit(text, column.width), look


class MessageSheet(Modal[None]):
    """One message, whole."""

    CSS_PATH = "messages.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", "Back", show=False),
        Binding("j,down", "scroll_by(1)", show=False),
        Binding("k,up", "scroll_by(-1)", show=False),
        Binding("pagedown,space", "scroll_by(8)", show=False),
        Binding("pageup", "scroll_by(-8)", show=False),
    ]

    def __init__(self, message: Message, at: str) -> None:
        super().__init__()
        self._message, self._at = message, at

    def compose(self) -> ComposeResult:
        """Lay out the head, the words, and what the keys do."""
        message = self._message
        with Vertical(id="sheet"):
            yield Static(content(message.subject, "bold"), id="subject")
            yield Static(content(f"to {message.to} by {message.way}, {self._at}"), id="envelope")
            with VerticalScroll(id="words", can_focus=False):
                yield Static(content(message.body or "(no text)"))
            yield Static("j k scroll  esc back", id="form-keys")

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_scroll_by(self, lines: int) -> None:
        """Read on."""
        self.query_one("#words", VerticalScroll).scroll_relative(y=lines, animate=False)


class MessagesScreen(Place):
    """What arrived, the latest first; new messages come in while it is open."""

    WHERE: ClassVar[Where] = Where.MESSAGES
    CSS_PATH = "messages.tcss"
    _seen = -1

    def body(self) -> ComposeResult:
        """Lay out the table."""
        with Vertical(id="inbox"):
            yield Static(id="title", classes="pane--title")
            yield MessageTable(id="arrived")
            yield Empty(id="empty")

    def on_mount(self) -> None:
        """Look twice a second while this is in front."""
        self.watch(self.app, "local_times", self._zone_changed)
        self.set_interval(EVERY, self._look)

    def _zone_changed(self) -> None:
        for table in self.query(MessageTable):
            table.zone = self.zone

    def _look(self) -> None:
        shop = self.room.shop
        if self.in_front and shop is not None and shop.received != self._seen:
            self.run_worker(self.catch_up(), group="read", exclusive=True)

    async def changed(self) -> None:
        """Show what has arrived by now."""
        shop = self.room.shop
        if shop is None:
            return
        self._seen = shop.received
        first = shop.received - len(shop.messages)
        rows = [Row(first + number, message) for number, message in enumerate(shop.messages)]
        table, empty = self.query_one(MessageTable), self.query_one(Empty)
        table.show(rows[::-1])
        table.display = bool(rows)
        if rows and self.focused is None:
            table.focus()
        empty.display = not rows
        empty.say(NONE_YET)
        self.query_one("#title", Static).update(
            content(f"What arrived: {count(shop.received, 'message')}, none of it left this machine")
        )

    @property
    def current(self) -> Message | None:
        """The message under the cursor."""
        row = next((table.current for table in self.query(MessageTable)), None)
        return row.message if row else None

    def copy_text(self) -> str:
        """Return what the message under the cursor says."""
        message = self.current
        return f"{message.subject}\n\n{message.body}" if message else ""

    @on(MessageTable.Opened)
    def read_whole(self) -> None:
        """Show the message under the cursor."""
        if (message := self.current) is not None:
            dated = other_day(message.at, self.room.now, self.zone)
            self.app.push_screen(MessageSheet(message, wall(message.at, self.zone, dated=dated)))
