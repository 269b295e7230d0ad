"""Health: every check with its state, its history and what the last probe cost."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from console.actions import Where
from console.place import Place
from data.domain.durations import spoken
from data.domain.instants import format_instant
from data.store.queries.health import day_uptime
from data.views import CheckView
from widgets.checks import milliseconds
from widgets.empty import Empty
from widgets.health_table import HealthTable
from widgets.safe import content


class HealthScreen(Place):
    """All checks, the worst first; below the table the one under the cursor in full."""

    WHERE: ClassVar[Where] = Where.HEALTH
    CSS_PATH = "health.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._uptimes: dict[str, float | None] = {}

    def body(self) -> ComposeResult:
        """Lay out the table and the detail."""
        with Vertical(id="health"):
            yield HealthTable(id="checks")
            yield Empty(id="empty")
            yield Static(id="detail")

    def on_mount(self) -> None:
        """Follow the checks."""
        self.watch(self.app, "health", self.show_checks)

    async def changed(self) -> None:
        """Show what came while something lay over the view."""
        self.show_checks()

    def show_checks(self) -> None:
        """Show the checks as they stand."""
        if not self.in_front:
            return
        table, empty = self.query_one(HealthTable), self.query_one(Empty)
        table.checks = self.room.health.checks
        table.display = bool(table.checks)
        empty.display = not table.checks
        empty.say("No checks yet. warroom apply FILE loads them; the README shows an example.")
        self.show_detail()

    @on(HealthTable.Highlighted)
    def moved(self) -> None:
        """Show the check under the cursor."""
        self.show_detail()
        self.run_worker(self._measure(), group="uptime", exclusive=True)

    async def _measure(self) -> None:
        view = self._view()
        if view is not None:
            now = self.room.clock()
            found = await self.room.look(lambda connection: day_uptime(connection, view.check, now))
            self._uptimes[view.check.id] = found
            self.show_detail()

    def _view(self) -> CheckView | None:
        return next((table.current for table in self.query(HealthTable)), None)

    def show_detail(self) -> None:
        """Say everything about the check under the cursor."""
        view = self._view()
        for detail in self.query("#detail").results(Static):
            detail.update(content(self._detail(view) if view else ""))

    def _detail(self, view: CheckView) -> str:
        check, last = view.check, view.last
        lines = [
            f"{check.id}  {check.method} {check.url}",
            f"every {spoken(check.every)}, limit {spoken(check.timeout)}, "
            f"down after {check.fail_after}, back after {check.ok_after}, proposes {check.severity}",
        ]
        if last is not None:
            timings = last.timings
            parts = (("connect", timings.connect), ("tls", timings.tls), ("first byte", timings.first_byte))
            spent = "  ".join(f"{name} {milliseconds(value)}" for name, value in parts if value is not None)
            status = f"HTTP {last.status}  " if last.status else ""
            lines.append(
                f"{format_instant(last.at)}  {last.outcome}  {status}"
                f"{milliseconds(last.timings.total)}  {spent}"
            )
            lines.append(last.detail or str(last.reason))
            if last.certificate_until:
                lines.append(f"certificate until {format_instant(last.certificate_until)}")
        share = self._uptimes.get(check.id)
        measured = "not measured" if share is None else f"{share:.2%} up"
        lines.append(f"last 24 h: {measured}   p50 {milliseconds(view.p50)}   p95 {milliseconds(view.p95)}")
        if check.depends_on:
            lines.append(f"depends on {', '.join(check.depends_on)}")
        if view.incident:
            lines.append(f"{view.incident} is live on {check.service}: enter opens it")
        return "\n".join(lines)

    def check_id(self) -> str:
        """Return the check under the cursor."""
        view = self._view()
        return view.check.id if view else ""

    def incident_key(self) -> str:
        """Return the incident on the check's service."""
        view = self._view()
        return view.incident if view else ""

    def copy_text(self) -> str:
        """Return the check's address."""
        view = self._view()
        return view.check.url if view else ""

    @on(HealthTable.Opened)
    def open_incident(self) -> None:
        """Open the incident on the check's service."""
        if key := self.incident_key():
            self.room.open_incident(key)
        else:
            self.room.say(f"No live incident on {self.check_id()}: n declares one.")
