"""The bundle of a round: one file with which anybody checks the count."""

import sqlalchemy as sa
from alembic import op

revision = "0011_bundles"
down_revision = "0010_evaluations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "bundles",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"],
            ["counts.municipality", "counts.round_slug"],
            name="fk_bundles_counts",
        ),
        sa.PrimaryKeyConstraint("municipality", "round_slug", name="pk_bundles"),
    )
