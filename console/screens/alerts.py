"""The alerts of an incident or a proposal, or all that fire; below the list the one under the cursor."""

import asyncio
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.widgets import Input, Static

from console.actions import Where
from console.place import Place
from console.screens.alert import told
from data.alert_views import matches, stale, stale_words, summary, text_of
from data.domain.alert import Alert
from data.store.queries.alert_views import MOST, alerts_view
from data.views import AlertsView, SourceView
from widgets.alerts import AlertTable
from widgets.empty import Empty
from widgets.safe import content


class AlertsScreen(Place):
    """Alerts by how they stand, loud ones first; it follows the polls, and the cursor its alert."""

    WHERE: ClassVar[Where] = Where.ALERTS
    CSS_PATH = "alerts.tcss"

    query_text: var[str] = var("")

    def __init__(self, key: str = "") -> None:
        super().__init__()
        self._own = self._key = key
        self._seen: tuple[SourceView, ...] | None = None
        self._reading = 0
        self._texts: tuple[tuple[Alert, ...], tuple[str, ...]] | None = None  # what a filter looks at
        self.view = AlertsView(key)
        self.arrived = asyncio.Event()  # set once the alerts were read

    def body(self) -> ComposeResult:
        """Lay out the list, its filter, and the detail."""
        with Vertical(id="alerts"):
            yield Static("Reading the alerts …", id="heading", classes="pane--title")
            yield Static(id="about")
            yield AlertTable(id="list")
            yield Empty(id="empty")
            yield Input(placeholder="words, p1, silenced, service=checkout, !word", id="filter", compact=True)
            yield Static(id="count")
            with VerticalScroll(id="detail"):
                yield Static(id="whole")

    def on_mount(self) -> None:
        """Follow the sources: each good poll may have brought something."""
        self.watch(self.app, "now", self._tick, init=False)
        self.watch(self.app, "local_times", self.show_detail)

    def _tick(self) -> None:
        if not self.in_front:
            return
        if self.room.feed.sources != self._seen and not self._reading:
            # one after the other: thousands take their time, and the next second must not begin anew
            self.run_worker(self.catch_up(), group="poll")
        elif self.arrived.is_set():
            self._say_about()
            self.show_detail()

    async def changed(self) -> None:
        """Read the alerts anew."""
        seen, key = self.room.feed.sources, self._key
        self._reading += 1
        try:
            found = await self.room.look(partial(alerts_view, key=key, seen=self.view))
        finally:
            self._reading -= 1
        if not self.in_front or found is None or key != self._key:
            return
        self._seen = seen
        self.view = found
        self._show()
        self.arrived.set()

    def forget(self) -> None:
        """Let go of the alerts of another store."""
        self._seen, self.view = None, AlertsView(self._key)

    def turn(self) -> None:
        """Show all that fires, or again what this was opened for."""
        self._key = "" if self._key else self._own
        self._seen = None
        self.run_worker(self.catch_up(), group="read", exclusive=True)

    def _show(self) -> None:
        view = self.view
        shown = view.alerts
        if query := self.query_text.strip():
            if self._texts is None or self._texts[0] is not shown:  # made once, not at every key
                self._texts = shown, tuple(map(text_of, shown))
            pairs = zip(*self._texts, strict=True)
            shown = tuple(alert for alert, text in pairs if matches(alert, query, text))
        table, empty = self.query_one(AlertTable), self.query_one(Empty)
        table.now = self.room.now
        table.view = view
        table.shown = shown
        table.display = bool(shown)
        empty.display = not shown
        empty.say(self._nothing())
        if shown and self.focused is None:
            table.focus()
        self.query_one("#heading", Static).update(content(self._heading()))
        count = self.query_one("#count", Static)
        count.display = bool(self.query_text) or view.tally.total > len(view.alerts) >= MOST
        words = f"{len(shown)} of {len(view.alerts)} fit  {self.query_text}   esc clears the filter"
        more = f"the first {len(view.alerts)} of {view.tally.total}: / finds others only among them"
        count.update(content(words if self.query_text else more))
        self._say_about()
        self.show_detail()

    def _heading(self) -> str:
        view = self.view
        counts = summary(view.tally) or "no alert"
        if not view.key:
            return f"All that fires: {counts}"
        if view.status == "proposed":
            return f"{view.key}: {counts}   y confirms, f dismisses   {view.title}"
        over = f" {view.status}" if view.status in ("resolved", "closed", "dismissed", "withdrawn") else ""
        return f"{view.key}{over}: {counts}   {view.title}"

    def _say_about(self) -> None:
        """Say what is stale, else what all of them share."""
        now = self.room.now
        sources = {alert.source for alert in self.view.alerts} or {view.id for view in self.view.sources}
        old = [found for view in self.view.sources if view.id in sources and (found := stale(view, now))]
        about = self.query_one("#about", Static)
        shared = labels_of_all(self.view)
        about.set_class(bool(old), "-stale")
        about.display = bool(old or shared)
        about.update(content(stale_words(old[0], now) if old else shared))

    def _nothing(self) -> str:
        view = self.view
        if self.query_text:
            return "Nothing fits the filter. esc clears it."
        if not view.sources:
            return "No source of alerts is configured: [[source]] in a file that warroom apply loads."
        if view.key:
            return f"No alert of {view.key} is kept any more. A shows all that fires."
        return "Nothing fires."

    @on(AlertTable.Highlighted)
    def show_detail(self) -> None:
        """Say everything about the alert under the cursor."""
        for whole in self.query("#whole").results(Static):
            whole.update(self._all_of_it(max(20, self.size.width - 3)))
        for detail in self.query("#detail"):
            detail.set_class(self.current is None, "-none")

    def _all_of_it(self, width: int) -> Content:
        alert = self.current
        return told(alert, self.view, self.room.now, self.zone, width) if alert else Content()

    @property
    def current(self) -> Alert | None:
        """The alert under the cursor."""
        return next((table.current for table in self.query(AlertTable) if table.display), None)

    def incident_key(self) -> str:
        """Return the incident these are the alerts of."""
        return self.view.key if self.view.key.startswith("INC-") else ""

    def proposal_key(self) -> str:
        """Return the proposal these are the alerts of."""
        return self.view.key if self.view.key.startswith("PR-") else ""

    def copy_text(self) -> str:
        """Return the alert under the cursor as people write it: its name and its labels."""
        alert = self.current
        if alert is None:
            return self.view.key
        labels = ", ".join(f'{name}="{value}"' for name, value in sorted(alert.labels.items()))
        return f"{{{labels}}}"

    @on(AlertTable.Opened)
    def open_whole(self) -> None:
        """Show the alert under the cursor alone and whole."""
        self.action_do("alert.whole")

    # The filter.

    def action_do(self, action_id: str) -> None:
        """Run an action; esc first takes the filter away."""
        if action_id == "back" and self.clear_filter():
            return
        super().action_do(action_id)

    def begin_filter(self) -> None:
        """Show the filter's line and take what is typed."""
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    def clear_filter(self) -> bool:
        """Show every alert again; False when there was no filter."""
        field = self.query_one("#filter", Input)
        if not self.query_text and not field.display:
            return False
        field.value = ""
        self._leave_filter()
        return True

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        self.query_text = event.value
        self._show()

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        self.query_one("#filter", Input).display = False
        self.query_one(AlertTable).focus()


def labels_of_all(view: AlertsView) -> str:
    """Return the labels all the alerts share, in one line."""
    shared = "  ".join(f"{name}={value}" for name, value in view.common)
    return f"all: {shared}" if shared else ""
