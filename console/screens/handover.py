"""The sheet of a shift change: every live incident, all of one below, and a key that takes it over."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from console.freshness import Freshness
from console.saying import in_sentences
from console.sizes import Modal
from data.domain.change import Refused
from data.domain.incident import Incident
from data.handover_sheet import due_of, facts, holder, sorted_incidents
from data.store.commands.handover import accept
from data.store.queries.people import handover_view
from data.views import HandoverView
from widgets.handover_table import HandoverRow, HandoverTable
from widgets.roster import when
from widgets.safe import content, line

if TYPE_CHECKING:
    from console.app import WarRoom

AGAIN = timedelta(seconds=5)  # others accept too, and shifts end without an event
NOTHING = "No live incident: there is nothing to hand over."
_LABEL = 9
_TONES = {"late": "bold $text-error", "soon": "$text-warning", "good": "$text-success"}


class HandoverScreen(Modal[str | None]):
    """Closes with the key of an incident that is to be opened, or None."""

    CSS_PATH = "handover.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,h,q", "leave", "Back", show=False),
        Binding("a", "accept", "Accept", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._view: HandoverView | None = None
        self._fresh = Freshness()
        self._writing = False

    def compose(self) -> ComposeResult:
        """Lay out the incidents, and all of the one under the cursor."""
        with Vertical(id="sheet"):
            yield Static("Handover", id="heading")
            yield HandoverTable(id="incidents")
            with VerticalScroll(id="detail", can_focus=False):
                yield Static(id="facts")
            yield Static(id="told")
            yield Static("a accepts · enter opens · esc goes back", id="form-keys")

    def on_mount(self) -> None:
        """Read the room, and follow its clock."""
        self.query_one(HandoverTable).focus()
        self.watch(self.app, "now", self._tick)

    def _room(self) -> "WarRoom":
        return cast("WarRoom", self.app)

    def _tick(self) -> None:
        now = self._room().now
        for table in self.query(HandoverTable):
            table.now = now
        self._show_facts()
        if self._fresh.older(AGAIN, now):
            self.run_worker(self._read(), group="read")

    async def _read(self) -> None:
        room = self._room()
        now = room.clock()
        view = await self._fresh.read(room.look(partial(handover_view, now=now)), now)
        if view is None or not self.is_mounted:
            return
        self._view = view
        table, heading = self.query_one(HandoverTable), self.query_one("#heading", Static)
        table.now = now
        table.rows = tuple(_row(view, key) for key in (item.key for item in sorted_incidents(view, now)))
        heading.update(content(_heading(view)))
        self._show_facts()

    @on(HandoverTable.Highlighted)
    def _show_facts(self) -> None:
        view, now = self._view, self._room().now
        if view is None:
            return
        for place in self.query("#facts").results(Static):
            current = self.query_one(HandoverTable).current
            place.update(self._told(view, current.incident, now) if current else content(NOTHING))

    def _told(self, view: HandoverView, item: Incident, now: datetime) -> Content:
        room = self._room()
        written = partial(when, now=now, zone=room.board.zone if room.local_times else "UTC")
        lines = [content(f"{item.key}  {item.title}  {item.status}", "bold")]
        for label, part in facts(view, item, now, written):
            words = content(part.text, _TONES.get(part.tone, ""))
            lines.append(content(f"{label:<{_LABEL}}", "$text-muted") + words)
        return Content("\n").join(lines)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_accept(self) -> None:
        """Take the incident under the cursor over, once."""
        current = self.query_one(HandoverTable).current
        if current is not None and not self._writing:
            self._writing = True
            self.run_worker(self._accept(current.incident.key))

    async def _accept(self, key: str) -> None:
        room = self._room()
        answer = await room.attempt(partial(accept, key=key))
        self._writing = False
        refused = isinstance(answer, Refused)
        told = self.query_one("#told", Static)
        told.update(line(in_sentences(answer) if isinstance(answer, Refused) else answer.text))
        told.set_class(refused, "-refused")
        if not refused:
            await room.show_news()
        await self._read()

    @on(HandoverTable.Opened)
    def open_incident(self, event: HandoverTable.Opened) -> None:
        """Close, and let the incident be opened."""
        event.stop()
        self.dismiss(event.key)


def _row(view: HandoverView, key: str) -> HandoverRow:
    item = next(item for item in view.incidents if item.key == key)
    due = due_of(view, key)
    return HandoverRow(item, holder(view, item), due.incoming if due else ())


def _heading(view: HandoverView) -> str:
    live, due = len(view.incidents), len(view.due)
    people = [turn.contact.name for level in view.levels[:1] for turn in level.now]
    on_call = f"   on call: {', '.join(people)}" if people else ""
    return f"Handover   {live} live   {due} to accept{on_call}"
