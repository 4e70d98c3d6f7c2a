"""Where accounts, sign-ins and what was done to accounts are kept. Rows never leave."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column

from pb.accounts.domain import (
    EmailTaken,
    Role,
    StaffAct,
    StaffMember,
    StaffNotFound,
    StaffSession,
)
from pb.database.base import ParticipationRow, current_municipality, mine, session


class StaffRow(ParticipationRow):
    """One row of ``staff``. Accounts are closed, never removed: acts keep pointing to them."""

    __tablename__ = "staff"
    __table_args__ = (sa.UniqueConstraint("municipality", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    email: Mapped[str]
    label: Mapped[str]
    roles: Mapped[list[Any]]
    password_hash: Mapped[str]
    active: Mapped[bool]
    created_at: Mapped[datetime]


class StaffSessionRow(ParticipationRow):
    """One row of ``staff_sessions``. The cookie holds the id; here is only its SHA-256."""

    __tablename__ = "staff_sessions"
    __table_args__ = (
        sa.ForeignKeyConstraint(["municipality", "staff_id"], ["staff.municipality", "staff.id"]),
        sa.Index(None, "municipality", "staff_id"),
    )

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked: Mapped[bool]


class StaffActRow(ParticipationRow):
    """One row of ``staff_acts``. ``by_id`` is empty when the command line did it."""

    __tablename__ = "staff_acts"
    __table_args__ = (
        sa.ForeignKeyConstraint(["municipality", "staff_id"], ["staff.municipality", "staff.id"]),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by_id: Mapped[int | None]
    staff_id: Mapped[int]
    what: Mapped[str]


# --- accounts ----------------------------------------------------------------------------


def add(
    *, name: str, email: str, label: str, roles: frozenset[Role], password_hash: str, at: datetime
) -> StaffMember:
    """Keep a new account under the next id. Raises EmailTaken."""
    if find_by_email(email) is not None:
        raise EmailTaken
    last = session().scalar(sa.select(sa.func.max(StaffRow.id)).where(mine(StaffRow)))
    row = StaffRow(
        municipality=current_municipality(),
        id=(last or 0) + 1,
        name=name,
        email=email,
        label=label,
        roles=sorted(roles),
        password_hash=password_hash,
        active=True,
        created_at=at,
    )
    session().add(row)
    session().flush()
    return _member(row)


def get(staff_id: int) -> StaffMember:
    """Return the account with this id, open or closed. Raises StaffNotFound."""
    return _member(_get_row(staff_id))


def find_by_email(email: str) -> StaffMember | None:
    """Return the account with this address, open or closed."""
    row = session().scalar(sa.select(StaffRow).where(mine(StaffRow), StaffRow.email == email))
    return _member(row) if row else None


def list_all() -> list[StaffMember]:
    """Return every account: those in use first, then by name."""
    rows = session().scalars(
        sa.select(StaffRow)
        .where(mine(StaffRow))
        .order_by(StaffRow.active.desc(), sa.func.lower(StaffRow.name), StaffRow.id)
    )
    return [_member(row) for row in rows]


def find_password_hash(email: str) -> str | None:
    """Return what is kept of the password of an account in use."""
    return session().scalar(
        sa.select(StaffRow.password_hash).where(
            mine(StaffRow), StaffRow.email == email, StaffRow.active
        )
    )


def set_password_hash(staff_id: int, password_hash: str) -> None:
    """Keep another password."""
    _get_row(staff_id).password_hash = password_hash
    session().flush()


def set_roles(staff_id: int, roles: frozenset[Role], label: str) -> None:
    """Keep other roles, and the function that the public sees."""
    row = _get_row(staff_id)
    row.roles, row.label = sorted(roles), label
    session().flush()


def set_active(staff_id: int, active: bool) -> None:
    """Open or close an account."""
    _get_row(staff_id).active = active
    session().flush()


# --- sign-ins ----------------------------------------------------------------------------


def add_session(id_hash: bytes, staff_id: int, at: datetime) -> None:
    """Keep a new sign-in."""
    session().add(
        StaffSessionRow(
            municipality=current_municipality(),
            id_hash=id_hash,
            staff_id=staff_id,
            started_at=at,
            seen_at=at,
            revoked=False,
        )
    )
    session().flush()


def find_session(id_hash: bytes) -> tuple[StaffSession, StaffMember] | None:
    """Return a sign-in that nobody revoked and whose account it is, in one query."""
    found = (
        session()
        .execute(
            sa.select(StaffSessionRow, StaffRow)
            .join(
                StaffRow,
                sa.and_(mine(StaffRow), StaffRow.id == StaffSessionRow.staff_id, StaffRow.active),
            )
            .where(
                mine(StaffSessionRow),
                StaffSessionRow.id_hash == id_hash,
                sa.not_(StaffSessionRow.revoked),
            )
        )
        .one_or_none()
    )
    return (_session(found[0]), _member(found[1])) if found else None


def list_sessions(staff_id: int) -> list[StaffSession]:
    """Return somebody's sign-ins that nobody revoked, the newest first."""
    rows = session().scalars(
        sa.select(StaffSessionRow)
        .where(
            mine(StaffSessionRow),
            StaffSessionRow.staff_id == staff_id,
            sa.not_(StaffSessionRow.revoked),
        )
        .order_by(StaffSessionRow.started_at.desc(), StaffSessionRow.id_hash)
    )
    return [_session(row) for row in rows]


