"""The private key of a round that the service itself holds: a file, outside both stores.

The *log* key (Ed25519) signs receipts and checkpoints; its public half is part of the fingerprint
on every letter. It lies in a file that only the user of the service can read (mode 0600).

The keys that open something, those of the count and of revocation, are in no file: three officers
hold them together (``officers.py``).
"""

import contextlib
import os
import secrets
import stat
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from nacl.signing import SigningKey

from pb.database.base import current_settings

KEY_BYTES = 32


class RoundKey(StrEnum):
    """What a key in a file is for."""

    LOG = "log"


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
    return bytes(signing_key(slug, purpose).verify_key)


def signing_key(slug: str, purpose: RoundKey) -> SigningKey:
    """Return a round's key, ready to sign. Raises KeyMissing, KeyExposed."""
    path = _path(slug, purpose)
    try:
        now = path.stat()
    except FileNotFoundError:
        raise KeyMissing(str(path)) from None
    if stat.S_IMODE(now.st_mode) & 0o077:
        raise KeyExposed(f"Set the mode of {path} to 0600, and ask who could read it.")
    return _read(path, now.st_ino, now.st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, _inode: int, _changed: int) -> SigningKey:
    """Return the key in a file, which is read again only when the file is another.

    Every receipt is signed, and reading the file takes longer than signing.
    """
    return SigningKey(bytes.fromhex(path.read_text(encoding="ascii")))


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
