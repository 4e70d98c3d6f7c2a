"""The three officers of a round, and the keys that any two of them open.

No private half is whole in these tables: each is locked with passphrases, or with the code in
the sealed envelope (docs/adr/0018).
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_officers"
down_revision = "0003_ledger"
branch_labels = None
depends_on = None

WHOLE_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "officers",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("number", WHOLE_NUMBER, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("memory", WHOLE_NUMBER, nullable=False),
        sa.Column("passes", WHOLE_NUMBER, nullable=False),
        sa.Column("lanes", WHOLE_NUMBER, nullable=False),
        sa.Column("box_public_key", sa.LargeBinary(), nullable=False),
        sa.Column("verify_key", sa.LargeBinary(), nullable=False),
        sa.Column("locked", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 3", name=op.f("ck_officers_number")),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "number", name="pk_officers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shared_keys",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("for_envelope", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('count', 'revocation')", name=op.f("ck_shared_keys_purpose")
        ),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "purpose", name="pk_shared_keys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pair_locks",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("first_officer", WHOLE_NUMBER, nullable=False),
        sa.Column("second_officer", WHOLE_NUMBER, nullable=False),
        sa.Column("locked", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("first_officer < second_officer", name=op.f("ck_pair_locks_pair")),
        sa.PrimaryKeyConstraint(
            "municipality", "round_slug", "purpose", "first_officer", "second_officer",
            name="pk_pair_locks",
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "rehearsals",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("first_officer", WHOLE_NUMBER, nullable=False),
        sa.Column("second_officer", WHOLE_NUMBER, nullable=False),
        sa.CheckConstraint("first_officer < second_officer", name=op.f("ck_rehearsals_pair")),
        sa.PrimaryKeyConstraint(
            "municipality", "round_slug", "first_officer", "second_officer", name="pk_rehearsals"
        ),
        sqlite_with_rowid=False,
    )
