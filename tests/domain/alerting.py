"""A source that is polled: what its instances show, and what that adds up to."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from data.alertmanager import read_alerts
from data.domain.alert import Alert, AlertState, SourceState
from data.domain.alerting import Absorbed, InstanceAnswer, Sighting, absorb
from data.domain.room import Source
from tests.hostile import TEXTS

START = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
OLD = START - timedelta(days=3)  # when the instances started
EVERY = timedelta(seconds=15)
A, B = "am-1", "am-2"
ACTIVE, SILENCED, INHIBITED = AlertState.ACTIVE, AlertState.SILENCED, AlertState.INHIBITED
PROD = Source("prod", "alertmanager", ("https://am-1.example", "https://am-2.example"))


def sighting(
    name: str = "DBDown",
    service: str = "checkout",
    *,
    instance: str = "db-1",
    severity: str = "critical",
    state: AlertState = ACTIVE,
    starts_at: datetime = START,
    annotations: Mapping[str, str] | None = None,
    **labels: str,
) -> Sighting:
    """An alert as an instance shows it; its fingerprint is made of its name, service and instance."""
    told = {"alertname": name, "service": service, "instance": instance, "severity": severity, **labels}
    return Sighting(
        fingerprint=f"{name}-{service}-{instance}",
        labels={key: value for key, value in told.items() if value},
        annotations=annotations or {},
        url="",
        starts_at=starts_at,
        state=state,
        muted_by=() if state is ACTIVE else ("a-silence",),
    )


def hostile() -> tuple[Sighting, ...]:
    """Alerts whose every word is hostile, as an instance's answer is read."""
    items = [
        {
            "labels": {"alertname": f"x{text}", "service": "checkout", "instance": text, text[:50]: text},
            "annotations": {"summary": text, "runbook_url": text, "dashboard": f"https://x.example/{text}"},
            "fingerprint": f"{number:016x}",
            "startsAt": START.isoformat(),
            "generatorURL": text,
            "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
        }
        for number, text in enumerate(text[:1_000] for text in TEXTS)
    ]
    return tuple(read_alerts(json.dumps(items).encode()))


def answer(*shown: Sighting, address: str = A, started: datetime | None = OLD) -> InstanceAnswer:
    """A good answer."""
    return InstanceAnswer(address, started, tuple(shown))


def failure(address: str = A, trouble: str = "refused") -> InstanceAnswer:
    """An instance that did not answer."""
    return InstanceAnswer(address, None, None, trouble)


class Polled:
    """A source and what is known of it; each poll is 15 s after the one before."""

    def __init__(self, source: Source = PROD, *, quiet: bool = True) -> None:
        """``quiet``: it was first seen an hour ago, and nothing fired then."""
        self.source = source
        self.now = START
        self.known: Mapping[str, Alert] = {}
        self.state = SourceState(source.id)
        self.last = Absorbed(self.state, (), {})
        if quiet:
            self.now -= timedelta(hours=1)
            self.poll(answer(), answer(address=B))
            self.now = START

    def poll(self, *answers: InstanceAnswer, after: timedelta = EVERY) -> Absorbed:
        """Poll; without an answer the one instance shows nothing."""
        self.now += after
        self.last = absorb(self.source, self.state, self.known, answers or (answer(),), self.now)
        self.state, self.known = self.last.state, self.last.alerts
        return self.last

    def polls(self, times: int, *answers: InstanceAnswer, after: timedelta = EVERY) -> None:
        for _ in range(times):
            self.poll(*answers, after=after)

    @property
    def firing(self) -> set[str]:
        return {alert.name for alert in self.known.values() if alert.firing}

    @property
    def causes(self) -> set[str]:
        return {alert.cause for alert in self.known.values() if alert.firing}

    def one(self, name: str = "DBDown") -> Alert:
        """Return the one alert of a name."""
        (found,) = [alert for alert in self.known.values() if alert.name == name]
        return found


def restarted(told: InstanceAnswer, at: datetime) -> InstanceAnswer:
    """The same answer from an instance that started at an instant."""
    return replace(told, started=at)
