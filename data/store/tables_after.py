"""The tables of what is written and read beside incidents: post-mortems, action items, documents, people."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from data.store.columns import instant, json_value
from data.store.tables import table_of


class PostMortemRow(SQLModel, table=True):
    """One section of an incident's post-mortem, as it was written last."""

    __tablename__ = "post_mortem"
    incident: int = Field(primary_key=True, foreign_key="incident.id")
    section: str = Field(primary_key=True)
    text: str
    by: str
    at: datetime = instant()


class ActionItemRow(SQLModel, table=True):
    """What is to be done after an incident; ``number`` counts from 1 within it."""

    __tablename__ = "action_item"
    incident: int = Field(primary_key=True, foreign_key="incident.id")
    number: int = Field(primary_key=True)
    title: str
    owner: str
    due: str  # a date, YYYY-MM-DD, or empty
    kind: str  # prevent, mitigate, detect, process
    state: str = Field(index=True)  # open, done, dropped
    ticket: str
    runbook: str
    created_at: datetime = instant()
    ended_at: datetime | None = instant(null=True)
    by: str


class DocumentRow(SQLModel, table=True):
    """A version of a runbook's text, as it was read or edited; versions count from 1."""

    __tablename__ = "document"
    runbook: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    text: str
    file: str
    by: str
    at: datetime = instant()


class PresenceRow(SQLModel, table=True):
    """A console somebody sits at: where, on what, and when a key was pressed last."""

    __tablename__ = "presence"
    holder: str = Field(primary_key=True)
    operator: str
    host: str
    view: str
    incident: int | None = None
    writing: str  # the audiences an update is being written to
    since: datetime = instant()
    seen_at: datetime = instant(index=True)
    key_at: datetime | None = instant(null=True)


class DraftRow(SQLModel, table=True):
    """What an operator has typed and not yet sent."""

    __tablename__ = "draft"
    operator: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    text: str
    data: dict[str, Any] = json_value()
    at: datetime = instant()


class LookedRow(SQLModel, table=True):
    """How far an operator has read an incident's record."""

    __tablename__ = "looked"
    operator: str = Field(primary_key=True)
    incident: int = Field(primary_key=True)
    seq: int
    at: datetime = instant()


POST_MORTEM = table_of(PostMortemRow)
ACTION_ITEM = table_of(ActionItemRow)
DOCUMENT = table_of(DocumentRow)
PRESENCE = table_of(PresenceRow)
DRAFT = table_of(DraftRow)
LOOKED = table_of(LookedRow)
