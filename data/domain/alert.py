"""What an alert is, and what is known of the source it comes from (design 3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from data.domain.severity import Severity


class AlertState(StrEnum):
    """How an alert stands at its source."""

    ACTIVE = "active"
    SILENCED = "silenced"
    INHIBITED = "inhibited"


class AlertRole(StrEnum):
    """What an alert is for."""

    ALERT = "alert"
    HEARTBEAT = "heartbeat"  # its absence is what alarms
    IGNORED = "ignored"  # shown, and opens nothing


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as its source last showed it; it is known by its source and fingerprint.

    ``cause`` is the key it counts to: its group (``alert:SOURCE:…``), a storm (``storm:SOURCE:…``) or
    what already fired when the source was first seen (``already:SOURCE``).
    """

    source: str
    fingerprint: str
    name: str
    severity: Severity
    starts_at: datetime
    group_key: str
    cause: str
    first_seen: datetime
    last_seen: datetime
    state: AlertState = AlertState.ACTIVE
    role: AlertRole = AlertRole.ALERT
    guessed: bool = False  # no label says how severe it is
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    muted_by: tuple[str, ...] = ()
    seen_by: tuple[str, ...] = ()  # addresses of the instances that showed it last
    missing: int = 0  # good polls in a row without it
    cleared_at: datetime | None = None

    @property
    def firing(self) -> bool:
        """True until it has cleared, silenced or not."""
        return self.cleared_at is None

    @property
    def loud(self) -> bool:
        """True while it fires and nothing mutes it: only then may it open anything."""
        return self.cleared_at is None and self.state is AlertState.ACTIVE


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a source's cluster: when it started, and whether it answered last."""

    address: str
    started: datetime | None = None
    ok: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source answered last."""

    id: str
    polled_at: datetime | None = None
    ok_at: datetime | None = None
    first_ok_at: datetime | None = None
    failing_since: datetime | None = None
    trouble: str = ""
    instances: tuple[Instance, ...] = ()
