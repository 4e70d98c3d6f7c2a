"""The keys that no one person holds: three officers, and any two of them open.

The *count* key opens the ballots after closing; the *revocation* key opens the sealed ballot key
of a letter that was reported lost. The private half of neither is kept whole. It lies in the
ballot store three times, each time locked for one *pair* of officers, and a fourth time locked
with the recovery code in the sealed envelope.

An officer has a box key (X25519) and a signing key (Ed25519). Both private halves are locked with
what argon2id makes of the officer's passphrase, and nothing else is. A pair's lock is two sealed
boxes inside each other, one for each officer: so locking needs public halves only, the officers
may come to the table one after the other, and a new passphrase for one officer disturbs nobody
else (docs/adr/0018).

argon2id: RFC 9106. Key derivation: RFC 5869 (HKDF with SHA-256).
"""

import secrets
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Final, NoReturn

from argon2.low_level import Type, hash_secret_raw
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.signing import SigningKey

from pb.foundation.typed import as_typed
from pb.tokens.domain import DATA_SYMBOLS, Code, derive

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16
PASSPHRASE_AT_LEAST: Final = 16
LONGEST_PASSPHRASE: Final = 200

NUMBERS: Final = (1, 2, 3)
Pair = tuple[int, int]
PAIRS: Final[tuple[Pair, ...]] = tuple(combinations(NUMBERS, 2))

# Small letters and figures that nobody mixes up when they are read aloud: 32 symbols.
SYMBOLS: Final = "abcdefghijkmnpqrstuvwxyz23456789"

# Each derivation takes 64 MiB; one at a time per process, so that a crowd takes no more.
_ONE_AT_A_TIME = threading.Lock()


class SharedKey(StrEnum):
    """What a key that nobody holds alone is for."""

    COUNT = "count"
    REVOCATION = "revocation"


class LockBroken(Exception):
    """What is locked does not open with what should open it: a wrong word, or tampering."""


class PublicHalfDiffers(LockBroken):
    """A public half in the store is not that of the private one: somebody put another there."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How much work a passphrase asks for; kept beside what it locks.

    memory: in KiB. passes: over that memory. lanes: computed side by side.
    """

    memory: int
    passes: int
    lanes: int