def set_seen(id_hash: bytes, at: datetime) -> None:
    """Remember when a sign-in was last used."""
    session().execute(
        sa.update(StaffSessionRow)
        .where(mine(StaffSessionRow), StaffSessionRow.id_hash == id_hash)
        .values(seen_at=at)
    )


def revoke_sessions(staff_id: int, only: bytes | None = None, but: bytes | None = None) -> None:
    """End somebody's sign-ins: all, one, or all but one."""
    which = [mine(StaffSessionRow), StaffSessionRow.staff_id == staff_id]
    if only is not None:
        which.append(StaffSessionRow.id_hash == only)
    if but is not None:
        which.append(StaffSessionRow.id_hash != but)
    session().execute(sa.update(StaffSessionRow).where(*which).values(revoked=True))


def remove_sessions_before(moment: datetime) -> None:
    """Forget the sign-ins that began so long ago that they cannot be alive."""
    session().execute(
        sa.delete(StaffSessionRow).where(mine(StaffSessionRow), StaffSessionRow.started_at < moment)
    )


# --- what was done to accounts -----------------------------------------------------------


def add_act(*, at: datetime, by_id: int | None, staff_id: int, what: str) -> None:
    """Append what was done to an account."""
    last = session().scalar(sa.select(sa.func.max(StaffActRow.number)).where(mine(StaffActRow)))
    session().add(
        StaffActRow(
            municipality=current_municipality(),
            number=(last or 0) + 1,
            at=at,
            by_id=by_id,
            staff_id=staff_id,
            what=what,
        )
    )
    session().flush()


def list_acts(at_most: int) -> list[StaffAct]:
    """Return what was done to accounts, the newest first."""
    actor, about, tenant = aliased(StaffRow), aliased(StaffRow), current_municipality()
    found = session().execute(
        sa.select(StaffActRow, actor.name, about.name)
        .join(about, sa.and_(about.municipality == tenant, about.id == StaffActRow.staff_id))
        .outerjoin(actor, sa.and_(actor.municipality == tenant, actor.id == StaffActRow.by_id))
        .where(mine(StaffActRow))
        .order_by(StaffActRow.number.desc())
        .limit(at_most)
    )
    return [
        StaffAct(number=row.number, at=row.at, by=by or "", about=name, what=row.what)
        for row, by, name in found
    ]


def _get_row(staff_id: int) -> StaffRow:
    row: StaffRow | None = session().scalar(
        sa.select(StaffRow).where(mine(StaffRow), StaffRow.id == staff_id)
    )
    if row is None:
        raise StaffNotFound
    return row


def _member(row: StaffRow) -> StaffMember:
    return StaffMember(
        id=row.id,
        name=row.name,
        email=row.email,
        label=row.label,
        roles=frozenset(Role(role) for role in row.roles),
        active=row.active,
    )


def _session(row: StaffSessionRow) -> StaffSession:
    return StaffSession(
        id_hash=row.id_hash,
        staff_id=row.staff_id,
        started_at=row.started_at,
        seen_at=row.seen_at,
    )
