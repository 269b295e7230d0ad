"""What screens and scripts are shown: frozen, complete, and free of the store."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from data.brief import NOTHING, Brief
from data.domain.alert import Alert, SourceState
from data.domain.check import Check, Result
from data.domain.handover import Handover
from data.domain.incident import Incident
from data.domain.ladder import Rung
from data.domain.on_call import Calendar, Gap
from data.domain.policy import Contact, Level, Policy
from data.domain.proposal import Proposal
from data.domain.severity import Severity


class BoardRow(NamedTuple):
    """One line of the board: a live incident, or a proposal (``status`` is then "proposed").

    Due instants are stored facts (UTC); what they mean at an instant is for ``data.domain.clocks``
    and the countdown to say, so a row need not be read again for a clock to tick.
    """

    key: str  # INC-42 or PR-3
    severity: Severity
    title: str
    status: str
    detected_at: datetime
    ic: str = ""
    unconfirmed: bool = False
    # Response clock: due None for a backfilled incident or a proposal. ``response_took`` once stopped.
    response_due: datetime | None = None
    response_warn_at: datetime | None = None
    response_strict: bool = False
    response_took: timedelta | None = None
    response_breached: bool = False
    # Update clock: the earliest applicable audience, snoozes counted; None when stopped.
    update_due: datetime | None = None
    update_snoozed: bool = False
    steps_done: int = 0
    steps_total: int = 0
    services: tuple[str, ...] = ()
    lapsed: bool = False
    nobody: bool = False  # no one can be paged
    proposes_resolve: bool = False  # every cause is clear
    call_now: bool = False  # somebody has to be called by hand
    opens_at: datetime | None = None  # a proposal that opens by itself then
    why: str = ""  # a proposal's reason
    outgoing: str = ""  # who has it and whose shift has ended: somebody has to accept it

    @property
    def proposed(self) -> bool:
        """True for a proposal, which ``y`` confirms and ``f`` dismisses."""
        return self.status == "proposed"


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One event, told in one line."""

    seq: int
    at: datetime
    by: str
    kind: str
    text: str
    incident: str = ""  # INC-42, for lists over several incidents


@dataclass(frozen=True, slots=True)
class CheckView:
    """One health check as the health view shows it. Latencies are seconds."""

    check: Check
    state: str  # up, degraded, down, unknown
    since: datetime | None
    attempt: int = 0  # failures in a row while still soft
    flapping: bool = False
    recent: str = ""  # marks of the last 21 results, oldest first
    last: Result | None = None
    latencies: tuple[float, ...] = ()  # of the last results, oldest first
    p50: float | None = None
    p95: float | None = None
    uptime: float | None = None  # share of the last day that was measured and up, 0..1
    masked_by: str = ""
    maintenance_until: datetime | None = None
    stale: bool = False
    incident: str = ""  # the live incident its service is on


@dataclass(frozen=True, slots=True)
class HealthView:
    """All checks, the worst first, and what the measuring itself is doing."""

    checks: tuple[CheckView, ...] = ()
    newest_result_at: datetime | None = None
    banner: str = ""  # "is it us?", or who does not poll


@dataclass(frozen=True, slots=True)
class OnCallPerson:
    """A level of the ladder and who answers for it now."""

    rank: int
    level: str
    contacts: tuple[Contact, ...]
    until: datetime | None = None  # when the first of those on call by a calendar goes off
    strangers: tuple[str, ...] = ()  # on call by the calendar, with no way to be reached
    stale: bool = False  # the calendar could not be read for a while
    handing_over: tuple[str, ...] = ()  # whose shift has ended and who still has an incident


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's turn on a level by its calendar: from an instant on, or until one; None where it is open."""

    contact: Contact  # a stranger has no id
    starts: datetime
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class LevelView:
    """A level of the ladder with what its calendar says; ``answering`` are those the ladder tells now."""

    level: Level
    answering: tuple[Contact, ...] = ()
    now: tuple[Turn, ...] = ()
    next: tuple[Turn, ...] = ()
    gaps: tuple[Gap, ...] = ()
    calendar: Calendar | None = None  # None: it has none; without ``ok_at`` it was never read


@dataclass(frozen=True, slots=True)
class HandoverView:
    """Everything a shift change hands over: the live incidents, and who has to accept which."""

    policy: Policy
    incidents: tuple[Incident, ...] = ()
    levels: tuple[LevelView, ...] = ()
    due: tuple[Handover, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceLinks:
    """A service and its pages: dashboard, logs, apm and whatever else was configured."""

    id: str
    links: tuple[tuple[str, str], ...] = ()
    runbooks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardView:
    """The board at one seq: proposals and incidents in the order to draw, and what lies beside them."""

    seq: int
    room: str
    rows: tuple[BoardRow, ...] = ()
    latest: tuple[TimelineLine, ...] = ()  # newest first
    on_call: tuple[OnCallPerson, ...] = ()
    incidents_ever: int = 0
    nobody_on_call: bool = False  # no level has a contact at all
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class AlertTally:
    """How many alerts count to something: loud ones, muted ones beside them, and those that have cleared."""

    loud: int = 0
    silenced: int = 0
    inhibited: int = 0
    cleared: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.loud + self.silenced + self.inhibited + self.cleared


@dataclass(frozen=True, slots=True)
class SourceView:
    """A configured source of alerts and how it answered last."""

    id: str
    every: timedelta
    state: SourceState


@dataclass(frozen=True, slots=True)
class AlertsView:
    """The alerts of an incident, of a proposal, or (without a key) all that fire; loud ones first.

    ``common`` are the labels they share; ``varying`` names the others, the most telling first.
    """

    key: str = ""
    title: str = ""
    status: str = ""
    since: datetime | None = None  # what the times of an incident or a proposal count from
    alerts: tuple[Alert, ...] = ()
    tally: AlertTally = AlertTally()
    common: tuple[tuple[str, str], ...] = ()
    varying: tuple[str, ...] = ()
    sources: tuple[SourceView, ...] = ()
    stamp: tuple[object, ...] = ()  # of what was read: the same one means the same alerts


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident with its record, its ladder and the places that belong to it."""

    seq: int
    incident: Incident
    policy: Policy
    timeline: tuple[TimelineLine, ...] = ()  # oldest first
    rungs: tuple[Rung, ...] = ()
    services: tuple[ServiceLinks, ...] = ()
    suggested: tuple[str, ...] = ()  # runbooks that fit and are not attached yet
    brief: Brief = NOTHING
    alerts: tuple[Alert, ...] = ()  # the worst few that are loud
    tally: AlertTally = AlertTally()  # of all its alerts


@dataclass(frozen=True, slots=True)
class RunbookView:
    """A runbook that can be attached."""

    id: str
    title: str
    steps: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnCallView:
    """The ladder for each severity, and everybody who can be reached."""

    people: tuple[OnCallPerson, ...] = ()
    contacts: tuple[Contact, ...] = ()
    policy: Policy = field(default_factory=Policy)
    live: tuple[BoardRow, ...] = ()
    zone: str = "UTC"
    levels: tuple[LevelView, ...] = ()
    handover: tuple[Handover, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal and, once answered, the incident it became."""

    proposal: Proposal
