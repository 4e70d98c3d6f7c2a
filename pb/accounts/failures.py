"""Slows down the guessing of passwords: per account and network, counted after a failure.

Too many failures stop this account for this network only, for ten minutes. A colleague
elsewhere still signs in, and nobody can lock somebody out from afar.
"""

import hashlib

from pb.accounts.domain import SignInPaused, tidy_email
from pb.web.limits import count_failure, has_room


def refuse_guessing(email: str) -> None:
    """Raise SignInPaused before a password is compared, when there were too many failures."""
    if not has_room(_what(email)):
        raise SignInPaused


def remember_failure(email: str) -> None:
    """Count one wrong password for this account from this network."""
    count_failure(_what(email))


def _what(email: str) -> str:
    """Return what is counted; no address of a person."""
    return f"sign-in {hashlib.sha256(tidy_email(email).encode()).hexdigest()}"
