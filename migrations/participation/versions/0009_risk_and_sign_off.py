"""The risk card of a plan, and the owner's sign-off of what stands on the ballot."""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0009_risk_and_sign_off"
down_revision = "0008_followups"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add two columns to the plans, and make the table of sign-offs."""
    op.add_column("proposals", sa.Column("risk", sa.JSON(), nullable=True))
    op.add_column("proposals", sa.Column("signed_proof", sa.Text(), nullable=True))
    op.create_table(
        "sign_offs",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("reported_at", Moment(), nullable=True),
        sa.Column("signed_at", Moment(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("signed_by_id", WHOLE, nullable=True),
        sa.Column("reached", sa.Text(), nullable=True),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "number", name="pk_sign_offs"),
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug", "number"],
            ["proposals.municipality", "proposals.round_slug", "proposals.number"],
            name="fk_sign_offs_proposals",
        ),
    )
