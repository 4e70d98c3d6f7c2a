"""Where the journal is kept. Rows are added, never changed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, session
from pb.journal.domain import Entry


class JournalRow(ParticipationRow):
    """One row of ``journal``. ``staff_id`` stays inside: the public sees the function."""

    __tablename__ = "journal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round_slug: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    staff_id: Mapped[int | None]
    what: Mapped[str]
    details: Mapped[dict[str, Any]]
    reason: Mapped[str]


def add(
    *,
    round_slug: str,
    at: datetime,
    by: str,
    staff_id: int | None,
    what: str,
    values: dict[str, Any],
    reason: str,
) -> None:
    """Append one entry with the next number."""
    last = session().scalar(sa.select(sa.func.max(JournalRow.number)).where(mine(JournalRow)))
    session().add(
        JournalRow(
            municipality=current_municipality(),
            number=(last or 0) + 1,
            round_slug=round_slug,
            at=at,
            by=by,
            staff_id=staff_id,
            what=what,
            details=values,
            reason=reason,
        )
    )
    session().flush()


def list_for_round(round_slug: str) -> list[Entry]:
    """Return the entries of a round, the newest first; what the clock did is written later."""
    rows = session().scalars(
        sa.select(JournalRow)
        .where(mine(JournalRow), JournalRow.round_slug == round_slug)
        .order_by(JournalRow.at.desc(), JournalRow.number.desc())
    )
    return [
        Entry(
            number=row.number,
            round_slug=row.round_slug,
            at=row.at,
            by=row.by,
            what=row.what,
            values=row.details,
            reason=row.reason,
        )
        for row in rows
    ]
