"""The tables. Rows never leave the store: queries turn them into frozen views."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Table, text
from sqlmodel import Field, SQLModel

from data.store.columns import instant, json_value, number

SCHEMA_VERSION = 2


class CounterRow(SQLModel, table=True):
    """The one row every command locks first: numbers come from it in order and without gaps."""

    __tablename__ = "counter"
    id: int = number()
    seq: int
    incident: int
    proposal: int
    configuration: str  # another one whenever definitions change
    schema_version: int


class DefinitionRow(SQLModel, table=True):
    """One configured thing of any kind; retired ones stay, so that history can name them."""

    __tablename__ = "definition"
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    spec: dict[str, Any] = json_value()
    origin: str
    position: int
    retired_at: datetime | None = instant(null=True)


class IncidentRow(SQLModel, table=True):
    """An incident as its events left it. Its steps and update clocks are rows of their own."""

    __tablename__ = "incident"
    __table_args__ = (Index("incident_open", "id", sqlite_where=text("live = 1")),)
    id: int = number()
    title: str
    severity: str
    status: str
    detected_at: datetime = instant(index=True)
    opened_at: datetime = instant()
    opened_by: str
    began_at: datetime | None = instant(null=True)
    services: list[str] = json_value()
    severity_by: str
    severity_why: str
    confirmed: bool
    backfilled: bool
    acknowledged_at: datetime | None = instant(null=True)
    acknowledged_by: str
    lapsed_at: datetime | None = instant(null=True)
    lapse_warned: bool
    breached: bool
    resolved_at: datetime | None = instant(null=True, index=True)
    closed_at: datetime | None = instant(null=True)
    reopened_at: datetime | None = instant(null=True)
    disposition: str | None
    duplicate_of: int | None
    response: dict[str, Any] | None = json_value()
    ladder: dict[str, Any] | None = json_value()
    roles: list[Any] = json_value()
    causes: list[Any] = json_value()
    links: list[Any] = json_value()
    post_mortem: str
    touched_at: datetime | None = instant(null=True)
    version: int
    # Derived for the board, so that one row is one line of it.
    live: bool
    ic: str
    response_due: datetime | None = instant(null=True)
    response_from: datetime | None = instant(null=True)
    response_started: datetime | None = instant(null=True)
    response_strict: bool
    update_due: datetime | None = instant(null=True)
    update_snoozed: bool
    steps_done: int
    steps_total: int
    causes_clear: bool
    nobody: bool
    call_now: bool


class StepRow(SQLModel, table=True):
    """A checklist step of an incident."""

    __tablename__ = "step"
    incident: int = Field(primary_key=True, foreign_key="incident.id")
    id: str = Field(primary_key=True)
    position: int
    runbook: str
    phase: str
    title: str
    kind: str
    detail: str
    command: str
    auto: str
    second: bool
    state: str
    by: str
    at: datetime | None = instant(null=True)
    why: str
    owner: str
    due: datetime | None = instant(null=True)


class UpdateClockRow(SQLModel, table=True):
    """An audience's update clock on an incident."""

    __tablename__ = "update_clock"
    incident: int = Field(primary_key=True, foreign_key="incident.id")
    audience: str = Field(primary_key=True)
    position: int
    applies: bool
    since: datetime = instant()
    due: datetime = instant()
    sent_at: datetime | None = instant(null=True)
    snoozed_until: datetime | None = instant(null=True)
    snooze_why: str
    by_hand: bool | None


class EventRow(SQLModel, table=True):
    """A fact on the timeline; never changed, never pruned."""

    __tablename__ = "event"
    __table_args__ = (Index("event_incident", "incident", "seq"), Index("event_command", "command"))
    seq: int = number()
    incident: int | None = None
    subject: str
    at: datetime = instant()
    recorded_at: datetime = instant()
    by: str
    host: str
    kind: str
    version: int
    data: dict[str, Any] = json_value()
    command: str
    undoes: int | None = None


class CommandRow(SQLModel, table=True):
    """What a command answered; the same id again gets the same answer."""

    __tablename__ = "command"
    id: str = Field(primary_key=True)
    at: datetime = instant(index=True)
    result: dict[str, Any] = json_value()


class ProposalRow(SQLModel, table=True):
    """A proposal and what became of it."""

    __tablename__ = "proposal"
    id: int = number()
    title: str
    severity: str
    why: str
    proposed_at: datetime = instant()
    opens_at: datetime | None = instant(null=True)
    services: list[str] = json_value()
    causes: list[Any] = json_value()
    state: str = Field(index=True)
    reopens: int | None = None
    incident: int | None = None
    answered_by: str
    answered_at: datetime | None = instant(null=True)


class CauseRow(SQLModel, table=True):
    """Where a cause that has not ended is attached; its key makes that one place at a time."""

    __tablename__ = "cause"
    key: str = Field(primary_key=True)
    proposal: int | None = None
    incident: int | None = Field(default=None, index=True)


class MuteRow(SQLModel, table=True):
    """A dismissed cause opens nothing until it clears, at most four hours."""

    __tablename__ = "mute"
    cause: str = Field(primary_key=True)
    until: datetime = instant()
    by: str
    why: str


class CheckStateRow(SQLModel, table=True):
    """The health of a check as its results left it."""

    __tablename__ = "check_state"
    id: str = Field(primary_key=True)
    state: str
    health: dict[str, Any] = json_value()
    updated_at: datetime = instant()


class ProbeRow(SQLModel, table=True):
    """One probe's result; pruned to the last 1 000 of a check or one day, whichever is less."""

    __tablename__ = "probe"
    check_id: str = Field(primary_key=True)
    at: datetime = instant(key=True)
    outcome: str
    reason: str
    detail: str
    status: int | None
    connect: float | None
    tls: float | None
    first_byte: float | None
    total: float | None
    certificate_until: datetime | None = instant(null=True)


class LeaseRow(SQLModel, table=True):
    """Who works on what until when; ``fence`` grows with every claim, so a late holder is refused."""

    __tablename__ = "lease"
    id: str = Field(primary_key=True)
    next_due: datetime = instant(index=True)
    holder: str
    until: datetime | None = instant(null=True)
    fence: int


def table_of(model: type[SQLModel]) -> Table:
    """Return the table a row class stands for."""
    return model.metadata.tables[str(model.__tablename__)]


COUNTER = table_of(CounterRow)
DEFINITION = table_of(DefinitionRow)
INCIDENT = table_of(IncidentRow)
STEP = table_of(StepRow)
UPDATE_CLOCK = table_of(UpdateClockRow)
EVENT = table_of(EventRow)
COMMAND = table_of(CommandRow)
PROPOSAL = table_of(ProposalRow)
CAUSE = table_of(CauseRow)
MUTE = table_of(MuteRow)
CHECK_STATE = table_of(CheckStateRow)
PROBE = table_of(ProbeRow)
LEASE = table_of(LeaseRow)


def for_postgres() -> None:
    """Make the partial index partial on PostgreSQL too; its dialect is costly to load, so only there."""
    for index in INCIDENT.indexes:
        if index.name == "incident_open":
            index.dialect_options["postgresql"]["where"] = text("live")
