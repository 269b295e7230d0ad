"""The board: every live incident with its two clocks, and what lies beside them."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import var
from textual.widgets import Input, Static

from console.actions import Where
from console.place import Place
from data.views import BoardRow
from widgets.board_table import BoardTable
from widgets.empty import Empty
from widgets.filtering import filtered, wants_done
from widgets.health_strip import HealthStrip
from widgets.latest import Latest
from widgets.people import People
from widgets.safe import content

WELCOME = (
    "Welcome. This room is empty: three ways to begin.\n"
    "n  declares an incident now; its clocks run by the guide.\n"
    "warroom apply FILE  loads your services, checks, contacts and levels.\n"
    "warroom demo  opens a practice room with real services that break."
)


class BoardScreen(Place):
    """Live incidents and proposals; below them health, who is on call, and what happened last."""

    WHERE: ClassVar[Where] = Where.BOARD
    CSS_PATH = "board.tcss"

    query_text: var[str] = var("")
    wanted: var[str] = var("")
    _before = ""  # where the cursor was when the filter was opened

    def body(self) -> ComposeResult:
        """Lay out the table, its filter, and the panes below."""
        with Vertical(id="board"):
            yield BoardTable(id="rows")
            yield Empty(id="empty")
            yield Input(placeholder="words, p0, late, ic:ada, !word, all", id="filter", compact=True)
            yield Static(id="count")
        with Horizontal(id="below"):
            with Vertical(id="health-pane"):
                yield Static("Health", classes="pane--title")
                yield HealthStrip(id="strip")
            with Vertical(id="people-pane"):
                yield Static("On call", classes="pane--title")
                yield People(id="people")
            with Vertical(id="latest-pane"):
                yield Static("Latest", classes="pane--title")
                yield Latest(id="latest")

    def on_mount(self) -> None:
        """Follow the room's state."""
        self.watch(self.app, "board", self.show_rows)
        self.watch(self.app, "health", self.show_health)
        self.watch(self.app, "local_times", self.show_rows)

    async def changed(self) -> None:
        """Show what came while a question or another view lay over the board."""
        self.show_rows()

    def show_rows(self) -> None:
        """Show the rows; while a question is open the order holds still."""
        if not self.in_front:
            return
        board = self.room.board
        rows = filtered(board.rows, self.query_text, self.room.now)
        table = self.query_one(BoardTable)
        table.rows = rows
        if self.wanted and table.select(self.wanted):
            self.wanted = ""
        table.display = bool(rows)
        if rows and self.focused is None:
            table.focus()
        empty = self.query_one(Empty)
        empty.display = not rows
        if not rows:
            empty.say(self._empty())
        count = self.query_one("#count", Static)
        count.display = bool(self.query_text)
        count.update(
            content(f"{len(rows)} of {len(board.rows)} fit  {self.query_text}   esc clears the filter")
        )
        self.query_one(People).people = board.on_call
        latest = self.query_one(Latest)
        latest.zone = board.zone if self.room.local_times else "UTC"
        latest.lines = board.latest

    def show_health(self) -> None:
        """Show the checks, the worst first."""
        for strip in self.query(HealthStrip):  # none is left while the program ends
            strip.checks = self.room.health.checks

    def _empty(self) -> str:
        board = self.room.board
        if self.query_text:
            return "Nothing fits the filter. esc clears it."
        if board.seq < 0:
            return self.room.trouble or "Opening the store …"
        if not board.incidents_ever and not board.latest:
            return WELCOME
        return "No live incidents. n declares one, / with the word all shows those that are over."

    # What actions are about.

    def row(self) -> BoardRow | None:
        """Return the row under the cursor."""
        table = self.query_one(BoardTable)
        return table.current if table.display else None

    def incident_key(self) -> str:
        """Return the incident under the cursor."""
        row = self.row()
        return row.key if row and not row.proposed else ""

    def proposal_key(self) -> str:
        """Return the proposal under the cursor."""
        row = self.row()
        return row.key if row and row.proposed else ""

    def copy_text(self) -> str:
        """Return the row as people say it."""
        row = self.row()
        return f"{row.key} {row.severity} {row.title}" if row else ""

    @on(BoardTable.Opened)
    def open_row(self, event: BoardTable.Opened) -> None:
        """Open an incident; a proposal shows its alerts, or says which keys answer it."""
        if event.key.startswith("PR-"):
            self.run_worker(self._open_proposal(event.key), group="actions")
        else:
            self.room.open_incident(event.key)

    async def _open_proposal(self, key: str) -> None:
        from console.handlers.alerts import open_proposal  # its screens come at the first need

        await open_proposal(self, key)

    # The filter.

    def begin_filter(self) -> None:
        """Show the filter's line and take what is typed."""
        self._before = self.query_one(BoardTable).cursor_key
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    def clear_filter(self) -> None:
        """Show every row again."""
        field = self.query_one("#filter", Input)
        if not self.query_text and not field.display:
            return
        if field.has_focus:
            self.wanted = self._before  # nobody chose another row meanwhile
        field.value = ""
        self._filter("")
        self._leave_filter()

    @on(Input.Changed, "#filter")
    def typed(self, event: Input.Changed) -> None:
        """Filter while typing."""
        self._filter(event.value)

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        field = self.query_one("#filter", Input)
        field.display = False
        self.query_one(BoardTable).focus()

    def _filter(self, query: str) -> None:
        self.query_text = query
        done = wants_done(query)
        if done != self.room.done_shown:
            self.room.done_shown = done
            self.run_worker(self.room.show_news(), group="reload", exclusive=True)
        self.show_rows()
