"""An incident's record as its view replays it: what the whole view showed at an instant (design 4)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from data import alert_views
from data.boarding import lines
from data.brief import brief_of
from data.domain.alert import Alert
from data.domain.change import Event
from data.domain.ladder import plan
from data.domain.policy import Policy
from data.domain.replay import Record
from data.views import IncidentView, ServiceLinks, TimelineLine

FEW = 12  # alerts that are shown with an incident


class Tape:
    """An incident from its first event to what was known when it was read.

    Who is on call, and what is configured, is that of the reading: the record does not keep it.
    """

    def __init__(
        self,
        events: Sequence[Event],
        policy: Policy,
        services: Sequence[ServiceLinks] = (),
        alerts: Sequence[Alert] = (),
    ) -> None:
        self._lines = {line.seq: line for line in lines(events)}
        self.record = Record(events, self._lines.keys())
        self._policy = policy
        self._services = tuple(services)
        self._alerts = tuple(alerts)

    @property
    def seq(self) -> int:
        """The last event that is on it."""
        return self.record.events[-1].seq

    def view(self, at: datetime) -> IncidentView | None:
        """Return the incident as its view showed it at an instant; None before its first event."""
        incident = self.record.state(at)
        if incident is None:
            return None
        happened = self.record.happened(at)
        causes = {cause.key for cause in incident.causes}
        alerts = alert_views.as_of((item for item in self._alerts if _counts(item, causes)), at)
        return IncidentView(
            seq=happened[-1].seq,
            incident=incident,
            policy=self._policy,
            timeline=self._told(happened),
            rungs=plan(self._policy, incident),
            brief=brief_of(happened),
            services=tuple(item for item in self._services if item.id in incident.services),
            alerts=tuple(item for item in sorted(alerts, key=alert_views.order) if item.firing)[:FEW],
            tally=alert_views.tally_of(alerts),
        )

    def _told(self, happened: Iterable[Event]) -> tuple[TimelineLine, ...]:
        known = self._lines
        return tuple(known[event.seq] for event in happened if event.seq in known)


def _counts(alert: Alert, causes: set[str]) -> bool:
    return alert.cause in causes or alert.group_key in causes
