"""Where drafts and contact data are kept: what only the owner, or one function, may see."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, session
from pb.proposals.domain import PrivateLinkUnknown


class DraftRow(ParticipationRow):
    """One row of ``proposal_drafts``: the owner's own copy, as typed, under a private link.

    number: the plan that was sent from it, None before sending.
    """

    __tablename__ = "proposal_drafts"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"], ["rounds.municipality", "rounds.slug"]
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(primary_key=True)
    number: Mapped[int | None]
    writing: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class ContactRow(ParticipationRow):
    """One row of ``proposal_contacts``: how to reach an owner. Erased at closing.

    lookups: how often somebody of the staff looked it up.
    """

    __tablename__ = "proposal_contacts"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug", "secret_hash"],
            [f"proposal_drafts.{name}" for name in ("municipality", "round_slug", "secret_hash")],
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(primary_key=True)
    reach: Mapped[str]
    under_16: Mapped[bool]
    guardian_consent: Mapped[bool]
    lookups: Mapped[int]

    def as_written(self) -> dict[str, Any]:
        """Return the contact data under the names of the form."""
        return {
            "reach": self.reach,
            "under_16": self.under_16,
            "guardian_consent": self.guardian_consent,
        }


def add(slug: str, secret_hash: bytes, writing: dict[str, Any], *, at: datetime) -> None:
    """Keep a new draft under a private link, with nothing known about its owner."""
    key: dict[str, Any] = {
        "municipality": current_municipality(),
        "round_slug": slug,
        "secret_hash": secret_hash,
    }
    session().add(DraftRow(**key, writing=writing, saved_at=at))
    session().flush()
    session().add(ContactRow(**key, reach="", under_16=False, guardian_consent=False, lookups=0))
    session().flush()


def save(
    slug: str, secret_hash: bytes, writing: dict[str, Any], contact: dict[str, Any], *, at: datetime
) -> None:
    """Keep what the owner typed, and the contact data apart. Raises PrivateLinkUnknown."""
    row = _get_row(slug, secret_hash)
    row.writing = writing
    row.saved_at = at
    kept = _find_contact(slug, secret_hash)
    if kept is not None:
        for name, value in contact.items():
            setattr(kept, name, value)
    session().flush()


def rewrite(slug: str, number: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Replace what stands in the draft of a sent plan by what ``change`` makes of it."""
    row: DraftRow = (
        session()
        .scalars(
            sa.select(DraftRow).where(
                mine(DraftRow), DraftRow.round_slug == slug, DraftRow.number == number
            )
        )
        .one()
    )
    row.writing = change(row.writing)
    session().flush()


def set_number(slug: str, secret_hash: bytes, number: int) -> None:
    """Remember which plan was sent from a draft."""
    _get_row(slug, secret_hash).number = number
    session().flush()


def get(slug: str, secret_hash: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the owner typed, and the contact data. Raises PrivateLinkUnknown."""
    row, kept = _get_row(slug, secret_hash), _find_contact(slug, secret_hash)
    return row.writing, kept.as_written() if kept else {}


def find_number(slug: str, secret_hash: bytes) -> int | None:
    """Return the plan sent under a private link, None before. Raises PrivateLinkUnknown."""
    return _get_row(slug, secret_hash).number


def look_up_contact(slug: str, number: int) -> dict[str, Any]:
    """Return an owner's contact data, empty once erased, and count that it was asked."""
    kept: ContactRow | None = session().scalar(
        sa.select(ContactRow)
        .join(
            DraftRow,
            sa.and_(
                DraftRow.municipality == ContactRow.municipality,
                DraftRow.round_slug == ContactRow.round_slug,
                DraftRow.secret_hash == ContactRow.secret_hash,
            ),
        )
        .where(mine(ContactRow), DraftRow.round_slug == slug, DraftRow.number == number)
    )
    if kept is None:
        return {}
    kept.lookups += 1
    session().flush()
    return kept.as_written()


def count_lookups(slug: str) -> int:
    """Return how often contact data of this round was looked up."""
    asked = session().scalar(
        sa.select(sa.func.sum(ContactRow.lookups)).where(
            mine(ContactRow), ContactRow.round_slug == slug
        )
    )
    return int(asked or 0)


def erase(slug: str) -> None:
    """Erase all contact data of a round, and every draft that was never sent."""
    session().execute(sa.delete(ContactRow).where(mine(ContactRow), ContactRow.round_slug == slug))
    session().execute(
        sa.delete(DraftRow).where(
            mine(DraftRow), DraftRow.round_slug == slug, DraftRow.number.is_(None)
        )
    )


def _get_row(slug: str, secret_hash: bytes) -> DraftRow:
    row: DraftRow | None = session().get(DraftRow, (current_municipality(), slug, secret_hash))
    if row is None:
        raise PrivateLinkUnknown
    return row


def _find_contact(slug: str, secret_hash: bytes) -> ContactRow | None:
    found: ContactRow | None = session().get(
        ContactRow, (current_municipality(), slug, secret_hash)
    )
    return found
