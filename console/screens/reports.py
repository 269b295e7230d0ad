"""Reports: how fast incidents are noticed, taken and ended, which promises held, and the busy hours."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from console.actions import Where
from console.place import Place
from data.domain.report import By, Report
from widgets.empty import Empty
from widgets.figures import Figures
from widgets.line_view import EPOCH

if TYPE_CHECKING:
    from sqlalchemy import Connection

AGAIN = timedelta(seconds=30)  # a quarter's figures do not change by the second
WINDOWS = (timedelta(days=30), timedelta(days=90), timedelta(days=365), None)
_FIRST = 1


def look(connection: "Connection", now: datetime, window: timedelta | None, by: By) -> Report:
    """Return the figures of a window that ends now; None for all there is."""
    # with it comes the database library, which the first frame does not wait for
    from data.store.queries.reports import report_of

    return report_of(connection, now, now - window if window else None, by)


class ReportsScreen(Place):
    """One page of figures; keys change the window and what they are grouped by."""

    WHERE: ClassVar[Where] = Where.REPORTS
    CSS_PATH = "reports.tcss"
    AUTO_FOCUS = "Figures"

    def __init__(self) -> None:
        super().__init__()
        self._window = _FIRST
        self._by = By.SEVERITY
        self._read_at = EPOCH

    def body(self) -> ComposeResult:
        """Lay out the figures."""
        with Vertical(id="reports"):
            yield Figures(id="figures")
            yield Empty(id="empty")

    async def changed(self) -> None:
        """Read the figures anew, where the last ones are old."""
        if not timedelta() <= self.room.clock() - self._read_at < AGAIN:
            await self.read()

    async def read(self) -> None:
        """Read and show the figures."""
        now = self.room.clock()
        self._read_at = now
        found = await self.room.look(partial(look, now=now, window=WINDOWS[self._window], by=self._by))
        if found is None or not self.is_mounted:
            return
        figures, empty = self.query_one(Figures), self.query_one(Empty)
        figures.report = found
        something = bool(found.all.incidents or found.noisiest or found.uptimes)
        figures.display, empty.display = something, not something
        days = WINDOWS[self._window]
        span = f"in the last {days.days} days" if days else "yet"
        empty.say(
            f"No incident {span}. w looks at another window; warroom import-history brings in the past."
        )

    async def next_window(self) -> None:
        """Look at the next window."""
        self._window = (self._window + 1) % len(WINDOWS)
        await self.read()

    async def next_grouping(self) -> None:
        """Group by the next thing."""
        kinds = tuple(By)
        self._by = kinds[(kinds.index(self._by) + 1) % len(kinds)]
        await self.read()

    def forget(self) -> None:
        """Let go of what was read from another store."""
        self._read_at = EPOCH
