"""Where the ballot list is kept: copies of plans that never change, and how the lot fell."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, reading, session
from pb.database.prepared import Prepared
from pb.foundation.money import Cents
from pb.proposals.ballot_list import BallotList, BallotPlan, NoBallotList


class BallotListRow(ParticipationRow):
    """One row of ``ballot_lists``: when a round's list was published, seed and hash."""

    __tablename__ = "ballot_lists"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"], ["rounds.municipality", "rounds.slug"]
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    seed: Mapped[str]
    hash: Mapped[str]
    published_at: Mapped[datetime]


class BallotPlanRow(ParticipationRow):
    """One row of ``ballot_plans``: a plan as it stands on the ballot, frozen."""

    __tablename__ = "ballot_plans"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug", "number"],
            [f"proposals.{name}" for name in ("municipality", "round_slug", "number")],
        ),
        sa.UniqueConstraint("municipality", "round_slug", "lot_number"),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lot_number: Mapped[int]
    title: Mapped[str]
    titles: Mapped[dict[str, Any]]
    summary: Mapped[str]
    place: Mapped[str]
    area_id: Mapped[str]
    theme_id: Mapped[str]
    cost: Mapped[int]
    withdrawn_at: Mapped[datetime | None]

    def to_domain(self) -> BallotPlan:
        """Return the row as the frozen value that the rest of the house uses."""
        return BallotPlan(
            number=self.number,
            lot_number=self.lot_number,
            title=self.title,
            titles=self.titles,
            summary=self.summary,
            place=self.place,
            area_id=self.area_id,
            theme_id=self.theme_id,
            cost=Cents(self.cost),
            withdrawn_at=self.withdrawn_at,
        )


def add(
    slug: str, plans: Iterable[BallotPlan], *, seed: str, content_hash: str, at: datetime
) -> None:
    """Keep the list of a round. It is written once."""
    municipality = current_municipality()
    session().add(
        BallotListRow(
            municipality=municipality,
            round_slug=slug,
            seed=seed,
            hash=content_hash,
            published_at=at,
        )
    )
    session().add_all(
        BallotPlanRow(
            municipality=municipality,
            round_slug=slug,
            number=plan.number,
            lot_number=plan.lot_number,
            title=plan.title,
            titles=plan.titles,
            summary=plan.summary,
            place=plan.place,
            area_id=plan.area_id,
            theme_id=plan.theme_id,
            cost=plan.cost,
        )
        for plan in plans
    )
    session().flush()


def list_plans(slug: str) -> list[BallotPlan]:
    """Return the plans on the list by lot number; none before it is published."""
    rows = session().scalars(
        sa.select(BallotPlanRow)
        .where(mine(BallotPlanRow), BallotPlanRow.round_slug == slug)
        .order_by(BallotPlanRow.lot_number)
    )
    return [row.to_domain() for row in rows]


plans_on_lists: Any = BallotPlanRow.__table__
# Built once: asked for with every page on which people choose.
WITHDRAWN = Prepared(
    sa.select(plans_on_lists.c.number).where(
        plans_on_lists.c.municipality == sa.bindparam("municipality"),
        plans_on_lists.c.round_slug == sa.bindparam("round_slug"),
        plans_on_lists.c.withdrawn_at.is_not(None),
    )
)


def list_withdrawn(slug: str) -> frozenset[int]:
    """Return the numbers of the plans on the list that their owners withdrew."""
    names = {"municipality": current_municipality(), "round_slug": slug}
    return frozenset(row.number for row in WITHDRAWN.rows(reading(), names))


def get(slug: str) -> BallotList:
    """Return the list with its lot, in one query. Raises NoBallotList."""
    found = (
        session()
        .execute(
            sa.select(BallotListRow, BallotPlanRow)
            .join(
                BallotPlanRow,
                sa.and_(
                    BallotPlanRow.municipality == BallotListRow.municipality,
                    BallotPlanRow.round_slug == BallotListRow.round_slug,
                ),
            )
            .where(mine(BallotListRow), BallotListRow.round_slug == slug)
            .order_by(BallotPlanRow.lot_number)
        )
        .all()
    )
    if not found:
        raise NoBallotList
    kept: BallotListRow = found[0][0]
    return BallotList(
        plans=tuple(plan.to_domain() for _, plan in found),
        seed=kept.seed,
        hash=kept.hash,
        published_at=kept.published_at,
    )


def set_withdrawn(slug: str, number: int, *, at: datetime) -> None:
    """Mark a plan on the list as withdrawn by its owner."""
    row = session().get(BallotPlanRow, (current_municipality(), slug, number))
    if row is not None:
        row.withdrawn_at = at
    session().flush()
