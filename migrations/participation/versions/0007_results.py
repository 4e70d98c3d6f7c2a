"""Results: the count with its two starters, what the council published, the public ballots."""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0007_results"
down_revision = "0006_reviews"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "counts",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("proposed_by", WHOLE, nullable=False),
        sa.Column("proposed_label", sa.Text(), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("confirmed_by", WHOLE, nullable=True),
        sa.Column("confirmed_label", sa.Text(), nullable=True),
        sa.Column("counted_at", Moment(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("document_hash", sa.Text(), nullable=True),
        sa.Column("election", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("municipality", "round_slug", name="pk_counts"),
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"],
            ["rounds.municipality", "rounds.slug"],
            name="fk_counts_rounds",
        ),
    )
    op.create_table(
        "publications",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("published_by", WHOLE, nullable=False),
        sa.Column("published_label", sa.Text(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "round_slug", name="pk_publications"),
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"],
            ["counts.municipality", "counts.round_slug"],
            name="fk_publications_counts",
        ),
    )
    op.create_table(
        "counted_ballots",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "code", name="pk_counted_ballots"),
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"],
            ["counts.municipality", "counts.round_slug"],
            name="fk_counted_ballots_counts",
        ),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("counted_ballots")
    op.drop_table("publications")
    op.drop_table("counts")
