"""What the room is made of, read from the store in one look."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from data.domain.alert import Alert, AlertRole
from data.domain.check import Check
from data.domain.codec import decode
from data.domain.delivery import DeliveryKind
from data.domain.on_call import Calendar
from data.domain.policy import Policy
from data.domain.readiness import OLD
from data.domain.room import Channel, Kind, RoomSettings, Source
from data.store.commands.alerts import read_source
from data.store.definitions import load, load_channels, load_checks, load_policy, load_settings
from data.store.queries.calendars import calendars
from data.store.queries.outbox import pending
from data.store.queries.workers import WorkerSeen, workers


@dataclass(frozen=True, slots=True)
class Facts:
    """The room at ``now``, as this ``host`` sees it."""

    now: datetime
    host: str
    settings: RoomSettings
    policy: Policy
    checks: tuple[Check, ...]
    sources: tuple[Source, ...]
    channels: tuple[Channel, ...]
    calendars: tuple[Calendar, ...]
    workers: tuple[WorkerSeen, ...]
    pending: Mapping[DeliveryKind, int]
    heartbeats: Mapping[str, tuple[Alert, ...]]  # by source: what was once heard of them

    @property
    def working(self) -> tuple[WorkerSeen, ...]:
        """Who was at work in the last ten minutes."""
        return tuple(item for item in self.workers if self.now - item.seen_at <= OLD)

    @property
    def elsewhere(self) -> str:
        """Another host that works for the room: it may have what this one lacks. Empty without one."""
        return next((item.host for item in self.working if item.host != self.host), "")

    def references(self) -> Iterator[tuple[str, str]]:
        """Yield every address and credential that may be a secret, with whose it is."""
        yield self.settings.heartbeat, "the heartbeat"
        for canary in self.settings.canaries:
            yield canary, "a canary"
        for check in self.checks:
            for text in (check.url, *(value for _, value in check.headers)):
                yield text, f"check {check.id}"
        for source in self.sources:
            values = (*source.urls, source.bearer, source.basic, *(value for _, value in source.headers))
            for text in values:
                yield text, f"source {source.id}"
        for contact in self.policy.contacts:
            for text in contact.notify:
                yield text, f"contact {contact.id}"
        for channel in self.channels:
            for text in (channel.url, channel.token):
                yield text, f"channel {channel.id}"


def gather(connection: Connection, now: datetime, host: str) -> Facts:
    """Read them."""
    found = tuple(decode(Source, item.spec) for item in load(connection, Kind.SOURCE))
    return Facts(
        now,
        host,
        load_settings(connection),
        load_policy(connection, now),
        load_checks(connection),
        found,
        load_channels(connection),
        calendars(connection),
        workers(connection),
        pending(connection),
        {source.id: _heartbeats(connection, source) for source in found},
    )


def _heartbeats(connection: Connection, source: Source) -> tuple[Alert, ...]:
    _, alerts = read_source(connection, source.id)
    return tuple(alert for alert in alerts.values() if alert.role is AlertRole.HEARTBEAT)
