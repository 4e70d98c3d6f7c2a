"""Evaluations: of each state of a round one lesson and one change."""

import sqlalchemy as sa
from alembic import op

revision = "0010_evaluations"
down_revision = "0009_risk_and_sign_off"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "evaluations",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("answered", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "state", name="pk_evaluations"),
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"],
            ["rounds.municipality", "rounds.slug"],
            name="fk_evaluations_rounds",
        ),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("evaluations")
