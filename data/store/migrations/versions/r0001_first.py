"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import AutoString

from data.store.columns import Instant

revision = "0001"
down_revision = None


def _text(*names: str, null: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, AutoString(), nullable=null) for name in names]


def _whole(*names: str, null: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=null) for name in names]


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)


def _flag(*names: str, null: bool = False) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean(), nullable=null) for name in names]


def _instant(*names: str, null: bool = False) -> list[sa.Column[sa.types.TypeEngine[object]]]:
    return [sa.Column(name, Instant(), nullable=null) for name in names]


def _json(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.JSON(none_as_null=True), nullable=True) for name in names]


def upgrade() -> None:
    """Make every table."""
    _room()
    _incidents()
    _proposals()
    _checks()


def _room() -> None:
    op.create_table(
        "counter",
        _number("id"),
        *_whole("seq", "incident", "proposal"),
        *_text("configuration"),
        *_whole("schema_version"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "definition",
        *_text("kind", "id"),
        *_json("spec"),
        *_text("origin"),
        *_whole("position"),
        *_instant("retired_at", null=True),
        sa.PrimaryKeyConstraint("kind", "id"),
    )
    op.create_table(
        "event",
        _number("seq"),
        *_whole("incident", null=True),
        *_text("subject"),
        *_instant("at", "recorded_at"),
        *_text("by", "host", "kind"),
        *_whole("version"),
        *_json("data"),
        *_text("command"),
        *_whole("undoes", null=True),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("event_incident", "event", ["incident", "seq"])
    op.create_index("event_command", "event", ["command"])
    op.create_table("command", *_text("id"), *_instant("at"), *_json("result"), sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_command_at", "command", ["at"])


def _incidents() -> None:
    op.create_table(
        "incident",
        _number("id"),
        *_text("title", "severity", "status"),
        *_instant("detected_at", "opened_at"),
        *_text("opened_by"),
        *_instant("began_at", null=True),
        *_json("services"),
        *_text("severity_by", "severity_why"),
        *_flag("confirmed", "backfilled"),
        *_instant("acknowledged_at", null=True),
        *_text("acknowledged_by"),
        *_instant("lapsed_at", null=True),
        *_flag("lapse_warned", "breached"),
        *_instant("resolved_at", "closed_at", "reopened_at", null=True),
        *_text("disposition", null=True),
        *_whole("duplicate_of", null=True),
        *_json("response", "ladder", "roles", "causes", "links"),
        *_text("post_mortem"),
        *_instant("touched_at", null=True),
        *_whole("version"),
        *_flag("live"),
        *_text("ic"),
        *_instant("response_due", "response_from", "response_started", null=True),
        *_flag("response_strict"),
        *_instant("update_due", null=True),
        *_flag("update_snoozed"),
        *_whole("steps_done", "steps_total"),
        *_flag("causes_clear", "nobody"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "incident_open",
        "incident",
        ["id"],
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live"),
    )
    op.create_index("ix_incident_detected_at", "incident", ["detected_at"])
    op.create_index("ix_incident_resolved_at", "incident", ["resolved_at"])
    op.create_table(
        "step",
        _number("incident"),
        *_text("id"),
        *_whole("position"),
        *_text("runbook", "phase", "title", "kind", "detail", "command", "auto"),
        *_flag("second"),
        *_text("state", "by"),
        *_instant("at", null=True),
        *_text("why"),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"]),
        sa.PrimaryKeyConstraint("incident", "id"),
    )
    op.create_table(
        "update_clock",
        _number("incident"),
        *_text("audience"),
        *_whole("position"),
        *_flag("applies"),
        *_instant("since", "due"),
        *_instant("sent_at", "snoozed_until", null=True),
        *_text("snooze_why"),
        *_flag("by_hand", null=True),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"]),
        sa.PrimaryKeyConstraint("incident", "audience"),
    )


def _proposals() -> None:
    op.create_table(
        "proposal",
        _number("id"),
        *_text("title", "severity", "why"),
        *_instant("proposed_at"),
        *_instant("opens_at", null=True),
        *_json("services", "causes"),
        *_text("state"),
        *_whole("reopens", "incident", null=True),
        *_text("answered_by"),
        *_instant("answered_at", null=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_proposal_state", "proposal", ["state"])
    op.create_table(
        "cause", *_text("key"), *_whole("proposal", "incident", null=True), sa.PrimaryKeyConstraint("key")
    )
    op.create_index("ix_cause_incident", "cause", ["incident"])
    op.create_table(
        "mute", *_text("cause"), *_instant("until"), *_text("by", "why"), sa.PrimaryKeyConstraint("cause")
    )


def _checks() -> None:
    op.create_table(
        "check_state",
        *_text("id", "state"),
        *_json("health"),
        *_instant("updated_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "probe",
        *_text("check_id"),
        *_instant("at"),
        *_text("outcome", "reason", "detail"),
        *_whole("status", null=True),
        *[sa.Column(name, sa.Float(), nullable=True) for name in ("connect", "tls", "first_byte", "total")],
        *_instant("certificate_until", null=True),
        sa.PrimaryKeyConstraint("check_id", "at"),
    )
    op.create_table(
        "lease",
        *_text("id"),
        *_instant("next_due"),
        *_text("holder"),
        *_instant("until", null=True),
        *_whole("fence"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_lease_next_due", "lease", ["next_due"])
