"""Alerts, one line each: how severe, what, how it stands, since when, and what tells it from the others."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, NamedTuple

from textual.reactive import reactive

from data.alert_views import is_loud, labels_of, severity_of, spread, stale, state_of
from data.domain.alert import Alert, AlertRole
from data.domain.durations import age
from data.domain.instants import t_plus
from data.views import AlertsView
from widgets.columns import GAP, Column, place
from widgets.lines import Lines
from widgets.panel import Panel
from widgets.safe import fit
from widgets.times import other_day, wall
from widgets.tones import SEVERITY_TONES, Span

_COLUMNS = (
    Column("SEV", 5),
    Column("ALERT", 12),
    Column("STATE", 10),
    Column("SINCE", 9),
    Column("T", 10, right=True, leaves=2),
    Column("SOURCE", 12, leaves=1),
    Column("LABELS", 12, grows=True),
)
_NARROWEST, _WIDEST = 12, 36  # cells of a name


class Ticking(NamedTuple):
    """What the passing of time decides about an alert's line."""

    dated: bool
    span: str
    stale: bool


def key_of(alert: Alert) -> str:
    """Return what names an alert: its source and fingerprint."""
    return f"{alert.source}/{alert.fingerprint}"


class AlertTable(Lines[Alert, Ticking]):
    """One line per alert; posts `Highlighted` and `Opened` with its source and fingerprint."""

    HEAD: ClassVar[int] = 1

    view: reactive[AlertsView] = reactive(AlertsView(), repaint=False)
    shown: reactive[tuple[Alert, ...]] = reactive((), repaint=False)  # those of the view that fit a filter
    zone: reactive[str] = reactive("UTC", repaint=False)

    class Highlighted(Lines.Highlighted):
        """The cursor came to rest on another alert."""

    class Opened(Lines.Opened):
        """An alert is to be shown whole."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()
        self._measured = (0, False)  # the longest name, and whether a start needs a date

    def watch_view(self, before: AlertsView, view: AlertsView) -> None:
        """Draw anew what every line depends on: the labels that differ, and how the sources stand."""
        if (before.varying, before.sources) != (view.varying, view.sources):
            self._ticks.clear()
            self.forget()

    def watch_shown(self) -> None:
        """Show other alerts."""
        longest = max((len(alert.name) for alert in self.shown), default=0)
        oldest = min((alert.starts_at for alert in self.shown), default=self.now)
        dated = other_day(oldest, self.now, self.zone)
        if (longest, dated) != self._measured:
            self._measured = (longest, dated)
            self.forget()
        self.show(self.shown)

    def watch_zone(self) -> None:
        """Write times in the other zone."""
        self._ticks.clear()
        self.forget()

    def marked(self, key: str) -> bool:
        """Tell whether the cursor is there; a list that only shows has none."""
        return self.can_focus and super().marked(key)

    def key_of(self, item: Alert) -> str:
        """Return the alert's source and fingerprint."""
        return key_of(item)

    def ticking(self, item: Alert, now: datetime) -> Ticking:
        """Return whether its start needs a date, how long ago it was, and whether that is old news."""
        since = self.view.since
        span = t_plus(item.starts_at - since) if since else age(now - item.starts_at)
        source = next((view for view in self.view.sources if view.id == item.source), None)
        old = source is not None and stale(source, now) is not None
        return Ticking(other_day(item.starts_at, now, self.zone), span, old)

    def plan(self, width: int) -> None:
        """Place the columns; what is left goes to the labels."""
        longest, dated = self._measured
        name = max(_NARROWEST, min(longest, _WIDEST, width // 3))
        hour = len(wall(self.now, self.zone, dated=dated))
        many = len(self.view.sources) > 1
        widths = {"ALERT": name, "SINCE": hour}
        columns = [replace(item, width=widths.get(item.name, item.width)) for item in _COLUMNS]
        self._columns = place([item for item in columns if many or item.name != "SOURCE"], width)

    def head(self, width: int) -> Iterator[Span]:
        """Return the titles."""
        yield " ", "head"
        for number, column in enumerate(self._columns):
            yield " " * GAP if number else "", "head"
            name = "AGE" if column.name == "T" and self.view.since is None else column.name
            title = fit(name, column.width)
            yield title.rstrip().rjust(column.width) if column.right else title, "head"

    def draw(self, item: Alert, ticking: Ticking, width: int) -> Iterator[Span]:
        """Return an alert's cells; what is not loud is dim."""
        loud = is_loud(item)
        state = state_of(item)
        silent = item.role is AlertRole.HEARTBEAT and loud
        cells = {
            "SEV": (severity_of(item), SEVERITY_TONES[item.severity] if loud else "muted"),
            "ALERT": (item.name, "strong" if loud else "muted"),
            "STATE": (
                f"{state} ?" if ticking.stale else state,
                "warn" if ticking.stale else "alarm" if silent else "" if loud else "muted",
            ),
            "SINCE": (wall(item.starts_at, self.zone, dated=ticking.dated), "muted"),
            "T": (ticking.span, "muted"),
            "SOURCE": (item.source, "muted"),
            "LABELS": (labels_of(item, self.view.varying), "" if loud else "muted"),
        }
        for number, column in enumerate(self._columns):
            text, tone = cells[column.name]
            fitted = fit(text, column.width)
            yield " " * GAP if number else "", ""
            yield fitted.rstrip().rjust(column.width) if column.right else fitted, tone


class AlertStrip(Panel):
    """The worst few alerts in a narrow pane, and how many more there are."""

    DEFAULT_CSS = "AlertStrip { height: auto; }"

    alerts: reactive[tuple[Alert, ...]] = reactive((), layout=True)

    def get_content_height(self, *_: object) -> int:
        """One line for each."""
        return len(self.alerts)

    def spans(self, y: int, width: int) -> list[Span]:
        """Return one line: severity, name, which one it is, and since when or why not."""
        if y >= len(self.alerts):
            return []
        alert = self.alerts[y]
        loud, state = is_loud(alert), state_of(alert)
        since = age(self.now - alert.starts_at) if loud and state == "firing" else state
        _, varying = spread(self.alerts)
        which = next((alert.labels[name] for name in varying if name in alert.labels), "")
        room = max(0, width - 5 - 1 - len(since) - 1)
        name = min(room, len(alert.name) + 1)
        return [
            (fit(severity_of(alert), 5) + " ", SEVERITY_TONES[alert.severity] if loud else "muted"),
            (fit(alert.name, name), "" if loud else "muted"),
            (fit(which, room - name) + " ", "muted"),
            (since, "muted"),
        ]
