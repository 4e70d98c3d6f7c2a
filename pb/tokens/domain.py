"""The voting token: a code on a letter, the key that grows from it, and the roll of all keys.

A code is never stored. From the code and the round grows an Ed25519 key; the service keeps
only its public half, the *ballot key*. So whoever holds the whole database, but no letter,
cannot vote. The list of all ballot keys, the *roll*, is fixed before voting opens, and every
letter carries its fingerprint.

A code has 23 random symbols (115 bits, above the 112 that NIST SP 800-63B asks before a fast
hash is allowed) and a check symbol over GF(32). All 24 weights of the check differ and none
is zero, so it catches every wrong symbol and every two symbols that changed places.

Alphabet: Douglas Crockford, "Base 32". Key derivation: RFC 5869 (HKDF with SHA-256).
Serial numbers: H. M. Damm, "Total anti-symmetrische Quasigruppen", Marburg 2004.
"""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NoReturn

from nacl.public import PublicKey, SealedBox
from nacl.signing import SigningKey

from pb.foundation.errors import N_, NotPermitted, Unacceptable

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DATA_SYMBOLS: Final = 23
CODE_SYMBOLS: Final = DATA_SYMBOLS + 1
HIGHEST_LETTER_NUMBER: Final = 999_999

# The longest text that is looked at: a code, or the address from the QR code, with room.
LONGEST_TYPED: Final = 300


class CodeRefused(NotPermitted):
    """The code opens nothing. One sentence, so that nobody learns why."""

    sentence = N_(
        "Deze stemcode klopt niet. Kijk of u alle 24 tekens goed heeft ingevuld. "
        "Lukt het niet? Bel ons."
    )


class CodeMistyped(CodeRefused):
    """This cannot be a code: wrong length, a strange symbol, or the check symbol differs."""


class CodeUnknown(CodeRefused):
    """No letter of this round carries this code, or the letter was never handed out."""


class CodeReplaced(NotPermitted):
    """The letter was reported lost and replaced; told only to who holds the whole code."""

    sentence = N_(
        "Deze stemcode is vervangen. Gebruik de code uit uw nieuwe brief. "
        "Denkt u dat dit niet klopt? Bel ons."
    )


class VotedOnPaper(NotPermitted):
    """The holder of this letter voted on paper, which is final."""

    sentence = N_(
        "Met deze brief is al op papier gestemd. Die stem telt. "
        "Denkt u dat dit niet klopt? Bel ons. Wij zoeken het uit."
    )


class LetterDoesNotFit(Unacceptable):
    """The texts of the round are too long for a letter of one page."""

    sentence = N_(
        "De brief past niet op één bladzijde. Maak de namen of de plekken voor hulp korter."
    )


class LetterUnprintable(Unacceptable):
    """A text of the round has a symbol that the fonts of the letter do not have."""

    sentence = N_("Een teken in deze teksten kan niet op de brief. Gebruik gewone letters.")


class Code:
    """One voting code. Shows itself only to who asks for it by name.

    It has no readable ``repr``, ``str`` or format and cannot be pickled or copied, so it
    does not slip into a log, an error report, a cache or a job queue.
    """

    __slots__ = ("_symbols",)
    _symbols: str

    def __init__(self, symbols: str) -> None:
        """Take 24 canonical symbols; ``parse`` is for what people type."""
        if not _is_whole(symbols):
            raise CodeMistyped
        object.__setattr__(self, "_symbols", symbols)

    def revealed(self) -> str:
        """Return the 24 symbols without spaces."""
        return self._symbols

    def grouped(self) -> str:
        """Return the code as it is printed: six groups of four, with hyphens."""
        return in_groups(self._symbols)

    def __eq__(self, other: object) -> bool:
        """Compare without telling by time how much is the same."""
        if not isinstance(other, Code):
            return NotImplemented
        return hmac.compare_digest(self._symbols, other._symbols)

    def __hash__(self) -> int:
        """Return a hash, so that codes can be members of a set."""
        return hash(self._symbols)

    def __repr__(self) -> str:
        """Say that there is a code, not which."""
        return "Code(…)"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: a code does not change."""
        raise AttributeError("A code does not change.")

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise TypeError("A code is not written down; reveal it where it must be printed.")


class TokenStatus(StrEnum):
    """Where a ballot key on the roll stands."""

    ISSUED = "issued"
    SPARE = "spare"
    REVOKED = "revoked"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class BallotKeyPair:
    """The key that signs the ballots of one letter.

    public: the ballot key, 32 bytes; the name under which the roll knows the letter.
    """

    private: SigningKey = field(repr=False)
    public: bytes

    def sign(self, text: bytes) -> bytes:
        """Return the signature over a text, 64 bytes (RFC 8032)."""
        return self.private.sign(text).signature


@dataclass(frozen=True, slots=True)
class RollEntry:
    """One line of the roll.

    ballot_key: 32 bytes.
    area: the area whose plans this letter may choose from, or "" in a round without areas.
    """

    ballot_key: bytes
    area: str
    status: TokenStatus

    def __post_init__(self) -> None:
        """Refuse what would make a line of the roll mean two things."""
        if len(self.ballot_key) != 32:
            raise ValueError("A ballot key has 32 bytes.")
        if not self.area.isprintable() or self.area != self.area.strip():
            raise ValueError("The name of an area is one line without spaces around it.")


@dataclass(frozen=True, slots=True)
class Letter:
    """What the service keeps of a letter; no vote ever touches it.

    serial: the number on the letter, "NNNNNN-c".
    sealed: the ballot key in a box that only the officers' revocation key opens.
    """

    serial: str
    batch: str
    area: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Printable:
    """What only the printer gets: one letter with its code.

    voting_address: where residents vote, without the code; "https://stem.x.nl/s/noord-2026".
    """

    serial: str
    code: Code
    voting_address: str

    @property
    def url(self) -> str:
        """Return the content of the QR code; what follows # never travels to a server."""
        return f"{self.voting_address}#{self.code.revealed()}"


