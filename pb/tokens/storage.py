"""Where the roll and the letters are kept, in the ballot store.

Three tables, whose keys are random or printed on paper, without row numbers and without
times: nothing in them tells in which order anything happened. Casting reads ``roll`` and
never touches ``letters``.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import (
    WITHOUT_ROW_NUMBERS,
    BallotStoreRow,
    current_municipality,
    names_of_round,
    of_round,
)
from pb.database.prepared import Prepared
from pb.foundation.canonical import canonical_json
from pb.tokens.domain import Letter, RollEntry, TokenStatus
from pb.tokens.order import LetterOrder, Roll

AT_ONCE = 5_000

Item = TypeVar("Item")


class OrderRow(BallotStoreRow):
    """One row of ``letter_orders``: how many letters, and the hash of the roll made by it."""

    __tablename__ = "letter_orders"
    __table_args__ = (
        sa.CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
        WITHOUT_ROW_NUMBERS,
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    letter_order: Mapped[bytes]
    proposed_by: Mapped[int]
    confirmed_by: Mapped[int | None]
    hash: Mapped[bytes | None]
    fingerprint: Mapped[str]


class RollRow(BallotStoreRow):
    """One row of ``roll``: the public half of the key of one letter. No column leads to it."""

    __tablename__ = "roll"
    __table_args__ = (
        sa.CheckConstraint("status IN ('issued', 'spare', 'revoked', 'paper')", name="status"),
        WITHOUT_ROW_NUMBERS,
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    ballot_key: Mapped[bytes] = mapped_column(primary_key=True)
    area: Mapped[str]
    status: Mapped[str]


class LetterRow(BallotStoreRow):
    """One row of ``letters``: what the desk needs to replace a letter. No vote touches it."""

    __tablename__ = "letters"
    __table_args__ = WITHOUT_ROW_NUMBERS

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(primary_key=True)
    batch: Mapped[str]
    area: Mapped[str]
    sealed: Mapped[bytes]
    status: Mapped[str]


orders = OrderRow.__table__
roll = RollRow.__table__
letters = LetterRow.__table__


def keep_order(connection: sa.Connection, slug: str, order: LetterOrder, proposed_by: int) -> None:
    """Keep a proposed order in the place of an earlier one that did not become a roll."""
    document = canonical_json(
        {"letters": [list(pair) for pair in order.letters], "spare_permille": order.spare_permille}
    )
    connection.execute(sa.delete(orders).where(*of_round(orders, slug)))
    connection.execute(
        sa.insert(orders).values(
            municipality=current_municipality(), round_slug=slug, letter_order=document,
            proposed_by=proposed_by, confirmed_by=None, hash=None, fingerprint="",
        )
    )  # fmt: skip


def keep_confirmation(connection: sa.Connection, slug: str, confirmed_by: int) -> None:
    """Keep who confirmed the order."""
    connection.execute(
        sa.update(orders).where(*of_round(orders, slug)).values(confirmed_by=confirmed_by)
    )


def find_roll(connection: sa.Connection, slug: str, *, locked: bool = False) -> Roll | None:
    """Return what is known of the roll as a whole; ``locked`` until the transaction ends."""
    query = sa.select(orders).where(*of_round(orders, slug))
    row = connection.execute(query.with_for_update() if locked else query).one_or_none()
    if row is None:
        return None
    return Roll(
        order=_order(row.letter_order),
        proposed_by=row.proposed_by,
        confirmed_by=row.confirmed_by,
        hash=row.hash,
        fingerprint=row.fingerprint,
    )


def add_roll(
    connection: sa.Connection,
    slug: str,
    entries: Iterable[RollEntry],
    kept_letters: Iterable[Letter],
    *,
    spare_batches: frozenset[str],
    roll_hash: bytes,
    fingerprint: str,
) -> None:
    """Keep the roll, in the order of its keys, and the letters, in the order of their numbers."""
    names = names_of_round(slug)
    in_order = sorted(entries, key=lambda entry: entry.ballot_key)
    for some in _portions(in_order):
        connection.execute(
            sa.insert(roll),
            [
                {**names, "ballot_key": each.ballot_key, "area": each.area, "status": each.status}
                for each in some
            ],
        )
    for portion in _portions(sorted(kept_letters, key=lambda letter: letter.serial)):
        connection.execute(
            sa.insert(letters),
            [
                {
                    **names, "serial": each.serial, "batch": each.batch, "area": each.area,
                    "sealed": each.sealed,
                    "status": (
                        TokenStatus.SPARE if each.batch in spare_batches else TokenStatus.ISSUED
                    ),
                }
                for each in portion
            ],
        )  # fmt: skip
    connection.execute(
        sa.update(orders)
        .where(*of_round(orders, slug))
        .values(hash=roll_hash, fingerprint=fingerprint)
    )


# Built once: casting asks these for every ballot, and building costs more than running.
_STATUS = sa.select(roll.c.status).where(
    roll.c.municipality == sa.bindparam("municipality"),
    roll.c.round_slug == sa.bindparam("round_slug"),
    roll.c.ballot_key == sa.bindparam("ballot_key"),
)
STATUS, STATUS_LOCKED = Prepared(_STATUS), Prepared(_STATUS.with_for_update())


def find_status(
    connection: sa.Connection, slug: str, ballot_key: bytes, *, locked: bool
) -> TokenStatus | None:
    """Return where a key on the roll stands, or None; ``locked`` until the transaction ends."""
    names = {
        "municipality": current_municipality(), "round_slug": slug, "ballot_key": ballot_key
    }  # fmt: skip
    row = (STATUS_LOCKED if locked else STATUS).row(connection, names)
    return None if row is None else TokenStatus(row.status)


def set_status(
    connection: sa.Connection, slug: str, ballot_key: bytes, status: TokenStatus
) -> None:
    """Change where a key on the roll stands."""
    connection.execute(
        sa.update(roll)
        .where(*of_round(roll, slug), roll.c.ballot_key == ballot_key)
        .values(status=status.value)
    )


def destroy_handles(connection: sa.Connection, slug: str) -> None:
    """Destroy what is sealed in every letter; its number stays."""
    connection.execute(sa.update(letters).where(*of_round(letters, slug)).values(sealed=b""))


def count_handles(connection: sa.Connection, slug: str) -> int:
    """Return in how many letters something is sealed."""
    query = sa.select(sa.func.count()).select_from(letters)
    return connection.scalar(query.where(*of_round(letters, slug), letters.c.sealed != b"")) or 0


def list_roll(connection: sa.Connection, slug: str) -> list[RollEntry]:
    """Return the whole roll, in the order of the ballot keys."""
    query = (
        sa.select(roll.c.ballot_key, roll.c.area, roll.c.status)
        .where(*of_round(roll, slug))
        .order_by(roll.c.ballot_key)
    )
    return [
        RollEntry(ballot_key, area, TokenStatus(status))
        for ballot_key, area, status in connection.execute(query)
    ]


def count_by_area_and_status(
    connection: sa.Connection, slug: str, among: sa.Select[Any] | None = None
) -> dict[tuple[str, TokenStatus], int]:
    """Return how many keys there are per area and status; ``among`` selects ballot keys."""
    query = (
        sa.select(roll.c.area, roll.c.status, sa.func.count())
        .where(*of_round(roll, slug))
        .group_by(roll.c.area, roll.c.status)
        .order_by(roll.c.area, roll.c.status)
    )
    if among is not None:
        query = query.where(roll.c.ballot_key.in_(among))
    return {(area, TokenStatus(status)): count for area, status, count in connection.execute(query)}


def _order(document: bytes) -> LetterOrder:
    plain = json.loads(document)
    return LetterOrder(
        letters=tuple((area, count) for area, count in plain["letters"]),
        spare_permille=plain["spare_permille"],
    )


def _portions(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield the items in lists that a database takes at once."""
    waiting = iter(items)
    while some := list(islice(waiting, AT_ONCE)):
        yield some
