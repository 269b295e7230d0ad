"""The tables of what comes in from outside and of what goes out: alerts, minutes, deliveries, workers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from data.store.columns import instant, json_value, number
from data.store.tables import table_of


class AlertRow(SQLModel, table=True):
    """An alert as its source last showed it; kept for a while after it has cleared."""

    __tablename__ = "alert"
    source: str = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    name: str
    severity: str  # what its labels propose
    guessed: bool  # no label says how severe it is
    role: str  # alert, heartbeat or ignored
    labels: dict[str, str] = json_value()
    annotations: dict[str, str] = json_value()
    url: str  # where it was made
    starts_at: datetime = instant()
    state: str  # active, silenced or inhibited
    muted_by: list[str] = json_value()
    group_key: str
    cause: str = Field(index=True)  # what it counts to: its group, a storm, or what already fired
    first_seen: datetime = instant()
    last_seen: datetime = instant()
    seen_by: list[str] = json_value()  # addresses of the instances that showed it last
    missing: int  # good polls in a row without it
    cleared_at: datetime | None = instant(null=True, index=True)


class SourceRow(SQLModel, table=True):
    """How a source answered last."""

    __tablename__ = "source"
    id: str = Field(primary_key=True)
    polled_at: datetime | None = instant(null=True)
    ok_at: datetime | None = instant(null=True)
    first_ok_at: datetime | None = instant(null=True)
    failing_since: datetime | None = instant(null=True)
    trouble: str
    instances: dict[str, Any] = json_value()  # by address: when it started, and how it answered


class CheckMinuteRow(SQLModel, table=True):
    """What a check found in one minute; kept for thirty days. Durations in whole milliseconds.

    Of each check there are 43 200 of them: no row is wider than it must be.
    """

    __tablename__ = "check_minute"
    __table_args__ = {"sqlite_with_rowid": False}
    check_id: str = Field(primary_key=True)
    minute: int = number()  # since the first of 1970, UTC
    passed: int
    warned: int
    failed: int
    unknown: int
    up: int
    down: int  # what is neither was not measured
    answering: int  # all that passed or warned together
    slowest: int


class CalendarRow(SQLModel, table=True):
    """The last good copy of a level's calendar, as the shifts it holds."""

    __tablename__ = "calendar"
    level: str = Field(primary_key=True)
    fetched_at: datetime | None = instant(null=True)
    ok_at: datetime | None = instant(null=True)
    trouble: str
    until: datetime | None = instant(null=True)  # how far ahead the shifts reach
    shifts: list[Any] = json_value()


class DeliveryRow(SQLModel, table=True):
    """A message on its way to one target: the outbox. Its id is its idempotency key."""

    __tablename__ = "delivery"
    __table_args__ = (Index("delivery_waiting", "state", "next_at"),)
    id: str = Field(primary_key=True)
    incident: int | None = Field(default=None, index=True)
    seq: int  # the event that asked for it
    kind: str  # page, notice or update
    target: str  # contact:ID or channel:ID
    way: int  # which of a contact's ways, from 0
    level: str
    audience: str
    subject: str
    body: str
    options: dict[str, Any] = json_value()
    state: str  # waiting, sending, sent, failed or suppressed
    attempts: int
    created_at: datetime = instant()
    next_at: datetime | None = instant(null=True)
    ended_at: datetime | None = instant(null=True)
    result: str
    holder: str
    until: datetime | None = instant(null=True)
    fence: int


class WorkerRow(SQLModel, table=True):
    """A process that works for the room, and when it last said so."""

    __tablename__ = "worker"
    holder: str = Field(primary_key=True)
    host: str
    form: str  # console or watch
    since: datetime = instant()
    seen_at: datetime = instant(index=True)
    trouble: str


ALERT = table_of(AlertRow)
SOURCE = table_of(SourceRow)
CHECK_MINUTE = table_of(CheckMinuteRow)
CALENDAR = table_of(CalendarRow)
DELIVERY = table_of(DeliveryRow)
WORKER = table_of(WorkerRow)