@dataclass(frozen=True, slots=True)
class Minted:
    """A batch of letters: for the roll, for the service, and for the printer.

    roll is in the order of the ballot keys, which tells nothing about the letters.
    """

    roll: list[RollEntry]
    letters: list[Letter]
    printables: list[Printable]


def mint_code() -> Code:
    """Return a fresh code from the randomness of the operating system."""
    number = secrets.randbits(5 * DATA_SYMBOLS)
    data = "".join(ALPHABET[number >> shift & 31] for shift in range(110, -1, -5))
    return Code(data + check_symbol(data))


def parse(typed: str) -> Code:
    """Return the code that somebody typed, pasted or scanned.

    Small letters, spaces, hyphens, dots and invisible marks do not matter; O is read as 0,
    I and L as 1; of an address only what follows # is read. Raises CodeMistyped.
    """
    if len(typed) > LONGEST_TYPED:
        raise CodeMistyped
    _, _, code = typed.rpartition("#")
    return Code("".join(_MEANING.get(symbol, symbol) for symbol in code if not _is_gap(symbol)))


def check_symbol(data: str) -> str:
    """Return the check symbol of 23 data symbols.

    The sum over GF(32) of 2^(i+1) times symbol i, and the check symbol, is zero.
    """
    total = 0
    for weighted, symbol in zip(_WEIGHTED, data, strict=True):
        total ^= weighted[symbol]
    return ALPHABET[total]


def ballot_key_pair(code: Code, round_id: str) -> BallotKeyPair:
    """Return the key that grows from a code in one round; in another round it is another."""
    seed = _derive(code, round_id, b"pbstem/v1/ballot-key")
    private = SigningKey(seed)
    return BallotKeyPair(private=private, public=bytes(private.verify_key))


def ballot_key_of_anything(typed: str, round_id: str) -> bytes:
    """Return the ballot key of what somebody typed, with the same work for a typing error.

    A mistyped code gets a key that stands on no roll. So the caller looks up either, and
    neither the answer nor its time tells a typing error from an unknown code.
    """
    try:
        code = parse(typed)
    except CodeMistyped:
        code = _NOBODY
    return ballot_key_pair(code, round_id).public


def view_key(code: Code, round_id: str) -> bytes:
    """Return the 32 bytes with which a voter re-reads the own ballot before closing."""
    return _derive(code, round_id, b"pbstem/v1/view-key")


def roll_text(entries: Iterable[RollEntry]) -> str:
    """Return the roll as published: a line "base64(ballot key) area" per letter, sorted.

    The order is that of the bytes of the lines (``LC_ALL=C sort``); every line has an end.
    Status is not part of it: it changes during the round, the roll does not.
    Raises ValueError when a ballot key occurs twice.
    """
    lines: dict[bytes, bytes] = {}
    for entry in entries:
        if entry.ballot_key in lines:
            raise ValueError("A ballot key stands on the roll twice.")
        key = base64.b64encode(entry.ballot_key)
        lines[entry.ballot_key] = key + (f" {entry.area}" if entry.area else "").encode()
    return "".join(line.decode() + "\n" for line in sorted(lines.values()))


def roll_hash(entries: Iterable[RollEntry]) -> bytes:
    """Return the SHA-256 of the published roll, 32 bytes."""
    return hashlib.sha256(roll_text(entries).encode()).digest()


def round_fingerprint(log_public_key: bytes, hash_of_roll: bytes) -> str:
    """Return the 20 symbols (100 bits) that all letters of a round carry.

    log_public_key: 32 bytes, signs receipts and checkpoints.
    hash_of_roll: 32 bytes, from ``roll_hash``.
    """
    if len(log_public_key) != 32 or len(hash_of_roll) != 32:
        raise ValueError("A public key and a hash have 32 bytes each.")
    digest = hashlib.sha256(log_public_key + hash_of_roll).digest()
    number = int.from_bytes(digest) >> 256 - 100
    return "".join(ALPHABET[number >> shift & 31] for shift in range(95, -1, -5))


def in_groups(symbols: str) -> str:
    """Return symbols in groups of four with hyphens, as they are printed."""
    return "-".join(symbols[start : start + 4] for start in range(0, len(symbols), 4))


