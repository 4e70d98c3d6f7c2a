"""Frameworks: one row per version of the framework of one round."""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0003_frameworks"
down_revision = "0002_accounts"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "frameworks",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.JSON(), nullable=False),
        sa.Column("sealed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "number", name="pk_frameworks"),
    )
