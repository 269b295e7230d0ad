"""Health: every check with its state, its history and what the last probe cost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from console.actions import Where
from console.freshness import Freshness
from console.place import Place
from data.domain.durations import spoken
from data.domain.instants import format_instant
from data.domain.uptime import CheckUptime, Uptime, share
from data.store.queries.uptime import check_uptime, day_uptimes
from data.views import CheckView
from widgets.checks import milliseconds
from widgets.empty import Empty
from widgets.health_table import HealthTable
from widgets.safe import content

AGAIN, SOON = timedelta(minutes=1), timedelta(seconds=5)  # until the uptimes are read anew


def told(known: CheckUptime) -> str:
    """Say how long a check was up, and how much of that is known."""
    if known.month.share is None:
        return "uptime: not measured in the last 30 days"
    parts = [
        f"{days} {share(figure.share)} (measured {_measured(figure)})"
        for days, figure in (("24 h", known.day), ("30 d", known.month))
    ]
    return f"uptime {'   '.join(parts)}"


def _measured(figure: Uptime) -> str:
    if figure.measured >= 0.01:
        return f"{int(figure.measured * 100)} %"
    return spoken(timedelta(seconds=round((figure.up + figure.down).total_seconds())))


class HealthScreen(Place):
    """All checks, the worst first; below the table the one under the cursor in full."""

    WHERE: ClassVar[Where] = Where.HEALTH
    CSS_PATH = "health.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._uptimes: dict[str, CheckUptime] = {}
        self._days: dict[str, Uptime] = {}
        self._fresh = Freshness()

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
        table.checks = tuple(map(self._with_day, self.room.health.checks))
        table.display = bool(table.checks)
        empty.display = not table.checks
        empty.say("No checks yet. warroom apply FILE loads them; the README shows an example.")
        self.show_detail()
        # what has answered since the last look has a figure now
        news = any(view.last is not None and view.uptime is None for view in table.checks)
        if self._fresh.older(SOON if news else AGAIN, self.room.clock()):
            self.run_worker(cast(Any, self._measure_all), group="days", exclusive=True)

    def _with_day(self, view: CheckView) -> CheckView:
        day = self._days.get(view.check.id)
        return view if day is None else replace(view, uptime=day.share)

    @on(HealthTable.Highlighted)
    def moved(self) -> None:
        """Show the check under the cursor."""
        self.show_detail()
        self.run_worker(self._measure(), group="uptime", exclusive=True)

    async def _measure(self) -> None:
        view = self._view()
        if view is not None:
            now = self.room.clock()
            found = await self.room.look(lambda connection: check_uptime(connection, view.check, now))
            if found is not None:
                self._uptimes[view.check.id] = found
                self.show_detail()

    async def _measure_all(self) -> None:
        """Read how the last day was for every check; once a minute, for no figure changes faster."""
        now, checks = self.room.clock(), [view.check for view in self.room.health.checks]
        look = self.room.look(lambda connection: day_uptimes(connection, checks, now))
        found = await self._fresh.read(look, now)
        if found is not None and self.is_mounted:
            self._days = found
            self.show_checks()
            await self._measure()

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
            if last.detail:
                lines.append(last.detail)
            if last.certificate_until:
                lines.append(f"certificate until {format_instant(last.certificate_until)}")
        known = self._uptimes.get(check.id)
        if known is not None:
            lines.append(told(known))
        latencies = f"p50 {milliseconds(view.p50)}   p95 {milliseconds(view.p95)}"
        if known is not None and known.mean is not None:
            latencies += f"   30 d: mean {milliseconds(known.mean)}, slowest {milliseconds(known.slowest)}"
        lines.append(latencies)
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
