"""Where framework versions are kept, as the documents that are hashed and published."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, reading, session
from pb.database.prepared import Prepared
from pb.frameworks.document import from_document, hash_of, to_document
from pb.frameworks.domain import Framework, FrameworkNotFound, FrameworkVersion, VersionState


class FrameworkRow(ParticipationRow):
    """One row of ``frameworks``: one version of the framework of one round."""

    __tablename__ = "frameworks"

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    # Not read with the row: what has a known hash is in memory already.
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    hash: Mapped[str]
    reason: Mapped[str]
    signed_by: Mapped[list[Any]]
    sealed_at: Mapped[datetime | None]

    def to_domain(self) -> FrameworkVersion:
        """Return the row as the frozen value that the rest of the house uses."""
        return FrameworkVersion(
            number=self.number,
            state=VersionState(self.state),
            framework=self._framework(),
            reason=self.reason,
            hash=self.hash,
            signed_by=tuple(self.signed_by),
            sealed_at=self.sealed_at,
        )

    def _framework(self) -> Framework:
        """Return the framework of the document, from memory when it was read before."""
        if self.hash not in _frameworks_by_hash:
            if len(_frameworks_by_hash) >= KEPT_IN_MEMORY:
                _frameworks_by_hash.clear()
            _frameworks_by_hash[self.hash] = from_document(self.document)
        return _frameworks_by_hash[self.hash]


# What has this hash never changes, so reading it once is enough for every page after it.
_frameworks_by_hash: dict[str, Framework] = {}
KEPT_IN_MEMORY = 64


def add_version(round_slug: str, number: int, framework: Framework, *, reason: str) -> None:
    """Keep a new concept under this number."""
    session().add(
        FrameworkRow(
            municipality=current_municipality(),
            round_slug=round_slug,
            number=number,
            state=VersionState.CONCEPT.value,
            document=to_document(framework),
            hash=hash_of(framework),
            reason=reason,
            signed_by=[],
            sealed_at=None,
        )
    )
    session().flush()


def change_concept(round_slug: str, number: int, framework: Framework, *, reason: str) -> None:
    """Replace the text of a concept; whoever signed the old text must sign again."""
    row = _get_row(round_slug, number)
    row.document = to_document(framework)
    row.hash = hash_of(framework)
    row.reason = reason
    row.signed_by = []
    session().flush()


def sign(round_slug: str, number: int, staff_id: int) -> tuple[int, ...]:
    """Add a signature to a concept and return who signed so far."""
    row = _get_row(round_slug, number)
    row.signed_by = [*row.signed_by, staff_id]
    session().flush()
    return tuple(row.signed_by)


def seal(round_slug: str, number: int, at: datetime) -> None:
    """Mark a version as sealed and the one that was in force before as superseded."""
    session().execute(
        sa.update(FrameworkRow)
        .where(
            mine(FrameworkRow),
            FrameworkRow.round_slug == round_slug,
            FrameworkRow.state == VersionState.SEALED.value,
        )
        .values(state=VersionState.SUPERSEDED.value)
    )
    row = _get_row(round_slug, number)
    row.state = VersionState.SEALED.value
    row.sealed_at = at
    session().flush()


def list_versions(round_slug: str) -> list[FrameworkVersion]:
    """Return every version of a round's framework, the newest first."""
    rows = session().scalars(
        sa.select(FrameworkRow)
        .where(mine(FrameworkRow), FrameworkRow.round_slug == round_slug)
        .order_by(FrameworkRow.number.desc())
    )
    return [row.to_domain() for row in rows]


def list_in_force() -> dict[str, FrameworkVersion]:
    """Return per round the sealed version, or the concept where none was sealed yet."""
    rows = session().scalars(
        sa.select(FrameworkRow)
        .where(mine(FrameworkRow), FrameworkRow.state != VersionState.SUPERSEDED.value)
        .order_by(FrameworkRow.round_slug, FrameworkRow.state, FrameworkRow.number)
    )
    # 'concept' sorts before 'sealed', so a sealed version takes the place of a concept.
    return {row.round_slug: row.to_domain() for row in rows}


_table: Any = FrameworkRow.__table__
# Built once: every page asks this, and building a statement costs more than running it.
IN_FORCE = Prepared(
    sa.select(*(column for column in _table.c if column.name != "document"))
    .where(
        _table.c.municipality == sa.bindparam("municipality"),
        _table.c.round_slug == sa.bindparam("round_slug"),
        _table.c.state != VersionState.SUPERSEDED.value,
    )
    .order_by(_table.c.state.desc(), _table.c.number.desc())
    .limit(1)
)


def get_in_force(round_slug: str) -> FrameworkVersion:
    """Return the sealed version of a round, or its concept. Raises FrameworkNotFound."""
    names = {"municipality": current_municipality(), "round_slug": round_slug}
    row = IN_FORCE.row(reading(), names)
    if row is None:
        raise FrameworkNotFound
    if row.hash not in _frameworks_by_hash:
        return _get_row(round_slug, row.number).to_domain()
    return FrameworkVersion(
        number=row.number,
        state=VersionState(row.state),
        framework=_frameworks_by_hash[row.hash],
        reason=row.reason,
        hash=row.hash,
        signed_by=tuple(row.signed_by),
        sealed_at=row.sealed_at,
    )


def _get_row(round_slug: str, number: int) -> FrameworkRow:
    row: FrameworkRow | None = session().scalar(
        sa.select(FrameworkRow).where(
            mine(FrameworkRow),
            FrameworkRow.round_slug == round_slug,
            FrameworkRow.number == number,
        )
    )
    if row is None:
        raise FrameworkNotFound
    return row
