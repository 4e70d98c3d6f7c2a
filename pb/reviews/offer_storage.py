"""Where offers and questions to owners are kept, in the order in which they were made."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, session
from pb.foundation.money import Cents
from pb.reviews.domain import Adaptation, Offer, OfferKind, OfferState, Question

TO_PLAN = (
    ["municipality", "round_slug", "number"],
    [f"proposals.{name}" for name in ("municipality", "round_slug", "number")],
)


class OfferRow(ParticipationRow):
    """One row of ``review_offers``: an adaptation as it was put to an owner."""

    __tablename__ = "review_offers"
    __table_args__ = (sa.ForeignKeyConstraint(*TO_PLAN),)

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    state: Mapped[str]
    partner: Mapped[int | None]
    title: Mapped[str]
    summary: Mapped[str]
    place: Mapped[str]
    cost: Mapped[int]
    note: Mapped[str]
    offered_at: Mapped[datetime]
    offered_by: Mapped[str]
    offered_by_id: Mapped[int | None]
    answered_at: Mapped[datetime | None]

    def to_domain(self) -> Offer:
        """Return the row as the frozen value that the rest of the house uses."""
        return Offer(
            number=self.number,
            sequence=self.sequence,
            kind=OfferKind(self.kind),
            state=OfferState(self.state),
            adaptation=Adaptation(
                title=self.title, summary=self.summary, place=self.place, cost=Cents(self.cost)
            ),
            note=self.note,
            offered_at=self.offered_at,
            offered_by=self.offered_by,
            offered_by_id=self.offered_by_id,
            partner=self.partner,
            answered_at=self.answered_at,
        )


class QuestionRow(ParticipationRow):
    """One row of ``review_questions``: a question to an owner, and the answer."""

    __tablename__ = "review_questions"
    __table_args__ = (sa.ForeignKeyConstraint(*TO_PLAN),)

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    answer: Mapped[str]
    answered_at: Mapped[datetime | None]

    def to_domain(self) -> Question:
        """Return the row as the frozen value that the rest of the house uses."""
        return Question(
            number=self.number,
            sequence=self.sequence,
            question=self.question,
            asked_at=self.asked_at,
            asked_by=self.asked_by,
            answer=self.answer,
            answered_at=self.answered_at,
        )


def add_offer(
    slug: str,
    number: int,
    kind: OfferKind,
    adaptation: Adaptation,
    *,
    note: str,
    at: datetime,
    by: str,
    by_id: int | None,
    partner: int | None = None,
) -> None:
    """Keep a new open offer."""
    session().add(
        OfferRow(
            municipality=current_municipality(),
            round_slug=slug,
            number=number,
            sequence=len(list_offers(slug, number)) + 1,
            kind=kind.value,
            state=OfferState.OPEN.value,
            partner=partner,
            title=adaptation.title,
            summary=adaptation.summary,
            place=adaptation.place,
            cost=adaptation.cost,
            note=note,
            offered_at=at,
            offered_by=by,
            offered_by_id=by_id,
        )
    )
    session().flush()


def list_offers(slug: str, number: int) -> list[Offer]:
    """Return every offer on a plan, the newest first."""
    rows = session().scalars(
        sa.select(OfferRow)
        .where(mine(OfferRow), OfferRow.round_slug == slug, OfferRow.number == number)
        .order_by(OfferRow.sequence.desc())
    )
    return [row.to_domain() for row in rows]


def find_last_offer(slug: str, number: int) -> Offer | None:
    """Return the newest offer on a plan, or None."""
    return next(iter(list_offers(slug, number)), None)


def set_offer_state(offer: Offer, slug: str, state: OfferState, *, at: datetime) -> None:
    """Keep what became of an offer."""
    key = (current_municipality(), slug, offer.number, offer.sequence)
    row = session().get_one(OfferRow, key)
    row.state, row.answered_at = state.value, at
    session().flush()


def add_question(slug: str, number: int, question: str, *, at: datetime, by: str) -> None:
    """Keep a new question to an owner."""
    session().add(
        QuestionRow(
            municipality=current_municipality(),
            round_slug=slug,
            number=number,
            sequence=len(list_questions(slug, number)) + 1,
            question=question,
            asked_at=at,
            asked_by=by,
            answer="",
        )
    )
    session().flush()


def list_questions(slug: str, number: int) -> list[Question]:
    """Return the questions about a plan, the oldest first."""
    rows = session().scalars(
        sa.select(QuestionRow)
        .where(mine(QuestionRow), QuestionRow.round_slug == slug, QuestionRow.number == number)
        .order_by(QuestionRow.sequence)
    )
    return [row.to_domain() for row in rows]


def save_answer(slug: str, question: Question, answer: str, *, at: datetime) -> None:
    """Keep an owner's answer."""
    key = (current_municipality(), slug, question.number, question.sequence)
    row = session().get_one(QuestionRow, key)
    row.answer, row.answered_at = answer, at
    session().flush()
