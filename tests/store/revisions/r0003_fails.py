"""A version that fails half-way, after it has changed tables and rows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change much, then fail."""
    op.create_table("region", sa.Column("id", sa.String(), primary_key=True))
    op.execute("UPDATE incident SET title = 'half-way'")
    op.execute("UPDATE nowhere SET title = 'x'")
