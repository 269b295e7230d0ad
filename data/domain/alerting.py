"""What the polls of a source add up to: alerts that fire, change and clear (design 3.7).

Pure: each poll goes in with what was known before, and what is known afterwards comes out. A failed look
is "unknown": it opens and clears nothing. What only repeats the last poll costs a comparison an alert.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.domain.alert import Alert, AlertRole, AlertState, SourceState
from data.domain.alert_evidence import (
    NO_START,
    Evidence,
    InstanceAnswer,
    Sighting,
    Sightings,
    polled,
    seen_at,
    shown_by,
)
from data.domain.alert_groups import ALREADY, STORM, already_of, group_of, heartbeat_of, storms
from data.domain.alert_severity import Verdict, verdicts
from data.domain.room import Source

__all__ = ["NO_START", "Absorbed", "InstanceAnswer", "Sighting", "Sightings", "absorb", "seen_at"]

KEEP = timedelta(days=1)  # a cleared alert
KEEP_HEARTBEAT = timedelta(days=7)  # one that fell silent: as long as its absence alarms
MOST_CLEARED = 10_000  # a source that makes ever new alerts must not fill the store


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What a poll left: all alerts by fingerprint, which of them changed, and which are forgotten."""

    state: SourceState
    changed: tuple[Alert, ...]
    alerts: Mapping[str, Alert]
    forgotten: tuple[str, ...] = ()


def absorb(
    source: Source,
    state: SourceState,
    known: Mapping[str, Alert],
    answers: Sequence[InstanceAnswer],
    now: datetime,
) -> Absorbed:
    """Take in one poll of all instances of a source.

    They are one source: what any of them shows fires, and is loud where any shows it so. An alert
    clears only on evidence (``Evidence.absent``). At the first good poll ever everything counts
    to ``already:SOURCE``; later a group's alerts share its cause while one of them is loud, and more
    than ten new groups in a minute become a storm.
    """
    after = polled(state, answers, now)
    good = {answer.address: answer for answer in answers if answer.sightings is not None}
    if not good:
        return Absorbed(after, (), known)
    poll = _Poll(source, known, now, first=state.first_ok_at is None)
    seen = shown_by(good)
    poll.take_in(seen)
    poll.miss(seen, Evidence(state, after, good, source.resolve_timeout, now))
    poll.gather()
    forgotten = poll.forget()
    if not poll.changed and not forgotten:
        return Absorbed(after, (), known)
    alerts = {**known, **poll.changed}
    for fingerprint in forgotten:
        del alerts[fingerprint]
    return Absorbed(after, tuple(poll.changed.values()), alerts, forgotten)


