"""Everything about one alert, a fact a line: where it stands, what it says, its labels, its pages."""

from collections.abc import Callable, Iterator
from datetime import datetime

from data.alert_views import SPOKEN_FOR, is_loud, stale, state_of
from data.domain import alert_links
from data.domain.alert import Alert, AlertRole, AlertState
from data.domain.alert_words import GUESSED
from data.domain.durations import age
from data.domain.instants import t_plus
from data.text_table import Part
from data.views import AlertsView

_FIRST = ("summary", "title", "message", "description")
_KEYS = {alert_links.SOURCE: "o", alert_links.RUNBOOK: "r", alert_links.DASHBOARD: "d"}
Written = Callable[[datetime], str]
Fact = tuple[str, Part]


def facts(alert: Alert, view: AlertsView, now: datetime, written: Written) -> Iterator[Fact]:
    """Yield (label, text) lines; ``written`` says how an instant is written."""
    yield state_of(alert), Part(_since(alert, view, now, written), "late" if is_loud(alert) else "")
    source = next((item for item in view.sources if item.id == alert.source), None)
    old = stale(source, now) if source else None
    if old is not None:
        since = f" since {written(old.since)}" if old.since else ""
        yield "stale", Part(f"{alert.source} is not known{since}: {old.why}", "soon")
    if alert.state is not AlertState.ACTIVE and alert.firing:
        by = ", ".join(alert.muted_by)
        hint = "   E ends it" if alert.state is AlertState.SILENCED else ""
        yield f"{alert.state} by", Part(f"{by or 'its source does not say what'}{hint}", "head")
    if alert.guessed and alert.role is AlertRole.ALERT:
        yield "severity", Part(f"{alert.severity}: {GUESSED.removeprefix('severity ')}", "soon")
    if alert.role is AlertRole.HEARTBEAT:
        yield "heartbeat", Part("it should always fire: its absence is what alarms")
    first = {name: place for place, name in enumerate(_FIRST)}
    names = sorted(alert.annotations, key=lambda name: (first.get(name, len(first)), name))
    pages = alert_links.pages(alert)
    shown = {page.name for page in pages}
    for name in names:
        if name not in shown and alert.annotations[name].strip():
            yield name, Part(alert.annotations[name].strip())
    told: set[str] = set()
    for page in pages:
        key = _KEYS.get(page.kind, "")
        yield page.words, Part(page.url + (f"   {key}" if key and key not in told else ""), "accent")
        told.add(key)
    labels = sorted(alert.labels, key=lambda name: (name not in SPOKEN_FOR, name))
    yield "labels", Part("  ".join(f"{name}={alert.labels[name]}" for name in labels))


def _since(alert: Alert, view: AlertsView, now: datetime, written: Written) -> str:
    if alert.role is AlertRole.HEARTBEAT and alert.cleared_at is not None:
        return f"last seen {written(alert.last_seen)}, {age(now - alert.last_seen)} ago"
    plus = f", {t_plus(alert.starts_at - view.since)}" if view.since else ""
    words = f"since {written(alert.starts_at)}{plus}, {age(now - alert.starts_at)} ago, at {alert.source}"
    if alert.cleared_at is not None:
        words = f"{written(alert.cleared_at)}, {age(now - alert.cleared_at)} ago; it fired {words}"
    return words
