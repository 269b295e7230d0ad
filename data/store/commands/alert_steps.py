"""What should be open by the alerts that fire: decided from the state, never from a change (design 3.6)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from data.domain.alert import Alert, AlertRole, AlertState
from data.domain.alert_groups import ALREADY, AT_ONCE, HEARTBEAT, STORM, is_alert, source_of
from data.domain.alert_growth import joined, worsened
from data.domain.alert_words import (
    Services,
    already_title,
    heartbeat_title,
    names_of,
    storm_title,
    title_of,
    why_of,
    worst_first,
)
from data.domain.cause_names import cause_name
from data.domain.instants import format_instant
from data.domain.maintenance import in_maintenance
from data.domain.room import MaintenanceWindow, Source
from data.domain.severity import Severity
from data.domain.words import count
from data.store.commands.opening import Finding
from data.store.commands.reconcile import Ended, Grown, Step, Together
from data.store.queries.watching import Spoken

__all__ = ["Step", "alert_steps", "orphan_steps"]

_GROWS = 2 * AT_ONCE  # so long after its last new group a storm's title may have to follow


def alert_steps(
    source: Source,
    alerts: Iterable[Alert],
    spoken: Mapping[str, Spoken],
    now: datetime,
    *,
    services: Collection[str] = (),
    windows: Sequence[MaintenanceWindow] = (),
) -> list[Step]:
    """Return what brings the store in line with a source's alerts, cleared ones included.

    ``services`` are the ids of the configured ones. A cause with a loud alert is found, unless it is
    spoken for and proposed no less severe, or its service is in maintenance. One that is on an incident
    has grown when more of its alerts fire, or worse ones, than were told of. One whose alerts have all
    cleared has ended, and so has one that is only proposed and whose alerts are all muted.
    """
    return _Steps(source, tuple(alerts), spoken, now, Services(services), windows).all()


def orphan_steps(spoken: Mapping[str, Spoken], sources: Collection[str]) -> list[Step]:
    """Return the ends of what was found by sources that are no longer configured."""
    return [
        Ended(key, f"the source {source_of(key)} is no more")
        for key, told in spoken.items()
        if is_alert(key) and not told.clear and source_of(key) not in sources
    ]


class _Steps:
    def __init__(
        self,
        source: Source,
        alerts: Sequence[Alert],
        spoken: Mapping[str, Spoken],
        now: datetime,
        services: Services,
        windows: Sequence[MaintenanceWindow],
    ) -> None:
        self._source, self._spoken, self._now, self._services = source, spoken, now, services
        self._windows = tuple(window for window in windows if window.starts <= now < window.ends)
        self._beats = [alert for alert in alerts if alert.role is AlertRole.HEARTBEAT]
        self._alerts = [alert for alert in alerts if alert.role is AlertRole.ALERT]

    def all(self) -> list[Step]:
        """Return the ends first, then what is many at once, then the rest, the worst first."""
        return [*self._ended(), *self._beaten(), *self._found()]

    def _ended(self) -> Iterator[Ended]:
        mine = [
            key
            for key, told in self._spoken.items()
            if is_alert(key) and not told.clear and source_of(key) == self._source.id
        ]
        if not mine:
            return
        silent = {alert.cause: alert for alert in self._beats}
        holders: dict[str, list[Alert]] = {key: [] for key in mine}
        for alert in self._alerts:
            # what a storm took along is still a part of its group
            for key in {alert.cause, alert.group_key}:
                if key in holders:
                    holders[key].append(alert)
        for key in mine:
            if key.startswith(HEARTBEAT):
                beat = silent.get(key)
                if beat is None or beat.firing:
                    yield Ended(key, f"{beat.name} is back" if beat else "it is no heartbeat any more")
            elif why := _over(holders[key], self._spoken[key]):
                yield Ended(key, why)

    def _beaten(self) -> Iterator[Finding]:
        for alert in self._beats:
            if not alert.firing and self._open_to(alert.cause):
                why = f"last seen {format_instant(alert.last_seen)}; it should always fire"
                yield Finding(alert.cause, heartbeat_title(alert), Severity.P1, why)

    def _found(self) -> Iterator[Step]:
        loud: dict[str, list[Alert]] = defaultdict(list)
        for alert in self._alerts:
            if alert.loud and not (self._windows and self._held(alert)):
                loud[alert.cause].append(alert)
        storms = [key for key in loud if key.startswith(STORM)]
        for key in storms:
            yield from self._together(key, loud[key])
        found = [
            self._finding(key, worst_first(members))
            for key, members in loud.items()
            if key not in storms and (self._open_to(key) or self._worse(key, members))
        ]
        yield from sorted(found, key=lambda finding: (finding.severity, finding.key))
        for key, members in loud.items():
            yield from self._grown(key, members)

    def _held(self, alert: Alert) -> bool:
        return in_maintenance(self._windows, self._services.of(alert), self._now) is not None

    def _open_to(self, key: str) -> bool:
        """Not spoken for, or last seen to have ended."""
        told = self._spoken.get(key)
        return told is None or told.clear

    def _worse(self, key: str, loud: Iterable[Alert]) -> bool:
        """More severe than what it is proposed as: that may have to wake somebody."""
        told = self._spoken[key].severity
        return told is not None and any(alert.severity < told for alert in loud)

    def _grown(self, key: str, loud: list[Alert]) -> Iterator[Grown]:
        """Yield what an incident has not been told yet of one of its causes."""
        told = self._spoken.get(key)
        if told is None or told.incident is None or told.clear or not told.alerts:
            return
        worst = min(loud, key=lambda alert: (alert.severity, alert.starts_at, alert.fingerprint))
        if joined(told.alerts, len(loud)) or worsened(told.worst, worst.severity):
            name = f"alert {worst.name}" if key == worst.group_key else cause_name(key)
            words = (worst.labels.get(label, "") for label in self._source.severity_labels)
            word = next(filter(None, words), worst.severity.word)
            yield Grown(key, name, len(loud), worst.severity, word)

    def _finding(self, key: str, alerts: list[Alert]) -> Finding:
        services = self._services.of_all(alerts)
        title, why = title_of(alerts, next(iter(services), "")), why_of(self._source, alerts)
        already = key.startswith(ALREADY)
        if already:
            # it belongs to no outage in particular: it joins none
            services, why = (), names_of(alerts)
            title = already_title(self._source, len(alerts), len({alert.group_key for alert in alerts}))
        return Finding(key, title, alerts[0].severity, why, services, waits=already, alerts=len(alerts))

    def _together(self, key: str, loud: list[Alert]) -> Iterator[Together]:
        members = [alert for alert in self._alerts if alert.cause == key]
        groups = sorted({alert.group_key for alert in members})
        if not (self._open_to(key) or self._worse(key, loud) or self._follows(key, members, groups)):
            return
        alerts = worst_first(loud)
        services = self._services.of_all(alerts)
        title, why = storm_title(self._source, len(groups)), names_of(members)
        finding = Finding(key, title, alerts[0].severity, why, services, alerts=len(alerts))
        yield Together(finding, tuple(groups))

    def _follows(self, key: str, members: list[Alert], groups: list[str]) -> bool:
        """Tell whether a storm that is spoken for has to be told again: it grew, or left one behind."""
        told = self._spoken[key]
        if told.muted_until is not None:
            return False
        for group in groups:
            other = self._spoken.get(group)
            if other is not None and other.proposal not in (None, told.proposal):
                return True
        newest = max(alert.first_seen for alert in members)
        return told.proposal is not None and newest > self._now - _GROWS


def _over(alerts: Sequence[Alert], told: Spoken) -> str:
    """Return why a cause has ended, empty while it has not."""
    firing = [alert for alert in alerts if alert.firing]
    if not firing:
        return f"{_all(len(alerts), 'alert')} cleared" if alerts else "its alerts are no more"
    # on an incident people work on, a silence is no end of it
    if told.proposal is None or any(alert.loud for alert in firing):
        return ""
    states = {alert.state for alert in firing}
    return "inhibited" if states == {AlertState.INHIBITED} else "silenced"


def _all(number: int, word: str) -> str:
    return f"its {word} has" if number == 1 else f"all {count(number, word)} have"
