"""The roll of ballot keys, the letters they are printed on, and the order of both.

No row numbers and no times: the order of what is kept tells nothing (voting.md 3.2, 3.5).
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_roll"
down_revision = None
branch_labels = None
depends_on = None

WHOLE_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "letter_orders",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("letter_order", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", WHOLE_NUMBER, nullable=False),
        sa.Column("confirmed_by", WHOLE_NUMBER, nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_letter_orders_two_people")),
        sa.PrimaryKeyConstraint("municipality", "round_slug", name="pk_letter_orders"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roll",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("ballot_key", sa.LargeBinary(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('issued', 'spare', 'revoked', 'paper')", name=op.f("ck_roll_status")
        ),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "ballot_key", name="pk_roll"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "letters",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "serial", name="pk_letters"),
        sqlite_with_rowid=False,
    )
