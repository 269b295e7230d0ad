"""Alerts and their sources in words: states, sums, staleness, labels, a table for shells (design 3.7, 9)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from data.domain.alert import Alert, AlertRole, AlertState
from data.domain.alert_words import names_of
from data.domain.durations import age
from data.domain.instants import format_instant
from data.domain.words import count
from data.text_table import Column, Line, Part, table
from data.views import AlertTally, SourceView

SPOKEN_FOR = frozenset({"alertname", "severity"})  # labels that have a column of their own
_UNASKED = 3  # intervals
_GRACE = timedelta(seconds=30)  # a poll takes its time
_MARKS = {"P0": "!!", "P1": "!", "P2": "-", "P3": "."}
_COLUMNS = (
    Column("SEV"),
    Column("ALERT"),
    Column("STATE"),
    Column("SINCE"),
    Column("AGE", rank=1, right=True),
    Column("SOURCE", rank=2),
    Column("LABELS", flexible=True),
)


def state_of(alert: Alert) -> str:
    """Return how an alert stands, in a word: firing, silenced, inhibited, cleared; of a heartbeat its own."""
    if alert.role is AlertRole.HEARTBEAT:
        return "beats" if alert.firing else "SILENT"
    if not alert.firing:
        return "cleared"
    if alert.state is not AlertState.ACTIVE:
        return alert.state.value
    return "ignored" if alert.role is AlertRole.IGNORED else "firing"


def is_loud(alert: Alert) -> bool:
    """Tell whether an alert counts as trouble now; a heartbeat does when it is silent."""
    if alert.role is AlertRole.HEARTBEAT:
        return not alert.firing
    return alert.loud and alert.role is AlertRole.ALERT


def order(alert: Alert) -> tuple[object, ...]:
    """Sort loud ones first, then muted ones, then cleared ones; by severity and age within."""
    place = 0 if is_loud(alert) else 1 if alert.firing else 2
    return (place, alert.severity, alert.starts_at, alert.source, alert.fingerprint)


def severity_of(alert: Alert) -> str:
    """Return the proposed severity with its glyph; a question mark where no label says it."""
    return f"{alert.severity.value} {'?' if alert.guessed else _MARKS[alert.severity.value]}"


def tally_of(alerts: Iterable[Alert]) -> AlertTally:
    """Count alerts by how they stand."""
    found = {"loud": 0, "silenced": 0, "inhibited": 0, "cleared": 0}
    for alert in alerts:
        if is_loud(alert):
            found["loud"] += 1
        elif not alert.firing:
            found["cleared"] += 1
        elif alert.state is not AlertState.ACTIVE:
            found[alert.state.value] += 1
    return AlertTally(**found)


def summary(tally: AlertTally, *, cleared: bool = True) -> str:
    """Say how many there are: ``3 firing, 1 silenced``; empty when there is none."""
    counts = [(tally.loud, "firing"), (tally.silenced, "silenced"), (tally.inhibited, "inhibited")]
    if cleared:
        counts.append((tally.cleared, "cleared"))
    told = [f"{number} {word}" for number, word in counts if number]
    if told and not tally.loud and tally.silenced + tally.inhibited:
        told.insert(0, "0 firing")
    return ", ".join(told)


def hidden(alerts: Sequence[Alert]) -> str:
    """Say which alerts a silence hides: ``matches 3 alerts now: DBDown (2), DBSlow (1)``."""
    if not alerts:
        return "matches no alert that fires now"
    return f"matches {count(len(alerts), 'alert')} now: {names_of(alerts)}"


def text_of(alert: Alert) -> str:
    """Return all that a filter looks at, in small letters: name, state, source, labels, annotations."""
    told = (alert.name, state_of(alert), alert.source, labels_of(alert, alert.labels))
    return "\n".join((*told, *alert.annotations.values())).lower()


def matches(alert: Alert, query: str, text: str) -> bool:
    """Tell whether an alert with such a ``text_of`` fits every word of a filter.

    ``!word`` leaves out what fits it; ``p0``..``p3`` are severities.
    """
    return all(_fits(alert, word, text) for word in query.lower().split())


def _fits(alert: Alert, word: str, text: str) -> bool:
    if word.startswith("!"):
        return len(word) == 1 or not _fits(alert, word[1:], text)
    if word in ("p0", "p1", "p2", "p3"):
        return alert.severity.lower() == word
    return word in text


def spread(alerts: Sequence[Alert]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the labels all of some alerts share, and the names of the others, most different values first.

    Of a single alert every label is one that tells it from others.
    """
    values: dict[str, set[str]] = defaultdict(set)
    holders: dict[str, int] = defaultdict(int)
    for alert in alerts:
        for name, value in alert.labels.items():
            values[name].add(value)
            holders[name] += 1
    names = [name for name in sorted(values) if name not in SPOKEN_FOR]
    shared = {
        name for name in names if len(alerts) > 1 and holders[name] == len(alerts) and len(values[name]) == 1
    }
    common = tuple((name, next(iter(values[name]))) for name in names if name in shared)
    varying = sorted((name for name in names if name not in shared), key=lambda name: -len(values[name]))
    return common, tuple(varying)