def serial_of(number: int) -> str:
    """Return the serial of the letter with this number, from 1: six digits and a check digit.

    The check digit catches every wrong digit and every two neighbours that changed places.
    """
    if not 1 <= number <= HIGHEST_LETTER_NUMBER:
        raise ValueError(f"Letters are numbered from 1 to {HIGHEST_LETTER_NUMBER}.")
    digits = f"{number:06}"
    return f"{digits}-{_damm(digits)}"


def is_serial(text: str) -> bool:
    """Tell whether ``text`` is a serial with the right check digit."""
    digits, hyphen, check = text[:6], text[6:7], text[7:]
    plain = text.isascii() and digits.isdigit() and len(check) == 1 and hyphen == "-"
    return plain and int(digits) > 0 and str(_damm(digits)) == check


def mint_batch(
    count: int,
    *,
    round_id: str,
    area: str,
    batch: str,
    revocation_public_key: bytes,
    voting_address: str,
    first_number: int = 1,
    spare: bool = False,
) -> Minted:
    """Return a batch of new letters. Run it where no server sees the codes.

    revocation_public_key: 32 bytes, X25519; two of three officers open what it seals.
    voting_address: what the QR code holds before the #, "https://stem.x.nl/s/noord-2026".
    first_number: the number of the first letter; batches of a round must not overlap.
    spare: for envelopes at the desk, whose keys wait on the roll until they are needed.
    """
    box = SealedBox(PublicKey(revocation_public_key))
    status = TokenStatus.SPARE if spare else TokenStatus.ISSUED
    minted = Minted([], [], [])
    for number in range(first_number, first_number + count):
        serial, code = serial_of(number), mint_code()
        ballot_key = ballot_key_pair(code, round_id).public
        minted.roll.append(RollEntry(ballot_key, area, status))
        minted.letters.append(Letter(serial, batch, area, box.encrypt(ballot_key)))
        minted.printables.append(Printable(serial, code, voting_address))
    minted.roll.sort(key=lambda entry: entry.ballot_key)
    if len({entry.ballot_key for entry in minted.roll}) != count:
        raise RuntimeError("The randomness of this machine is broken: a code came twice.")
    return minted


def derive(secret: bytes, round_id: str, purpose: bytes) -> bytes:
    """Return 32 bytes for one purpose in one round, out of a secret with enough randomness.

    HKDF with SHA-256: what it extracts is one block long, and so is what it expands.
    """
    extracted = hmac.digest(round_id.encode(), secret, "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")


def _derive(code: Code, round_id: str, purpose: bytes) -> bytes:
    """Return 32 bytes out of a code; its check symbol adds nothing and stays out."""
    return derive(code.revealed()[:DATA_SYMBOLS].encode(), round_id, purpose)


def _is_whole(symbols: str) -> bool:
    """Tell whether these are 24 symbols of the alphabet, the last of which checks."""
    if len(symbols) != CODE_SYMBOLS or not _SYMBOLS.issuperset(symbols):
        return False
    return check_symbol(symbols[:DATA_SYMBOLS]) == symbols[DATA_SYMBOLS]


def _is_gap(symbol: str) -> bool:
    """Tell whether a symbol only separates: spaces, hyphens, dots, invisible marks."""
    if symbol.isascii():
        return symbol in " -._\t\r\n"
    return unicodedata.category(symbol) in {"Zs", "Zl", "Zp", "Pd", "Cf"} or symbol in "−·•‧"


def _damm(digits: str) -> int:
    """Return the check digit; leading zeros do not change it."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim


def _powers_of_two() -> Sequence[int]:
    """Return 2^0 … 2^30 in GF(32), the field of the polynomial x^5 + x^2 + 1."""
    powers = [1]
    while len(powers) < 31:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0b100101 if doubled & 32 else doubled)
    return powers


def _weighted() -> list[dict[str, int]]:
    """Return, for each of the 23 places, every symbol times the weight of that place."""
    powers = _powers_of_two()
    logarithm = {power: exponent for exponent, power in enumerate(powers)}
    return [
        {symbol: 0 if value == 0 else powers[(place + 1 + logarithm[value]) % 31]
         for value, symbol in enumerate(ALPHABET)}
        for place in range(DATA_SYMBOLS)
    ]  # fmt: skip


_SYMBOLS: Final = frozenset(ALPHABET)

# Small letters and look-alikes; a Turkish keyboard has two more I's, an Arabic one its digits.
_MEANING: Final = (
    {symbol.lower(): symbol for symbol in ALPHABET}
    | dict.fromkeys("Oo", "0")
    | dict.fromkeys("IiLlİı", "1")
    | {chr(start + digit): str(digit) for start in (0x660, 0x6F0) for digit in range(10)}
)
_WEIGHTED: Final = _weighted()
_DAMM: Final = (
    *("0317598642", "7092154863", "4206871359", "1750983426", "6123045978"),
    *("3674209581", "5869720134", "8945362017", "9438617205", "2581436790"),
)

# Stands in for every mistyped code. New in each process, so it can stand on no roll.
_NOBODY: Final = mint_code()
