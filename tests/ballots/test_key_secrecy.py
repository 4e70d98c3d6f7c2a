"""Before closing nothing that lies anywhere opens a ballot: both stores, the keys, and the log."""

import base64
import logging
from itertools import chain

import pytest
import sqlalchemy as sa
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox

from pb.database.base import BALLOTS, db
from pb.tokens import unlocking
from pb.tokens.officers import SharedKey
from tests.ballots.boxes import cast
from tests.ballots.voting import SLUG, prepare_a_voting
from tests.builders import DATES
from tests.ceremonies import PASSPHRASES, typed

KEY = 32


@pytest.fixture
def log(app, caplog):
    """What was logged, every statement too, while a round came to its voting and people voted."""
    caplog.set_level(logging.DEBUG)
    engines = list(db.engines.values())
    for engine in engines:
        engine.echo = True
    found = prepare_a_voting()
    for number, code in enumerate(found.codes[:5], start=1):
        cast(code, number, now=DATES.voting_opens)
    for engine in engines:
        engine.echo = False
    return caplog.text.encode()


def private_halves():
    opened = unlocking.unlock_all(SLUG, typed())
    return [bytes(opened[purpose].revealed()) for purpose in SharedKey]


def values_of(bind):
    """Yield every value of every column of a store, as bytes."""
    with db.engines[bind].connect() as connection:
        for table in db.metadatas[bind].tables.values():
            for row in connection.execute(sa.select(table)):
                yield from (as_bytes(value) for value in row if value is not None)


def as_bytes(value):
    return value if isinstance(value, bytes) else str(value).encode()


def key_files(settings):
    return [path.read_bytes() for path in sorted(settings.key_directory.iterdir())]


def spellings(secret):
    """Return how a secret of bytes may be written."""
    return [secret, secret.hex().encode(), base64.b64encode(secret), secret[:16], secret[16:]]


def keys_in(value):
    """Yield everything in a value that could be a key: each 32 bytes, also read as text."""
    readings = [value]
    for decode in (lambda text: bytes.fromhex(text.decode()), base64.b64decode):
        try:
            readings.append(decode(value.strip()))
        except (ValueError, UnicodeDecodeError):
            continue
    for reading in readings:
        yield from (reading[at : at + KEY] for at in range(len(reading) - KEY + 1))


def opens_a_ballot(keys, boxes):
    """Return the keys that open one of the sealed ballots, as private half or as shared secret."""
    found = []
    for key in keys:
        if bytes(PrivateKey(key).public_key) in boxes:
            found.append(key)
        for box in boxes.values():
            try:
                SecretBox(key).decrypt(box)
                found.append(key)
            except CryptoError:
                continue
    return found


def sealed_ballots():
    """Return a ballot under the public half to which it is sealed."""
    tables = db.metadatas[BALLOTS].tables
    with db.engines[BALLOTS].connect() as connection:
        public = connection.execute(sa.select(tables["ballot_boxes"].c.count_public_key)).scalar()
        return {public: connection.execute(sa.select(tables["ballots"].c.count_box)).scalar()}


def test_no_private_half_is_in_a_store_a_key_file_or_the_log(log, settings):
    heap = b"\0".join(chain(values_of(None), values_of(BALLOTS), key_files(settings)))

    assert len(log) > 10_000, "the log of every statement was read"
    for private in private_halves():
        for spelling in spellings(private):
            assert spelling not in heap
            assert spelling not in log
            assert repr(spelling)[2:-1].encode() not in log
    for words in PASSPHRASES.values():
        assert words.encode() not in heap
        assert words.encode() not in log


def test_no_private_half_is_in_any_file_of_the_installation(only_sqlite, log, tmp_path):
    """Write-ahead logs and what the databases forgot to wipe count too."""
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert any(path.name == "ballots.db" for path in files)
    secrets = [spelling for private in private_halves() for spelling in spellings(private)]
    secrets += [words.encode() for words in PASSPHRASES.values()]
    for path, content in files.items():
        assert not any(secret in content for secret in secrets), path


def test_nothing_that_is_stored_opens_a_ballot(log, settings):
    """Everything that looks like a key is tried: all columns of the keys, officers and the box."""
    boxes = sealed_ballots()
    tables = ("officers", "shared_keys", "pair_locks", "ballot_boxes")
    with db.engines[BALLOTS].connect() as connection:
        rows = chain.from_iterable(
            connection.execute(sa.select(db.metadatas[BALLOTS].tables[name])) for name in tables
        )
        values = {value for row in rows for value in row if isinstance(value, bytes)}
    values |= set(key_files(settings))
    keys = {key for value in values for key in keys_in(value)}

    assert len(keys) > 1_000
    assert opens_a_ballot(keys, boxes) == []
    assert len(opens_a_ballot([private_halves()[0]], boxes)) == 1, "or the test itself is blind"


def test_with_two_officers_the_same_store_opens(log):
    (box,) = sealed_ballots().values()
    private = PrivateKey(private_halves()[0])

    assert b'"c":[' in SealedBox(private).decrypt(box)
