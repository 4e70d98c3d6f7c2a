"""Where plans and their earlier versions are kept. Drafts and owners: ``draft_storage``."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, reading, session
from pb.database.prepared import Prepared
from pb.foundation.money import Cents
from pb.proposals.answers import answer_from_document, answer_to_document
from pb.proposals.domain import (
    NOT_PUBLIC,
    Answer,
    Content,
    CostLine,
    Origin,
    PlanCard,
    PlanNotFound,
    Proposal,
    ProposalState,
    Version,
    state_as_public,
)
from pb.proposals.risk import RiskCard, card_from_document, card_to_document

# What a plan says, column by column; the costs are kept as [label, cents] pairs.
PLAIN_CONTENT = (
    "title",
    "summary",
    "situation",
    "place",
    "area_id",
    "theme_id",
    "upkeep",
    "own_part",
    "care",
    "pseudonym",
)


class ProposalRow(ParticipationRow):
    """One row of ``proposals``: a plan that was sent, in its present version."""

    __tablename__ = "proposals"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"], ["rounds.municipality", "rounds.slug"]
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    titles: Mapped[dict[str, Any]]
    summary: Mapped[str]
    situation: Mapped[str]
    place: Mapped[str]
    area_id: Mapped[str]
    theme_id: Mapped[str]
    cost: Mapped[int]
    cost_lines: Mapped[list[Any]]
    first_cost: Mapped[int]
    upkeep: Mapped[int | None]
    own_part: Mapped[str]
    care: Mapped[str]
    pseudonym: Mapped[str]
    submitted_at: Mapped[datetime]
    answer: Mapped[dict[str, Any]]
    held_from: Mapped[str | None]
    held_reason: Mapped[str]
    lot_number: Mapped[int | None]
    risk: Mapped[dict[str, Any] | None]
    signed_proof: Mapped[str | None]

    def to_domain(self) -> Proposal:
        """Return the row as the frozen value that the rest of the house uses."""
        return Proposal(
            **_content_of(self),
            number=self.number,
            state=ProposalState(self.state),
            version=self.version,
            titles=self.titles,
            first_cost=Cents(self.first_cost),
            submitted_at=self.submitted_at,
            answer=answer_from_document(self.answer),
            held_from=ProposalState(self.held_from) if self.held_from else None,
            held_reason=self.held_reason,
            lot_number=self.lot_number,
            risk=card_from_document(self.risk),
            signed_proof=self.signed_proof,
        )


class VersionRow(ParticipationRow):
    """One row of ``proposal_versions``: what a plan said before it was changed."""

    __tablename__ = "proposal_versions"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug", "number"],
            [f"proposals.{name}" for name in ("municipality", "round_slug", "number")],
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime]
    origin: Mapped[str]
    note: Mapped[str]
    content: Mapped[dict[str, Any]]

    def to_domain(self) -> Version:
        """Return the row as the frozen value that the rest of the house uses."""
        lines = tuple(CostLine(label, Cents(cents)) for label, cents in self.content["cost_lines"])
        return Version(
            **{**self.content, "cost_lines": lines},
            number=self.version,
            until=self.until,
            origin=Origin(self.origin),
            note=self.note,
        )


def _content_of(row: ProposalRow) -> dict[str, Any]:
    lines = tuple(CostLine(label, Cents(cents)) for label, cents in row.cost_lines)
    plain = {name: getattr(row, name) for name in PLAIN_CONTENT}
    return {**plain, "cost": Cents(row.cost), "cost_lines": lines}


def add(slug: str, number: int, content: Content, *, at: datetime) -> None:
    """Keep a plan that was just sent."""
    row = ProposalRow(
        municipality=current_municipality(),
        round_slug=slug,
        number=number,
        state=ProposalState.SUBMITTED.value,
        version=1,
        titles={},
        first_cost=content.cost,
        submitted_at=at,
        answer={},
        held_reason="",
    )
    _write(row, content)
    session().add(row)
    session().flush()


def wait_for_turn(slug: str) -> None:
    """Let one plan of a round be sent at a time, until the transaction ends.

    On SQLite writers stand in line already, before they begin.
    """
    if session().get_bind().dialect.name == "postgresql":
        session().execute(
            sa.text("SELECT pg_advisory_xact_lock(hashtext(:line))"),
            {"line": f"proposals/{current_municipality()}/{slug}"},
        )


def next_number(slug: str) -> int:
    """Return the number that the next plan of this round gets."""
    last = session().scalar(
        sa.select(sa.func.max(ProposalRow.number)).where(
            mine(ProposalRow), ProposalRow.round_slug == slug
        )
    )
    return (last or 0) + 1


def change(
    slug: str, number: int, content: Content, *, origin: Origin, note: str, at: datetime
) -> None:
    """Replace what a plan says; what it said stays as an earlier version.

    Translations of a title that changed are dropped: they would say something else.
    """
    row = _get_row(slug, number)
    session().add(
        VersionRow(
            municipality=row.municipality,
            round_slug=slug,
            number=number,
            version=row.version,
            until=at,
            origin=origin.value,
            note=note,
            content={
                **{name: getattr(row, name) for name in PLAIN_CONTENT},
                "cost": row.cost,
                "cost_lines": row.cost_lines,
            },
        )
    )
    if content.title != row.title:
        row.titles = {}
    row.version += 1
    _write(row, content)
    session().flush()


def _write(row: ProposalRow, content: Content) -> None:
    for name in PLAIN_CONTENT:
        setattr(row, name, getattr(content, name))
    row.cost = content.cost
    row.cost_lines = [[line.label, line.amount] for line in content.cost_lines]


def get(slug: str, number: int) -> Proposal:
    """Return the plan with this number. Raises PlanNotFound."""
    return _get_row(slug, number).to_domain()


def get_with_versions(slug: str, number: int) -> tuple[Proposal, list[Version]]:
    """Return a plan and its earlier versions, the newest first. Raises PlanNotFound."""
    found = (
        session()
        .execute(
            sa.select(ProposalRow, VersionRow)
            .outerjoin(
                VersionRow,
                sa.and_(
                    VersionRow.municipality == ProposalRow.municipality,
                    VersionRow.round_slug == ProposalRow.round_slug,
                    VersionRow.number == ProposalRow.number,
                ),
            )
            .where(mine(ProposalRow), ProposalRow.round_slug == slug, ProposalRow.number == number)
            .order_by(VersionRow.version.desc())
        )
        .all()
    )
    if not found:
        raise PlanNotFound
    return found[0][0].to_domain(), [version.to_domain() for _, version in found if version]


def list_sent(
    slug: str, *, public_only: bool = False, area_id: str = "", theme_id: str = ""
) -> list[Proposal]:
    """Return the plans of a round by number, in one query."""
    query = sa.select(ProposalRow).where(mine(ProposalRow), ProposalRow.round_slug == slug)
    if public_only:
        query = query.where(ProposalRow.state.not_in([state.value for state in NOT_PUBLIC]))
    if area_id:
        query = query.where(ProposalRow.area_id == area_id)
    if theme_id:
        query = query.where(ProposalRow.theme_id == theme_id)
    return [row.to_domain() for row in session().scalars(query.order_by(ProposalRow.number))]


proposals: Any = ProposalRow.__table__
# Built once, and as texts where the driver gives them: the list is asked for most of all.
CARDS = Prepared(
    sa.select(
        *(proposals.c[name] for name in ("number", "state", "title", "summary")),
        *(proposals.c[name] for name in ("area_id", "theme_id", "cost")),
        sa.cast(proposals.c.titles, sa.Text).label("titles"),
        sa.cast(proposals.c.answer, sa.Text).label("answer"),
    )
    .where(
        proposals.c.municipality == sa.bindparam("municipality"),
        proposals.c.round_slug == sa.bindparam("round_slug"),
        *(proposals.c.state != state.value for state in sorted(NOT_PUBLIC)),
    )
    .order_by(proposals.c.number)
)


def list_cards(slug: str, *, verdicts_known: bool) -> list[PlanCard]:
    """Return the plans that everyone may read, by number, as a list shows them."""
    names = {"municipality": current_municipality(), "round_slug": slug}
    rows = CARDS.rows(reading(), names)
    return [_card(*row, verdicts_known=verdicts_known) for row in rows]


@lru_cache(maxsize=1_024)  # By everything that was read, so a changed plan is another card.
def _card(
    number: int,
    written_state: str,
    title: str,
    summary: str,
    area_id: str,
    theme_id: str,
    cost: int,
    written_titles: str,
    written_answer: str,
    *,
    verdicts_known: bool,
) -> PlanCard:
    """Return the card of one row of ``CARDS``, whose columns the parameters follow."""
    state = ProposalState(written_state)
    is_answered = verdicts_known or state is ProposalState.MERGED
    answer = answer_from_document(json.loads(written_answer)) if is_answered else None
    return PlanCard(
        number=number,
        state=state_as_public(state, verdicts_known=verdicts_known),
        title=title,
        written_titles=written_titles,
        summary=summary,
        area_id=area_id,
        theme_id=theme_id,
        cost=Cents(cost) if answer is None or answer.cost is None else answer.cost,
    )


def set_state(slug: str, number: int, state: ProposalState) -> None:
    """Move a plan to a state."""
    _get_row(slug, number).state = state.value
    session().flush()


def set_answer(slug: str, number: int, answer: Answer | None) -> None:
    """Keep the municipality's answer, or take it back."""
    _get_row(slug, number).answer = answer_to_document(answer)
    session().flush()


