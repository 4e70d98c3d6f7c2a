"""A code that waits in the voter's own page while the voter decides whether to vote again.

The page carries it locked with a key of the server and for half an hour, so that nobody has to
type 24 symbols twice. It is in no cookie, no address, no log and no store.
"""

import base64
import hmac
import json
from datetime import datetime, timedelta

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from pb.database.base import current_settings
from pb.foundation.errors import N_, Unacceptable
from pb.tokens.domain import parse

GOOD_FOR = timedelta(minutes=30)


class LockExpired(Unacceptable):
    """A page stood open too long, or was made elsewhere."""

    sentence = N_("Deze pagina stond te lang open. Vul uw stemcode nog eens in.")


def lock(typed_code: str, version: int, slug: str, now: datetime) -> str:
    """Return a right code and how often it voted, locked for this round."""
    until = (now + GOOD_FOR).timestamp()
    content = json.dumps([parse(typed_code).revealed(), version, slug, until]).encode()
    return base64.urlsafe_b64encode(_box().encrypt(content)).decode()


def unlock(locked: str, slug: str, now: datetime) -> tuple[str, int]:
    """Return the code and how often it voted. Raises LockExpired."""
    try:
        content = _box().decrypt(base64.urlsafe_b64decode(locked))
    except (CryptoError, ValueError):
        raise LockExpired from None
    code, version, of_round, until = json.loads(content)
    if of_round != slug or now.timestamp() > until:
        raise LockExpired
    return code, version


def _box() -> SecretBox:
    """Return the lock; its key is derived from the server's secret for this purpose only."""
    secret = current_settings().secret_key.encode()
    return SecretBox(hmac.digest(secret, b"pb/ballots/locked-code/v2", "sha256"))
