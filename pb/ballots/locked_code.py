"""A code that waits in the voter's own page while the voter decides whether to vote again.

The page carries it locked with a key of the server and for half an hour, so that nobody has to
type 24 symbols twice. It is in no cookie, no address, no log and no store.
"""

import base64
import json
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pb.database.base import current_settings
from pb.foundation.errors import N_, Unacceptable
from pb.tokens.domain import parse

GOOD_FOR = timedelta(minutes=30)


class LockExpired(Unacceptable):
    """A page stood open too long, or was made elsewhere."""

    sentence = N_("Deze pagina stond te lang open. Vul uw stemcode nog eens in.")


def lock(typed_code: str, version: int, slug: str, now: datetime) -> str:
    """Return a right code and how often it voted, locked for this round."""
    content = json.dumps([parse(typed_code).revealed(), version, slug]).encode()
    return _box().encrypt_at_time(content, int(now.timestamp())).decode()


def unlock(locked: str, slug: str, now: datetime) -> tuple[str, int]:
    """Return the code and how often it voted. Raises LockExpired."""
    try:
        content = _box().decrypt_at_time(
            locked, int(GOOD_FOR.total_seconds()), int(now.timestamp())
        )
        code, version, of_round = json.loads(content)
    except (InvalidToken, ValueError, TypeError):
        raise LockExpired from None
    if of_round != slug:
        raise LockExpired
    return code, version


def _box() -> Fernet:
    """Return the lock; its key is derived from the server's secret for this purpose only."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"pb/ballots/locked-code/v1")
    key = derivation.derive(current_settings().secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))
