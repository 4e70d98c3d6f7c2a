"""The ballot box: what residents chose, sealed; and the tables of the public ledger.

Casting writes ``ballots``, ``superseded`` and ``pending``, whose keys are random. The ledger
and its checkpoints are public and grow only at a seal; a trigger refuses every change.
"""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0002_ballots"
down_revision = "0001_roll"
branch_labels = None
depends_on = None

WHOLE_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("ledger", "checkpoints")


def upgrade() -> None:
    """Make the tables."""
    make_ballot_box()
    make_ledger()
    for table in APPEND_ONLY:
        refuse_changes(table)


def make_ballot_box() -> None:
    """Make what casting reads and writes."""
    op.create_table(
        "ballot_boxes",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opens_at", Moment(), nullable=False),
        sa.Column("closes_at", Moment(), nullable=False),
        sa.Column("result_by", Moment(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("document_hash", sa.LargeBinary(), nullable=False),
        sa.Column("count_public_key", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'paused', 'closed')", name=op.f("ck_ballot_boxes_state")
        ),
        sa.PrimaryKeyConstraint("municipality", "round_slug", name="pk_ballot_boxes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballots",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("ballot_key", sa.LargeBinary(), nullable=False),
        sa.Column("version", WHOLE_NUMBER, nullable=False),
        sa.Column("count_box", sa.LargeBinary(), nullable=False),
        sa.Column("view_box", sa.LargeBinary(), nullable=False),
        sa.Column("inner", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("submission", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug", "ballot_key"],
            ["roll.municipality", "roll.round_slug", "roll.ballot_key"],
            name="fk_ballots_roll",
        ),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "ballot_key", name="pk_ballots"),
        sa.UniqueConstraint(
            "municipality", "round_slug", "leaf", name="uq_ballots_municipality_round_slug_leaf"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "superseded",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("ballot_key", sa.LargeBinary(), nullable=False),
        sa.Column("version", WHOLE_NUMBER, nullable=False),
        sa.Column("inner", sa.LargeBinary(), nullable=False),
        sa.Column("submission", sa.LargeBinary(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "why IN ('revote', 'revoked', 'paper')", name=op.f("ck_superseded_why")
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug", "ballot_key"],
            ["roll.municipality", "roll.round_slug", "roll.ballot_key"],
            name="fk_superseded_roll",
        ),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "leaf", name="pk_superseded"),
        sa.UniqueConstraint(
            "municipality", "round_slug", "ballot_key", "version",
            name="uq_superseded_municipality_round_slug_ballot_key_version",
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "pending",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "leaf", name="pk_pending"),
        sqlite_with_rowid=False,
    )


def make_ledger() -> None:
    """Make what a seal writes; places and sizes are public, and never those of one vote."""
    for table, number, content in (
        ("pending_events", "sequence", sa.LargeBinary()),
        ("ledger", "place", sa.LargeBinary()),
        ("checkpoints", "size", sa.Text()),
    ):
        op.create_table(
            table,
            sa.Column("municipality", sa.Text(), nullable=False),
            sa.Column("round_slug", sa.Text(), nullable=False),
            sa.Column(number, WHOLE_NUMBER, nullable=False),
            sa.Column("note" if table == "checkpoints" else "line", content, nullable=False),
            sa.PrimaryKeyConstraint("municipality", "round_slug", number, name=f"pk_{table}"),
            sqlite_with_rowid=False,
        )


def refuse_changes(table: str) -> None:
    """Let a table grow only."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_changes BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_only_grows()"
    )
