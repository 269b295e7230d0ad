"""Review: the incidents that are over with their post-mortems, and every open action item."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.css.query import QueryType
from textual.widget import Widget
from textual.widgets import Static

from console.actions import Where
from console.place import Place
from data.domain.action_item import ActionItem, sorted_items
from data.store.queries.post_mortems import review
from widgets.empty import Empty
from widgets.review import ItemTable, OverTable
from widgets.safe import content


class ReviewScreen(Place):
    """Two panes, ``tab`` goes between them; enter opens the post-mortem."""

    WHERE: ClassVar[Where] = Where.REVIEW
    CSS_PATH = "review.tcss"
    AUTO_FOCUS = "OverTable"

    def body(self) -> ComposeResult:
        """Lay out the panes."""
        with Vertical(id="over-pane"):
            yield Static("Post-mortems", classes="pane--title")
            yield OverTable(id="over")
            yield Empty(id="over-empty")
        with Vertical(id="items-pane"):
            yield Static("Action items", classes="pane--title", id="items-title")
            yield ItemTable(id="items")
            yield Empty(id="items-empty")

    def on_mount(self) -> None:
        """Follow the zone times are shown in."""
        self.watch(self.app, "local_times", self._zone_changed)

    def _zone_changed(self) -> None:
        for table in self.query(OverTable):
            table.zone = self.zone

    async def changed(self) -> None:
        """Read the lists anew."""
        found = await self.room.look(review)
        if found is None or not self.in_front:
            return
        over, open_items = found
        today = self.room.now.date()
        late = sum(item.overdue(today) for item in open_items)
        table, items = self.query_one(OverTable), self.query_one(ItemTable)
        table.now = items.now = self.room.now
        table.zone = self.zone
        table.rows, items.items = over, sorted_items(open_items, today)
        self._empty("#over-empty", table, "No incident is over yet. Resolved ones are reviewed here.")
        adds = "n adds one to the incident above." if over else "They are added to incidents that are over."
        self._empty("#items-empty", items, f"No open action items. {adds}")
        told = f"{len(open_items)} open" + (f", {late} OVERDUE" if late else "")
        self.query_one("#items-title", Static).update(content(f"Action items  {told}"))

    def _empty(self, where: str, table: OverTable | ItemTable, words: str) -> None:
        empty = self.query_one(where, Empty)
        empty.display = not table.cursor_key
        empty.say(words)
        table.styles.height = "1fr" if table.cursor_key else 0

    def focus_next(self, selector: str | type[QueryType] = "*") -> Widget | None:
        """Go to the other pane."""
        here, there = self.query_one(OverTable), self.query_one(ItemTable)
        to: OverTable | ItemTable = here if there.has_focus else there
        self.set_class(to is there, "-at-items")
        self.call_after_refresh(to.focus, scroll_visible=False)
        return to

    def focus_previous(self, selector: str | type[QueryType] = "*") -> Widget | None:
        """Go to the other pane."""
        return self.focus_next(selector)

    def item(self) -> ActionItem | None:
        """Return the action item under the cursor, while its pane is in use."""
        table = self.query_one(ItemTable)
        return table.current if table.has_focus else None

    def incident_key(self) -> str:
        """Return the incident under the cursor, or the one its action item belongs to."""
        if (item := self.item()) is not None:
            return f"INC-{item.incident}"
        row = self.query_one(OverTable).current
        return row.key if row is not None else ""

    def copy_text(self) -> str:
        """Return the action item, or the incident."""
        item = self.item()
        return f"{item.key} {item.title}" if item is not None else self.incident_key()

    @on(OverTable.Opened)
    @on(ItemTable.Opened)
    def open_post_mortem(self) -> None:
        """Open the post-mortem."""
        self.action_do("post-mortem.open")
