"""What an incident is: one frozen state, rebuilt from its events at any instant."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.domain.severity import Severity


class Status(StrEnum):
    """Where an incident stands; the order is the guide's process."""

    DETECTED = "detected"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    FIXING = "fixing"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def order(self) -> int:
        """0 for detected, growing towards closed."""
        return _ORDER[self]

    @property
    def phase(self) -> str:
        """The guide's phase a status belongs to."""
        return _PHASES[self]

    @property
    def over(self) -> bool:
        """True once resolved or closed."""
        return self in (Status.RESOLVED, Status.CLOSED)


_ORDER = {status: order for order, status in enumerate(Status)}
PHASES = ("Detection & Alerting", "Initial Response", "Investigation", "Resolution", "Post-Incident")
_PHASES = {
    Status.DETECTED: PHASES[0],
    Status.ACKNOWLEDGED: PHASES[1],
    Status.INVESTIGATING: PHASES[2],
    Status.FIXING: PHASES[3],
    Status.MONITORING: PHASES[3],
    Status.RESOLVED: PHASES[4],
    Status.CLOSED: PHASES[4],
}


class Disposition(StrEnum):
    """How an incident ended."""

    FIXED = "fixed"
    WORKAROUND = "workaround"
    FALSE_ALARM = "false-alarm"
    DUPLICATE = "duplicate"


class Role(StrEnum):
    """Who does what during an incident (design 3.9)."""

    IC = "ic"
    DEPUTY = "deputy"
    SCRIBE = "scribe"
    COMMS = "comms"
    EXPERT = "expert"


class StepState(StrEnum):
    """Where a checklist step stands."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    SKIPPED = "skipped"


class StepKind(StrEnum):
    """What a checklist step asks for."""

    MANUAL = "manual"
    COMMAND = "command"
    LINK = "link"
    CHECK = "check"


class LadderState(StrEnum):
    """What the escalation ladder is doing."""

    RUNNING = "running"
    STOPPED = "stopped"  # acknowledged or over
    HELD = "held"  # every cause is clear, nobody confirmed
    EXHAUSTED = "exhausted"  # told everybody, as often as configured
    NOBODY = "nobody"  # no level has a contact at all


@dataclass(frozen=True, slots=True)
class Response:
    """The response clock: runs from ``started`` to the acknowledgement (guide: Response Times)."""

    started: datetime
    set_from: datetime
    due: datetime
    strict: bool  # P0: met only before the due, the others at it too


@dataclass(frozen=True, slots=True)
class UpdateClock:
    """One audience's clock: when it has to hear from us next (guide: Update Frequency)."""

    audience: str
    applies: bool
    since: datetime
    due: datetime
    sent_at: datetime | None = None
    snoozed_until: datetime | None = None
    snooze_why: str = ""
    by_hand: bool | None = None  # switched on or off by somebody; None: by severity


@dataclass(frozen=True, slots=True)
class Ladder:
    """How far escalation has come; ``level`` is the id of the level told last."""

    state: LadderState
    started: datetime
    round: int = 1
    level: str | None = None
    told_at: datetime | None = None
    next_level: str | None = None
    next_at: datetime | None = None
    no_answer: tuple[str, ...] = ()  # contacts of this level who were called in vain
    told: tuple[str, ...] = ()  # every level told since the start
    call: tuple[str, ...] = ()  # contacts of this level whom only a person can call


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an incident exists: ``check:ID``, ``mass``, or a key that alerts count to (``alert:SOURCE:…``).

    ``alerts`` is how many of those the timeline has told of, ``worst`` how severe; 0 and None elsewhere.
    """

    key: str
    since: datetime
    cleared_at: datetime | None = None
    alerts: int = 0
    worst: Severity | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A place that belongs to an incident: ticket, bridge, dashboard, or another incident."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a checklist, copied onto the incident when its runbook was attached."""

    id: str
    runbook: str
    phase: str
    title: str
    kind: StepKind = StepKind.MANUAL
    detail: str = ""
    command: str = ""
    auto: str = ""  # the fact that ticks it: acknowledged, severity, stakeholders, ticket, post-mortem
    second: bool = False  # needs a second pair of eyes
    state: StepState = StepState.TODO
    by: str = ""
    at: datetime | None = None
    why: str = ""
    owner: str = ""  # whose step it is, whoever sets it done
    due: datetime | None = None  # when its owner wants to be asked about it


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident at one instant; nothing in it depends on the time it is looked at."""

    id: int
    title: str
    severity: Severity
    status: Status
    detected_at: datetime
    opened_at: datetime
    opened_by: str
    began_at: datetime | None = None
    services: tuple[str, ...] = ()
    severity_by: str = ""
    severity_why: str = ""
    confirmed: bool = True  # a person declared, confirmed or acknowledged it
    backfilled: bool = False
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    lapsed_at: datetime | None = None
    lapse_warned: bool = False
    breached: bool = False  # the breach of this response clock is on the timeline
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    disposition: Disposition | None = None
    duplicate_of: int | None = None
    response: Response | None = None
    updates: tuple[UpdateClock, ...] = ()
    ladder: Ladder | None = None
    roles: tuple[tuple[Role, str], ...] = ()
    causes: tuple[Cause, ...] = ()
    links: tuple[Link, ...] = ()
    steps: tuple[Step, ...] = ()
    post_mortem: str = ""  # "", "draft", "final" or "not needed"
    touched_at: datetime | None = None  # when an operator last did something here
    version: int = 0

    @property
    def key(self) -> str:
        """The name people say: INC-42."""
        return f"INC-{self.id}"

    @property
    def held(self) -> bool:
        """True while somebody has it: acknowledged, and the acknowledgement has not lapsed."""
        return self.acknowledged_at is not None and self.lapsed_at is None

    @property
    def live(self) -> bool:
        """True until resolved."""
        return not self.status.over

    def role(self, role: Role) -> str:
        """Return who holds a role, or an empty string."""
        return next((person for held, person in self.roles if held is role), "")

    def step(self, step_id: str) -> Step | None:
        """Return the step with this id, if there is one."""
        return next((step for step in self.steps if step.id == step_id), None)

    def clock(self, audience: str) -> UpdateClock | None:
        """Return an audience's update clock, if it has one."""
        return next((clock for clock in self.updates if clock.audience == audience), None)

    @property
    def steps_done(self) -> int:
        """How many steps need nothing more: done or skipped."""
        return sum(step.state in (StepState.DONE, StepState.SKIPPED) for step in self.steps)

    @property
    def causes_clear(self) -> bool:
        """True when there are causes and every one of them is clear."""
        return bool(self.causes) and all(cause.cleared_at is not None for cause in self.causes)


MACHINES = frozenset({"escalation", "keeper", "warroom"})


def is_operator(by: str) -> bool:
    """Tell a person's name from ``check:ID``, ``alert:SOURCE``, ``escalation`` and ``keeper``."""
    return ":" not in by and by not in MACHINES
