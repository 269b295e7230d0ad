"""A next version: incidents get a region, in a table that is built anew, and regions get a table."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Rebuild the parent of the steps, the worst case for a cascade."""
    op.create_table("region", sa.Column("id", sa.String(), primary_key=True))
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("incident", recreate="always" if on_sqlite else "never") as batch:
        batch.add_column(sa.Column("region", sa.String(), nullable=False, server_default="eu"))
