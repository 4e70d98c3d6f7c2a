"""Accounts of the staff, their sign-ins, and what was done to accounts."""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0002_accounts"
down_revision = "0001_journal"
branch_labels = None
depends_on = None

WHOLE_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("id", WHOLE_NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id", name="pk_staff"),
        sa.UniqueConstraint("municipality", "email", name="uq_staff_municipality_email"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", WHOLE_NUMBER, nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id_hash", name="pk_staff_sessions"),
        sa.ForeignKeyConstraint(
            ["municipality", "staff_id"],
            ["staff.municipality", "staff.id"],
            name="fk_staff_sessions_staff",
        ),
    )
    op.create_index(
        "ix_staff_sessions_municipality_staff_id", "staff_sessions", ["municipality", "staff_id"]
    )
    op.create_table(
        "staff_acts",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("number", WHOLE_NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", WHOLE_NUMBER, nullable=True),
        sa.Column("staff_id", WHOLE_NUMBER, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "number", name="pk_staff_acts"),
        sa.ForeignKeyConstraint(
            ["municipality", "staff_id"],
            ["staff.municipality", "staff.id"],
            name="fk_staff_acts_staff",
        ),
    )


def downgrade() -> None:
    op.drop_table("staff_acts")
    op.drop_index("ix_staff_sessions_municipality_staff_id", "staff_sessions")
    op.drop_table("staff_sessions")
    op.drop_table("staff")
