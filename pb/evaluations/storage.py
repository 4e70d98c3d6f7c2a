"""Where evaluations are kept: one row for each state that somebody looked back on."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, session
from pb.evaluations.domain import Evaluation
from pb.rounds.domain import State


class EvaluationRow(ParticipationRow):
    """One row of ``evaluations``: the lesson of one state of one round, as it reads now."""

    __tablename__ = "evaluations"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"], ["rounds.municipality", "rounds.slug"]
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    lesson: Mapped[str]
    change: Mapped[str]
    changed_on: Mapped[date | None] = mapped_column(sa.Date())
    answered: Mapped[int | None]


def list_for_round(round_slug: str) -> dict[State, Evaluation]:
    """Return what was written about a round, by state."""
    rows = session().scalars(
        sa.select(EvaluationRow).where(mine(EvaluationRow), EvaluationRow.round_slug == round_slug)
    )
    return {State(row.state): _to_domain(row) for row in rows}


def save(round_slug: str, evaluation: Evaluation) -> None:
    """Keep an evaluation in the place of what was written about the same state before."""
    key = (current_municipality(), round_slug, evaluation.state.value)
    row = session().get(EvaluationRow, key)
    if row is None:
        row = EvaluationRow(municipality=key[0], round_slug=round_slug, state=key[2])
        session().add(row)
    row.lesson = evaluation.lesson
    row.change = evaluation.change
    row.changed_on = evaluation.changed_on
    row.answered = evaluation.answered
    session().flush()


def _to_domain(row: EvaluationRow) -> Evaluation:
    return Evaluation(
        state=State(row.state),
        lesson=row.lesson,
        change=row.change,
        changed_on=row.changed_on,
        answered=row.answered,
    )
