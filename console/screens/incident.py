"""One incident: its checklist, its record, its ladder, and both clocks on top."""

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.css.query import QueryType
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import Static

from console.actions import Where
from console.looking import Looking
from console.place import Place
from console.replay import Replay
from data.alert_views import stale, summary
from data.domain.incident import Step
from data.domain.running import RAN, STARTED
from data.links_shown import in_lines
from data.store.errors import StoreError
from data.store.queries.incidents import incident_view
from data.views import IncidentView, SourceView, TimelineLine
from widgets.alerts import AlertStrip
from widgets.brief import BriefLines
from widgets.checklist import Checklist
from widgets.health_strip import HealthStrip
from widgets.incident_header import IncidentHeader
from widgets.key_bar import KeyBar
from widgets.ladder import LadderView
from widgets.past_band import Past, PastBand
from widgets.safe import content
from widgets.timeline import Timeline

PANES: tuple[type[Widget], ...] = (Checklist, Timeline, LadderView)


class IncidentScreen(Place):
    """Checklist, timeline and ladder of one incident; ``tab`` goes from pane to pane."""

    WHERE: ClassVar[Where] = Where.INCIDENT
    CSS_PATH = "incident.tcss"
    AUTO_FOCUS = "Checklist"

    view: var[IncidentView | None] = var(None)

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self._arrived = False
        self.replay = Replay(self)
        self._looking = Looking(self)
        self._words: dict[str, str] = {}  # what stands in which place
        self._sources: tuple[SourceView, ...] = ()  # of the poll whose alerts are shown

    def body(self) -> ComposeResult:
        """Lay out the header and the panes."""
        yield PastBand(id="past")
        yield IncidentHeader(id="header")
        yield BriefLines(id="known")
        with Horizontal(id="panes"):
            with Vertical(id="steps-pane"):
                with Horizontal(classes="titles"):
                    yield Static("Checklist", classes="pane--title", id="steps-title")
                    yield Static(classes="pane--title", id="alerts-short")
                yield Checklist(id="steps")
            with Vertical(id="record-pane"):
                yield Static("Timeline", classes="pane--title")
                yield Timeline(id="timeline")
            with Vertical(id="side-pane"):
                yield Static("Escalation", classes="pane--title")
                yield LadderView(id="ladder")
                with Vertical(id="alerts-pane"):
                    yield Static(classes="pane--title", id="alerts-title")
                    yield AlertStrip(id="alerts")
                yield Static("Health", classes="pane--title", id="checks-title")
                yield HealthStrip(id="checks")
                yield Static("Links", classes="pane--title")
                yield Static(id="links")

    def on_mount(self) -> None:
        """Follow its checks; the incident itself is read when the view comes to the front."""
        self.watch(self.app, "local_times", self._zone_changed)
        self.watch(self.app, "health", self._checks_changed)
        self.watch(self.app, "now", self._sources_changed, init=False)
        self.watch(self.app, "operator", self._operator_changed, init=False)
        self.watch(self.app, "unsent", self._unsent_changed, init=False)
        self.watch(self.app, "present", self._people_changed)

    def _people_changed(self) -> None:
        for header in self.query(IncidentHeader):
            header.here = () if self.replay.at else self.room.presence.at_incident(self._key)

    def on_unmount(self) -> None:
        """Note how far was read."""
        self._looking.note()

    def _operator_changed(self) -> None:
        if self.view is not None and self.in_front:
            self._looking.follow()

    async def changed(self) -> None:
        """Read the incident anew."""
        sources = self.room.feed.sources
        try:
            found = await self.room.desk.read(lambda connection: incident_view(connection, self._key))
        except StoreError as error:
            self.room.trouble = self.room.in_words(error)
            if self.in_front:
                self.view = self.view or self.room.away.remembered.incident(self._key)
                self._unsent_changed()
            return
        self._sources = sources
        if not self.in_front:
            return
        if found is None:
            self.room.say(f"There is no incident {self._key}.", severity="error")
            self.room.go_back()
        elif self.view is None or found.seq >= self.view.seq:
            self.view = found
            self.room.away.remembered.keep(found)

    def forget(self) -> None:
        """Let go of the incident of another store."""
        self.replay.leave()
        self.set_reactive(IncidentScreen.view, None)

    def watch_view(self, view: IncidentView | None) -> None:
        """Show the incident; while its past is shown, only count what is new."""
        if view is None or not self.in_front:
            return
        if self.replay.at is None:
            self.show_view(view)
        else:
            self.replay.mark()
        self._looking.follow()

    @property
    def shown_at(self) -> datetime:
        """The instant that is shown."""
        return self.replay.at or self.room.now

    @property
    def shown(self) -> IncidentView | None:
        """The incident as it is shown: as it is, or as it was."""
        return self.query_one(IncidentHeader).view

    def action_do(self, action_id: str) -> None:
        """Run an action; in the past nothing is changed, and esc comes back to now."""
        if self.replay.at is not None and action_id == "back":
            self.replay.leave()
        elif not self.replay.refuses(action_id):
            super().action_do(action_id)

    def show_band(self, past: Past | None) -> None:
        """Mark the view as one of the past, or no longer."""
        band = self.query_one(PastBand)
        band.past = past
        self.set_class(past is not None, "-past")
        bar = self.query_one(KeyBar)
        bar.keys = past.keys if past else self.footer()

    def show_view(self, view: IncidentView) -> None:
        """Draw the incident as it is, or as it was."""
        self._people_changed()
        self._told()
        self.query_one(IncidentHeader).view = view
        self.query_one(BriefLines).view = view
        steps = self.query_one(Checklist)
        steps.steps = view.incident.steps
        now = self.replay.at is None and self.room.has_run
        steps.running = self.room.runs.since(self._key) if now else {}
        done, total = view.incident.steps_done, len(view.incident.steps)
        self._say("#steps-title", f"Checklist {done}/{total}")
        timeline = self.query_one(Timeline)
        timeline.detected_at = view.incident.detected_at
        timeline.lines = self._record(view)
        self.query_one(LadderView).rungs = view.rungs
        self._say("#links", in_lines(view))
        self._show_alerts(view)
        self._checks_changed()
        if not self._arrived:
            self._arrived = True
            self.next_open_step()

    def _say(self, where: str, words: str) -> None:
        """Write words where others stand: each time costs a new layout of the whole view."""
        if self._words.get(where) != words:
            self._words[where] = words
            self.query_one(where, Static).update(content(words))

    def _checks_changed(self) -> None:
        if self.view is None or not self.in_front:
            return
        services = self.view.incident.services
        strip = self.query_one(HealthStrip)
        strip.checks = tuple(item for item in self.room.health.checks if item.check.service in services)

    def _sources_changed(self) -> None:
        """Look again when a source was asked: what alerts do is no event."""
        if self.view is None or not self.in_front:
            return
        if self.view.tally.total and self.room.feed.sources != self._sources:
            self.run_worker(self.catch_up(), group="read", exclusive=True)

    def _show_alerts(self, view: IncidentView) -> None:
        """Say how many alerts there are, and show the worst few; the key shows all."""
        told, now = summary(view.tally), self.room.now
        shown = {alert.source for alert in view.alerts}
        if self.replay.at is None and any(
            source.id in shown and stale(source, now) for source in self.room.feed.sources
        ):
            told = f"STALE {told}"
        self.query_one("#alerts-pane").display = bool(told)
        short = self.query_one("#alerts-short", Static)
        short.set_class(not told, "-none")
        key = next((action.key_text for action in self.actions() if action.id == "alerts.show"), "")
        self._say("#alerts-title", f"Alerts {told}   {key}")
        self._say("#alerts-short", f"{key}  alerts: {told}")
        self.query_one(AlertStrip).alerts = view.alerts

    def _unsent_changed(self) -> None:
        """Show the notes that wait for the store behind what is on record."""
        if self.view is not None and self.in_front and self.replay.at is None:
            self.query_one(Timeline).lines = self._record(self.view)

    def _record(self, view: IncidentView) -> tuple[TimelineLine, ...]:
        if self.replay.at is not None:
            return view.timeline
        record = self.room.runs.told(view.timeline) if self.room.has_run else view.timeline
        return (*record, *self.room.away.lines(self._key, record[-1].seq if record else 0))

    def _zone_changed(self) -> None:
        for shown in self.query("IncidentHeader, Timeline, Checklist, LadderView"):
            if isinstance(shown, IncidentHeader | Timeline | Checklist | LadderView):
                shown.zone = self.zone

    # The panes; where there is no room for all of them, the one in use is shown.

    def focus_next(self, selector: str | type[QueryType] = "*") -> Widget | None:
        """Go to the next pane."""
        return self._go(1)

    def focus_previous(self, selector: str | type[QueryType] = "*") -> Widget | None:
        """Go to the pane before."""
        return self._go(-1)

    def _go(self, by: int) -> Widget:
        panes = [self.query_one(pane) for pane in PANES]
        at = next((place for place, pane in enumerate(panes) if pane.has_focus), 0)
        to = panes[(at + by) % len(panes)]
        for pane in panes:
            self.set_class(pane is to, f"-at-{pane.id}")
        self.call_after_refresh(to.focus, scroll_visible=False)  # what is not shown yet takes no focus
        return to

    # What actions are about.

    def incident_key(self) -> str:
        """Return this incident."""
        return self._key

    def current_step(self) -> Step | None:
        """Return the step under the checklist's cursor."""
        return self.query_one(Checklist).current_step

    def next_open_step(self) -> None:
        """Put the cursor on the next step that is still to do."""
        self.query_one(Checklist).action_next_open()

    def copy_text(self) -> str:
        """Return the step's command, the timeline's line, or the incident as people say it."""
        if self.view is None:
            return self._key
        if isinstance(self.focused, Timeline) and self.focused.current is not None:
            return self.focused.current.text
        step = self.current_step()
        if step is not None and step.command:
            return step.command
        incident = self.view.incident
        return f"{incident.key} {incident.severity} {incident.title}"

    @on(Timeline.Opened)
    def tell_whole(self, event: Timeline.Opened) -> None:
        """Show a line of the record whole."""
        timeline = self.query_one(Timeline)
        if timeline.current is None:
            return
        if timeline.current.kind in (STARTED, RAN):
            from console.handlers.running import show  # at the first need

            self.run_worker(show(self, timeline.current.seq), group="read")
        else:
            self.room.say(timeline.current.text)
