"""The journal: the append-only record of every act in a round."""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0001_journal"
down_revision = None
branch_labels = None
depends_on = None

WHOLE_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("number", WHOLE_NUMBER, autoincrement=False, nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("staff_id", WHOLE_NUMBER, nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "number", name="pk_journal"),
    )
    op.create_index("ix_journal_round_slug", "journal", ["round_slug"])


def downgrade() -> None:
    op.drop_index("ix_journal_round_slug", "journal")
    op.drop_table("journal")
