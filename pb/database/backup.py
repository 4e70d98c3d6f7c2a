"""A backup of both stores: every row as a line, in the order of its key, in an encrypted file.

Ordered by key, so that the file does not tell the order of writing, whichever database it comes
from (voting.md 3.2); encrypted to a key whose private half is not on the server. It holds neither
the key files of the rounds nor the settings.

Format: ``pb-backup/1``, a line end, 80 bytes (a fresh key in a sealed box), then libsodium's secret
stream (XChaCha20-Poly1305) in portions, each after its length in four bytes. Inside: zlib of lines
of JSON. A portion that is cut off, moved or changed is noticed, and so is a missing end.
"""

import base64
import json
import os
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from pb.database.base import BALLOTS, db
from pb.foundation.canonical import canonical_json

MAGIC = b"pb-backup/1\n"
PORTION = 1 << 20
AT_ONCE = 1_000
STREAM_KEY_BYTES = bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
HEADER_BYTES = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
MORE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
LONGEST_PORTION = PORTION + bindings.crypto_secretstream_xchacha20poly1305_ABYTES
STORES = (None, BALLOTS)  # As Flask-SQLAlchemy names the participation store, and ours.


class BackupUnreadable(Exception):
    """This is no backup, or not for this key, or it is damaged. A sentence for the operator."""


class StoresNotEmpty(Exception):
    """A restore would write into stores that hold something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a backup holds: rows per store."""

    rows: int
    size: int


def write_backup(path: Path, public_key: bytes) -> Written:
    """Write a backup to a new file that only its owner reads; returns when it is on disk.

    public_key: 32 bytes, X25519. Each store is read as it stood at one moment.
    """
    rows = 0

    def counted() -> Iterator[bytes]:
        nonlocal rows
        for line in _lines():
            rows += line[:1] == b"["
            yield line

    with open(path, "xb", opener=_private) as file:
        _encrypt(file, public_key, counted())
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    return Written(rows=rows, size=size)


def read_backup(
    path: Path, private_key: bytes, refuse: Callable[[sa.Connection], None] = lambda _: None
) -> None:
    """Fill both stores, which must be empty and up to date, with what a backup holds.

    refuse: looks at the filled ballot store and raises when it must not be kept.
    Nothing is kept when anything is wrong. Raises BackupUnreadable, StoresNotEmpty, OSError.
    """
    for store in STORES:
        with db.engines[store].connect() as connection:
            for table in _tables(store):
                if connection.execute(sa.select(table).limit(1)).first() is not None:
                    raise StoresNotEmpty("A restore begins with empty stores.")
    with path.open("rb") as file:
        lines = _split(_decrypt(file, private_key))
        open_connections = {store: db.engines[store].connect() for store in STORES}
        try:
            begun = [connection.begin() for connection in open_connections.values()]
            _fill(open_connections, lines)
            refuse(open_connections[BALLOTS])
            for transaction in begun:
                transaction.commit()
        finally:
            for connection in open_connections.values():
                connection.close()


def _lines() -> Iterator[bytes]:
    """Yield the backup: a first line, then per table a line about it and a line per row."""
    yield canonical_json({"revisions": [_revision(store) for store in STORES]})
    for store in STORES:
        engine = db.engines[store]
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            for table in _tables(store):
                yield canonical_json({"store": store or "", "table": table.name})
                query = sa.select(table).order_by(*table.primary_key.columns)
                for row in connection.execute(query):
                    yield canonical_json([_plain(value) for value in row])
    yield canonical_json({"end": True})


