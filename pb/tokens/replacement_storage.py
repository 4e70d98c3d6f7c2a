"""Where reported letters are found, and which packs of spares are in use, in the ballot store.

No row has a time, and none names an envelope that somebody drew: a pack is put into use with all
its keys at once.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import WITHOUT_ROW_NUMBERS, BallotStoreRow, current_municipality, of_round
from pb.tokens.domain import Letter, TokenStatus
from pb.tokens.replacement import KeptLetter
from pb.tokens.storage import letters, roll


class SparePackRow(BallotStoreRow):
    """One row of ``spare_packs``: who proposed to put a pack into use, and who confirmed it."""

    __tablename__ = "spare_packs"
    __table_args__ = (
        sa.CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
        WITHOUT_ROW_NUMBERS,
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    proposed_by: Mapped[int]
    confirmed_by: Mapped[int | None]


packs = SparePackRow.__table__


def find_letter(
    connection: sa.Connection, slug: str, serial: str, *, locked: bool = False
) -> KeptLetter | None:
    """Return the letter with a number, or None; ``locked`` until the transaction ends."""
    query = sa.select(letters).where(*of_round(letters, slug), letters.c.serial == serial)
    row = connection.execute(query.with_for_update() if locked else query).one_or_none()
    if row is None:
        return None
    letter = Letter(serial=row.serial, batch=row.batch, area=row.area, sealed=row.sealed)
    return KeptLetter(letter, TokenStatus(row.status))


def set_letter_status(
    connection: sa.Connection, slug: str, serial: str, status: TokenStatus
) -> None:
    """Change where a letter stands for the desk."""
    connection.execute(
        sa.update(letters)
        .where(*of_round(letters, slug), letters.c.serial == serial)
        .values(status=status.value)
    )


def count_letters(connection: sa.Connection, slug: str) -> dict[str, int]:
    """Return how many letters there are per batch, whatever became of them."""
    query = (
        sa.select(letters.c.batch, sa.func.count().label("letters"))
        .where(*of_round(letters, slug))
        .group_by(letters.c.batch)
    )
    return {row.batch: row.letters for row in connection.execute(query)}


def list_proposals(connection: sa.Connection, slug: str) -> dict[str, int]:
    """Return per area who proposed to put its pack into use."""
    query = sa.select(packs).where(*of_round(packs, slug)).order_by(packs.c.area)
    return {row.area: row.proposed_by for row in connection.execute(query)}


def keep_proposal(connection: sa.Connection, slug: str, area: str, proposed_by: int) -> None:
    """Keep that somebody proposed to put a pack into use, in the place of an earlier proposal."""
    connection.execute(sa.delete(packs).where(*of_round(packs, slug), packs.c.area == area))
    connection.execute(
        sa.insert(packs).values(
            municipality=current_municipality(), round_slug=slug, area=area,
            proposed_by=proposed_by, confirmed_by=None,
        )
    )  # fmt: skip


def keep_confirmation(connection: sa.Connection, slug: str, area: str, confirmed_by: int) -> None:
    """Keep that a second person agreed."""
    connection.execute(
        sa.update(packs)
        .where(*of_round(packs, slug), packs.c.area == area)
        .values(confirmed_by=confirmed_by)
    )


def issue_spares(connection: sa.Connection, slug: str, area: str) -> int:
    """Let every spare key and letter of an area be like one that was sent; return how many."""
    _issue(connection, letters, slug, area)
    return _issue(connection, roll, slug, area)


def _issue(connection: sa.Connection, table: Any, slug: str, area: str) -> int:
    changed = connection.execute(
        sa.update(table)
        .where(
            *of_round(table, slug), table.c.area == area, table.c.status == TokenStatus.SPARE.value
        )
        .values(status=TokenStatus.ISSUED.value)
    )
    return changed.rowcount