class _Poll:
    """One poll while it is taken in."""

    def __init__(self, source: Source, known: Mapping[str, Alert], now: datetime, *, first: bool) -> None:
        self.source, self.known, self.now = source, known, now
        self.changed: dict[str, Alert] = {}
        self._first = first
        self._causes: dict[str, str] | None = None
        self._loud: set[str] = set()  # groups that were loud before this poll
        self._storms: set[str] = set()  # those that still fire
        self._woken: set[str] = set()  # groups that are loud since this poll

    def take_in(self, seen: Mapping[str, tuple[Sighting, tuple[str, ...]]]) -> None:
        """Bring what is shown up to date."""
        verdict_of, known, now = verdicts(self.source).of, self.known, self.now
        for fingerprint, (sighting, by) in seen.items():
            alert, verdict = known.get(fingerprint), verdict_of(sighting.labels)
            if alert is None or alert.cleared_at is not None:
                self.changed[fingerprint] = self._new(sighting, by, verdict, alert)
            elif (
                alert.missing
                or alert.seen_by != by
                or alert.state is not sighting.state
                or (alert.starts_at != sighting.starts_at and _known_start(sighting, now))
                or alert.labels != sighting.labels
                or alert.annotations != sighting.annotations
                or (alert.muted_by != sighting.muted_by and not _still_inhibited(alert, seen))
                or alert.url != sighting.url
                or verdict != (alert.severity, alert.guessed, alert.role)
            ):
                self.changed[fingerprint] = self._again(alert, sighting, by, verdict)

    def miss(self, seen: Mapping[str, object], evidence: Evidence) -> None:
        """Look at what is not shown any more."""
        for fingerprint, alert in self.known.items():
            if alert.cleared_at is None:
                if fingerprint not in seen and not evidence.unread(fingerprint):
                    after = evidence.absent(alert)
                    if after is not alert:
                        self.changed[fingerprint] = after
            elif alert.role is AlertRole.HEARTBEAT and fingerprint not in self.changed:
                # no longer one by the configuration: its absence is nothing any more
                _, _, role = verdicts(self.source).of(alert.labels)
                if role is not alert.role:
                    self.changed[fingerprint] = replace(alert, role=role, cause=alert.group_key)

    def gather(self) -> None:
        """Let a storm take along the groups that are new."""
        if not self._woken:
            return
        alerts = {**self.known, **self.changed}
        moved = storms(self.source.id, alerts.values(), self._woken, self.known, self.now)
        if not moved:
            return
        for fingerprint, alert in alerts.items():
            storm = moved.get(alert.group_key)
            if storm is not None and alert.firing and alert.role is AlertRole.ALERT:
                self.changed[fingerprint] = replace(alert, cause=storm)

    def forget(self) -> tuple[str, ...]:
        """Return the fingerprints of what cleared long ago."""
        cleared = [
            alert
            for alert in self.known.values()
            if alert.cleared_at is not None and alert.fingerprint not in self.changed
        ]
        over = {alert.fingerprint for alert in cleared if _long_over(alert, self.now)}
        if len(cleared) - len(over) > MOST_CLEARED:
            cleared.sort(key=lambda alert: alert.cleared_at or self.now)
            over |= {alert.fingerprint for alert in cleared[:-MOST_CLEARED]}
        return tuple(over)

    def _new(self, sighting: Sighting, by: tuple[str, ...], verdict: Verdict, before: Alert | None) -> Alert:
        severity, guessed, role = verdict
        group = group_of(self.source, sighting.labels)
        alert = Alert(
            source=self.source.id,
            fingerprint=sighting.fingerprint,
            name=sighting.labels.get("alertname") or "an alert without a name",
            severity=severity,
            starts_at=sighting.starts_at if _known_start(sighting, self.now) else self.now,
            group_key=group,
            cause=group,
            first_seen=self.now,
            last_seen=self.now,
            state=sighting.state,
            role=role,
            guessed=guessed,
            labels=sighting.labels,
            annotations=sighting.annotations,
            url=sighting.url,
            muted_by=sighting.muted_by,
            seen_by=by,
        )
        return replace(alert, cause=self._cause(alert, before))

    def _again(self, alert: Alert, sighting: Sighting, by: tuple[str, ...], verdict: Verdict) -> Alert:
        severity, guessed, role = verdict
        # a start in the future was brought back to when it was first seen
        starts_at = sighting.starts_at if _known_start(sighting, self.now) else alert.starts_at
        after = replace(
            alert,
            name=sighting.labels.get("alertname") or alert.name,
            severity=severity,
            guessed=guessed,
            role=role,
            starts_at=starts_at,
            last_seen=self.now,
            state=sighting.state,
            labels=sighting.labels,
            annotations=sighting.annotations,
            url=sighting.url,
            muted_by=sighting.muted_by,
            seen_by=by,
            missing=0,
        )
        if role is not alert.role or (after.loud and not alert.loud):
            after = replace(after, cause=self._cause(after, alert))
        return after

    def _cause(self, alert: Alert, before: Alert | None) -> str:
        """Return what an alert that is new, or speaks up, counts to."""
        if alert.role is AlertRole.HEARTBEAT:
            return heartbeat_of(alert.source, alert.fingerprint)
        if alert.role is AlertRole.IGNORED:
            return alert.group_key
        if self._first:
            return already_of(alert.source)
        causes = self._looked()
        if alert.loud and alert.group_key not in self._loud:
            self._woken.add(alert.group_key)
        if shared := causes.get(alert.group_key):
            return shared
        # part of a storm that is not over: it belongs there still
        if before is not None and before.cause.startswith(STORM) and before.cause in self._storms:
            return before.cause
        return alert.group_key

    def _looked(self) -> dict[str, str]:
        """Return what each loud group counts to; looked up only where something is new."""
        if self._causes is None:
            self._causes = {}
            for alert in self.known.values():
                if not alert.firing or alert.role is not AlertRole.ALERT:
                    continue
                if alert.cause.startswith(STORM):
                    self._storms.add(alert.cause)
                if alert.loud:
                    self._loud.add(alert.group_key)
                    # a group may be part of what already fired and of its own: the newer counts
                    if self._causes.get(alert.group_key, ALREADY).startswith(ALREADY):
                        self._causes[alert.group_key] = alert.cause
        return self._causes


def _still_inhibited(alert: Alert, seen: Mapping[str, object]) -> bool:
    """Tell whether what inhibits an alert still fires: of several any may be named at a time."""
    return alert.state is AlertState.INHIBITED and all(name in seen for name in alert.muted_by)


def _known_start(sighting: Sighting, now: datetime) -> bool:
    """Tell whether an alert's start can be believed: not in the future, and not the zero of its source."""
    return NO_START != sighting.starts_at <= now


def _long_over(alert: Alert, now: datetime) -> bool:
    kept = KEEP_HEARTBEAT if alert.role is AlertRole.HEARTBEAT else KEEP
    return alert.cleared_at is not None and alert.cleared_at + kept < now
