"""Where reviews and requests for reconsideration are kept. Offers: ``offer_storage``."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, session
from pb.foundation.money import Cents
from pb.reviews.domain import (
    CriterionAnswer,
    Decision,
    Mark,
    NextStep,
    Reconsideration,
    Review,
    Verdict,
)

TO_PLAN = (
    ["municipality", "round_slug", "number"],
    [f"proposals.{name}" for name in ("municipality", "round_slug", "number")],
)


class ReviewRow(ParticipationRow):
    """One row of ``reviews``: the answers on one plan, and the verdict once confirmed.

    answers: [criterion, mark, remark] each; an open mark is an empty text.
    """

    __tablename__ = "reviews"
    __table_args__ = (sa.ForeignKeyConstraint(*TO_PLAN),)

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answers: Mapped[list[Any]]
    verdict: Mapped[str | None]
    reason: Mapped[str]
    advice: Mapped[str]
    next_step: Mapped[str | None]
    cost: Mapped[int | None]
    cost_reason: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str]
    decided_by_id: Mapped[int | None]

    def to_domain(self) -> Review:
        """Return the row as the frozen value that the rest of the house uses."""
        return Review(
            number=self.number,
            answers=tuple(
                CriterionAnswer(code, Mark(mark) if mark else None, remark)
                for code, mark, remark in self.answers
            ),
            decision=self._decision(),
            decided_at=self.decided_at,
            decided_by=self.decided_by,
            decided_by_id=self.decided_by_id,
        )

    def _decision(self) -> Decision | None:
        if not self.verdict:
            return None
        return Decision(
            verdict=Verdict(self.verdict),
            reason=self.reason,
            advice=self.advice,
            next_step=NextStep(self.next_step) if self.next_step else None,
            cost=None if self.cost is None else Cents(self.cost),
            cost_reason=self.cost_reason,
        )


class ReconsiderationRow(ParticipationRow):
    """One row of ``reconsiderations``: the one second look that an owner may ask."""

    __tablename__ = "reconsiderations"
    __table_args__ = (sa.ForeignKeyConstraint(*TO_PLAN),)

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    granted: Mapped[bool | None]
    explanation: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str]
    decided_by_id: Mapped[int | None]

    def to_domain(self) -> Reconsideration:
        """Return the row as the frozen value that the rest of the house uses."""
        return Reconsideration(
            number=self.number,
            reason=self.reason,
            asked_at=self.asked_at,
            granted=self.granted,
            explanation=self.explanation,
            decided_at=self.decided_at,
            decided_by=self.decided_by,
        )


def find(slug: str, number: int) -> Review | None:
    """Return the review of a plan, or None when nobody began."""
    row = session().get(ReviewRow, (current_municipality(), slug, number))
    return row.to_domain() if row else None


def list_for_round(slug: str) -> dict[int, Review]:
    """Return the reviews that were begun, by plan number."""
    rows = session().scalars(
        sa.select(ReviewRow)
        .where(mine(ReviewRow), ReviewRow.round_slug == slug)
        .order_by(ReviewRow.number)
    )
    return {row.number: row.to_domain() for row in rows}


def save_answers(slug: str, number: int, answers: tuple[CriterionAnswer, ...]) -> None:
    """Keep the answers; a verdict that was there is gone."""
    row = session().get(ReviewRow, (current_municipality(), slug, number))
    if row is None:
        row = ReviewRow(municipality=current_municipality(), round_slug=slug, number=number)
        session().add(row)
    row.answers = [
        [each.criterion, each.mark.value if each.mark else "", each.remark] for each in answers
    ]
    _write(row, None, at=None, by="", by_id=None)
    session().flush()


def save_decision(
    slug: str, number: int, decision: Decision, *, at: datetime, by: str, by_id: int | None
) -> None:
    """Keep a confirmed verdict on a plan whose answers are kept."""
    row = session().get_one(ReviewRow, (current_municipality(), slug, number))
    _write(row, decision, at=at, by=by, by_id=by_id)
    session().flush()


def _write(
    row: ReviewRow, decision: Decision | None, *, at: datetime | None, by: str, by_id: int | None
) -> None:
    row.verdict = decision.verdict.value if decision else None
    row.reason = decision.reason if decision else ""
    row.advice = decision.advice if decision else ""
    row.next_step = decision.next_step.value if decision and decision.next_step else None
    row.cost = decision.cost if decision else None
    row.cost_reason = decision.cost_reason if decision else ""
    row.decided_at, row.decided_by, row.decided_by_id = at, by, by_id


def add_reconsideration(slug: str, number: int, reason: str, *, at: datetime) -> None:
    """Keep an owner's request for a second look."""
    session().add(
        ReconsiderationRow(
            municipality=current_municipality(),
            round_slug=slug,
            number=number,
            reason=reason,
            asked_at=at,
            explanation="",
            decided_by="",
        )
    )
    session().flush()


def find_reconsideration(slug: str, number: int) -> Reconsideration | None:
    """Return the request for a second look at a plan, or None."""
    row = session().get(ReconsiderationRow, (current_municipality(), slug, number))
    return row.to_domain() if row else None


def list_reconsiderations(slug: str) -> list[Reconsideration]:
    """Return the requests of a round, the oldest first."""
    rows = session().scalars(
        sa.select(ReconsiderationRow)
        .where(mine(ReconsiderationRow), ReconsiderationRow.round_slug == slug)
        .order_by(ReconsiderationRow.asked_at, ReconsiderationRow.number)
    )
    return [row.to_domain() for row in rows]


def decide_reconsideration(
    slug: str, number: int, *, granted: bool, explanation: str, at: datetime, by: str, by_id: int
) -> None:
    """Keep what was decided on a request."""
    row = session().get_one(ReconsiderationRow, (current_municipality(), slug, number))
    row.granted, row.explanation = granted, explanation
    row.decided_at, row.decided_by, row.decided_by_id = at, by, by_id
    session().flush()
