"""What a room is made of beside its incidents, and the definitions all of it is kept as."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from data.domain.check import Check
from data.domain.incident import StepKind
from data.domain.policy import Audience, Contact, Level
from data.domain.severity import Severity


class Origin(StrEnum):
    """Who made a definition; what a file owns is read-only in the console."""

    DEFAULT = "default"
    FILE = "file"
    CONSOLE = "console"


class Kind(StrEnum):
    """The kinds of definition a room is configured with."""

    ROOM = "room"
    SEVERITY = "severity"
    SERVICE = "service"
    CHECK = "check"
    MAINTENANCE = "maintenance"
    SOURCE = "source"
    CONTACT = "contact"
    LEVEL = "level"
    CHANNEL = "channel"
    AUDIENCE = "audience"
    RUNBOOK = "runbook"


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """The room itself. ``heartbeat`` and canaries may be secret references."""

    name: str = "warroom"
    timezone: str = "UTC"
    canaries: tuple[str, ...] = ()
    heartbeat: str = ""
    confirm_within: tuple[tuple[Severity, timedelta], ...] = (
        (Severity.P0, timedelta(minutes=2)),
        (Severity.P1, timedelta(minutes=2)),
    )
    reopen_within: timedelta = timedelta(hours=24)
    ladder_repeats: int = 2
    trusted: tuple[str, ...] = ()  # runbooks that may run commands
    ticket: str = ""  # the page of a new ticket, with {title}, {body} and the like in it
    bridge: str = ""  # the address of a conference bridge, with {id} and {random} in it


@dataclass(frozen=True, slots=True)
class SeverityTimes:
    """A severity's durations as configured."""

    severity: Severity
    response: timedelta
    update: timedelta


@dataclass(frozen=True, slots=True)
class Service:
    """Something people use, with its pages and the runbooks that fit it.

    ``public`` is what it is called outside the company; empty: it is not named there.
    """

    id: str
    links: tuple[tuple[str, str], ...] = ()
    runbooks: tuple[str, ...] = ()
    public: str = ""


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """A planned span in which a service opens nothing (UTC instants)."""

    id: str
    service: str
    starts: datetime
    ends: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where alerts come from; ``url`` and headers may be secret references."""

    id: str
    kind: str
    urls: tuple[str, ...]
    every: timedelta = timedelta(seconds=15)
    headers: tuple[tuple[str, str], ...] = ()
    group_by: tuple[str, ...] = ("alertname", "service")
    bearer: str = ""  # a secret reference
    basic: str = ""  # a secret reference to user:password
    verify: bool = True
    severity_labels: tuple[str, ...] = ("severity", "priority", "urgency", "level")
    severity_table: tuple[tuple[str, Severity], ...] = ()  # this room's words, before those of the rules
    priority_base: int = 0  # 1 where the teams' p1 is the worst
    heartbeats: tuple[str, ...] = ("Watchdog", "DeadMansSwitch")  # alerts whose absence alarms
    resolve_timeout: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach an audience; ``url`` and ``token`` are secret references.

    The kinds are ``apprise`` (whatever its URLs reach) and ``statuspage`` (Atlassian's, ``page`` is the
    page's id there, ``url`` the API's address).
    """

    id: str
    url: str = ""
    kind: str = "apprise"
    page: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class RunbookStep:
    """A step as a runbook has it, before it is copied onto an incident."""

    title: str
    phase: str = ""
    kind: StepKind = StepKind.MANUAL
    detail: str = ""
    command: str = ""
    auto: str = ""
    second: bool = False


@dataclass(frozen=True, slots=True)
class Runbook:
    """A procedure. ``always`` ones are attached to each new incident; ``words`` in a title suggest others."""

    id: str
    title: str
    steps: tuple[RunbookStep, ...]
    always: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """One configured thing: ``spec`` is its dataclass, encoded as JSON by ``data.domain.codec``."""

    kind: Kind
    id: str
    spec: Mapping[str, Any]
    origin: Origin = Origin.FILE
    position: int = 0


SPECS: Mapping[Kind, type] = {
    Kind.ROOM: RoomSettings,
    Kind.SEVERITY: SeverityTimes,
    Kind.SERVICE: Service,
    Kind.CHECK: Check,
    Kind.MAINTENANCE: MaintenanceWindow,
    Kind.SOURCE: Source,
    Kind.CONTACT: Contact,
    Kind.LEVEL: Level,
    Kind.CHANNEL: Channel,
    Kind.AUDIENCE: Audience,
    Kind.RUNBOOK: Runbook,
}
