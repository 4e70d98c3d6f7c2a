"""Where the ledger is kept, and what waits for its next seal, in the ballot store.

The database itself refuses to change or remove a line or a checkpoint: see the migration.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.ballots.ledger import NOTICE, LedgerState
from pb.ballots.storage import BoxRow, PendingRow
from pb.database.base import (
    WITHOUT_ROW_NUMBERS,
    BallotStoreRow,
    current_municipality,
    names_of_round,
    of_round,
)

AT_ONCE = 5_000


class PendingEventRow(BallotStoreRow):
    """One row of ``pending_events``: an act of people that waits for the next seal."""

    __tablename__ = "pending_events"
    __table_args__ = WITHOUT_ROW_NUMBERS

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[bytes]


class LedgerRow(BallotStoreRow):
    """One row of ``ledger``: a public line. Leaves stand sorted within a seal, not as they came."""

    __tablename__ = "ledger"
    __table_args__ = WITHOUT_ROW_NUMBERS

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[bytes]


class CheckpointRow(BallotStoreRow):
    """One row of ``checkpoints``: a signed note over the first ``size`` lines of the ledger."""

    __tablename__ = "checkpoints"
    __table_args__ = WITHOUT_ROW_NUMBERS

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[str]


boxes: Any = BoxRow.__table__
pending: Any = PendingRow.__table__
pending_events: Any = PendingEventRow.__table__
ledger: Any = LedgerRow.__table__
checkpoints: Any = CheckpointRow.__table__


def find_state(connection: sa.Connection, slug: str) -> LedgerState | None:
    """Return how far the ledger of a round is, or None without a ballot box."""
    query = sa.select(boxes.c.ledger_size, boxes.c.sealed_at).where(*of_round(boxes, slug))
    row = connection.execute(query).one_or_none()
    return None if row is None else LedgerState(size=row.ledger_size, sealed_at=row.sealed_at)


def count_pending(connection: sa.Connection, slug: str) -> tuple[int, int]:
    """Return how many events and how many leaves wait; notices wait for leaves, uncounted."""
    beginning = sa.func.substr(pending_events.c.line, 1, len(NOTICE))
    counts = [
        sa.select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()
        for table, *conditions in (
            (pending_events, *of_round(pending_events, slug), beginning != NOTICE),
            (pending, *of_round(pending, slug)),
        )
    ]
    events, leaves = connection.execute(sa.select(*counts)).one()
    return events, leaves


def add_pending_event(connection: sa.Connection, slug: str, line: bytes) -> None:
    """Let an event wait for the next seal, after those that wait already."""
    highest = sa.select(sa.func.max(pending_events.c.sequence)).where(
        *of_round(pending_events, slug)
    )
    sequence = (connection.scalar(highest) or 0) + 1
    connection.execute(
        sa.insert(pending_events).values(**names_of_round(slug), sequence=sequence, line=line)
    )


def list_pending_events(connection: sa.Connection, slug: str) -> list[bytes]:
    """Return the events that wait, in the order in which they came."""
    query = sa.select(pending_events.c.line).where(*of_round(pending_events, slug))
    return list(connection.scalars(query.order_by(pending_events.c.sequence)))


def list_pending_leaves(connection: sa.Connection, slug: str) -> list[bytes]:
    """Return the leaves that wait, in their own order."""
    query = sa.select(pending.c.leaf).where(*of_round(pending, slug)).order_by(pending.c.leaf)
    return list(connection.scalars(query))


def clear_pending_events(connection: sa.Connection, slug: str) -> None:
    """Forget the events that wait."""
    connection.execute(sa.delete(pending_events).where(*of_round(pending_events, slug)))


def clear_pending_leaves(connection: sa.Connection, slug: str) -> None:
    """Forget the leaves that wait; they stand on the ledger now."""
    connection.execute(sa.delete(pending).where(*of_round(pending, slug)))


def forget_sealed(connection: sa.Connection, slug: str, leaves: Iterable[bytes]) -> None:
    """Forget those of the leaves that wait which stand on the ledger already."""
    waiting = set(list_pending_leaves(connection, slug))
    for leaf in waiting & set(leaves):
        connection.execute(
            sa.delete(pending).where(*of_round(pending, slug), pending.c.leaf == leaf)
        )


def list_begun(connection: sa.Connection) -> list[str]:
    """Return the rounds whose ledger has begun, sorted."""
    query = sa.select(boxes.c.round_slug).where(
        boxes.c.municipality == current_municipality(), boxes.c.ledger_size > 0
    )
    return list(connection.scalars(query.order_by(boxes.c.round_slug)))


def append(
    connection: sa.Connection, slug: str, lines: Sequence[bytes], note: str, now: datetime
) -> None:
    """Add lines at the end of the ledger, and the checkpoint over all of them."""
    size = _size(connection, slug)
    for start in range(0, len(lines), AT_ONCE):
        rows = [
            {**names_of_round(slug), "place": size + start + number, "line": line}
            for number, line in enumerate(lines[start : start + AT_ONCE])
        ]
        connection.execute(sa.insert(ledger), rows)
    size += len(lines)
    connection.execute(sa.insert(checkpoints).values(**names_of_round(slug), size=size, note=note))
    connection.execute(
        sa.update(boxes).where(*of_round(boxes, slug)).values(ledger_size=size, sealed_at=now)
    )


def list_lines(connection: sa.Connection, slug: str) -> list[bytes]:
    """Return the lines of a ledger in their order."""
    query = sa.select(ledger.c.line).where(*of_round(ledger, slug)).order_by(ledger.c.place)
    return list(connection.scalars(query))


def find_place(connection: sa.Connection, slug: str, line: bytes) -> int | None:
    """Return the place of a line, from 0, or None when it is not on the ledger."""
    query = sa.select(ledger.c.place).where(*of_round(ledger, slug), ledger.c.line == line)
    return connection.scalar(query.order_by(ledger.c.place).limit(1))


def size_before(connection: sa.Connection, slug: str, line: bytes) -> int:
    """Return the size of the latest checkpoint after which a line stands, or will stand."""
    place = find_place(connection, slug, line)
    query = sa.select(sa.func.max(checkpoints.c.size)).where(*of_round(checkpoints, slug))
    if place is not None:
        query = query.where(checkpoints.c.size <= place)
    return connection.scalar(query) or 0


def list_checkpoints(connection: sa.Connection, slug: str) -> list[str]:
    """Return the checkpoints, the smallest first."""
    query = sa.select(checkpoints.c.note).where(*of_round(checkpoints, slug))
    return list(connection.scalars(query.order_by(checkpoints.c.size)))


def latest_checkpoint(connection: sa.Connection, slug: str) -> str | None:
    """Return the checkpoint over the whole ledger, or None before the first seal."""
    query = sa.select(checkpoints.c.note).where(*of_round(checkpoints, slug))
    return connection.scalar(query.order_by(checkpoints.c.size.desc()).limit(1))


def _size(connection: sa.Connection, slug: str) -> int:
    query = sa.select(sa.func.count()).select_from(ledger).where(*of_round(ledger, slug))
    return connection.scalar(query) or 0
