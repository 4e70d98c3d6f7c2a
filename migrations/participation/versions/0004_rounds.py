"""Rounds: the last state that a person entered, the gates passed, and interruptions."""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0004_rounds"
down_revision = "0003_frameworks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "rounds",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("entered", sa.Text(), nullable=False),
        sa.Column("passed", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("interrupted_by", sa.Text(), nullable=True),
        sa.Column("interruption_body", sa.Text(), nullable=True),
        sa.Column("interruption_reason", sa.Text(), nullable=True),
        sa.Column("interrupted_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("municipality", "slug", name="pk_rounds"),
    )
