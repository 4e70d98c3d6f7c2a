"""The ballot box knows what is published of it before voting, and how far its ledger is.

``config`` binds everything that a bundle is checked against. ``sealed_at`` is the moment of a seal,
which holds twenty ballots at least; no column holds the moment of a vote.
"""

import sqlalchemy as sa
from alembic import op

from pb.database.base import Moment

revision = "0003_ledger"
down_revision = "0002_ballots"
branch_labels = None
depends_on = None

WHOLE_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; a box made before has no ledger and keeps an empty config."""
    with op.batch_alter_table("ballot_boxes", table_kwargs={"sqlite_with_rowid": False}) as table:
        for name in ("config", "spares"):
            table.add_column(
                sa.Column(name, sa.LargeBinary(), nullable=False, server_default=sa.text("''"))
            )
        table.add_column(
            sa.Column("ledger_size", WHOLE_NUMBER, nullable=False, server_default=sa.text("0"))
        )
        table.add_column(sa.Column("sealed_at", Moment(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":  # SQLite knows no TRUNCATE.
        for name in ("ledger", "checkpoints"):
            op.execute(
                f"CREATE TRIGGER {name}_refuses_truncation BEFORE TRUNCATE ON {name} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_only_grows()"
            )
    with op.batch_alter_table("ballot_boxes", table_kwargs={"sqlite_with_rowid": False}) as table:
        for name in ("config", "spares"):
            table.alter_column(name, server_default=None)
        table.alter_column("ledger_size", server_default=None)