def _fill(connections: dict[str | None, sa.Connection], lines: Iterator[bytes]) -> None:
    first = _read(next(lines, b""))
    if not isinstance(first, dict) or first.get("revisions") != [_revision(s) for s in STORES]:
        raise BackupUnreadable(
            "This backup is of another version of the program. Use that version, then migrate."
        )
    connection: sa.Connection | None = None
    table: sa.Table | None = None
    waiting: list[dict[str, Any]] = []

    def write() -> None:
        if connection is not None and table is not None and waiting:
            connection.execute(sa.insert(table), waiting)
            waiting.clear()

    for line in lines:
        found = _read(line)
        if isinstance(found, dict):
            write()
            if found.get("end"):
                if next(lines, None) is not None:
                    raise BackupUnreadable("The backup goes on after its end.")
                return
            store = found["store"] or None
            connection, table = connections[store], db.metadatas[store].tables[found["table"]]
        elif table is None:
            raise BackupUnreadable("The backup begins in the middle.")
        else:
            names = table.columns.keys()
            waiting.append(dict(zip(names, map(_value, found), strict=True)))
            if len(waiting) >= AT_ONCE:
                write()
    raise BackupUnreadable("The backup ends in the middle.")


def _tables(store: str | None) -> list[sa.Table]:
    """Return the tables of a store, those that others refer to first."""
    return list(db.metadatas[store].sorted_tables)


def _revision(store: str | None) -> str:
    """Return up to which migration a store is."""
    with db.engines[store].connect() as connection:
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        found: str = version.scalar_one()
    return found


def _plain(value: Any) -> Any:
    """Return a value of a column as JSON; what JSON does not know is marked."""
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, dict | list):
        return {"json": json.dumps(value, ensure_ascii=False)}
    return value


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    ((kind, content),) = plain.items()
    read: dict[str, Callable[[str], Any]] = {
        "bytes": base64.b64decode, "moment": datetime.fromisoformat,
        "day": date.fromisoformat, "json": json.loads,
    }  # fmt: skip
    return read[kind](content)


def _read(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError as failure:
        raise BackupUnreadable("The backup cannot be read.") from failure


def _encrypt(file: BinaryIO, public_key: bytes, lines: Iterable[bytes]) -> None:
    key = secrets.token_bytes(STREAM_KEY_BYTES)
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    file.write(MAGIC + SealedBox(PublicKey(public_key)).encrypt(key) + header)
    packer, waiting = zlib.compressobj(6), bytearray()

    def push(portion: bytes, tag: int) -> None:
        sealed = bindings.crypto_secretstream_xchacha20poly1305_push(state, portion, None, tag)
        file.write(len(sealed).to_bytes(4) + sealed)

    for line in lines:
        waiting += packer.compress(line + b"\n")
        while len(waiting) > PORTION:
            push(bytes(waiting[:PORTION]), MORE)
            del waiting[:PORTION]
    waiting += packer.flush()
    while len(waiting) > PORTION:
        push(bytes(waiting[:PORTION]), MORE)
        del waiting[:PORTION]
    push(bytes(waiting), LAST)


def _decrypt(file: BinaryIO, private_key: bytes) -> Iterator[bytes]:
    """Yield what a backup holds, in pieces. Raises BackupUnreadable."""
    sealed_key_bytes = STREAM_KEY_BYTES + 48  # A sealed box is so much longer than what it holds.
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupUnreadable("This is no backup of this program.")
    try:
        key = SealedBox(PrivateKey(private_key)).decrypt(file.read(sealed_key_bytes))
        state = bindings.crypto_secretstream_xchacha20poly1305_state()
        header = file.read(HEADER_BYTES)
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
    except (CryptoError, ValueError, TypeError, AssertionError) as failure:
        raise BackupUnreadable("This backup is for another key, or damaged.") from failure
    unpacker = zlib.decompressobj()
    while True:
        length = int.from_bytes(file.read(4))
        if not 0 < length <= LONGEST_PORTION:
            raise BackupUnreadable("The backup is damaged or cut off.")
        try:
            portion, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(
                state, file.read(length), None
            )
            yield unpacker.decompress(portion)
        except (RuntimeError, ValueError, CryptoError, zlib.error) as failure:
            raise BackupUnreadable("The backup is damaged or cut off.") from failure
        if tag == LAST:
            break
    if file.read(1) or not unpacker.eof:
        raise BackupUnreadable("The backup is damaged or cut off.")


def _split(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a text that comes in pieces."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _private(path: str, flags: int) -> int:
    """Open a new file that only its owner can read."""
    return os.open(path, flags, 0o600)
