"""Where the three officers and the locked keys are kept, in the ballot store.

Nothing here opens by itself: every private half is locked with a passphrase of a person, or with
the code in the envelope.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import WITHOUT_ROW_NUMBERS, BallotStoreRow, names_of_round, of_round
from pb.tokens.officers import Cost, LockedKey, Officer, Pair, SharedKey


class OfficerRow(BallotStoreRow):
    """One row of ``officers``: the public halves of one of the three, and the locked ones."""

    __tablename__ = "officers"
    __table_args__ = (
        sa.CheckConstraint("number BETWEEN 1 AND 3", name="number"),
        WITHOUT_ROW_NUMBERS,
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str]
    salt: Mapped[bytes]
    memory: Mapped[int]
    passes: Mapped[int]
    lanes: Mapped[int]
    box_public_key: Mapped[bytes]
    verify_key: Mapped[bytes]
    locked: Mapped[bytes]


class SharedKeyRow(BallotStoreRow):
    """One row of ``shared_keys``: a public half, and the private one locked in the envelope."""

    __tablename__ = "shared_keys"
    __table_args__ = (
        sa.CheckConstraint("purpose IN ('count', 'revocation')", name="purpose"),
        WITHOUT_ROW_NUMBERS,
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[bytes]
    for_envelope: Mapped[bytes]


class PairLockRow(BallotStoreRow):
    """One row of ``pair_locks``: a private half, locked for one pair of officers."""

    __tablename__ = "pair_locks"
    __table_args__ = (
        sa.CheckConstraint("first_officer < second_officer", name="pair"),
        WITHOUT_ROW_NUMBERS,
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    first_officer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    second_officer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    locked: Mapped[bytes]


class RehearsalRow(BallotStoreRow):
    """One row of ``rehearsals``: a pair that opened a dummy ballot."""

    __tablename__ = "rehearsals"
    __table_args__ = (
        sa.CheckConstraint("first_officer < second_officer", name="pair"),
        WITHOUT_ROW_NUMBERS,
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    first_officer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    second_officer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


officers = OfficerRow.__table__
shared_keys = SharedKeyRow.__table__
pair_locks = PairLockRow.__table__
rehearsals = RehearsalRow.__table__


def keep_officer(connection: sa.Connection, slug: str, officer: Officer) -> None:
    """Keep an officer, in the place of an earlier one with the number."""
    connection.execute(
        sa.delete(officers).where(*of_round(officers, slug), officers.c.number == officer.number)
    )
    connection.execute(
        sa.insert(officers).values(
            **names_of_round(slug), number=officer.number, label=officer.label, salt=officer.salt,
            memory=officer.cost.memory, passes=officer.cost.passes, lanes=officer.cost.lanes,
            box_public_key=officer.box_public_key, verify_key=officer.verify_key,
            locked=officer.locked,
        )
    )  # fmt: skip


def list_officers(
    connection: sa.Connection, slug: str, *, locked: bool = False
) -> dict[int, Officer]:
    """Return the officers by number; ``locked`` until the transaction ends."""
    query = sa.select(officers).where(*of_round(officers, slug)).order_by(officers.c.number)
    rows = connection.execute(query.with_for_update() if locked else query)
    return {
        row.number: Officer(
            number=row.number,
            label=row.label,
            salt=row.salt,
            cost=Cost(memory=row.memory, passes=row.passes, lanes=row.lanes),
            box_public_key=row.box_public_key,
            verify_key=row.verify_key,
            locked=row.locked,
        )
        for row in rows
    }


def keep_key(connection: sa.Connection, slug: str, key: LockedKey) -> None:
    """Keep a shared key with all its locks, in the place of an earlier one."""
    for table in (shared_keys, pair_locks):
        connection.execute(
            sa.delete(table).where(*of_round(table, slug), table.c.purpose == key.purpose.value)
        )
    connection.execute(
        sa.insert(shared_keys).values(
            **names_of_round(slug), purpose=key.purpose.value, public_key=key.public_key,
            for_envelope=key.for_envelope,
        )
    )  # fmt: skip
    connection.execute(
        sa.insert(pair_locks),
        [
            {
                **names_of_round(slug), "purpose": key.purpose.value,
                "first_officer": first, "second_officer": second, "locked": locked,
            }
            for (first, second), locked in sorted(key.for_pairs.items())
        ],
    )  # fmt: skip


def destroy_key(connection: sa.Connection, slug: str, purpose: SharedKey) -> None:
    """Destroy the private half of a shared key; nobody can open it any more."""
    connection.execute(
        sa.delete(pair_locks).where(
            *of_round(pair_locks, slug), pair_locks.c.purpose == purpose.value
        )
    )
    connection.execute(
        sa.update(shared_keys)
        .where(*of_round(shared_keys, slug), shared_keys.c.purpose == purpose.value)
        .values(for_envelope=b"")
    )


def list_keys(connection: sa.Connection, slug: str) -> dict[SharedKey, LockedKey]:
    """Return the shared keys by purpose, with their locks; empty before the ceremony."""
    locks: dict[str, dict[Pair, bytes]] = {}
    for row in connection.execute(sa.select(pair_locks).where(*of_round(pair_locks, slug))):
        pair = (row.first_officer, row.second_officer)
        locks.setdefault(row.purpose, {})[pair] = row.locked
    kept = connection.execute(sa.select(shared_keys).where(*of_round(shared_keys, slug)))
    return {
        SharedKey(row.purpose): LockedKey(
            purpose=SharedKey(row.purpose),
            public_key=row.public_key,
            for_pairs=locks.get(row.purpose, {}),
            for_envelope=row.for_envelope,
        )
        for row in kept
    }


def public_keys(connection: sa.Connection, slug: str) -> dict[SharedKey, bytes]:
    """Return the public halves by purpose; empty before the ceremony."""
    query = sa.select(shared_keys.c.purpose, shared_keys.c.public_key)
    rows = connection.execute(query.where(*of_round(shared_keys, slug)))
    return {SharedKey(row.purpose): row.public_key for row in rows}


def keep_rehearsal(connection: sa.Connection, slug: str, pair: Pair) -> None:
    """Keep that a pair opened a dummy ballot; once is enough."""
    first, second = pair
    connection.execute(
        sa.delete(rehearsals).where(
            *of_round(rehearsals, slug),
            rehearsals.c.first_officer == first, rehearsals.c.second_officer == second,
        )
    )  # fmt: skip
    connection.execute(
        sa.insert(rehearsals).values(
            **names_of_round(slug), first_officer=first, second_officer=second
        )
    )


def list_rehearsals(connection: sa.Connection, slug: str) -> frozenset[Pair]:
    """Return the pairs that opened a dummy ballot."""
    query = sa.select(rehearsals.c.first_officer, rehearsals.c.second_officer)
    rows: Iterable[Any] = connection.execute(query.where(*of_round(rehearsals, slug)))
    return frozenset((row.first_officer, row.second_officer) for row in rows)


def forget_rehearsals(connection: sa.Connection, slug: str, number: int) -> None:
    """Forget what an officer rehearsed with an earlier passphrase."""
    connection.execute(
        sa.delete(rehearsals).where(
            *of_round(rehearsals, slug),
            sa.or_(rehearsals.c.first_officer == number, rehearsals.c.second_officer == number),
        )
    )


def forget_ceremony(connection: sa.Connection, slug: str) -> None:
    """Forget everything of a ceremony, so that it can begin again."""
    for table in (rehearsals, pair_locks, shared_keys, officers):
        connection.execute(sa.delete(table).where(*of_round(table, slug)))
