"""Reviews: answers and verdicts, offers and questions to owners, and second looks."""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0006_reviews"
down_revision = "0005_proposals"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reviews",
        *plan_columns(),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("cost", WHOLE, nullable=True),
        sa.Column("cost_reason", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_by_id", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "number", name="pk_reviews"),
        to_plan("reviews"),
    )
    op.create_table(
        "reconsiderations",
        *plan_columns(),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_by_id", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "number", name="pk_reconsiderations"),
        to_plan("reconsiderations"),
    )
    make_letters_to_owners()


def make_letters_to_owners() -> None:
    """Make the tables of what is put to owners."""
    op.create_table(
        "review_offers",
        *plan_columns(),
        sa.Column("sequence", WHOLE, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("partner", WHOLE, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("cost", WHOLE, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("offered_at", Moment(), nullable=False),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("offered_by_id", WHOLE, nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint(
            "municipality", "round_slug", "number", "sequence", name="pk_review_offers"
        ),
        to_plan("review_offers"),
    )
    op.create_table(
        "review_questions",
        *plan_columns(),
        sa.Column("sequence", WHOLE, nullable=False, autoincrement=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint(
            "municipality", "round_slug", "number", "sequence", name="pk_review_questions"
        ),
        to_plan("review_questions"),
    )


def plan_columns() -> tuple[sa.Column[str], sa.Column[str], sa.Column[int]]:
    """Return the three columns that name a plan."""
    return (
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
    )


def to_plan(table: str) -> sa.ForeignKeyConstraint:
    """Return the constraint that a row belongs to a plan."""
    return sa.ForeignKeyConstraint(
        ["municipality", "round_slug", "number"],
        ["proposals.municipality", "proposals.round_slug", "proposals.number"],
        name=f"fk_{table}_proposals",
    )
