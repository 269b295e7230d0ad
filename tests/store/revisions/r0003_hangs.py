"""A version that says where it is and then waits to be killed."""

import os
import signal

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change much, then wait for ever."""
    op.create_table("region", sa.Column("id", sa.String(), primary_key=True))
    op.execute("UPDATE incident SET title = 'half-way'")
    os.write(1, b"half-way\n")
    signal.pause()
