"""One list full of incidents in an otherwise empty Textual program: ours, or the peer's.

    python -m tests.bench.programs.lists board|table ROWS [--filled] [--ticking]

Without --filled it starts empty ("ready") and fills when `o` is pressed. --ticking counts both clocks of the
first 50 rows down once a second.
"""

import sys
from datetime import timedelta
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Static

from data.views import BoardRow
from tests.bench.rooms import board_rows, now
from widgets.board_table import BoardTable
from widgets.countdown import CLOCK_WIDTH, response_text, update_text

TICKING = 50
COLUMNS = ("SEV", "INCIDENT", "STATUS", "IC", "RESPOND", "NEXT UPDATE", "STEPS", "AGE")


class Lists(App[None]):
    """What both programs share: the rows are made before the clock of the benchmark starts."""

    BINDINGS: ClassVar[list[BindingType]] = [("o", "fill", "Fill")]

    def __init__(self, rows: tuple[BoardRow, ...], *, filled: bool, ticking: bool) -> None:
        super().__init__()
        self.rows = rows
        self.filled = filled
        self.ticking = ticking

    def compose(self) -> ComposeResult:
        """Show that the program is there."""
        yield Static("ready")

    def on_mount(self) -> None:
        """Fill, if that is not what is measured."""
        if self.filled:
            self.action_fill()
        if self.ticking:
            self.set_interval(1, self.tick)

    def action_fill(self) -> None:
        """Put the list with all its rows on screen."""
        raise NotImplementedError

    def tick(self) -> None:
        """A second has passed."""
        raise NotImplementedError


class Board(Lists):
    """Ours."""

    def action_fill(self) -> None:
        """Mount the board."""
        board = BoardTable()
        board.now = now()
        board.rows = self.rows
        self.mount(board)
        board.focus()

    def tick(self) -> None:
        """Tell it the time."""
        self.query_one(BoardTable).now = now()


class Table(Lists):
    """Textual's own table, filled as its documentation does it, with plain strings."""

    def action_fill(self) -> None:
        """Mount the table."""
        table: DataTable[str] = DataTable(cursor_type="row")
        table.add_columns(*((name, name) for name in COLUMNS))
        at = now()
        for row in self.rows:
            table.add_row(
                row.severity.value,
                f"{row.key}  {row.title}",
                row.status,
                row.ic,
                response_text(row, at, CLOCK_WIDTH).text,
                update_text(row, at, CLOCK_WIDTH).text,
                f"{row.steps_done}/{row.steps_total}",
                f"{(at - row.detected_at) // timedelta(minutes=1)}m",
                key=row.key,
            )
        self.mount(table)
        table.focus()

    def tick(self) -> None:
        """Write both clocks of the rows that can be seen."""
        table = self.query_one(DataTable)
        at = now()
        for row in self.rows[:TICKING]:
            table.update_cell(row.key, "RESPOND", response_text(row, at, CLOCK_WIDTH).text)
            table.update_cell(row.key, "NEXT UPDATE", update_text(row, at, CLOCK_WIDTH).text)


if __name__ == "__main__":
    kind, count, *options = sys.argv[1:]
    made = {"board": Board, "table": Table}[kind]
    made(board_rows(int(count)), filled="--filled" in options, ticking="--ticking" in options).run()
