"""View 4: every runbook, its filter, and below the list the steps of the one under the cursor."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import var
from textual.widgets import Input, Static

from console.actions import Where
from console.place import Place
from console.screens.runbook import RunbookScreen
from data.domain.words import count
from data.runbook_views import RunbookRow, matching, searched
from data.runbooks.page import steps_page
from data.store.queries.runbooks import runbook_list, texts
from widgets.empty import Empty
from widgets.page import PageView
from widgets.runbooks import RunbookTable
from widgets.safe import content


class RunbooksScreen(Place):
    """The room's runbooks: the guide's, the configuration file's, and those imported here."""

    WHERE: ClassVar[Where] = Where.RUNBOOKS
    CSS_PATH = "runbooks.tcss"
    AUTO_FOCUS = "RunbookTable"

    query_text: var[str] = var("")

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[RunbookRow, ...] = ()
        self._texts: dict[str, tuple[int, str]] = {}  # by id: version and text, once a filter wants them
        self._searched: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """Lay out the list, its filter, and the steps."""
        with Vertical(id="runbooks"):
            yield Static("Reading the runbooks …", id="heading", classes="pane--title")
            yield RunbookTable(id="list")
            yield Empty(id="empty")
            yield Input(placeholder="words, imported, guide, file, trusted, !word", id="filter", compact=True)
            yield Static(id="count")
            yield PageView(id="steps")

    async def changed(self) -> None:
        """Read the list anew."""
        found = await self.room.look(runbook_list)
        if found is None or not self.in_front:
            return
        if found != self.rows:
            self._searched.clear()
        self.rows = found
        if self.query_text:
            await self._read_texts()
        self._show()

    def forget(self) -> None:
        """Let go of the runbooks of another store."""
        self.rows = ()
        self._texts.clear()
        self._searched.clear()

    async def _read_texts(self) -> None:
        """Read the texts a filter looks at, those that are new since the last time."""
        known = {key: number for key, (number, _) in self._texts.items()}
        found = await self.room.look(partial(texts, known=known))
        for key, (number, text) in (found or {}).items():
            self._texts[key] = (number, text.casefold())
            self._searched.pop(key, None)

    def _looked_at(self) -> Mapping[str, str]:
        for row in self.rows:
            if row.key not in self._searched:
                number, text = self._texts.get(row.key, (0, ""))
                current = row.version is not None and row.version.number == number
                self._searched[row.key] = searched(row) + ("\n" + text if current else "")
        return self._searched

    def _show(self) -> None:
        shown = self.rows
        if self.query_text.strip():
            shown = matching(shown, self.query_text, self._looked_at())
        table, empty = self.query_one(RunbookTable), self.query_one(Empty)
        table.rows = shown
        table.display = bool(shown)
        empty.display = not shown
        empty.say(
            "Nothing fits the filter. esc clears it." if self.query_text else "No runbook. i imports some."
        )
        if shown and self.focused is None:
            table.focus()
        origins = count(len(self.rows), "runbook")
        self.query_one("#heading", Static).update(content(f"Runbooks  {origins}"))
        told = self.query_one("#count", Static)
        told.display = bool(self.query_text)
        words = f"{len(shown)} of {len(self.rows)} fit  {self.query_text}   esc clears the filter"
        told.update(content(words))
        self.show_steps()

    @on(RunbookTable.Highlighted)
    def show_steps(self) -> None:
        """Show the checklist of the runbook under the cursor."""
        row = self.current
        for steps in self.query(PageView):
            page = steps_page(row.runbook) if row is not None else ()
            if steps.page != page:
                steps.page = page
            steps.set_class(not page, "-none")

    @property
    def current(self) -> RunbookRow | None:
        """The runbook under the cursor."""
        return next((table.current for table in self.query(RunbookTable) if table.display), None)

    def runbook_id(self) -> str:
        """Return the id of the runbook under the cursor, an empty string for none."""
        return self.current.key if self.current is not None else ""

    def copy_text(self) -> str:
        """Return the runbook's title and id."""
        return f"{self.current.runbook.title} ({self.current.key})" if self.current is not None else ""

    @on(RunbookTable.Opened)
    def read(self, event: RunbookTable.Opened) -> None:
        """Read a runbook."""
        self.app.push_screen(RunbookScreen(event.key))

    # The filter.

    def action_do(self, action_id: str) -> None:
        """Run an action; esc first takes the filter away."""
        if action_id == "back" and self.clear_filter():
            return
        super().action_do(action_id)

    def begin_filter(self) -> None:
        """Show the filter's line and take what is typed."""
        self.run_worker(self._read_texts(), group="texts", exclusive=True)
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    def clear_filter(self) -> bool:
        """Show every runbook again; False when there was no filter."""
        field = self.query_one("#filter", Input)
        if not self.query_text and not field.display:
            return False
        field.value = ""
        self._leave_filter()
        return True

    @on(Input.Changed, "#filter")
    async def _typed(self, event: Input.Changed) -> None:
        self.query_text = event.value
        if event.value and not self._texts:
            await self._read_texts()
        self._show()

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        self.query_one("#filter", Input).display = False
        self.query_one(RunbookTable).focus()
