"""Where ballot boxes and ballots are kept, in the ballot store; the ledger: ledger_storage.

The keys of what casting writes are random, there are no row numbers, and no column holds a
time, an order, an address or an account: see tests/ballots/test_secrecy.py. On PostgreSQL the
pages of a table keep the order of writing; dump it ordered by key, and keep no log archive.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.ballots.document import from_document
from pb.ballots.domain import BallotBox, BallotList, BoxHours, BoxState, WhySuperseded
from pb.ballots.envelope import SealedBallot, SupersededBallot
from pb.database.base import WITHOUT_ROW_NUMBERS, BallotStoreRow, names_of_round, of_round
from pb.database.prepared import Prepared

ROLL_KEY = ["municipality", "round_slug", "ballot_key"]


class BoxRow(BallotStoreRow):
    """One row of ``ballot_boxes``: what casting needs to know of a round, and nothing else."""

    __tablename__ = "ballot_boxes"
    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'paused', 'closed')", name="state"),
        WITHOUT_ROW_NUMBERS,
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    result_by: Mapped[datetime]
    document: Mapped[bytes]
    document_hash: Mapped[bytes]
    count_public_key: Mapped[bytes]
    config: Mapped[bytes]
    spares: Mapped[bytes]
    ledger_size: Mapped[int]
    sealed_at: Mapped[datetime | None]


class BallotRow(BallotStoreRow):
    """One row of ``ballots``: the ballot of a letter that counts now."""

    __tablename__ = "ballots"
    __table_args__ = (
        sa.UniqueConstraint("municipality", "round_slug", "leaf"),
        sa.ForeignKeyConstraint(ROLL_KEY, [f"roll.{name}" for name in ROLL_KEY]),
        WITHOUT_ROW_NUMBERS,
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    ballot_key: Mapped[bytes] = mapped_column(primary_key=True)
    version: Mapped[int]
    count_box: Mapped[bytes]
    view_box: Mapped[bytes]
    inner: Mapped[bytes]
    signature: Mapped[bytes]
    leaf: Mapped[bytes]
    submission: Mapped[bytes]


class SupersededRow(BallotStoreRow):
    """One row of ``superseded``: a ballot that does not count any more; its choices are gone."""

    __tablename__ = "superseded"
    __table_args__ = (
        sa.CheckConstraint("why IN ('revote', 'revoked', 'paper')", name="why"),
        sa.UniqueConstraint("municipality", "round_slug", "ballot_key", "version"),
        sa.ForeignKeyConstraint(ROLL_KEY, [f"roll.{name}" for name in ROLL_KEY]),
        WITHOUT_ROW_NUMBERS,
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    leaf: Mapped[bytes] = mapped_column(primary_key=True)
    ballot_key: Mapped[bytes]
    version: Mapped[int]
    inner: Mapped[bytes]
    submission: Mapped[bytes]
    why: Mapped[str]


class PendingRow(BallotStoreRow):
    """One row of ``pending``: a leaf that waits for the next seal of the ledger."""

    __tablename__ = "pending"
    __table_args__ = WITHOUT_ROW_NUMBERS

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    leaf: Mapped[bytes] = mapped_column(primary_key=True)


boxes: Any = BoxRow.__table__
ballots: Any = BallotRow.__table__
superseded: Any = SupersededRow.__table__
pending: Any = PendingRow.__table__


def _this(table: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.municipality == sa.bindparam("municipality"),
        table.c.round_slug == sa.bindparam("round_slug"),
    )


def _versions() -> sa.CompoundSelect[Any]:
    columns = ("version", "leaf", "submission")
    current = sa.select(*(ballots.c[name] for name in columns), sa.literal(1).label("counts"))
    earlier = sa.select(*(superseded.c[name] for name in columns), sa.literal(0).label("counts"))
    return sa.union_all(
        current.where(*_this(ballots), ballots.c.ballot_key == sa.bindparam("ballot_key")),
        earlier.where(
            *_this(superseded),
            superseded.c.ballot_key == sa.bindparam("ballot_key"),
            superseded.c.submission == sa.bindparam("submission"),
        ),
    )


# Built once: casting runs these for every ballot, and building costs more than running.
BOX = Prepared(
    sa.select(
        *(
            each
            for each in boxes.c
            if each.name not in {"document", "config", "spares", "sealed_at"}
        )
    ).where(*_this(boxes))
)
DOCUMENT = sa.select(boxes.c.document).where(*_this(boxes))
_HOURS = sa.select(boxes.c.state, boxes.c.opens_at, boxes.c.closes_at, boxes.c.result_by).where(
    *_this(boxes)
)
HOURS_SHARED = Prepared(_HOURS.with_for_update(read=True))
HOURS_ALONE = Prepared(_HOURS.with_for_update())
VERSIONS = Prepared(_versions())
ADD_BALLOT, ADD_PENDING = Prepared(sa.insert(ballots)), Prepared(sa.insert(pending))


class DocumentDamaged(Exception):
    """A ballot list is not what its hash says. A bug or an attack, never a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVersion:
    """One ballot of a letter, without its choices. counts: False when it was superseded."""

    version: int
    leaf: bytes
    submission: bytes
    counts: bool