# The second recommended option of RFC 9106, section 4.
STRONG: Final = Cost(memory=64 * 1024, passes=3, lanes=4)
# For tests and trials only; whoever makes an installation asks for it by name.
CHEAP: Final = Cost(memory=8, passes=1, lanes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """One of the three, as everybody may know it; ``locked`` opens with the passphrase only.

    number: 1, 2 or 3. label: the function, such as "griffier"; never a name.
    """

    number: int
    label: str
    salt: bytes
    cost: Cost
    box_public_key: bytes
    verify_key: bytes
    locked: bytes = field(repr=False)


class UnlockedOfficer:
    """The private halves of one officer, in memory, for one act. Shows and stores nothing."""

    __slots__ = ("_box", "_signing", "number")

    def __init__(self, number: int, private_halves: bytes) -> None:
        """Take the box key and the seed of the signing key, 32 bytes each."""
        self.number = number
        self._box = PrivateKey(private_halves[:KEY_BYTES])
        self._signing = SigningKey(private_halves[KEY_BYTES:])

    def open(self, sealed: bytes) -> bytes:
        """Return what was sealed for this officer. Raises LockBroken."""
        try:
            return SealedBox(self._box).decrypt(sealed)
        except (CryptoError, ValueError):
            raise LockBroken from None

    def sign(self, text: bytes) -> bytes:
        """Return the signature of this officer over a text, 64 bytes."""
        return self._signing.sign(text).signature

    def public_halves(self) -> tuple[bytes, bytes]:
        """Return the public box key and the public signing key."""
        return bytes(self._box.public_key), bytes(self._signing.verify_key)

    def private_halves(self) -> bytes:
        """Return both private halves, to be locked again at once."""
        return bytes(self._box) + bytes(self._signing)

    def __repr__(self) -> str:
        """Say whose it is, not what."""
        return f"UnlockedOfficer({self.number}, …)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise TypeError("An unlocked key is not written down.")


class UnlockedKey:
    """The private half of a shared key, in memory, for one act. Shows and stores nothing."""

    __slots__ = ("_private", "purpose")

    def __init__(self, purpose: SharedKey, private: bytes) -> None:
        """Take the 32 bytes that two officers, or the envelope, opened."""
        self.purpose = purpose
        self._private = PrivateKey(private)

    def revealed(self) -> PrivateKey:
        """Return the key, for the one act that needs it."""
        return self._private

    def open(self, sealed: bytes) -> bytes:
        """Return what was sealed to this key. Raises LockBroken."""
        try:
            return SealedBox(self._private).decrypt(sealed)
        except (CryptoError, ValueError):
            raise LockBroken from None

    @property
    def public_key(self) -> bytes:
        """Return the public half, 32 bytes."""
        return bytes(self._private.public_key)

    def __repr__(self) -> str:
        """Say what it is for, not what it is."""
        return f"UnlockedKey({self.purpose.value}, …)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise TypeError("An unlocked key is not written down.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedKey:
    """A shared key as it is kept.

    for_pairs: per pair of officers. for_envelope: opens with the recovery code.
    """

    purpose: SharedKey
    public_key: bytes
    for_pairs: Mapping[Pair, bytes] = field(repr=False)
    for_envelope: bytes = field(repr=False)

    @property
    def is_destroyed(self) -> bool:
        """Tell whether nothing is left that could be opened."""
        return not self.for_pairs and not self.for_envelope


def suggestion() -> str:
    """Return a passphrase of 100 random bits that can be read aloud: ``k7dwm-…``."""
    groups = ("".join(secrets.choice(SYMBOLS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def normal(typed: str) -> str:
    """Return a passphrase as it is used: one form of each letter, no space around it."""
    return unicodedata.normalize("NFC", as_typed(typed)).strip()


def make_officer(
    number: int, label: str, passphrase: str, *, round_id: str, cost: Cost,
    signing_key: bytes | None = None,
) -> Officer:  # fmt: skip
    """Return an officer with fresh keys, locked with a passphrase.

    signing_key: the seed of a signing key that the officer has already.
    """
    box = PrivateKey.generate()
    signing = SigningKey(signing_key) if signing_key else SigningKey.generate()
    salt = secrets.token_bytes(SALT_BYTES)
    lock = _lock_of(passphrase, salt, cost, round_id, number)
    return Officer(
        number=number, label=label, salt=salt, cost=cost,
        box_public_key=bytes(box.public_key), verify_key=bytes(signing.verify_key),
        locked=bytes(lock.encrypt(bytes(box) + bytes(signing))),
    )  # fmt: skip


def unlock_officer(officer: Officer, passphrase: str, round_id: str) -> UnlockedOfficer:
    """Return the private halves of an officer.

    Raises LockBroken when the passphrase is wrong, PublicHalfDiffers when it is right and the
    public halves beside it are another's.
    """
    lock = _lock_of(passphrase, officer.salt, officer.cost, round_id, officer.number)
    try:
        unlocked = UnlockedOfficer(officer.number, lock.decrypt(officer.locked))
    except CryptoError:
        raise LockBroken from None
    if unlocked.public_halves() != (officer.box_public_key, officer.verify_key):
        raise PublicHalfDiffers
    return unlocked


def make_key(
    purpose: SharedKey, officers: Iterable[Officer], recovery: Code, round_id: str
) -> LockedKey:
    """Return a new shared key, locked for every pair of the three officers and the envelope."""
    key = UnlockedKey(purpose, bytes(PrivateKey.generate()))
    by_number = {officer.number: officer for officer in officers}
    return LockedKey(
        purpose=key.purpose,
        public_key=key.public_key,
        for_pairs={
            pair: lock_for_pair(key, by_number[pair[0]], by_number[pair[1]], round_id)
            for pair in PAIRS
        },
        for_envelope=lock_for_envelope(key, recovery, round_id),
    )


def lock_for_pair(key: UnlockedKey, first: Officer, second: Officer, round_id: str) -> bytes:
    """Return a shared key in a box for one officer, inside a box for the other."""
    header = _header(round_id, key.purpose, (first.number, second.number))
    inner = SealedBox(PublicKey(second.box_public_key)).encrypt(header + bytes(key.revealed()))
    return SealedBox(PublicKey(first.box_public_key)).encrypt(inner)


def lock_for_envelope(key: UnlockedKey, recovery: Code, round_id: str) -> bytes:
    """Return a shared key, locked with the recovery code: 115 random bits need no slow hash."""
    lock = _lock_of_envelope(recovery, key.purpose, round_id)
    return bytes(lock.encrypt(bytes(key.revealed())))


def unlock_for_pair(
    locked: LockedKey, one: UnlockedOfficer, other: UnlockedOfficer, round_id: str
) -> UnlockedKey:
    """Return what two officers open together. Raises LockBroken when somebody tampered."""
    first, second = sorted((one, other), key=lambda officer: officer.number)
    header = _header(round_id, locked.purpose, (first.number, second.number))
    content = second.open(first.open(locked.for_pairs[first.number, second.number]))
    if not content.startswith(header):
        raise LockBroken
    return _checked(locked, content[len(header) :])


def unlock_with_envelope(locked: LockedKey, recovery: Code, round_id: str) -> UnlockedKey:
    """Return what the recovery code opens. Raises LockBroken."""
    lock = _lock_of_envelope(recovery, locked.purpose, round_id)
    try:
        return _checked(locked, lock.decrypt(locked.for_envelope))
    except CryptoError:
        raise LockBroken from None


def _checked(locked: LockedKey, private: bytes) -> UnlockedKey:
    """Return the key when it is the one whose public half seals. Raises LockBroken."""
    if len(private) != KEY_BYTES:
        raise LockBroken
    key = UnlockedKey(locked.purpose, private)
    if key.public_key != locked.public_key:
        raise LockBroken
    return key


def _header(round_id: str, purpose: SharedKey, pair: Pair) -> bytes:
    """Return what stands before a key inside its boxes: which round, what for, which pair."""
    return f"pbstem/v1/pair\0{round_id}\0{purpose.value}\0{pair[0]}-{pair[1]}\0".encode()


def _lock_of(passphrase: str, salt: bytes, cost: Cost, round_id: str, number: int) -> SecretBox:
    """Return the lock that a passphrase opens, for one officer of one round."""
    with _ONE_AT_A_TIME:
        slow = hash_secret_raw(
            normal(passphrase).encode(), salt, time_cost=cost.passes, memory_cost=cost.memory,
            parallelism=cost.lanes, hash_len=KEY_BYTES, type=Type.ID,
        )  # fmt: skip
    return SecretBox(derive(slow, round_id, b"pbstem/v1/officer\0%d" % number))


def _lock_of_envelope(recovery: Code, purpose: SharedKey, round_id: str) -> SecretBox:
    """Return the lock that the recovery code opens; its check symbol adds nothing."""
    symbols = recovery.revealed()[:DATA_SYMBOLS].encode()
    return SecretBox(derive(symbols, round_id, b"pbstem/v1/recovery\0" + purpose.value.encode()))