def set_risk_card(slug: str, number: int, card: RiskCard | None) -> None:
    """Keep the risk card of a plan, or take it back."""
    _get_row(slug, number).risk = card_to_document(card)
    session().flush()


def set_signed_proof(slug: str, number: int, proof: str | None) -> None:
    """Keep the hash of the ballot proof that was found right, or forget it."""
    _get_row(slug, number).signed_proof = proof
    session().flush()


def set_hold(slug: str, number: int, *, held_from: ProposalState | None, reason: str) -> None:
    """Remember what a plan was before it was put on hold, and why; or forget it."""
    row = _get_row(slug, number)
    row.held_from = held_from.value if held_from else None
    row.held_reason = reason
    session().flush()


def set_titles(slug: str, number: int, titles: dict[str, str]) -> None:
    """Keep the translations of a title, by language code."""
    _get_row(slug, number).titles = titles
    session().flush()


def set_lots(slug: str, lots: dict[int, int]) -> None:
    """Write on each plan the lot number that it drew."""
    for number, lot in lots.items():
        _get_row(slug, number).lot_number = lot
    session().flush()


def _get_row(slug: str, number: int) -> ProposalRow:
    row: ProposalRow | None = session().get(ProposalRow, (current_municipality(), slug, number))
    if row is None:
        raise PlanNotFound
    return row
