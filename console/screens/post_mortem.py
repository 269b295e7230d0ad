"""A post-mortem: its parts with what is still to do, and below them what the one under the cursor says."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from console.actions import Where
from console.place import Place
from data.domain.post_mortem import Section
from data.post_mortem import words
from data.post_mortem.document import document
from data.post_mortem.item_table import lines
from data.post_mortem.model import Document, PostMortemView, Written
from data.store.queries.post_mortems import post_mortem_view
from data.text_table import plain
from widgets.review import PartTable
from widgets.safe import content

_MOST = 400  # lines of the timeline that are shown here; the written forms have them all


class PostMortemScreen(Place):
    """The six sections by their parts; enter writes the one under the cursor."""

    WHERE: ClassVar[Where] = Where.POST_MORTEM
    CSS_PATH = "post_mortem.tcss"
    AUTO_FOCUS = "PartTable"

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self._view: PostMortemView | None = None
        self.document: Document | None = None
        self.blameless = False

    def body(self) -> ComposeResult:
        """Lay out the parts and the text."""
        with Vertical(id="post-mortem"):
            yield Static(content(f"{self._key}: post-mortem"), classes="pane--title", id="heading")
            yield Static(id="standing")
            yield PartTable(id="parts")
            with VerticalScroll(id="detail"):
                yield Static(id="said-there")

    async def changed(self) -> None:
        """Read it anew."""
        found = await self.room.look(lambda connection: post_mortem_view(connection, self._key))
        if not self.in_front:
            return
        if found is None:
            if not self.room.trouble:
                self.room.say(f"There is no incident {self._key}.", severity="error")
                self.room.go_back()
            return
        self._view = found
        self.show_document()

    def forget(self) -> None:
        """Let go of the incident of another store."""
        self._view = self.document = None

    def show_document(self) -> None:
        """Show the post-mortem as it stands, with names or with roles."""
        if self._view is None:
            return
        found = document(self._view, self.room.clock(), blameless=self.blameless)
        self.document = found
        mode = "  blameless" if self.blameless else ""
        heading = f"{found.key}  {found.severity} {found.title}{mode}"
        self.query_one("#heading", Static).update(content(heading))
        self.query_one("#standing", Static).update(content(f"Post-mortem: {words.standing(found)}"))
        table = self.query_one(PartTable)
        table.missing, table.parts = found.missing, found.parts
        self.show_text()

    @on(PartTable.Highlighted)
    def show_text(self) -> None:
        """Show what the part under the cursor says."""
        part = self.current
        for shown in self.query("#said-there").results(Static):
            shown.update(content(self._text(part)) if part is not None else "")
        for scroll in self.query("#detail").results(VerticalScroll):
            scroll.scroll_home(animate=False)

    def _text(self, item: Written) -> str:
        found = self.document
        if found is None:
            return ""
        if item.part.section is Section.TIMELINE:
            rows = words.timeline(found)
            told = [f"{at}  {who}  {what}" for at, who, what in rows[:_MOST]]
            more = [f"and {len(rows) - _MOST} more lines"] if len(rows) > _MOST else []
            return "\n".join((*told, *more))
        if item.part.section is Section.ACTIONS and found.items:
            table = plain(lines(found.items, found.written_at.date(), None))
            return f"{table}\n\n{item.text}".rstrip()
        return item.text

    @property
    def current(self) -> Written | None:
        """The part under the cursor."""
        return next((table.current for table in self.query(PartTable)), None)

    def written_text(self) -> str:
        """Return what the part under the cursor says with everybody's name, as it is edited."""
        if self._view is None or self.current is None:
            return ""
        named = document(self._view, self.room.clock()) if self.blameless else self.document
        if named is None:
            return ""
        return next(item.text for item in named.parts if item.part.id == self.current.part.id)

    def incident_key(self) -> str:
        """Return this incident."""
        return self._key

    def copy_text(self) -> str:
        """Return the text that is shown."""
        return self._text(self.current) if self.current is not None else self._key

    @on(PartTable.Opened)
    def write(self) -> None:
        """Write the part under the cursor."""
        self.action_do("part.write")
