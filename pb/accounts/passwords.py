"""How passwords are kept: argon2id with the library's parameters, and never in clear.

Tests may ask for hashes that cost nothing; whoever puts the app together says how to know.
"""

import secrets
from collections.abc import Callable
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

STRONG: Final = PasswordHasher()
CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# Small letters and figures that nobody mixes up when a password is read aloud: 32 symbols.
SYMBOLS: Final = "abcdefghijkmnpqrstuvwxyz23456789"


class Cost:
    """How much work a password asks for. ``is_cheap`` is asked anew each time."""

    is_cheap: Callable[[], bool] = staticmethod(lambda: False)


def choose_cost(is_cheap: Callable[[], bool]) -> None:
    """Say how to know whether hashes may cost nothing, as in tests."""
    Cost.is_cheap = staticmethod(is_cheap)


def hash_of(password: str) -> str:
    """Return the text that is kept instead of a password."""
    return _hasher().hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Tell whether a password fits; takes as long when nothing is kept (unknown address)."""
    nobody = _hash_of_nobody(_hasher())
    try:
        return _hasher().verify(kept or nobody, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made with other parameters than those of today."""
    return _hasher().check_needs_rehash(kept)


def invent() -> str:
    """Return a password of 100 random bits that can be read aloud: ``k7dwm-…``."""
    groups = ("".join(secrets.choice(SYMBOLS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def _hasher() -> PasswordHasher:
    return CHEAP if Cost.is_cheap() else STRONG


@cache
def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """Return a hash that no password fits, to compare with when an address is unknown."""
    return hasher.hash(secrets.token_hex())
