"""Proposals: drafts, contact data, plans, their earlier versions, and the ballot list."""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0005_proposals"
down_revision = "0004_rounds"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "proposal_drafts",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("number", WHOLE, nullable=True),
        sa.Column("writing", sa.JSON(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality", "round_slug", "secret_hash", name="pk_proposal_drafts"
        ),
        to_round("proposal_drafts"),
    )
    op.create_table(
        "proposal_contacts",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("under_16", sa.Boolean(), nullable=False),
        sa.Column("guardian_consent", sa.Boolean(), nullable=False),
        sa.Column("lookups", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality", "round_slug", "secret_hash", name="pk_proposal_contacts"
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug", "secret_hash"],
            [
                "proposal_drafts.municipality",
                "proposal_drafts.round_slug",
                "proposal_drafts.secret_hash",
            ],
            name="fk_proposal_contacts_proposal_drafts",
        ),
    )
    op.create_table(
        "proposals",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("theme_id", sa.Text(), nullable=False),
        sa.Column("cost", WHOLE, nullable=False),
        sa.Column("cost_lines", sa.JSON(), nullable=False),
        sa.Column("first_cost", WHOLE, nullable=False),
        sa.Column("upkeep", WHOLE, nullable=True),
        sa.Column("own_part", sa.Text(), nullable=False),
        sa.Column("care", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("held_from", sa.Text(), nullable=True),
        sa.Column("held_reason", sa.Text(), nullable=False),
        sa.Column("lot_number", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "number", name="pk_proposals"),
        to_round("proposals"),
    )
    op.create_table(
        "proposal_versions",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
        sa.Column("version", WHOLE, nullable=False, autoincrement=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality", "round_slug", "number", "version", name="pk_proposal_versions"
        ),
        to_plan("proposal_versions"),
    )
    make_ballot_list()


def make_ballot_list() -> None:
    """Make the two tables of the list that is voted on."""
    op.create_table(
        "ballot_lists",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "round_slug", name="pk_ballot_lists"),
        to_round("ballot_lists"),
    )
    op.create_table(
        "ballot_plans",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("round_slug", sa.Text(), nullable=False),
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
        sa.Column("lot_number", WHOLE, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("theme_id", sa.Text(), nullable=False),
        sa.Column("cost", WHOLE, nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("municipality", "round_slug", "number", name="pk_ballot_plans"),
        sa.UniqueConstraint(
            "municipality",
            "round_slug",
            "lot_number",
            name="uq_ballot_plans_municipality_round_slug_lot_number",
        ),
        to_plan("ballot_plans"),
    )


def to_round(table: str) -> sa.ForeignKeyConstraint:
    """Return the constraint that a row belongs to a round."""
    return sa.ForeignKeyConstraint(
        ["municipality", "round_slug"],
        ["rounds.municipality", "rounds.slug"],
        name=f"fk_{table}_rounds",
    )


def to_plan(table: str) -> sa.ForeignKeyConstraint:
    """Return the constraint that a row belongs to a plan."""
    return sa.ForeignKeyConstraint(
        ["municipality", "round_slug", "number"],
        ["proposals.municipality", "proposals.round_slug", "proposals.number"],
        name=f"fk_{table}_proposals",
    )
