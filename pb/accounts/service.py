"""What can be done with accounts: make and change them, sign in and out, end a sign-in.

Acts on accounts belong to no round, so they stand in ``staff_acts`` and not in the journal.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from pb.accounts import passwords, storage
from pb.accounts.actor import Actor
from pb.accounts.domain import (
    NOTED_EVERY,
    SIGNED_IN_AT_MOST,
    NoAdministratorLeft,
    PasswordNotYours,
    Role,
    RolesMissing,
    SignInRefused,
    StaffAct,
    StaffMember,
    StaffNotFound,
    StaffSession,
    refuse_weak,
    tidy_email,
)
from pb.database.base import transaction
from pb.foundation.errors import N_

SECRET_BYTES = 32  # 256 bits


def add(
    name: str,
    email: str,
    label: str,
    roles: frozenset[Role],
    password: str,
    *,
    now: datetime,
    by: Actor | None = None,
) -> StaffMember:
    """Make an account and return it. Raises EmailTaken, PasswordTooShort, RolesMissing."""
    refuse_weak(password)
    if not roles:
        raise RolesMissing
    kept = passwords.hash_of(password)
    with transaction():
        member = storage.add(
            name=name.strip(),
            email=tidy_email(email),
            label=label.strip(),
            roles=roles,
            password_hash=kept,
            at=now,
        )
        _note(member.id, N_("Account gemaakt."), by=by, now=now)
    return member


def get(staff_id: int) -> StaffMember:
    """Return an account, open or closed. Raises StaffNotFound."""
    return storage.get(staff_id)


def get_by_email(email: str) -> StaffMember:
    """Return the account with this address, open or closed. Raises StaffNotFound."""
    member = storage.find_by_email(tidy_email(email))
    if member is None:
        raise StaffNotFound
    return member


def list_all() -> list[StaffMember]:
    """Return every account: those in use first, then by name."""
    return storage.list_all()


def list_acts(at_most: int = 20) -> list[StaffAct]:
    """Return what was last done to accounts, the newest first."""
    return storage.list_acts(at_most)


def change_roles(
    staff_id: int, roles: frozenset[Role], label: str, *, by: Actor | None, now: datetime
) -> None:
    """Give somebody other roles and another function on the public pages.

    Raises StaffNotFound, RolesMissing, NoAdministratorLeft.
    """
    if not roles:
        raise RolesMissing
    with transaction(), _keeping_an_administrator():
        storage.set_roles(staff_id, roles, label.strip())
        _note(staff_id, N_("Rollen veranderd."), by=by, now=now)


def close(staff_id: int, *, by: Actor | None, now: datetime) -> None:
    """Close an account and end its sign-ins. Raises StaffNotFound, NoAdministratorLeft."""
    with transaction(), _keeping_an_administrator():
        storage.set_active(staff_id, False)
        storage.revoke_sessions(staff_id)
        _note(staff_id, N_("Account gesloten."), by=by, now=now)


def reopen(staff_id: int, *, by: Actor | None, now: datetime) -> None:
    """Open a closed account again. Raises StaffNotFound."""
    with transaction():
        storage.set_active(staff_id, True)
        _note(staff_id, N_("Account weer geopend."), by=by, now=now)


def give_new_password(staff_id: int, *, by: Actor | None, now: datetime) -> str:
    """Replace a password by an invented one, end the sign-ins, and return it once.

    Raises StaffNotFound.
    """
    password = passwords.invent()
    kept = passwords.hash_of(password)
    with transaction():
        storage.set_password_hash(staff_id, kept)
        storage.revoke_sessions(staff_id)
        _note(staff_id, N_("Nieuw wachtwoord gegeven."), by=by, now=now)
    return password


def change_password(
    member: StaffMember, present: str, wanted: str, *, secret: str, now: datetime
) -> None:
    """Let somebody choose another password; ends the sign-ins on other devices.

    secret: of the sign-in that asks, which goes on.
    Raises PasswordNotYours, PasswordTooShort.
    """
    if not passwords.is_right(storage.find_password_hash(member.email), present):
        raise PasswordNotYours
    refuse_weak(wanted)
    kept = passwords.hash_of(wanted)
    with transaction():
        storage.set_password_hash(member.id, kept)
        storage.revoke_sessions(member.id, but=_hash(secret))
        _note(member.id, N_("Wachtwoord veranderd."), by=Actor.of(member), now=now)


def sign_in(email: str, password: str, *, now: datetime) -> str:
    """Begin a sign-in and return its secret, of which only a hash is kept.

    An unknown address, a wrong password and a closed account take the same time and give
    the same answer: SignInRefused.
    """
    email = tidy_email(email)
    kept = storage.find_password_hash(email)
    if not passwords.is_right(kept, password) or kept is None:
        raise SignInRefused
    renewed = passwords.hash_of(password) if passwords.is_outdated(kept) else None
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with transaction():
        member = storage.find_by_email(email)
        if member is None or not member.active:  # closed since the password was compared
            raise SignInRefused
        if renewed is not None:
            storage.set_password_hash(member.id, renewed)
        storage.remove_sessions_before(now - SIGNED_IN_AT_MOST)
        storage.add_session(_hash(secret), member.id, now)
    return secret


def resume(secret: str, *, now: datetime) -> StaffMember | None:
    """Return who signed in with this secret, as long as the sign-in lives."""
    found = storage.find_session(_hash(secret))
    if found is None:
        return None
    kept, member = found
    if not kept.is_alive(now):
        return None
    if now - kept.seen_at >= NOTED_EVERY:
        with transaction():
            storage.set_seen(kept.id_hash, now)
    return member


def sign_out(secret: str) -> None:
    """End this sign-in, here and for whoever copied its cookie."""
    found = storage.find_session(_hash(secret))
    if found is None:
        return
    with transaction():
        storage.revoke_sessions(found[1].id, only=_hash(secret))


def list_sessions(staff_id: int, *, now: datetime) -> list[StaffSession]:
    """Return where somebody is signed in at this moment, the newest first."""
    return [each for each in storage.list_sessions(staff_id) if each.is_alive(now)]


def revoke_session(staff_id: int, id_hash: bytes) -> None:
    """End one of somebody's own sign-ins; another person's is left alone."""
    with transaction():
        storage.revoke_sessions(staff_id, only=id_hash)


def is_this(each: StaffSession, secret: str) -> bool:
    """Tell whether a sign-in is the one with this secret."""
    return secrets.compare_digest(each.id_hash, _hash(secret))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _note(staff_id: int, what: str, *, by: Actor | None, now: datetime) -> None:
    storage.add_act(at=now, by_id=by.staff_id if by else None, staff_id=staff_id, what=what)


@contextmanager
def _keeping_an_administrator() -> Iterator[None]:
    """Raise NoAdministratorLeft when the block, in a transaction, takes the last one away."""
    there_was_one = _is_there_an_administrator()
    yield
    if there_was_one and not _is_there_an_administrator():
        raise NoAdministratorLeft


def _is_there_an_administrator() -> bool:
    return any(each.active and Role.ADMINISTRATOR in each.roles for each in storage.list_all())
