"""All checks, the worst first: state, for how long, what they answered, how fast, how long certified."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from textual.reactive import reactive

from data.domain.uptime import share
from data.views import CheckView
from widgets.checks import answer, attempts, lasting, maintenance, milliseconds, word
from widgets.columns import GAP, Column, place
from widgets.lines import Lines
from widgets.safe import fit
from widgets.sparkline import sparkline
from widgets.tones import Span

_COLUMNS = (
    Column("STATE", 8),
    Column("CHECK", 14, grows=True, at_most=28),
    Column("FOR", 4, right=True),
    Column("TRIES", 5, leaves=4),
    Column("LAST 21", 21, leaves=3),
    Column("ANSWER", 22),
    Column("P50", 7, right=True, leaves=7),
    Column("P95", 7, right=True, leaves=6),
    Column("UP 24H", 7, right=True, leaves=5),
    Column("LATENCY", 16, leaves=2),
    Column("CERT", 6, right=True, leaves=1),
)
Ticking = tuple[str, str]


class HealthTable(Lines[CheckView, Ticking]):
    """One line per check; posts `Highlighted` and `Opened` with a check's id."""

    HEAD: ClassVar[int] = 1

    checks: reactive[tuple[CheckView, ...]] = reactive((), repaint=False)
    zone: reactive[str] = reactive("UTC", repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another check."""

    class Opened(Lines.Opened):
        """A check is to be opened."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()

    def watch_zone(self) -> None:
        """Write times in the other zone."""
        self.forget()

    def watch_checks(self) -> None:
        """Show the new views."""
        self.show(self.checks)

    def key_of(self, item: CheckView) -> str:
        """Return the check's id."""
        return item.check.id

    def ticking(self, item: CheckView, now: datetime) -> Ticking:
        """Return for how long it has been so, and how long its certificate lasts."""
        until = item.last.certificate_until if item.last else None
        if until is None:
            return lasting(item, now), "—"
        return lasting(item, now), f"{(until - now).days} d" if until > now else "ended"

    def plan(self, width: int) -> None:
        """Place the columns; what is left goes to the answer."""
        placed = place(_COLUMNS, width)
        spare = width - (placed[-1].x + placed[-1].width)
        if spare > 0:
            wider = tuple(
                Column(c.name, c.width + (spare if c.name == "ANSWER" else 0), c.right) for c in placed
            )
            placed = place(wider, width)
        self._columns = placed

    def head(self, width: int) -> Iterator[Span]:
        """Return the titles."""
        yield " ", "head"
        for number, column in enumerate(self._columns):
            yield " " * GAP if number else "", "head"
            title = fit(column.name, column.width)
            yield title.rstrip().rjust(column.width) if column.right else title, "head"

    def draw(self, item: CheckView, ticking: Ticking, width: int) -> Iterator[Span]:
        """Return a check's cells."""
        state, tone = word(item)
        troubled = item.state != "up"
        cells = {
            "STATE": (state, tone),
            "CHECK": (item.check.id, "strong"),
            "FOR": (ticking[0], "muted"),
            "TRIES": (attempts(item), tone),
            "LAST 21": (item.recent.rjust(21), tone if troubled else "muted"),
            "ANSWER": (self._said(item), "" if troubled else "muted"),
            "P50": (milliseconds(item.p50), "muted"),
            "P95": (milliseconds(item.p95), "muted"),
            "UP 24H": (share(item.uptime), "muted"),
            "LATENCY": (sparkline(item.latencies, 16), "muted"),
            "CERT": (ticking[1], "late" if ticking[1] == "ended" else "muted"),
        }
        for number, column in enumerate(self._columns):
            text, look = cells[column.name]
            fitted = fit(text, column.width)
            yield " " * GAP if number else "", ""
            yield fitted.rstrip().rjust(column.width) if column.right else fitted, look

    def _said(self, item: CheckView) -> str:
        marks = []
        if item.maintenance_until:
            marks.append(maintenance(item, self.zone))
        if item.stale and item.last:
            marks.append("stale")
        if item.incident:
            marks.append(item.incident)
        return "  ".join([*marks, answer(item)])
