"""Where counts and publications are kept. Rows are added and completed, never changed after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, session
from pb.results.domain import ListedBallot, Publication, Start


class CountRow(ParticipationRow):
    """One row of ``counts``: who started it and, once counted, the outcome as it was written.

    document: the canonical JSON of the result; its SHA-256 is in the public log.
    election: the Pabulib file that was counted.
    """

    __tablename__ = "counts"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"], ["rounds.municipality", "rounds.slug"]
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    proposed_by: Mapped[int]
    proposed_label: Mapped[str]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None]
    confirmed_label: Mapped[str | None]
    counted_at: Mapped[datetime | None]
    document: Mapped[bytes | None]
    document_hash: Mapped[str | None]
    election: Mapped[bytes | None]


class PublicationRow(ParticipationRow):
    """One row of ``publications``: the words of the council above a result."""

    __tablename__ = "publications"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"], ["counts.municipality", "counts.round_slug"]
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    statement: Mapped[str]
    published_by: Mapped[int]
    published_label: Mapped[str]
    published_at: Mapped[datetime]


class CountedBallotRow(ParticipationRow):
    """One row of ``counted_ballots``: a line of the public list. Nothing says who or when."""

    __tablename__ = "counted_ballots"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"], ["counts.municipality", "counts.round_slug"]
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    choices: Mapped[list[Any]]


class BundleRow(ParticipationRow):
    """One row of ``bundles``: the zip file with which anybody checks a count."""

    __tablename__ = "bundles"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"], ["counts.municipality", "counts.round_slug"]
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCount:
    """What is stored of a count that was done."""

    proposed_by: str
    confirmed_by: str
    counted_at: datetime
    document_hash: str
    document: bytes


def add_start(round_slug: str, start: Start) -> None:
    """Keep who proposed the count."""
    session().add(
        CountRow(
            municipality=current_municipality(),
            round_slug=round_slug,
            proposed_by=start.staff_id,
            proposed_label=start.label,
            proposed_at=start.at,
        )
    )
    session().flush()


def find_start(round_slug: str) -> Start | None:
    """Return who proposed the count, or None."""
    row = (
        session()
        .execute(
            sa.select(CountRow.proposed_by, CountRow.proposed_label, CountRow.proposed_at).where(
                mine(CountRow), CountRow.round_slug == round_slug
            )
        )
        .first()
    )
    if row is None:
        return None
    return Start(staff_id=row.proposed_by, label=row.proposed_label, at=row.proposed_at)


def complete(
    round_slug: str,
    *,
    confirmed_by: int,
    confirmed_label: str,
    counted_at: datetime,
    document: bytes,
    document_hash: str,
    election: bytes | None,
) -> None:
    """Keep the outcome of a count that waited for its second person."""
    session().execute(
        sa.update(CountRow)
        .where(mine(CountRow), CountRow.round_slug == round_slug, CountRow.counted_at.is_(None))
        .values(
            confirmed_by=confirmed_by,
            confirmed_label=confirmed_label,
            counted_at=counted_at,
            document=document,
            document_hash=document_hash,
            election=election,
        )
    )


def is_counted(round_slug: str) -> bool:
    """Tell whether there is an outcome."""
    counted = session().scalar(
        sa.select(CountRow.counted_at).where(mine(CountRow), CountRow.round_slug == round_slug)
    )
    return counted is not None


def find_count(round_slug: str) -> KeptCount | None:
    """Return the count that was done, or None."""
    row = (
        session()
        .execute(
            sa.select(
                CountRow.proposed_label,
                CountRow.confirmed_label,
                CountRow.counted_at,
                CountRow.document_hash,
                CountRow.document,
            ).where(
                mine(CountRow), CountRow.round_slug == round_slug, CountRow.counted_at.is_not(None)
            )
        )
        .first()
    )
    if row is None:
        return None
    return KeptCount(
        proposed_by=row.proposed_label,
        confirmed_by=row.confirmed_label,
        counted_at=row.counted_at,
        document_hash=row.document_hash,
        document=row.document,
    )


def find_election(round_slug: str) -> bytes | None:
    """Return the Pabulib file that was counted, or None."""
    found: bytes | None = session().scalar(
        sa.select(CountRow.election).where(mine(CountRow), CountRow.round_slug == round_slug)
    )
    return found


def add_publication(
    round_slug: str, *, statement: str, staff_id: int, label: str, at: datetime
) -> None:
    """Keep what the council said."""
    session().add(
        PublicationRow(
            municipality=current_municipality(),
            round_slug=round_slug,
            statement=statement,
            published_by=staff_id,
            published_label=label,
            published_at=at,
        )
    )
    session().flush()


def find_publication(round_slug: str) -> Publication | None:
    """Return what the council said, or None before publication."""
    row = session().scalar(
        sa.select(PublicationRow).where(
            mine(PublicationRow), PublicationRow.round_slug == round_slug
        )
    )
    if row is None:
        return None
    return Publication(statement=row.statement, by=row.published_label, at=row.published_at)


def add_ballots(round_slug: str, ballots: Iterable[ListedBallot]) -> None:
    """Keep the lines of the public list, sorted by code so that no order of casting shows."""
    rows = [
        {
            "municipality": current_municipality(),
            "round_slug": round_slug,
            "code": ballot.code,
            "choices": [list(ballot.choices), list(ballot.points)],
        }
        for ballot in sorted(ballots, key=lambda each: each.code)
    ]
    if rows:
        session().execute(sa.insert(CountedBallotRow), rows)


def list_ballots(round_slug: str, begin: str, *, first: int, at_most: int) -> list[ListedBallot]:
    """Return lines whose code begins with ``begin``, sorted, from place ``first`` on."""
    rows = session().execute(
        sa.select(CountedBallotRow.code, CountedBallotRow.choices)
        .where(_of(round_slug), CountedBallotRow.code.startswith(begin, autoescape=True))
        .order_by(CountedBallotRow.code)
        .offset(first)
        .limit(at_most)
    )
    return [_listed(row.code, row.choices) for row in rows]


def count_ballots_by_begin(round_slug: str) -> dict[str, int]:
    """Return per first symbol how many codes begin with it, in the order of the symbols."""
    one: sa.ColumnElement[int] = sa.literal_column(
        "1"
    )  # PostgreSQL must see that both places say the same.
    symbol = sa.func.substr(CountedBallotRow.code, one, one)
    rows = session().execute(
        sa.select(symbol, sa.func.count()).where(_of(round_slug)).group_by(symbol)
    )
    return dict(sorted((begin, count) for begin, count in rows))


def find_ballot(round_slug: str, code: str) -> ListedBallot | None:
    """Return the line with exactly this code, or None."""
    row = (
        session()
        .execute(
            sa.select(CountedBallotRow.code, CountedBallotRow.choices).where(
                _of(round_slug), CountedBallotRow.code == code
            )
        )
        .first()
    )
    return _listed(row.code, row.choices) if row else None


def _of(round_slug: str) -> sa.ColumnElement[bool]:
    return sa.and_(mine(CountedBallotRow), CountedBallotRow.round_slug == round_slug)


def _listed(code: str, choices: list[Any]) -> ListedBallot:
    return ListedBallot(code=code, choices=tuple(choices[0]), points=tuple(choices[1]))


def add_bundle(round_slug: str, content: bytes) -> None:
    """Keep the bundle of a count."""
    session().add(
        BundleRow(municipality=current_municipality(), round_slug=round_slug, content=content)
    )
    session().flush()


def get_bundle(round_slug: str) -> bytes:
    """Return the bundle of a count."""
    query = sa.select(BundleRow.content).where(mine(BundleRow), BundleRow.round_slug == round_slug)
    return session().execute(query).scalar_one()