def keep_box(
    connection: sa.Connection,
    slug: str,
    *,
    hours: BoxHours,
    document: bytes,
    config: bytes,
    spares: bytes,
    count_public_key: bytes,
) -> None:
    """Keep the ballot box of a round, in the place of an earlier one that was never opened."""
    connection.execute(sa.delete(boxes).where(*of_round(boxes, slug)))
    connection.execute(
        sa.insert(boxes).values(
            **names_of_round(slug),
            state=hours.state.value,
            opens_at=hours.opens_at,
            closes_at=hours.closes_at,
            result_by=hours.result_by,
            document=document,
            document_hash=hashlib.sha256(document).digest(),
            count_public_key=count_public_key,
            config=config,
            spares=spares,
            ledger_size=0,
            sealed_at=None,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDocuments:
    """What a box publishes before anybody votes, byte for byte.

    projects: the ballot list. config: what the ledger commits to. spares: a line per spare letter.
    """

    projects: bytes
    config: bytes
    spares: bytes


def find_documents(connection: sa.Connection, slug: str) -> PublicDocuments | None:
    """Return what a box publishes, or None without a box."""
    query = sa.select(boxes.c.document, boxes.c.config, boxes.c.spares).where(
        *of_round(boxes, slug)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return PublicDocuments(projects=row.document, config=row.config, spares=row.spares)


def find_box(connection: sa.Connection, slug: str) -> BallotBox | None:
    """Return the ballot box of a round, or None before it is prepared."""
    row = BOX.row(connection, names_of_round(slug))
    if row is None:
        return None
    return BallotBox(
        hours=_hours(row),
        ballot_list=_ballot_list(connection, slug, row.document_hash),
        document_hash=row.document_hash,
        count_public_key=row.count_public_key,
        ledger_size=row.ledger_size,
    )


# What has this hash never changes, so reading it once is enough for every ballot after it.
_lists_by_hash: dict[bytes, BallotList] = {}
KEPT_IN_MEMORY = 64


def _ballot_list(connection: sa.Connection, slug: str, document_hash: bytes) -> BallotList:
    """Return the ballot list of a box, from memory when it was read before."""
    known = _lists_by_hash.get(document_hash)
    if known is not None:
        return known
    document = connection.scalars(DOCUMENT, names_of_round(slug)).one()
    if hashlib.sha256(document).digest() != document_hash:
        raise DocumentDamaged(slug)
    if len(_lists_by_hash) >= KEPT_IN_MEMORY:
        _lists_by_hash.clear()
    return _lists_by_hash.setdefault(document_hash, from_document(document))


def find_hours(connection: sa.Connection, slug: str, *, alone: bool = False) -> BoxHours | None:
    """Return the hours of a box, unchanged until the transaction ends.

    alone: for who changes them; waits until every ballot that is being cast is in.
    """
    row = (HOURS_ALONE if alone else HOURS_SHARED).row(connection, names_of_round(slug))
    return None if row is None else _hours(row)


def set_state(connection: sa.Connection, slug: str, state: BoxState) -> None:
    """Pause, open or close a box."""
    connection.execute(sa.update(boxes).where(*of_round(boxes, slug)).values(state=state.value))


def set_hours(connection: sa.Connection, slug: str, hours: BoxHours) -> None:
    """Change the state and the hours of a box."""
    connection.execute(
        sa.update(boxes)
        .where(*of_round(boxes, slug))
        .values(
            state=hours.state.value, opens_at=hours.opens_at, closes_at=hours.closes_at,
            result_by=hours.result_by,
        )
    )  # fmt: skip


def find_versions(
    connection: sa.Connection, slug: str, ballot_key: bytes, submission: bytes
) -> list[KeptVersion]:
    """Return the ballot of a letter that counts, and those that came by this submission."""
    names = {**names_of_round(slug), "ballot_key": ballot_key, "submission": submission}
    return [
        KeptVersion(
            version=row.version, leaf=row.leaf, submission=row.submission, counts=bool(row.counts)
        )
        for row in VERSIONS.rows(connection, names)
    ]


def find_ballot(connection: sa.Connection, slug: str, ballot_key: bytes) -> SealedBallot | None:
    """Return the ballot of a letter that counts, or None."""
    query = sa.select(ballots).where(*of_round(ballots, slug), ballots.c.ballot_key == ballot_key)
    row = connection.execute(query).one_or_none()
    return None if row is None else _sealed(row)


def supersede(connection: sa.Connection, slug: str, ballot_key: bytes, why: WhySuperseded) -> None:
    """Remember that there was a ballot, without its choices, before it is replaced or removed."""
    names = ("municipality", "round_slug", "leaf", "ballot_key", "version", "inner", "submission")
    leaving = sa.select(*(ballots.c[name] for name in names), sa.literal(why.value)).where(
        *of_round(ballots, slug), ballots.c.ballot_key == ballot_key
    )
    connection.execute(sa.insert(superseded).from_select([*names, "why"], leaving))


def add_ballot(
    connection: sa.Connection, slug: str, sealed: SealedBallot, submission: bytes
) -> None:
    """Keep the first ballot of a letter."""
    names = {
        **names_of_round(slug),
        "ballot_key": sealed.ballot_key,
        **_content(sealed, submission),
    }
    ADD_BALLOT.run(connection, names)


def replace_ballot(
    connection: sa.Connection, slug: str, sealed: SealedBallot, submission: bytes
) -> None:
    """Write a new ballot over the one that a letter had; nothing of the old choices is left."""
    connection.execute(
        sa.update(ballots)
        .where(*of_round(ballots, slug), ballots.c.ballot_key == sealed.ballot_key)
        .values(**_content(sealed, submission))
    )


def remove_ballot(connection: sa.Connection, slug: str, ballot_key: bytes) -> None:
    """Take the ballot of a letter out of the box."""
    connection.execute(
        sa.delete(ballots).where(*of_round(ballots, slug), ballots.c.ballot_key == ballot_key)
    )


def add_pending(connection: sa.Connection, slug: str, leaf: bytes) -> None:
    """Let a leaf wait for the next seal of the ledger."""
    ADD_PENDING.run(connection, {**names_of_round(slug), "leaf": leaf})


def list_ballots(connection: sa.Connection, slug: str) -> list[SealedBallot]:
    """Return every ballot that counts, in the order of the leaves, which is random."""
    query = sa.select(ballots).where(*of_round(ballots, slug)).order_by(ballots.c.leaf)
    return [_sealed(row) for row in connection.execute(query)]


def list_leaves(connection: sa.Connection, slug: str) -> set[bytes]:
    """Return the leaf of every ballot that was ever cast and is still known, counted or not."""
    found = [
        sa.select(table.c.leaf).where(*of_round(table, slug)) for table in (ballots, superseded)
    ]
    return set(connection.scalars(sa.union_all(*found)))


def list_superseded(connection: sa.Connection, slug: str) -> list[SupersededBallot]:
    """Return every ballot that does not count, by key and version."""
    query = (
        sa.select(superseded)
        .where(*of_round(superseded, slug))
        .order_by(superseded.c.ballot_key, superseded.c.version)
    )
    return [
        SupersededBallot(
            ballot_key=row.ballot_key,
            version=row.version,
            inner=row.inner,
            why=WhySuperseded(row.why),
        )
        for row in connection.execute(query)
    ]


def count_kept(connection: sa.Connection, slug: str) -> dict[str, int]:
    """Return how many ballots count, were replaced, and were withdrawn with their letter."""
    by_reason = (
        sa.select(superseded.c.why, sa.func.count())
        .where(*of_round(superseded, slug))
        .group_by(superseded.c.why)
    )
    found = Counter[str]()
    for why, number in connection.execute(by_reason):
        found["superseded" if why == WhySuperseded.REVOTE.value else "withdrawn"] += number
    cast = count_ballots(connection, slug)
    return {"cast": cast, "superseded": found["superseded"], "withdrawn": found["withdrawn"]}


def select_keys(slug: str) -> sa.Select[Any]:
    """Return the selection of the keys of all letters that were voted with."""
    return sa.select(ballots.c.ballot_key).where(*of_round(ballots, slug))


def count_ballots(connection: sa.Connection, slug: str) -> int:
    """Return how many ballots count."""
    query = sa.select(sa.func.count()).select_from(ballots).where(*of_round(ballots, slug))
    return connection.scalar(query) or 0


def _hours(row: Any) -> BoxHours:
    return BoxHours(
        state=BoxState(row.state),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        result_by=row.result_by,
    )


def _sealed(row: Any) -> SealedBallot:
    return SealedBallot(
        ballot_key=row.ballot_key, version=row.version, count_box=row.count_box,
        view_box=row.view_box, inner=row.inner, signature=row.signature, leaf=row.leaf,
    )  # fmt: skip


def _content(sealed: SealedBallot, submission: bytes) -> dict[str, Any]:
    return {
        "version": sealed.version, "count_box": sealed.count_box, "view_box": sealed.view_box,
        "inner": sealed.inner, "signature": sealed.signature, "leaf": sealed.leaf,
        "submission": submission,
    }  # fmt: skip
