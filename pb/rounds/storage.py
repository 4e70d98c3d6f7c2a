"""Where rounds are kept. The only module that knows the table ``rounds``."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, reading, session
from pb.database.prepared import Prepared
from pb.rounds.domain import Interruption, RoundNotFound, SlugTaken, State


class RoundRow(ParticipationRow):
    """One row of ``rounds``: the last state that a person entered, and the passed gates."""

    __tablename__ = "rounds"

    slug: Mapped[str] = mapped_column(primary_key=True)
    entered: Mapped[str]
    passed: Mapped[list[Any]]
    created_at: Mapped[datetime]
    interrupted_by: Mapped[str | None]
    interruption_body: Mapped[str | None]
    interruption_reason: Mapped[str | None]
    interrupted_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRound:
    """What is stored of a round; the clock and the framework make it a Round."""

    slug: str
    entered: State
    passed: frozenset[State]
    interruption: Interruption | None
    created_at: datetime


def add(slug: str, at: datetime) -> None:
    """Keep a new round in preparation. Raises SlugTaken."""
    if _find_row(slug) is not None:
        raise SlugTaken
    session().add(
        RoundRow(
            municipality=current_municipality(),
            slug=slug,
            entered=State.PREPARATION.value,
            passed=[],
            created_at=at,
        )
    )
    session().flush()


rounds: Any = RoundRow.__table__
# Built once: every page asks this, and building a statement costs more than running it.
GET_ROUND = Prepared(
    sa.select(rounds).where(
        rounds.c.municipality == sa.bindparam("municipality"), rounds.c.slug == sa.bindparam("slug")
    )
)


def get(slug: str) -> KeptRound:
    """Return the round with this slug. Raises RoundNotFound."""
    names = {"municipality": current_municipality(), "slug": slug}
    row = GET_ROUND.row(reading(), names)
    if row is None:
        raise RoundNotFound
    return _to_domain(row)


def list_all() -> list[KeptRound]:
    """Return every round, the newest first."""
    rows = session().scalars(
        sa.select(RoundRow)
        .where(mine(RoundRow))
        .order_by(RoundRow.created_at.desc(), RoundRow.slug)
    )
    return [_to_domain(row) for row in rows]


def set_entered(slug: str, state: State) -> None:
    """Remember that a person entered a state."""
    _get_row(slug).entered = state.value
    session().flush()


def add_passed(slug: str, gate: State) -> None:
    """Remember that the clock may enter a state."""
    row = _get_row(slug)
    row.passed = sorted({*row.passed, gate.value})
    session().flush()


def remove_passed(slug: str, gate: State) -> None:
    """Remember that a gate does not hold any more."""
    row = _get_row(slug)
    row.passed = sorted({*row.passed} - {gate.value})
    session().flush()


def set_interruption(slug: str, interruption: Interruption | None) -> None:
    """Pause, cancel or resume a round."""
    row = _get_row(slug)
    row.interrupted_by = interruption.kind.value if interruption else None
    row.interruption_body = interruption.body if interruption else None
    row.interruption_reason = interruption.reason if interruption else None
    row.interrupted_at = interruption.since if interruption else None
    session().flush()


def _find_row(slug: str) -> RoundRow | None:
    found: RoundRow | None = session().scalar(
        sa.select(RoundRow).where(mine(RoundRow), RoundRow.slug == slug)
    )
    return found


def _get_row(slug: str) -> RoundRow:
    row = _find_row(slug)
    if row is None:
        raise RoundNotFound
    return row


def _to_domain(row: Any) -> KeptRound:
    interruption = None
    if row.interrupted_by and row.interrupted_at:
        interruption = Interruption(
            kind=State(row.interrupted_by),
            body=row.interruption_body or "",
            reason=row.interruption_reason or "",
            since=row.interrupted_at,
        )
    return KeptRound(
        slug=row.slug,
        entered=State(row.entered),
        passed=frozenset(State(gate) for gate in row.passed),
        interruption=interruption,
        created_at=row.created_at,
    )
