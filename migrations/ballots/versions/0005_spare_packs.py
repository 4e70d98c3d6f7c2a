"""Which packs of spare envelopes two people put into use.

No column holds a time, and none an envelope: a pack is used as a whole.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_spare_packs"
down_revision = "0004_officers"
branch_labels = None
depends_on = None

WHOLE_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "spare_packs",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("proposed_by", WHOLE_NUMBER, nullable=False),
        sa.Column("confirmed_by", WHOLE_NUMBER, nullable=True),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_spare_packs_two_people")),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "area", name="pk_spare_packs"),
        sqlite_with_rowid=False,
    )
