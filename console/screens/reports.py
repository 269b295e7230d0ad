"""Reports: how fast incidents are noticed, taken and ended, which promises held, and the busy hours."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from console.actions import Where
from console.freshness import Freshness
from console.place import Place
from data.domain.report import By, Report
from data.plot_views import Plot, plots
from widgets.empty import Empty
from widgets.figures import Figures

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")

AGAIN = timedelta(seconds=30)  # a quarter's figures do not change by the second
WINDOWS = (timedelta(days=30), timedelta(days=90), timedelta(days=365), None)
_FIRST = 1


def look(connection: "Connection", now: datetime, window: timedelta | None, by: By) -> Report:
    """Return the figures of a window that ends now; None for all there is."""
    # with it comes the database library, which the first frame does not wait for
    from data.store.queries.reports import report_of

    return report_of(connection, now, now - window if window else None, by)


def look_at_trends(
    connection: "Connection", now: datetime, window: timedelta | None
) -> tuple[Plot, ...] | None:
    """Return the plots of a window that ends now; nothing where there was no incident in it."""
    from data.store.queries.reports import trends_of

    found = trends_of(connection, now, now - window if window else None)
    return plots(found) if found.months else None


class ReportsScreen(Place):
    """One page of figures or of plots; keys change the window and what the figures are grouped by."""

    WHERE: ClassVar[Where] = Where.REPORTS
    CSS_PATH = "reports.tcss"
    AUTO_FOCUS = "Figures"

    def __init__(self) -> None:
        super().__init__()
        self._window = _FIRST
        self._by = By.SEVERITY
        self._plotted = False
        self._fresh = Freshness()

    def body(self) -> ComposeResult:
        """Lay out the figures."""
        with Vertical(id="reports"):
            yield Figures(id="figures")
            yield Empty(id="empty")

    @property
    def plotted(self) -> bool:
        """Whether plots are shown in place of the figures."""
        return self._plotted

    async def changed(self) -> None:
        """Read the figures anew, where the last ones are old."""
        if self._fresh.older(AGAIN, self.room.clock()):
            await self.read()

    async def read(self) -> None:
        """Read and show the figures, or the plots."""
        await (self._read_plots() if self._plotted else self._read_figures())

    async def _read_figures(self) -> None:
        found = await self._look(partial(look, by=self._by))
        if found is None or self._plotted:
            return
        self.query_one(Figures).report = found
        self._show("figures", bool(found.all.incidents or found.noisiest or found.uptimes))

    async def _read_plots(self) -> None:
        # None is also what an unreachable store answers
        found = await self._look(lambda *asked, **more: (look_at_trends(*asked, **more),))
        if found is None or not self._plotted:
            return
        # with them comes the plotting library, which nobody waits for who looks at figures
        from widgets.plots import Plots

        if found[0] is not None:
            if self.query(Plots):
                self.query_one(Plots).show(found[0])
            else:
                await self.query_one("#reports").mount(Plots(found[0], id="plots"), before="#empty")
        self._show("plots", found[0] is not None)

    async def _look(self, query: Callable[..., T]) -> T | None:
        now = self.room.clock()
        found = self._found(partial(query, now=now, window=WINDOWS[self._window]))
        return await self._fresh.read(found, now)

    async def _found(self, query: "Callable[[Connection], T]") -> T | None:
        found = await self.room.look(query)
        return found if self.is_mounted else None

    def _show(self, chosen: str, something: bool) -> None:
        """Show the figures or the plots, or a sentence in their place."""
        for widget in self.query("#figures, #plots").results(Widget):
            widget.display = something and widget.id == chosen
            if widget.display:
                widget.focus(scroll_visible=False)
        empty = self.query_one("#empty", Empty)
        empty.display = not something
        days = WINDOWS[self._window]
        span = f"in the last {days.days} days" if days else "yet"
        empty.say(
            f"No incident {span}. w looks at another window; warroom import-history brings in the past."
        )

    async def turn(self) -> None:
        """Show plots in place of the figures, or the figures again."""
        self._plotted = not self._plotted
        await self.read()

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
        self._fresh.forget()
