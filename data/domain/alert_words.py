"""What alerts are called on the board: titles, reasons and services (design 3.7)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from data.domain.alert import Alert
from data.domain.instants import format_instant
from data.domain.room import Source
from data.domain.words import count

GUESSED = "severity guessed: no label says it"
MOST_SERVICES = 20

_SUMMARIES = ("summary", "title", "message", "description")
_SUMMARY, _WHY, _LABEL = 110, 190, 40  # characters
_SHOWN = 4  # labels, or names of a storm


def worst_first(alerts: Iterable[Alert]) -> list[Alert]:
    """Return alerts by severity, the oldest first within one."""
    return sorted(alerts, key=lambda alert: (alert.severity, alert.starts_at, alert.fingerprint))


def title_of(alerts: Sequence[Alert], service: str = "") -> str:
    """Return what a group is called: ``DBDown: db-1 is down (+2)``, by its worst and oldest alert."""
    head = alerts[0]
    words = next((text for name in _SUMMARIES if (text := head.annotations.get(name, "").strip())), "")
    line = _cut(words.partition("\n")[0].strip(), _SUMMARY)
    on = f" on {service}" if service else ""
    title = f"{head.name}: {line}" if line else f"{head.name}{on}"
    return f"{title} (+{len(alerts) - 1})" if len(alerts) > 1 else title


def why_of(source: Source, alerts: Sequence[Alert]) -> str:
    """Return why a group is proposed: its labels in short, since when, and if its severity is a guess."""
    head = alerts[0]
    known = {"alertname", "service", *source.severity_labels}
    labels = [
        f"{name}={_cut(value, _LABEL)}" for name, value in sorted(head.labels.items()) if name not in known
    ]
    said = ", ".join(labels[:_SHOWN]) + (" …" if len(labels) > _SHOWN else "")
    since = f"fires at {source.id} since {format_instant(min(alert.starts_at for alert in alerts))}"
    worst = [alert for alert in alerts if alert.severity == head.severity]
    guessed = GUESSED if all(alert.guessed for alert in worst) else ""
    # what is marked as a guess must not be cut off
    return "; ".join(filter(None, (guessed, since, _cut(said, _WHY - len(since) - len(guessed)))))


def names_of(alerts: Iterable[Alert]) -> str:
    """Return the names that are there most: ``DBDown (12), HighLatency (9) and 3 more``; else by name."""
    found = sorted(Counter(alert.name for alert in alerts).items(), key=lambda item: (-item[1], item[0]))
    said = ", ".join(f"{_cut(name, _LABEL)} ({number})" for name, number in found[:_SHOWN])
    return f"{said} and {len(found) - _SHOWN} more" if len(found) > _SHOWN else said


def storm_title(source: Source, groups: int) -> str:
    """Return what a storm is called."""
    return f"alert storm: {count(groups, 'group')} from {source.id}"


def already_title(source: Source, alerts: int, groups: int) -> str:
    """Return what already fired when a source was first seen is called."""
    return f"already firing at {source.id}: {count(alerts, 'alert')} in {count(groups, 'group')}"


def heartbeat_title(alert: Alert) -> str:
    """Return what a heartbeat's absence is called."""
    return f"{alert.name} of {alert.source} is silent: alerts may not reach us"


class Services:
    """The configured services, found by what alerts call them."""

    def __init__(self, ids: Collection[str]) -> None:
        self._ids: Mapping[str, str] = {**{key.casefold(): key for key in ids}, **{key: key for key in ids}}

    def of(self, alert: Alert) -> str:
        """Return the service an alert is about: by its labels ``service`` and ``job``, else what it says."""
        service, job = alert.labels.get("service", ""), alert.labels.get("job", "")
        for word in (service, job, service.rpartition("/")[2], job.rpartition("/")[2]):
            if found := self._ids.get(word) or self._ids.get(word.casefold()):
                return found
        return service

    def of_all(self, alerts: Iterable[Alert]) -> tuple[str, ...]:
        """Return the services some alerts are about, in their order; twenty at most."""
        found = dict.fromkeys(self.of(alert) for alert in alerts)
        return tuple(name for name in found if name)[:MOST_SERVICES]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"
