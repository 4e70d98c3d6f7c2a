"""Where it is kept what owners said of the proofs of their plans."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, session
from pb.reviews.proof import Reached, ReachedBy, SignOff

TO_PLAN = (
    ["municipality", "round_slug", "number"],
    [f"proposals.{name}" for name in ("municipality", "round_slug", "number")],
)


class SignOffRow(ParticipationRow):
    """One row of ``sign_offs``: what an owner said last of the proof of a plan."""

    __tablename__ = "sign_offs"
    __table_args__ = (sa.ForeignKeyConstraint(*TO_PLAN),)

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    error: Mapped[str]
    reported_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str]
    signed_by_id: Mapped[int | None]
    reached: Mapped[str | None]
    reached_on: Mapped[date | None] = mapped_column(sa.Date())

    def to_domain(self) -> SignOff:
        """Return the row as the frozen value that the rest of the house uses."""
        reached = None
        if self.reached and self.reached_on:
            reached = Reached(ReachedBy(self.reached), self.reached_on)
        return SignOff(
            number=self.number,
            error=self.error,
            reported_at=self.reported_at,
            signed_at=self.signed_at,
            signed_by=self.signed_by,
            reached=reached,
        )


def find(slug: str, number: int) -> SignOff | None:
    """Return what the owner of a plan said last, or None."""
    row = session().get(SignOffRow, (current_municipality(), slug, number))
    return row.to_domain() if row else None


def list_for_round(slug: str) -> dict[int, SignOff]:
    """Return what owners said last, by plan number."""
    rows = session().scalars(
        sa.select(SignOffRow)
        .where(mine(SignOffRow), SignOffRow.round_slug == slug)
        .order_by(SignOffRow.number)
    )
    return {row.number: row.to_domain() for row in rows}


def save(slug: str, sign_off: SignOff, *, by_id: int | None = None) -> None:
    """Keep what an owner said, instead of what was said before."""
    reached = sign_off.reached
    session().merge(
        SignOffRow(
            municipality=current_municipality(),
            round_slug=slug,
            number=sign_off.number,
            error=sign_off.error,
            reported_at=sign_off.reported_at,
            signed_at=sign_off.signed_at,
            signed_by=sign_off.signed_by,
            signed_by_id=by_id,
            reached=reached.by.value if reached else None,
            reached_on=reached.on if reached else None,
        )
    )
    session().flush()
