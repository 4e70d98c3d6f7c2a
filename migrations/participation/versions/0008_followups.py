"""Follow-ups: where a plan stands after the result, what was said, and what was promised."""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0008_followups"
down_revision = "0007_results"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "follow_ups",
        *_key(),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("owner_choice", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("spent", WHOLE, nullable=False),
        sa.Column("planned_start", sa.Date(), nullable=True),
        sa.Column("planned_finish", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("handed_over_to", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("next_step_text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "number", name="pk_follow_ups"),
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"],
            ["rounds.municipality", "rounds.slug"],
            name="fk_follow_ups_rounds",
        ),
    )
    op.create_table(
        "follow_up_messages",
        *_key(),
        sa.Column("place", WHOLE, nullable=False, autoincrement=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality", "round_slug", "number", "place", name="pk_follow_up_messages"
        ),
        _of_follow_up("follow_up_messages"),
    )
    op.create_table(
        "follow_up_promises",
        *_key(),
        sa.Column("place", WHOLE, nullable=False, autoincrement=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("answered", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint(
            "municipality", "round_slug", "number", "place", name="pk_follow_up_promises"
        ),
        _of_follow_up("follow_up_promises"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("follow_up_promises")
    op.drop_table("follow_up_messages")
    op.drop_table("follow_ups")


def _key() -> tuple[sa.Column, ...]:
    """Return the columns that say which plan of which round."""
    return (
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
    )


def _of_follow_up(table: str) -> sa.ForeignKeyConstraint:
    """Return the key to the follow-up that a row belongs to."""
    return sa.ForeignKeyConstraint(
        ["municipality", "round_slug", "number"],
        ["follow_ups.municipality", "follow_ups.round_slug", "follow_ups.number"],
        name=f"fk_{table}_follow_ups",
    )
