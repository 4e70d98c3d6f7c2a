"""The private keys of a round: each in a file of its own, outside both stores.

Three keys. The *log* key (Ed25519) signs receipts and checkpoints; its public half is part of
the fingerprint on every letter. The *revocation* key (X25519) opens the sealed ballot key of a
letter that was reported lost. The *count* key (X25519) opens the ballots after closing.

Limit of today: each private half lies whole in a file that only the user of the service can
read (mode 0600). So whoever runs the server could open ballots before closing. Wrapping the
revocation and count keys for each pair of three officers, so that no machine and no single
person holds them, comes with a later issue; callers then hand over what two officers unlocked,
and nothing else changes.
"""

import contextlib
import os
import secrets
import stat
from enum import StrEnum
from pathlib import Path

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from pb.database.base import current_settings

KEY_BYTES = 32


class RoundKey(StrEnum):
    """What a key of a round is for."""

    LOG = "log"
    REVOCATION = "revocation"
    COUNT = "count"


class KeyMissing(Exception):
    """A key file is not where it was made. Restore it from its safe copy; never make a new one."""


class KeyExposed(Exception):
    """A key file can be read by others than the user of the service."""


def make(slug: str, purpose: RoundKey) -> bytes:
    """Return the public half (32 bytes) of a round's key; makes the key when there is none.

    The file appears whole or not at all, also when two processes make it at once.
    """
    path = _path(slug, purpose)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # Another process was first: its key counts.
            os.link(draft, path)
        draft.unlink()
        _keep_name_on_disk(path.parent)
    return public(slug, purpose)


def public(slug: str, purpose: RoundKey) -> bytes:
    """Return the public half of a round's key, 32 bytes. Raises KeyMissing, KeyExposed."""
    secret = private(slug, purpose)
    if purpose is RoundKey.LOG:
        return bytes(SigningKey(secret).verify_key)
    return bytes(PrivateKey(secret).public_key)


def private(slug: str, purpose: RoundKey) -> bytes:
    """Return the private half of a round's key, 32 bytes. Raises KeyMissing, KeyExposed."""
    path = _path(slug, purpose)
    try:
        with path.open(encoding="ascii") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise KeyExposed(f"Set the mode of {path} to 0600, and ask who could read it.")
            return bytes.fromhex(file.read())
    except FileNotFoundError:
        raise KeyMissing(str(path)) from None


def _path(slug: str, purpose: RoundKey) -> Path:
    """Return where a key lies; a slug holds no dot and no slash."""
    settings = current_settings()
    return settings.key_directory / f"{settings.municipality}.{slug}.{purpose.value}.key"


def _keep_name_on_disk(folder: Path) -> None:
    """Do not return before the folder itself, with the new name in it, is on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