def labels_of(alert: Alert, names: Iterable[str]) -> str:
    """Return some labels of an alert in one line: ``instance=db-1, zone=eu``."""
    return ", ".join(f"{name}={alert.labels[name]}" for name in names if name in alert.labels)


@dataclass(frozen=True, slots=True)
class Stale:
    """What a source shows is as of ``since``, or never was; ``why`` says what keeps it from being newer.

    ``unasked``: it does not fail, nobody looks.
    """

    source: str
    since: datetime | None
    why: str
    unasked: bool = False


def stale(view: SourceView, now: datetime) -> Stale | None:
    """Return since when nothing new is known of a source, and why; None while it is well (design 1)."""
    state = view.state
    if state.failing_since is not None:
        return Stale(view.id, state.ok_at or state.failing_since, state.trouble)
    if state.polled_at is not None and now - state.polled_at > _UNASKED * view.every + _GRACE:
        return Stale(view.id, state.ok_at or state.polled_at, "nobody asks it", unasked=True)
    return None


def stale_words(state: Stale, now: datetime) -> str:
    """Return such a state in words: ``STALE 3m: prod connection refused``."""
    old = f" {age(now - state.since)}" if state.since else ""
    return f"STALE{old}: {state.source} {state.why}"


def as_of(alerts: Iterable[Alert], moment: datetime) -> tuple[Alert, ...]:
    """Return alerts as they stood at an instant, as far as what is kept can tell: not whether muted."""
    return tuple(
        replace(alert, cleared_at=None) if alert.cleared_at and alert.cleared_at > moment else alert
        for alert in alerts
        if alert.first_seen <= moment
    )


def as_json(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """Return alerts as scripts get them."""
    return [
        {
            "source": alert.source,
            "name": alert.name,
            "fingerprint": alert.fingerprint,
            "severity": alert.severity.value,
            "state": state_of(alert).lower(),
            "since": format_instant(alert.starts_at),
            "labels": dict(alert.labels),
            "url": alert.url,
        }
        for alert in alerts
    ]


def lines(alerts: Sequence[Alert], now: datetime, width: int | None) -> list[Line]:
    """Return alerts as a table for a shell."""
    _, names = spread(alerts)
    rows = [
        (
            Part(severity_of(alert), alert.severity.value.lower()),
            Part(alert.name, "strong" if is_loud(alert) else ""),
            Part(state_of(alert), "late" if is_loud(alert) else "head"),
            Part(_clock(alert.starts_at, now)),
            Part(age(now - alert.starts_at)),
            Part(alert.source),
            Part(labels_of(alert, names), "head"),
        )
        for alert in alerts
    ]
    return table(_COLUMNS, rows, width)


def _clock(at: datetime, now: datetime) -> str:
    written = format_instant(at)
    return written[11:] if at.date() == now.date() else written.replace("T", " ")
