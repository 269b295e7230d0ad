"""What comes in from outside and goes out, and what is written and read beside incidents."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import AutoString

from data.store.columns import Instant

revision = "0002"
down_revision = "0001"


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, AutoString(), nullable=False) for name in names]


def _whole(*names: str, null: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=null) for name in names]


def _instant(*names: str, null: bool = False) -> list[sa.Column[sa.types.TypeEngine[object]]]:
    return [sa.Column(name, Instant(), nullable=null) for name in names]


def _json(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.JSON(none_as_null=True), nullable=True) for name in names]


def upgrade() -> None:
    """Make the tables; steps get an owner and a due, incidents whether somebody has to call by hand."""
    with op.batch_alter_table("incident") as batch:
        batch.add_column(sa.Column("call_now", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("step") as batch:
        batch.add_column(sa.Column("owner", AutoString(), nullable=False, server_default=""))
        batch.add_column(sa.Column("due", Instant(), nullable=True))
    _drop_defaults()
    _incoming()
    _outgoing()
    _after()
    _people()


def _incoming() -> None:
    op.create_table(
        "alert",
        *_text("source", "fingerprint", "name", "severity"),
        sa.Column("guessed", sa.Boolean(), nullable=False),
        *_text("role"),
        *_json("labels", "annotations"),
        *_text("url"),
        *_instant("starts_at"),
        *_text("state"),
        *_json("muted_by"),
        *_text("group_key", "cause"),
        *_instant("first_seen", "last_seen"),
        *_json("seen_by"),
        *_whole("missing"),
        *_instant("cleared_at", null=True),
        sa.PrimaryKeyConstraint("source", "fingerprint"),
    )
    op.create_index("ix_alert_cause", "alert", ["cause"])
    op.create_index("ix_alert_cleared_at", "alert", ["cleared_at"])
    op.create_table(
        "source",
        *_text("id"),
        *_instant("polled_at", "ok_at", "first_ok_at", "failing_since", null=True),
        *_text("trouble"),
        *_json("instances"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "check_minute",
        *_text("check_id"),
        *_whole("minute", "passed", "warned", "failed", "unknown", "up", "down", "answering", "slowest"),
        sa.PrimaryKeyConstraint("check_id", "minute"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "calendar",
        *_text("level"),
        *_instant("fetched_at", "ok_at", null=True),
        *_text("trouble"),
        *_instant("until", null=True),
        *_json("shifts"),
        sa.PrimaryKeyConstraint("level"),
    )


def _outgoing() -> None:
    op.create_table(
        "delivery",
        *_text("id"),
        *_whole("incident", null=True),
        *_whole("seq"),
        *_text("kind", "target"),
        *_whole("way"),
        *_text("level", "audience", "subject", "body"),
        *_json("options"),
        *_text("state"),
        *_whole("attempts"),
        *_instant("created_at"),
        *_instant("next_at", "ended_at", null=True),
        *_text("result", "holder"),
        *_instant("until", null=True),
        *_whole("fence"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_delivery_incident", "delivery", ["incident"])
    op.create_index("delivery_waiting", "delivery", ["state", "next_at"])
    op.create_table(
        "worker",
        *_text("holder", "host", "form"),
        *_instant("since", "seen_at"),
        *_text("trouble"),
        sa.PrimaryKeyConstraint("holder"),
    )
    op.create_index("ix_worker_seen_at", "worker", ["seen_at"])


def _drop_defaults() -> None:
    with op.batch_alter_table("incident") as batch:
        batch.alter_column("call_now", server_default=None)
    with op.batch_alter_table("step") as batch:
        batch.alter_column("owner", server_default=None)


def _after() -> None:
    op.create_table(
        "post_mortem",
        *_whole("incident"),
        *_text("section", "text", "by"),
        *_instant("at"),
        sa.PrimaryKeyConstraint("incident", "section"),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"]),
    )
    op.create_table(
        "action_item",
        *_whole("incident", "number"),
        *_text("title", "owner", "due", "kind", "state", "ticket", "runbook"),
        *_instant("created_at"),
        *_instant("ended_at", null=True),
        *_text("by"),
        sa.PrimaryKeyConstraint("incident", "number"),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"]),
    )
    op.create_index("ix_action_item_state", "action_item", ["state"])
    op.create_table(
        "document",
        *_text("runbook"),
        *_whole("version"),
        *_text("text", "file", "by"),
        *_instant("at"),
        sa.PrimaryKeyConstraint("runbook", "version"),
    )


def _people() -> None:
    op.create_table(
        "presence",
        *_text("holder", "operator", "host", "view"),
        *_whole("incident", null=True),
        *_text("writing"),
        *_instant("since", "seen_at"),
        *_instant("key_at", null=True),
        sa.PrimaryKeyConstraint("holder"),
    )
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])
    op.create_table(
        "draft",
        *_text("operator", "key", "text"),
        *_json("data"),
        *_instant("at"),
        sa.PrimaryKeyConstraint("operator", "key"),
    )
    op.create_table(
        "looked",
        *_text("operator"),
        *_whole("incident", "seq"),
        *_instant("at"),
        sa.PrimaryKeyConstraint("operator", "incident"),
    )
