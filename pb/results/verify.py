"""Check the bundle of a round: one file, Python alone, nothing to install.

    python3 verify.py BUNDLE.zip [--key FILE] [--checkpoint FILE] [--fingerprint TEXT]
                      [--receipt ADDRESS] [--format text|json]

The bundle is what a municipality publishes after the vote. This program trusts nobody: it looks
at every byte, at every signature, and counts again. docs/bundle.md says what every byte means;
the checks below are V0 to V15 of that page, in its order. The first that does not hold ends it.

Without anything that you kept yourself it shows that the bundle agrees with itself. The
fingerprint from a letter shows that the list of letters and the key of the ledger are the real
ones; a checkpoint or a receipt, that nobody rewrote afterwards what it covers.

Exit code: 0 all holds, 1 something does not hold, 2 this cannot be read as a bundle.

Sources: RFC 8032 (Ed25519), RFC 6962 (Merkle tree), C2SP signed-note and tlog-checkpoint; Hisil,
Wong, Carter and Dawson, "Twisted Edwards Curves Revisited", ASIACRYPT 2008 (adding points).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import struct
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import unquote

FORMAT = "pb-bundle/1"
MOST_ENTRIES = 20
MOST_BYTES = 1 << 30
MOST_AROUND = 1 << 14  # what headers may add to that
MOST_SECONDS_OF_A_RECOUNT = 900
OFFICERS_NEEDED = 2  # fixed here: a number in the bundle could be lowered by who signs alone
WITHDRAWN_COST = "999999999"
JSON_FILES = ("config.json", "projects.json", "paper_audit.json", "manifest.json")
LINE_FILES = ("checkpoints.jsonl", "ballots.jsonl", "superseded.jsonl", "withdrawn.jsonl")
PROGRAMS = ("recount.py", "verify.py")
FILES = sorted(
    (
        *("README.txt", "roll.txt", "spares.txt", "ledger.jsonl", "paper.jsonl"),
        *("round.pb", "result.json", "manifest.sig", *JSON_FILES, *LINE_FILES, *PROGRAMS),
    )
)


class Unreadable(Exception):
    """This is no bundle that can be read. The sentence says why."""


class DoesNotHold(Exception):
    """A check does not hold. The sentence says what is wrong."""


class DoesNotFit(DoesNotHold):
    """What somebody gave to compare with is not of this bundle: one of the two is wrong."""


# --- bytes, numbers and texts --------------------------------------------------------------------


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of bytes, as bytes."""
    return hashlib.sha256(data).digest()


def u32(number: int) -> bytes:
    """Return a number as four bytes, the highest first."""
    return number.to_bytes(4, "big")


def from_b64(text: Any, length: int | None = None) -> bytes:
    """Return the bytes of base64, when this is their only spelling, and there are so many.

    Raises ValueError.
    """
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        data = b""
    if to_b64(data) != text or len(data) != (len(data) if length is None else length):
        raise ValueError("is not written in base64 as it must be")
    return data


def to_b64(data: bytes) -> str:
    """Return base64."""
    return base64.b64encode(data).decode()


SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def symbols(digest: bytes, count: int) -> str:
    """Return the first bits of a digest as symbols, five bits in each."""
    bits = int.from_bytes(digest, "big") >> (8 * len(digest) - 5 * count)
    return "".join(SYMBOLS[bits >> 5 * place & 31] for place in reversed(range(count)))


def as_typed(text: str) -> str:
    """Return symbols as a person may type them: spaces, hyphens, small letters, O, I and L."""
    return re.sub(r"[\s-]", "", text).upper().translate(str.maketrans("OIL", "011"))


def refuse_decimals(text: str) -> Any:
    """Raise ValueError: decimals have no canonical text."""
    raise ValueError(f"{text} is no whole number")


def whole_number(text: str) -> int:
    """Read a whole number that every program reads alike. Raises ValueError."""
    if len(text) > 17 or abs(int(text)) >= 1 << 53:
        raise ValueError("a number is too high")
    return int(text)


READER = json.JSONDecoder(
    parse_float=refuse_decimals, parse_constant=refuse_decimals, parse_int=whole_number
)
WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical(text: str) -> Any:
    """Read canonical JSON: only one text says a value. Raises ValueError."""
    try:
        value = READER.decode(text)
        written = WRITER.encode(value)
    except (ValueError, RecursionError):
        written = ""
    if not text or written != text:
        raise ValueError("is not canonical JSON")
    return value


def fits(value: Any, shape: Any) -> bool:
    """Tell whether a value has a shape.

    shape: a type; a function that tells; {name: shape} for exactly these members; [shape] for a
    list of any length; (shape, shape) for a list of this length; else the value itself.
    """
    if isinstance(shape, type):
        return type(value) is shape
    if callable(shape):
        return bool(shape(value))
    if isinstance(shape, dict):
        return (
            type(value) is dict
            and value.keys() == shape.keys()
            and all(fits(value[name], shape[name]) for name in shape)
        )
    if isinstance(shape, list):
        return type(value) is list and all(fits(each, shape[0]) for each in value)
    if isinstance(shape, tuple):
        return (
            type(value) is list
            and len(value) == len(shape)
            and all(fits(*pair) for pair in zip(value, shape, strict=True))
        )
    return type(value) is type(shape) and value == shape


def count(value: Any) -> bool:
    """Tell whether this is a number of things."""
    return type(value) is int and value >= 0


def version_number(value: Any) -> bool:
    """Tell whether this is the number of a version: from 1, in four bytes."""
    return type(value) is int and 0 < value < 1 << 32


def digest(value: Any) -> bool:
    """Tell whether this is a SHA-256 in hex."""
    return type(value) is str and re.fullmatch("[0-9a-f]{64}", value) is not None


def b64_of(length: int) -> Callable[[Any], bool]:
    """Return a function that tells whether a value is base64 of so many bytes."""

    def tell(value: Any) -> bool:
        try:
            return bool(from_b64(value, length))
        except ValueError:
            return False

    return tell


# --- Ed25519 -------------------------------------------------------------------------------------

# The field, the order of the base point, and d of the curve -x² + y² = 1 + d x² y².
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)
BASE = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)
# The heights y of the points of which eight make nothing. Signatures by such a key say nothing.
ORDER_EIGHT = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL_ORDER = {0, 1, PRIME - 1, ORDER_EIGHT, PRIME - ORDER_EIGHT}

Point = tuple[int, int, int, int]
"""A point (X, Y, Z, T): x = X / Z, y = Y / Z, x y = T / Z."""
Addend = tuple[int, int, int, int]
"""A point made ready for adding: (Y + X, Y - X, 2 Z, 2 d T)."""
Digits = dict[int, int]
"""A number as a sum of digit × 2^place: place -> odd digit, few of them."""


def usable_key(public: bytes) -> bool:
    """Tell whether a public key is 32 bytes, written as it must be, and not of small order."""
    height = int.from_bytes(public, "little") & ((1 << 255) - 1)
    return len(public) == 32 and height < PRIME and height not in SMALL_ORDER


def well_made(public: bytes, signature: bytes) -> bool:
    """Tell whether a signature is 64 bytes, written as it must be, by a key that can be used."""
    scalar = int.from_bytes(signature[32:], "little")
    return len(signature) == 64 and scalar < ORDER and usable_key(public)


def signed_in_python(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a key signed a message, as RFC 8032 5.1.7 says, without the cofactor."""
    point = point_of(public)
    if point is None or not well_made(public, signature):
        return False
    scalar = int.from_bytes(signature[32:], "little")
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    factor = int.from_bytes(hashed, "little") % ORDER
    return two_products(scalar, -factor % ORDER, *point) == signature[:32]


def point_of(public: bytes) -> tuple[int, int] | None:
    """Return the point (x, y) that 32 bytes stand for, or None when there is none."""
    number = int.from_bytes(public, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    above, below = (y * y - 1) % PRIME, (CURVE_D * y * y + 1) % PRIME
    cube = below * below % PRIME * below % PRIME
    x = above * cube * pow(above * cube * cube * below, (PRIME - 5) // 8, PRIME) % PRIME
    if below * x * x % PRIME != above:
        x = x * ROOT_OF_MINUS_ONE % PRIME
        if below * x * x % PRIME != above:
            return None
    return (PRIME - x if x & 1 != sign else x), y


def digits_of(scalar: int, width: int) -> Digits:
    """Write a number in odd digits between -2^(width - 1) and 2^(width - 1), few of them."""
    digits: Digits = {}
    place, whole = 0, 1 << width
    while scalar:
        zeros = (scalar & -scalar).bit_length() - 1
        scalar >>= zeros
        place += zeros
        digit = scalar & (whole - 1)
        digit -= whole if digit >= whole // 2 else 0
        digits[place] = digit
        scalar -= digit
    return digits


def odd_multiples(x: int, y: int, number: int) -> list[Addend]:
    """Return 1, 3, 5 … times a point, made ready for adding."""
    point: Point = (x, y, 1, x * y % PRIME)
    twice = ready(double(point))
    found = [ready(point)]
    while len(found) < number:
        point = add(point, twice)
        found.append(ready(point))
    return found


def ready(point: Point) -> Addend:
    """Make a point ready for adding."""
    x, y, z, t = point
    return (y + x) % PRIME, (y - x) % PRIME, 2 * z % PRIME, 2 * CURVE_D * t % PRIME


def double(point: Point) -> Point:
    """Return twice a point."""
    x, y, z, _ = point
    e, g = 2 * x * y % PRIME, (y * y - x * x) % PRIME
    f, h = (g - 2 * z * z) % PRIME, -(x * x + y * y) % PRIME
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def add(point: Point, other: Addend) -> Point:
    """Return the sum of two points."""
    x, y, z, t = point
    a, b = (y - x) * other[1] % PRIME, (y + x) * other[0] % PRIME
    c, d = t * other[3] % PRIME, z * other[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


@cache
def base_multiples() -> list[Addend]:
    """Return 1, 3, 5 … 127 times the base point; each Z made 1."""
    found = []
    for plus, minus, twice_z, _ in odd_multiples(*BASE, 64):
        inverse = pow(twice_z, -1, PRIME)
        x, y = (plus - minus) * inverse % PRIME, (plus + minus) * inverse % PRIME
        found.append(ready((x, y, 1, x * y % PRIME)))
    return found


def two_products(scalar: int, factor: int, x: int, y: int) -> bytes:
    """Return scalar × base point + factor × (x, y), as the 32 bytes of a point.

    Both at once, from the highest place down: at each place double, then add the digits there.
    """
    here, there = digits_of(scalar, 8), digits_of(factor, 5)
    ours, theirs = base_multiples(), odd_multiples(x, y, 8)
    x, y, z = 0, 1, 1
    for place in reversed(range(1 + max((*here, *there), default=0))):
        e, g = 2 * x * y % PRIME, (y * y - x * x) % PRIME
        f, h = (g - 2 * z * z) % PRIME, -(x * x + y * y) % PRIME
        x, y, z = e * f % PRIME, g * h % PRIME, f * g % PRIME
        if place in here or place in there:
            t = e * h % PRIME
            for digit, multiples in ((here.get(place), ours), (there.get(place), theirs)):
                if digit:
                    plus, minus, twice_z, times_t = multiples[abs(digit) // 2]
                    if digit < 0:
                        plus, minus, times_t = minus, plus, -times_t
                    x, y, z, t = add((x, y, z, t), (plus, minus, twice_z, times_t))
    inverse = pow(z, -1, PRIME)
    x, y = x * inverse % PRIME, y * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


Signed = Callable[[bytes, bytes, bytes], bool]
"""Tells whether a public key signed a message with a signature."""


def fastest_signed() -> Signed:
    """Return the quicker function where the package cryptography is there, else our own."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return signed_in_python

    def signed(public: bytes, message: bytes, signature: bytes) -> bool:
        if not well_made(public, signature):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    return signed


# --- notes, trees and letters --------------------------------------------------------------------


class Key(NamedTuple):
    """Who may sign notes. id: the four bytes that stand before a signature."""

    name: str
    id: bytes
    public: bytes


def read_key(text: Any) -> Key:
    """Read a verifier key, NAME+IIIIIIII+B64. Raises ValueError."""
    match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text if type(text) is str else "")
    if match is None:
        raise ValueError("is not a verifier key")
    marked = from_b64(match[3], 33)
    key = Key(match[1], bytes.fromhex(match[2]), marked[1:])
    if marked[0] != 1 or sha256(match[1].encode() + b"\n" + marked)[:4] != key.id:
        raise ValueError("is not a verifier key of Ed25519 with its id")
    return key


def read_note(note: str, keys: Sequence[Key], signed: Signed) -> tuple[str, set[Key]]:
    """Return the text of a signed note, and which of the keys signed it.

    Lines of other keys are passed over. Raises ValueError when this is no note, or when a line of
    one of the keys has a wrong signature.
    """
    text, blank, rest = note.rpartition("\n\n")
    text += "\n"
    if not blank or not rest.endswith("\n"):
        raise ValueError("is not a signed note")
    signers = set()
    for line in rest[:-1].split("\n"):
        match = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        if match is None:
            raise ValueError("has a line that is no signature")
        marked = from_b64(match[2])
        for key in keys:
            if (key.name, key.id) == (match[1], marked[:4]):
                if not signed(key.public, text.encode(), marked[4:]):
                    raise ValueError(f"has a wrong signature of {key.name}")
                signers.add(key)
    return text, signers


def read_checkpoint(note: str, log: Key, signed: Signed) -> tuple[int, bytes]:
    """Return size and root of a checkpoint that the log key signed. Raises ValueError."""
    text, signers = read_note(note, [log], signed)
    lines = text.split("\n")
    if not signers:
        raise ValueError("is not signed by the log key")
    if len(lines) != 4 or not re.fullmatch("0|[1-9][0-9]{0,14}", lines[1]):
        raise ValueError("does not have three lines: origin, size and root")
    if lines[0] != log.name:
        raise ValueError("is of another log")
    return int(lines[1]), from_b64(lines[2], 32)


class Tree:
    """The Merkle tree of RFC 6962 over lines that come one by one."""

    def __init__(self) -> None:
        self.size = 0
        self.parts: list[bytes] = []  # whole trees, each smaller than the one before it

    def append(self, line: bytes) -> None:
        """Put a line behind the others."""
        node, size = sha256(b"\0" + line), self.size
        while size & 1:
            node = sha256(b"\1" + self.parts.pop() + node)
            size >>= 1
        self.parts.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all lines so far."""
        if not self.parts:
            return sha256(b"")
        *others, node = self.parts
        for left in reversed(others):
            node = sha256(b"\1" + left + node)
        return node


def inner_of(body: str) -> bytes:
    """Return the hash that hides what a ballot says until it is opened."""
    return sha256(b"pbstem/v1/inner\0" + body.encode())


def leaf_of(letter: bytes, version: int, inner: bytes) -> bytes:
    """Return what the ledger says of a ballot."""
    return sha256(b"pbstem/v1/leaf\0" + letter + u32(version) + inner)


# --- the container -------------------------------------------------------------------------------

LOCAL, CENTRAL = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
DATE, ATTRIBUTES = 0x0021, 0o644 << 16


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the only zip file that these files make."""
    entries, directory, offset = [], [], 0
    for name, data in sorted((name.encode(), data) for name, data in files.items()):
        sizes = (zlib.crc32(data), len(data), len(data), len(name), 0)
        entries += [LOCAL.pack(b"PK\3\4", 20, 0, 0, 0, DATE, *sizes), name, data]
        made = (b"PK\1\2", 0x0314, 20, 0, 0, 0, DATE)
        directory += [CENTRAL.pack(*made, *sizes, 0, 0, 0, ATTRIBUTES, offset), name]
        offset += LOCAL.size + len(name) + len(data)
    size = sum(map(len, directory))
    number = len(files)
    end = END.pack(b"PK\5\6", 0, 0, number, number, size, offset, 0)
    return b"".join([*entries, *directory, end])


def unpack(raw: bytes) -> dict[str, bytes]:
    """Return the files of a zip file in which everything is stored as it is.

    Only headers are read before all limits are known to hold. Raises Unreadable.
    """
    end = raw.rfind(b"PK\5\6")
    if end < 0 or len(raw) < end + END.size:
        raise Unreadable("This is not a zip file, or a part of it is missing.")
    _, _, _, _, number, _, place, _ = END.unpack_from(raw, end)
    if number > MOST_ENTRIES:
        raise Unreadable(f"There are {number} files in it; a bundle has {len(FILES)}.")
    found: dict[str, tuple[int, int]] = {}
    total = 0
    for _ in range(number):
        if len(raw) < place + CENTRAL.size or raw[place : place + 4] != b"PK\1\2":
            raise Unreadable("The list of files in the zip file is damaged.")
        (_, _, _, _, method, _, _, _, packed, size, of_name, of_extra, of_comment, *_, offset) = (
            CENTRAL.unpack_from(raw, place)
        )
        name = name_of(raw[place + CENTRAL.size : place + CENTRAL.size + of_name])
        place += CENTRAL.size + of_name + of_extra + of_comment
        total += size
        if method != 0 or packed != size:
            raise Unreadable(
                f"{name} is compressed; in a bundle every file is stored as it is. Was it packed "
                "again? Take the file as it was downloaded."
            )
        if total > min(MOST_BYTES, len(raw)):
            raise Unreadable("The files in it say that they are larger than they can be.")
        if name in found:
            raise Unreadable(f"{name} stands in it twice.")
        found[name] = (offset, size)
    return {name: contents(raw, name, *where) for name, where in found.items()}


def name_of(data: bytes) -> str:
    """Return the name of an entry. Raises Unreadable for one that no bundle has."""
    if not data.isascii() or not data.decode().isprintable():
        raise Unreadable("A file in it has a name that no bundle has.")
    name = data.decode()
    if "/" in name or "\\" in name or ":" in name:
        raise Unreadable(f"{name} is a folder, or lies in another one; a bundle has none.")
    return name


def contents(raw: bytes, name: str, offset: int, size: int) -> bytes:
    """Return the bytes of an entry. Raises Unreadable."""
    if len(raw) < offset + LOCAL.size or raw[offset : offset + 4] != b"PK\3\4":
        raise Unreadable(f"{name} is not where the list of files says it is.")
    header = LOCAL.unpack_from(raw, offset)
    begin = offset + LOCAL.size + header[9] + header[10]
    if len(raw) < begin + size:
        raise Unreadable(f"A part of {name} is missing.")
    return raw[begin : begin + size]


def refuse_other_bundles(files: Mapping[str, bytes]) -> None:
    """Raise Unreadable when files are missing, or when the bundle has another format."""
    try:
        said = json.loads(files.get("manifest.json", b""))
    except (ValueError, RecursionError):
        said = None
    written = said.get("format") if isinstance(said, dict) else None
    if isinstance(written, str) and written != FORMAT:
        raise Unreadable(
            f"This is a bundle of format {written[:40]!r}; this program reads {FORMAT}."
        )
    missing = [name for name in FILES if name not in files]
    if missing:
        raise Unreadable(f"There is no {missing[0]} in it, so it is no bundle.")


# --- what is checked -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What somebody kept, and the bundle must fit. None: not kept.

    keys: verifier keys, one a line, of the log and the officers. checkpoint: a signed note.
    fingerprint: 20 symbols from a letter. receipt: the address of a receipt.
    """

    keys: str | None = None
    checkpoint: str | None = None
    fingerprint: str | None = None
    receipt: str | None = None


@dataclass(frozen=True)
class Check:
    """The outcome of one check: its id, whether it holds, and a sentence."""

    check: str
    holds: bool
    sentence: str


@dataclass(frozen=True)
class Chosen:
    """A plan that the count chose. votes: on how many counted ballots it stands."""

    plan: str
    title: str
    cost_cents: int
    votes: int


@dataclass
class Report:
    """What was found. checks: in their order, up to the first that does not hold.

    reconciliation: numbers by name, once they are known. changes: what happened in the round that
    an observer should know. chosen: what the count chose, in its order; None unless all holds.
    failed: the id of what does not hold; "bundle" when it is unreadable, "given" when a file to
    compare with is. compared: whether there was something that somebody kept. kept_differs: whether
    it is just that which does not fit, perhaps by a typing error.
    """

    checks: list[Check] = field(default_factory=list)
    reconciliation: dict[str, dict[str, int]] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    chosen: list[Chosen] | None = None
    failed: str | None = None
    compared: bool = False
    kept_differs: bool = False

    @property
    def verified(self) -> bool:
        """Tell whether everything holds."""
        return self.failed is None

    @property
    def exit_code(self) -> int:
        """Return 0 when all holds, 1 when something does not, 2 when it is no bundle."""
        return 0 if self.failed is None else 2 if self.failed in ("bundle", "given") else 1

    def to_json(self) -> str:
        """Return the report as JSON."""
        document = {
            "verified": self.verified,
            "checks": [vars(each) for each in self.checks],
            "reconciliation": self.reconciliation,
            "changes": self.changes,
            "chosen": None if self.chosen is None else [vars(each) for each in self.chosen],
            "failed": self.failed,
            "compared_with_kept": self.compared,
            "kept_differs": self.kept_differs,
        }
        return json.dumps(document, ensure_ascii=False, indent=1)

    def to_text(self) -> str:
        """Return the report as lines for a person."""
        lines = [
            f"{each.check:<8}{'holds' if each.holds else 'FAILS'}  {printable(each.sentence)}"
            for each in self.checks
        ]
        if self.changes:
            lines += ["", "What happened in the round, as the ledger says it:"]
            lines += [f"  {printable(change)}" for change in self.changes]
        if self.reconciliation:
            lines += ["", *equations(self.reconciliation)]
        if self.chosen is not None:
            lines += ["", *outcome(self.chosen)]
        return "\n".join([*lines, "", self.verdict()])

    def verdict(self) -> str:
        """Return the last line."""
        if self.verified and not self.compared:
            return (
                "Everything holds. You gave nothing to compare with, so this shows no more than "
                "that the bundle agrees with itself."
            )
        if self.verified:
            return "Everything holds, also against what you kept."
        if self.failed == "bundle":
            return "This cannot be read as a bundle."
        if self.failed == "given":
            return "So nothing was looked at. Give that file once more."
        if self.kept_differs:
            return (
                f"{self.failed} does not hold: what you gave is not of this bundle. See whether "
                "you gave all of it, and of this round. If you did, do not trust this bundle."
            )
        return (
            f"{self.failed} does not hold, so do not trust this bundle. What comes after it was "
            "not looked at."
        )


def printable(text: str) -> str:
    """Return text without signs that could move a cursor: words in a bundle are anybody's."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def equations(numbers: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return what was reconciled as equations; a difference is said, not hidden."""
    return [
        equation("letters issued", numbers["letters"], "issued"),
        equation("ballot lines in the ledger", numbers["ledger"], "ballot_lines"),
        equation("letters marked as voted on paper", numbers["paper"], "marks"),
    ]


def equation(what: str, numbers: Mapping[str, int], left: str) -> str:
    """Return one equation in words and numbers."""
    terms = {name: number for name, number in numbers.items() if name != left}
    right = " + ".join(f"{number} {name.replace('_', ' ')}" for name, number in terms.items())
    difference = numbers[left] - sum(terms.values())
    sentence = f"{numbers[left]} {what} = {right}"
    return f"{sentence}: the difference is {difference}" if difference else sentence


def outcome(chosen: Sequence[Chosen]) -> list[str]:
    """Return what the count chose as lines, the numbers below each other."""
    if not chosen:
        return ["The count chose no plan."]
    rows = [(each.plan, euros(each.cost_cents), str(each.votes)) for each in chosen]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    spent = euros(sum(each.cost_cents for each in chosen))
    lines = [f"Chosen by the count, for {spent} euros together:"]
    for each, (plan, cost, votes) in zip(chosen, rows, strict=True):
        numbers = f"{cost:>{widths[1]}} euros  {votes:>{widths[2]}} votes"
        lines.append(f"  {plan:<{widths[0]}}  {numbers}  {printable(each.title)}")
    return lines


def euros(cents: int) -> str:
    """Return an amount as round.pb writes it: cents only where there are any."""
    units, rest = divmod(cents, 100)
    return f"{units}.{rest:02}" if rest else f"{units}"


class Bundle:
    """A bundle that is being checked: its files, and what the checks so far made of them."""

    def __init__(
        self, raw: bytes, files: dict[str, bytes], kept: Kept, signed: Signed, counter: Recounter
    ) -> None:
        self.raw, self.files, self.kept = raw, files, kept
        self.signed, self.counter = signed, counter
        self.json: dict[str, Any] = {}  # per JSON file its value, per jsonl file a list of them
        self.log = Key("", b"", b"")
        self.ledger: list[bytes] = []  # the lines, without their ends
        self.facts: list[dict[str, Any]] = []  # the same, read
        self.roll: set[bytes] = set()
        self.spares: dict[bytes, int] = {}  # ballot key -> pack
        self.choices: list[Any] = []  # of each counted ballot, as its body says it
        self.chosen: list[Chosen] = []

    @property
    def config(self) -> dict[str, Any]:
        """Return what config.json says."""
        return dict(self.json["config.json"])

    @property
    def ballots(self) -> list[dict[str, Any]]:
        """Return the counted ballots."""
        return list(self.json["ballots.jsonl"])

    @property
    def plans(self) -> dict[int, dict[str, Any]]:
        """Return the plans of the ballot list, by number."""
        return {plan["number"]: plan for plan in self.json["projects.json"]["plans"]}

    def text(self, name: str) -> str:
        """Return a file as text. Raises DoesNotHold when it is not UTF-8."""
        try:
            return self.files[name].decode()
        except UnicodeDecodeError:
            raise DoesNotHold(f"{name} is not UTF-8.") from None

    def lines(self, name: str) -> list[str]:
        """Return the lines of a file. Raises DoesNotHold when the last one has no end."""
        *lines, rest = self.text(name).split("\n")
        if rest:
            raise DoesNotHold(f"The last line of {name} has no end.")
        return lines

    def events(self, kind: str) -> Iterator[dict[str, Any]]:
        """Yield the events of a kind, in the order of the ledger."""
        return (fact for fact in self.facts if fact.get("k") == kind)

    def letters_in(self, kind: str) -> set[bytes]:
        """Return the ballot keys that events of a kind name."""
        return {base64.b64decode(key) for event in self.events(kind) for key in event["keys"]}

    def closed_spares(self) -> set[bytes]:
        """Return the spare letters of packs that nobody handed out."""
        handed_out = {event["pack"] for event in self.events("spares")}
        return {letter for letter, pack in self.spares.items() if pack not in handed_out}

    def leaves(self) -> Counter[bytes]:
        """Return the leaves of the ballots in the three files, and how often each stands there."""
        found = Counter[bytes]()
        for name in LINE_FILES[1:]:
            for line in self.json[name]:
                inner = inner_of(line["body"]) if "body" in line else from_b64(line["inner"], 32)
                found[leaf_of(base64.b64decode(line["bk"]), line["version"], inner)] += 1
        return found


# --- V0 to V3: container, signatures, form, configuration ----------------------------------------


def packed_as_it_must_be(bundle: Bundle) -> str:
    """V0: the file is a zip of exactly these files, and packing them again gives its bytes."""
    strangers = sorted(bundle.files.keys() - set(FILES))
    if strangers:
        raise DoesNotHold(f"{strangers[0]} does not belong in a bundle.")
    if pack(bundle.files) != bundle.raw:
        raise DoesNotHold(
            "Packing the files again does not give the bytes of this zip file. Take the file as "
            "it was downloaded."
        )
    return f"The zip file holds the {len(FILES)} files of a bundle and not a byte beside them."


def signed_by_officers(bundle: Bundle) -> str:
    """V1: the manifest names every file, and two officers signed it."""
    try:
        config = json.loads(bundle.files["config.json"])
        officers = [read_key(text) for text in config["keys"]["officers"]]
        voting_round = str(config["round"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise DoesNotHold("config.json does not say which officers may sign.") from None
    files = {
        name: {"sha256": sha256(data).hex(), "size": len(data)}
        for name, data in bundle.files.items()
        if not name.startswith("manifest.")
    }
    manifest = bundle.files["manifest.json"]
    wanted = WRITER.encode({"files": files, "format": FORMAT, "round": voting_round})
    if manifest != wanted.encode("utf-8", "replace"):
        raise DoesNotHold(
            "manifest.json does not name every file with its hash and size"
            f"{others_in(manifest, files)}."
        )
    try:
        text, signers = read_note(bundle.text("manifest.sig"), officers, bundle.signed)
    except ValueError as error:
        raise DoesNotHold(f"manifest.sig {error}.") from None
    if text != f"{FORMAT}\n{voting_round}\n{sha256(manifest).hex()}\n":
        raise DoesNotHold("The officers signed another manifest.")
    # Who has one key under two names is still one.
    number = len({key.public for key in signers})
    if number < OFFICERS_NEEDED:
        raise DoesNotHold(f"Officers who signed: {number}; there must be {OFFICERS_NEEDED}.")
    return f"{number} officers signed the manifest, which names every file with its hash."


def others_in(manifest: bytes, files: Mapping[str, Mapping[str, object]]) -> str:
    """Return which files a manifest does not describe as they are, as far as it can be read."""
    try:
        named = json.loads(manifest)["files"]
        others = sorted(name for name in files if files[name] != named.get(name))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""
    return f": of {', '.join(others)} it says something else" if others else ""


TEXTS = [str]
ALL_KINDS = ("approval", "knapsack", "choose_one", "cumulative", "ordinal")
CONFIG = {
    "format": "pb-config/1",
    "round": str,
    "origin": str,
    "title": str,
    "framework": {"sha256": lambda value: value == "" or digest(value), "version": count},
    "keys": {"count": digest, "log": str, "officers": (str, str, str)},
    "officers_needed": OFFICERS_NEEDED,
    "smallest_seal": count,
    "projects_sha256": digest,
    "programs": {"recount.py": digest, "verify.py": digest},
    "software": str,
    "election": {"columns": TEXTS, "meta": [(str, str)], "rows": [TEXTS]},
}
PLAN = {
    "number": version_number,
    "lot_number": count,
    "title": str,
    "cost": count,
    "area_id": str,
    "theme_id": str,
}
RULES = {
    "kind": lambda value: value in ALL_KINDS,
    "min_choices": count,
    "max_choices": count,
    "max_cost": lambda value: value is None or count(value),
    "points": count,
    "max_points": count,
    "max_choices_of_theme": [(str, count)],
    "max_cost_of_theme": [(str, count)],
}
OUT = {"bk": b64_of(32), "inner": b64_of(32), "version": version_number}
SHAPES: dict[str, Any] = {
    "config.json": CONFIG,
    "projects.json": {
        "plans": [
            lambda plan: (
                isinstance(plan, dict) and fits({name: plan.get(name) for name in PLAN}, PLAN)
            )
        ],
        "rules": RULES,
        "themes": dict,
    },
    "paper_audit.json": {"invalid": count, "not_returned": count, "valid": count},
    "manifest.json": dict,  # V1 knows every byte of it
    "checkpoints.jsonl": {"note": str},
    "ballots.jsonl": {
        "bk": b64_of(32),
        "body": str,
        "sig": b64_of(64),
        "version": version_number,
    },
    "superseded.jsonl": OUT | {"why": "revote"},
    "withdrawn.jsonl": OUT | {"why": lambda value: value in ("revoked", "paper")},
}


def canonical_with_these_members(bundle: Bundle) -> str:
    """V2: every JSON and jsonl file is canonical and has exactly the members of the page."""
    for name in JSON_FILES:
        bundle.json[name] = read_json(bundle.text(name), SHAPES[name], name)
    for name in LINE_FILES:
        bundle.json[name] = [
            read_json(line, SHAPES[name], f"line {number} of {name}")
            for number, line in enumerate(bundle.lines(name), start=1)
        ]
    for number, line in enumerate(bundle.lines("ledger.jsonl"), start=1):
        bundle.facts.append(read_json(line, dict, f"line {number} of ledger.jsonl"))
        bundle.ledger.append(line.encode())
    if bundle.files["paper.jsonl"]:
        raise DoesNotHold("paper.jsonl is not empty; this format has no ballots on paper.")
    return "Every JSON file is written in the only way there is, with the members it must have."


def read_json(text: str, shape: Any, where: str) -> Any:
    """Read canonical JSON of a shape. Raises DoesNotHold."""
    try:
        value = canonical(text)
    except ValueError:
        raise DoesNotHold(f"{first_capital(where)} is not canonical JSON.") from None
    if not fits(value, shape):
        raise DoesNotHold(f"{first_capital(where)} has not exactly the members it must have.")
    return value


def first_capital(text: str) -> str:
    """Return the beginning of a sentence; names of files keep their letters."""
    return f"L{text[1:]}" if text.startswith("line ") else text


def configured_as_it_was(bundle: Bundle) -> str:
    """V3: config.json names projects, programs and keys, and its election fits the plans."""
    config, files = bundle.config, bundle.files
    hashes = {"projects.json": config["projects_sha256"], **config["programs"]}
    for name, hashed in hashes.items():
        if sha256(files[name]).hex() != hashed:
            raise DoesNotHold(f"config.json names another {name}.")
    try:
        bundle.log = read_key(config["keys"]["log"])
        officers = [read_key(text) for text in config["keys"]["officers"]]
    except ValueError as error:
        raise DoesNotHold(f"A key in config.json {error}.") from None
    if bundle.log.name != config["origin"]:
        raise DoesNotHold("The log key does not have the origin as its name.")
    names = [f"{config['origin']}/officer-{number}" for number in (1, 2, 3)]
    if [key.name for key in officers] != names or len({key.public for key in officers}) != 3:
        raise DoesNotHold("The officers' keys do not have the names they must, or are not three.")
    refuse_other_election(config["election"], bundle.json["projects.json"])
    compared = compare_with_kept(bundle, [bundle.log, *officers])
    return f"config.json names the ballot list, the programs and the keys{compared}."


def refuse_other_election(election: Mapping[str, Any], projects: Mapping[str, Any]) -> None:
    """Raise DoesNotHold unless the rows of an election are the plans of the list."""
    plans = sorted(projects["plans"], key=lambda plan: plan["number"])
    numbers, columns, rows = (
        [plan["number"] for plan in plans],
        election["columns"],
        election["rows"],
    )
    if len(set(numbers)) != len(numbers):
        raise DoesNotHold("Two plans have the same number.")
    if len(set(columns)) != len(columns) or any(len(row) != len(columns) for row in rows):
        raise DoesNotHold("The election in config.json is not a table.")
    has_score = projects["rules"]["kind"] in ("cumulative", "ordinal")
    if not {"project_id", "cost", "votes"} <= set(columns) or ("score" in columns) != has_score:
        raise DoesNotHold("The election in config.json has not the columns that it must have.")
    cells = [dict(zip(columns, row, strict=True)) for row in rows]
    if [read_row(row) for row in cells] != [row_of(plan) for plan in plans]:
        raise DoesNotHold("The rows of the election in config.json are not the plans.")
    meta = [key for key, _ in election["meta"]]
    if len(set(meta)) != len(meta) or ["num_votes", ""] not in election["meta"]:
        raise DoesNotHold("META in config.json must leave num_votes open, and say nothing twice.")


def read_row(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a row says of a plan; a column that is not there says nothing."""
    names = ("project_id", "cost", "neighborhood", "category", "lot", "votes", "score")
    return tuple(row.get(name, "") for name in names)


def row_of(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the row of a plan must say, before anybody voted."""
    cost, lot = euros(plan["cost"]), str(plan["lot_number"])
    return (id_of(plan["number"]), cost, plan["area_id"], plan["theme_id"], lot, "", "")


def id_of(number: int) -> str:
    """Return the id of a plan."""
    return f"P{number:02}"


def compare_with_kept(bundle: Bundle, keys: Sequence[Key]) -> str:
    """Raise DoesNotHold unless keys and fingerprint are those that somebody kept.

    keys: that of the log, and those of the officers. Who kept only the latter has all that sign.
    """
    compared = ""
    if bundle.kept.keys is not None:
        lines = [line.strip() for line in bundle.kept.keys.splitlines()]
        try:
            kept = {read_key(line) for line in lines if line}
        except ValueError as error:
            raise DoesNotFit(f"A line of the file with keys {error}.") from None
        if kept not in (set(keys), set(keys[1:])):
            raise DoesNotFit("The keys of this bundle are not those that you kept.")
        compared += ", and the keys are those that you kept"
    if bundle.kept.fingerprint is not None:
        typed, fingerprint = as_typed(bundle.kept.fingerprint), fingerprint_of(bundle)
        if len(typed) != len(fingerprint):
            raise DoesNotFit(
                f"A fingerprint has {len(fingerprint)} symbols; you gave {len(typed)} of them."
            )
        if typed != fingerprint:
            raise DoesNotFit("The fingerprint on your letter is not that of this bundle.")
        compared += ", and the fingerprint is that of your letter"
    return compared


def fingerprint_of(bundle: Bundle) -> str:
    """Return the fingerprint that stands on every letter."""
    return symbols(sha256(bundle.log.public + sha256(bundle.files["roll.txt"])), 20)


# --- V4 to V6: the ledger ------------------------------------------------------------------------


def sorted_keys(value: Any) -> bool:
    """Tell whether this is a list of ballot keys, sorted as text, none twice."""
    return fits(value, [b64_of(32)]) and all(one < other for one, other in pairwise(value))


def moment(value: Any) -> bool:
    """Tell whether this is a moment to the minute."""
    return (
        type(value) is str
        and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z", value) is not None
    )


BALLOT = {"c": b64_of(32), "t": "ballot"}
EVENTS: dict[str, dict[str, Any]] = {
    "config": {"sha256": digest},
    "roll": {"fingerprint": str, "size": count, "sha256": digest, "spares_sha256": digest},
    "open": {},
    "notice": {
        "n": count,
        "what": lambda value: value in ("many-from-one-network", "wrong-codes"),
    },
    "revoked": {"keys": sorted_keys},
    "spares": {"pack": version_number},
    "paper": {"keys": sorted_keys},
    "plan_withdrawn": {"plan": version_number},
    "pause": {"reason": str},
    "resume": {"reason": str},
    "extended": {"closes": moment},
    "software": {"version": str},
    "restored": {"missing": [b64_of(32)]},
    "closed": {"cast": count, "superseded": count, "withdrawn": count},
    "count": {"round_pb_sha256": digest, "result_sha256": digest},
    "published": {"result_sha256": digest},
    "destroyed": {"what": lambda value: value in ("letters", "revocation-key")},
}
ONCE = {"config", "roll", "open", "closed", "count", "published"}
COMES_AFTER = {"ballot": "open", "closed": "open", "count": "closed", "published": "count"}
NOT_AFTER_CLOSING = {
    *("ballot", "revoked", "spares", "paper", "pause", "resume", "extended", "notice"),
}


def facts_in_their_order(bundle: Bundle) -> str:
    """V4: every line of the ledger is a fact of the page, where it may stand."""
    kinds: list[str] = []
    seen: set[str] = set()
    for number, fact in enumerate(bundle.facts, start=1):
        kind = str(fact.get("k", "ballot"))
        shape = {"k": kind, "t": "event", **EVENTS[kind]} if kind in EVENTS else BALLOT
        if not fits(fact, shape):
            raise DoesNotHold(f"Line {number} of the ledger is no fact that a ledger has.")
        if (
            kind in ONCE & seen
            or (kind in COMES_AFTER and COMES_AFTER[kind] not in seen)
            or (kind in NOT_AFTER_CLOSING and "closed" in seen)
        ):
            raise DoesNotHold(f"Line {number} of the ledger, {kind}, may not stand there.")
        kinds.append(kind)
        seen.add(kind)
    if kinds[:2] != ["config", "roll"]:
        raise DoesNotHold("The ledger does not begin with config and roll.")
    if "closed" not in seen:
        raise DoesNotHold("The ledger does not say that voting was closed.")
    return f"The {len(kinds)} lines of the ledger are facts, in an order that they can have."


def checkpoints_fit(bundle: Bundle) -> str:
    """V5: every checkpoint is signed and its root is that of so many lines; seals are as told."""
    checkpoints = []
    for number, line in enumerate(bundle.json["checkpoints.jsonl"], start=1):
        try:
            checkpoints.append(read_checkpoint(line["note"], bundle.log, bundle.signed))
        except ValueError as error:
            raise DoesNotHold(f"Checkpoint {number} {error}.") from None
    sizes = [size for size, _ in checkpoints]
    if any(size <= before for before, size in pairwise([0, *sizes])):
        raise DoesNotHold("The sizes of the checkpoints do not rise.")
    if sizes[-1:] != [len(bundle.ledger)]:
        raise DoesNotHold("The last checkpoint is not that of the whole ledger.")
    roots = roots_of(bundle.ledger)
    for number, (size, root) in enumerate(checkpoints, start=1):
        if roots[size] != root:
            raise DoesNotHold(f"Checkpoint {number} has another root than the first {size} lines.")
    refuse_wrong_seals([bundle.facts[begin:end] for begin, end in pairwise([0, *sizes])], bundle)
    compared = ""
    if bundle.kept.checkpoint is not None:
        try:
            # A mail program may have changed the ends of its lines; the signature tells the rest.
            kept = bundle.kept.checkpoint.replace("\r\n", "\n").strip("\n") + "\n"
            size, root = read_checkpoint(kept, bundle.log, bundle.signed)
        except ValueError as error:
            raise DoesNotFit(f"The checkpoint that you kept {error}.") from None
        if size >= len(roots) or roots[size] != root:
            raise DoesNotHold("The ledger was rewritten since the checkpoint that you kept.")
        compared = f", as does the one of {size} lines that you kept"
    return f"Each of the {len(sizes)} checkpoints is signed and fits the ledger{compared}."


def roots_of(lines: Sequence[bytes]) -> list[bytes]:
    """Return the root over the first 0, 1, 2 … lines."""
    tree = Tree()
    roots = [tree.root()]
    for line in lines:
        tree.append(line)
        roots.append(tree.root())
    return roots


def refuse_wrong_seals(seals: Sequence[Sequence[Mapping[str, Any]]], bundle: Bundle) -> None:
    """Raise DoesNotHold when leaves could show an order, or who voted about when."""
    sizes = []
    for number, seal in enumerate(seals, start=1):
        leaves = [fact["c"] for fact in seal if fact["t"] == "ballot"]
        events_come_first = all(fact["t"] == "event" for fact in seal[: len(seal) - len(leaves)])
        if not events_come_first or leaves != sorted(leaves):
            raise DoesNotHold(
                f"The ballot lines of seal {number} are not sorted, after the events."
            )
        sizes += [len(leaves)] if leaves else []
    if any(size < bundle.config["smallest_seal"] for size in sizes[:-1]):
        raise DoesNotHold("A seal holds fewer ballot lines than it must.")


def committed_to_config(bundle: Bundle) -> str:
    """V6: the first line commits to config.json."""
    if bundle.facts[0]["sha256"] != sha256(bundle.files["config.json"]).hex():
        raise DoesNotHold("The ledger begins with another config.json.")
    return "The first line of the ledger fixes config.json."


# --- V7 to V11: letters and ballots --------------------------------------------------------------


def committed_to_roll(bundle: Bundle) -> str:
    """V7: the second line commits to roll and spares; what events name is there."""
    said = bundle.facts[1]
    for name, member in (("roll.txt", "sha256"), ("spares.txt", "spares_sha256")):
        if said[member] != sha256(bundle.files[name]).hex():
            raise DoesNotHold(f"The ledger begins with another {name}.")
    letters = [
        key for key, _ in lettered_lines(bundle, "roll.txt", "[^\\x00-\\x1f\\x7f]+", spare=False)
    ]
    spares = lettered_lines(bundle, "spares.txt", "[1-9][0-9]{0,8}", spare=True)
    bundle.roll = set(letters)
    bundle.spares = {key: int(pack) for key, pack in spares}
    if said["fingerprint"] != fingerprint_of(bundle) or said["size"] != len(letters):
        raise DoesNotHold("The second line of the ledger has another fingerprint or size.")
    if not bundle.spares.keys() <= bundle.roll:
        raise DoesNotHold("A spare letter does not stand on the roll.")
    if not (bundle.letters_in("revoked") | bundle.letters_in("paper")) <= bundle.roll:
        raise DoesNotHold("An event names a letter that does not stand on the roll.")
    if not {event["pack"] for event in bundle.events("spares")} <= {*bundle.spares.values()}:
        raise DoesNotHold("An event hands out a pack that does not exist.")
    if not {event["plan"] for event in bundle.events("plan_withdrawn")} <= bundle.plans.keys():
        raise DoesNotHold("An event withdraws a plan that is not on the ballot list.")
    return (
        f"The second line fixes the roll of {len(letters)} letters, {len(spares)} of them spares."
    )


def lettered_lines(
    bundle: Bundle, name: str, second: str, *, spare: bool
) -> list[tuple[bytes, str]]:
    """Return ballot key and second word of each line, sorted and no key twice.

    second: a pattern for the word. Raises DoesNotHold.
    """
    lines, found = bundle.lines(name), []
    for number, line in enumerate(lines, start=1):
        key, space, word = line.partition(" ")
        if not b64_of(32)(key) or bool(space) < spare or (space and not re.fullmatch(second, word)):
            raise DoesNotHold(f"Line {number} of {name} is no letter.")
        found.append((base64.b64decode(key), word))
    if lines != sorted(lines) or len({key for key, _ in found}) != len(lines):
        raise DoesNotHold(f"{name} is not sorted, or has a letter twice.")
    return found


def allowed_to_vote(bundle: Bundle) -> str:
    """V8: every counted ballot is of a letter that may vote, and of each letter there is one."""
    letters = [base64.b64decode(ballot["bk"]) for ballot in bundle.ballots]
    refused = (
        ("was revoked", bundle.letters_in("revoked")),
        ("voted on paper", bundle.letters_in("paper")),
        ("is a spare that was not handed out", bundle.closed_spares()),
    )
    for number, letter in enumerate(letters, start=1):
        if letter not in bundle.roll:
            raise DoesNotHold(f"Ballot {number} is of a letter that does not stand on the roll.")
        for reason, keys in refused:
            if letter in keys:
                raise DoesNotHold(f"Ballot {number} is of a letter that {reason}.")
    if any(letter >= other for letter, other in pairwise(letters)):
        raise DoesNotHold("The counted ballots are not sorted, or a letter has two of them.")
    return f"Each of the {len(letters)} counted ballots is of another letter that may vote."


def choices_obey_the_rules(bundle: Bundle) -> str:
    """V9: every body is canonical, of this round, and obeys the rules."""
    plans, rules = bundle.plans, bundle.json["projects.json"]["rules"]
    shape = {"c": list, "nonce": b64_of(32), "r": bundle.config["round"]}
    for number, ballot in enumerate(bundle.ballots, start=1):
        try:
            body = canonical(ballot["body"])
        except ValueError:
            raise DoesNotHold(f"What ballot {number} says is not canonical JSON.") from None
        if not fits(body, shape):
            raise DoesNotHold(f"Ballot {number} is not a ballot of this round.")
        if not obeys(body["c"], plans, rules):
            raise DoesNotHold(f"Ballot {number} does not obey the rules.")
        bundle.choices.append(body["c"])
    return "What every ballot says is of this round and obeys the rules of the ballot list."


def obeys(
    choices: list[Any], plans: Mapping[int, Mapping[str, Any]], rules: Mapping[str, Any]
) -> bool:
    """Tell whether choices obey the rules of a ballot list."""
    kind = rules["kind"]
    if not fits(choices, [(int, int)] if kind == "cumulative" else [int]):
        return False
    numbers, points = named_on(choices), [each[1] for each in choices if type(each) is list]
    if not plans.keys() >= set(numbers) or len(set(numbers)) != len(numbers):
        return False
    if kind != "ordinal" and numbers != sorted(numbers):
        return False
    if sum(points) > rules["points"] and points:
        return False
    if not all(1 <= given <= rules["max_points"] for given in points):
        return False
    most = min(1 if kind == "choose_one" else rules["max_choices"], len(plans))
    if not min(rules["min_choices"], most) <= len(numbers) <= most:
        return False
    costs = [plans[number]["cost"] for number in numbers]
    themes = [plans[number]["theme_id"] for number in numbers]
    if rules["max_cost"] is not None and sum(costs) > rules["max_cost"]:
        return False
    spent = Counter[str]()
    for theme, cost in zip(themes, costs, strict=True):
        spent[theme] += cost
    return all(themes.count(theme) <= limit for theme, limit in rules["max_choices_of_theme"]) and (
        all(spent[theme] <= limit for theme, limit in rules["max_cost_of_theme"])
    )


def named_on(choices: Sequence[Any]) -> list[int]:
    """Return the numbers of the plans that choices name."""
    return [each[0] if isinstance(each, list) else each for each in choices]


def signed_by_letters(bundle: Bundle) -> str:
    """V10: every counted ballot is signed by the key of its letter."""
    place = bundle.config["round"].encode() + b"\0"
    for number, ballot in enumerate(bundle.ballots, start=1):
        said = place + u32(ballot["version"]) + inner_of(ballot["body"])
        letter, signature = base64.b64decode(ballot["bk"]), base64.b64decode(ballot["sig"])
        if not bundle.signed(letter, b"pbstem/v1/ballot\0" + said, signature):
            raise DoesNotHold(f"Ballot {number} is not signed by the key of its letter.")
    return f"Each of the {len(bundle.ballots)} counted ballots is signed by the key of its letter."


def versions_complete(bundle: Bundle) -> str:
    """V11: the versions of each letter are 1 … n, and the last is counted or withdrawn."""
    versions: dict[bytes, list[int]] = {}
    last: dict[bytes, int] = {}
    for name in LINE_FILES[1:]:
        places = []
        for line in bundle.json[name]:
            letter, version = base64.b64decode(line["bk"]), line["version"]
            places.append((letter, version))
            versions.setdefault(letter, []).append(version)
            if name != "superseded.jsonl":
                last[letter] = version
        if any(one >= other for one, other in pairwise(places)):
            raise DoesNotHold(f"{name} is not sorted, or has a ballot twice.")
    for letter, found in versions.items():
        if sorted(found) != list(range(1, len(found) + 1)) or last.get(letter) != len(found):
            raise DoesNotHold(f"The versions of letter {to_b64(letter)} are not complete.")
    named = {why: bundle.letters_in(why) for why in ("revoked", "paper")}
    for line in bundle.json["withdrawn.jsonl"]:
        if base64.b64decode(line["bk"]) not in named[line["why"]]:
            raise DoesNotHold(f"No event withdrew the ballot of {line['bk']}.")
    return "Of each letter all versions are there, and only the last counts or was withdrawn."


# --- V12 to V15: numbers and the count -----------------------------------------------------------


def reconcile(bundle: Bundle) -> dict[str, dict[str, int]]:
    """Return the numbers that must fit together, as they are."""
    issued = bundle.roll - bundle.closed_spares()
    used = {base64.b64decode(ballot["bk"]) for ballot in bundle.ballots}
    revoked, paper = bundle.letters_in("revoked"), bundle.letters_in("paper")
    counted, superseded, withdrawn = (bundle.json[name] for name in LINE_FILES[1:])
    audit = bundle.json["paper_audit.json"]
    return {
        "letters": {
            "issued": len(issued),
            "used_online": len(counted),
            "used_on_paper": len(paper),
            "revoked": len(revoked & issued),
            "unused": len(issued - used - paper - revoked),
        },
        "ledger": {
            "ballot_lines": sum(fact["t"] == "ballot" for fact in bundle.facts),
            "counted": len(counted),
            "superseded": len(superseded),
            "withdrawn": len(withdrawn),
            "lost": sum(len(event["missing"]) for event in bundle.events("restored")),
        },
        "paper": {
            "marks": len(paper),
            "valid": audit["valid"],
            "invalid": audit["invalid"],
            "not_returned": audit["not_returned"],
        },
    }


def changes_of(bundle: Bundle) -> list[str]:
    """Return what happened in the round that an observer should know, a sentence each."""
    told = {
        "notice": lambda event: f"notice: {event['what']}, {event['n']} times",
        "revoked": lambda event: f"{len(event['keys'])} letters were revoked",
        "spares": lambda event: f"the spare letters of pack {event['pack']} were handed out",
        "paper": lambda event: f"{len(event['keys'])} letters were marked as voted on paper",
        "plan_withdrawn": lambda event: f"plan {event['plan']} was withdrawn",
        "pause": lambda event: f"voting was paused: {event['reason']}",
        "resume": lambda event: f"voting went on: {event['reason']}",
        "extended": lambda event: f"voting was extended until {event['closes']}",
        "software": lambda event: f"the program became version {event['version']}",
        "restored": lambda event: f"{len(event['missing'])} ballots were lost with the disks",
        "destroyed": lambda event: f"destroyed: {event['what']}",
    }
    return [
        f"line {number}: {told[fact['k']](fact)}"
        for number, fact in enumerate(bundle.facts, start=1)
        if fact.get("k") in told
    ]


def ledger_opened(bundle: Bundle) -> str:
    """V12: the leaves of the three files, and the lost ones, are the ballot lines."""
    sealed = Counter(from_b64(fact["c"], 32) for fact in bundle.facts if fact["t"] == "ballot")
    opened = bundle.leaves()
    for event in bundle.events("restored"):
        opened.update(from_b64(leaf, 32) for leaf in event["missing"])
    if opened - sealed:
        raise DoesNotHold(
            f"Ballots of which nothing stands in the ledger: {(opened - sealed).total()}."
        )
    if sealed - opened:
        raise DoesNotHold(
            f"Lines of the ledger of which the ballot is missing: {(sealed - opened).total()}."
        )
    return f"The {sealed.total()} ballot lines of the ledger are the ballots, each as often."


def numbers_fit(bundle: Bundle) -> str:
    """V13: the numbers of closing are those of the files, and the letters add up."""
    (closed,) = bundle.events("closed")
    for name, member in zip(LINE_FILES[1:], ("cast", "superseded", "withdrawn"), strict=True):
        if closed[member] != len(bundle.json[name]):
            raise DoesNotHold(f"At closing there was another number of lines in {name}.")
    letters = reconcile(bundle)["letters"]
    if sum(letters.values()) - letters["issued"] != letters["issued"]:
        raise DoesNotHold("Letters used, used on paper, revoked and unused are not all letters.")
    return "The numbers said at closing are those of the files, and the letters add up."


def counted_again(bundle: Bundle) -> str:
    """V14: round.pb is what config and ballots give, and counting it gives result.json."""
    election, result = bundle.files["round.pb"], bundle.files["result.json"]
    if election != make_election(bundle):
        raise DoesNotHold("round.pb is not what config.json and the ballots give.")
    hashes = {"round_pb_sha256": sha256(election).hex(), "result_sha256": sha256(result).hex()}
    for kind in ("count", "published"):
        for event in bundle.events(kind):
            if any(event.get(name, hashed) != hashed for name, hashed in hashes.items()):
                raise DoesNotHold(f"The ledger names another count or result ({kind}).")
    if not any(bundle.events("count")):
        raise DoesNotHold("The ledger does not say what was counted.")
    program = bundle.counter.program or bundle.files["recount.py"]
    whose = "of the bundle" if program == bundle.files["recount.py"] else "beside verify.py"
    counted = bundle.counter.run(program, election) if election else b""
    if counted != result:
        raise DoesNotHold(f"Counting again with the recount.py {whose} gives another result.")
    bundle.chosen = chosen_by(result, bundle) if result else []
    return f"The recount.py {whose} (SHA-256 {sha256(program).hex()}) counts the same result."


def chosen_by(result: bytes, bundle: Bundle) -> list[Chosen]:
    """Return what a result says was chosen. Raises DoesNotHold: a program can print anything."""
    plans = {id_of(number): plan for number, plan in bundle.plans.items()}
    try:
        selected = json.loads(result)["selected"]
        found = [plans[name] for name in selected]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise DoesNotHold("result.json does not say which plans were chosen.") from None
    if len(set(selected)) != len(found):
        raise DoesNotHold("result.json names a plan twice among those that were chosen.")
    votes = Counter(id_of(number) for choices in bundle.choices for number in named_on(choices))
    return [
        Chosen(name, plan["title"], plan["cost"], votes[name])
        for name, plan in zip(selected, found, strict=True)
    ]


def make_election(bundle: Bundle) -> bytes:
    """Return round.pb as config.json and the ballots give it; nothing when nobody voted."""
    if not bundle.choices:
        return b""
    election, rules = bundle.config["election"], bundle.json["projects.json"]["rules"]
    kind, places = rules["kind"], rules["max_choices"]
    votes, scores = Counter[str](), Counter[str]()
    ballots = []
    for choices in bundle.choices:
        ids = [id_of(number) for number in named_on(choices)]
        points = [each[1] for each in choices] if kind == "cumulative" else [1] * len(ids)
        if kind == "ordinal":
            points = [places - place for place in range(len(ids))]
        votes.update(ids)
        scores.update(dict(zip(ids, points, strict=True)))
        pairs = list(zip(ids, points, strict=True))
        ballots.append(pairs if kind == "ordinal" else sorted(pairs))
    if kind == "ordinal":
        ballots.sort(key=lambda pairs: [name for name, _ in pairs])
    else:
        ballots.sort()
    has_score = kind == "cumulative" or all(len(pairs) == places for pairs in ballots)
    withdrawn = {id_of(event["plan"]) for event in bundle.events("plan_withdrawn")}
    columns = [name for name in election["columns"] if name != "score" or has_score]
    rows = [["META"], ["key", "value"]]
    rows += [
        [key, str(len(ballots)) if key == "num_votes" else value] for key, value in election["meta"]
    ]
    rows += [["PROJECTS"], columns]
    for cells in election["rows"]:
        row = dict(zip(election["columns"], cells, strict=True))
        name = row["project_id"]
        row |= {"votes": str(votes[name]), "score": str(scores[name])}
        row |= {"cost": WITHDRAWN_COST} if name in withdrawn else {}
        rows.append([row[column] for column in columns])
    rows += [["VOTES"], ["voter_id", "vote", *(["points"] if kind == "cumulative" else [])]]
    for number, pairs in enumerate(ballots, start=1):
        row_of_ballot = [str(number), ",".join(name for name, _ in pairs)]
        if kind == "cumulative":
            row_of_ballot.append(",".join(str(given) for _, given in pairs))
        rows.append(row_of_ballot)
    return "".join(f"{';'.join(map(cell, row))}\n" for row in rows).encode()


def cell(text: str) -> str:
    """Return a cell, in quotes when a sign in it would end it."""
    if not re.search(r'[;"\r\n]', text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def run_program(program: bytes, election: bytes) -> bytes:
    """Run a recount.py on a round.pb in a process of its own. Raises DoesNotHold."""
    try:
        with TemporaryDirectory(prefix="verify-") as folder:
            Path(folder, "recount.py").write_bytes(program)
            Path(folder, "round.pb").write_bytes(election)
            done = subprocess.run(
                [sys.executable, "-I", "-S", "recount.py", "round.pb"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=MOST_SECONDS_OF_A_RECOUNT,
            )
    except (OSError, subprocess.TimeoutExpired):
        raise DoesNotHold("The program that counts again could not be run to its end.") from None
    if done.returncode != 0:
        raise DoesNotHold("The program that counts again says that round.pb cannot be counted.")
    return done.stdout


@dataclass(frozen=True)
class Recounter:
    """Who counts again. program: a recount.py of one's own, or None for that of the bundle.

    run: (program, round.pb) -> result.json. Raises DoesNotHold.
    """

    program: bytes | None = None
    run: Callable[[bytes, bytes], bytes] = run_program


def paper_adds_up(bundle: Bundle) -> str:
    """V15: the marks of paper are those of the audit: valid, invalid and not returned."""
    audit, marks = bundle.json["paper_audit.json"], len(bundle.letters_in("paper"))
    if audit["valid"] or audit["invalid"] or audit["not_returned"] != marks:
        raise DoesNotHold("The marks of paper are not those of paper_audit.json.")
    return f"Letters marked as voted on paper: {marks}, as paper_audit.json says."


# --- the receipt ---------------------------------------------------------------------------------

URL_SAFE = str.maketrans("-_", "+/")


def receipt_fits(bundle: Bundle) -> str:
    """Receipt: the log key signed it, and its leaf is in the ledger."""
    try:
        letter, version, body, size, signature = read_receipt(
            bundle.kept.receipt or "", bundle.config["round"]
        )
    except ValueError:
        raise DoesNotFit(
            "The address that you gave is not that of a receipt. Copy all of it, with what "
            "stands behind the #."
        ) from None
    leaf = leaf_of(letter, version, inner_of(body))
    place = bundle.config["round"].encode() + b"\0"
    if not bundle.signed(
        bundle.log.public, b"pbstem/v1/receipt\0" + place + leaf + u32(size), signature
    ):
        raise DoesNotFit("The receipt was not signed by the log key of this bundle.")
    if to_b64(leaf) not in {fact["c"] for fact in bundle.facts[size:] if fact["t"] == "ballot"}:
        raise DoesNotHold("The ballot of your receipt does not stand in the ledger after it.")
    became = "was lost with the disks"
    for name, word in zip(LINE_FILES[1:], ("counts", "was replaced", "was withdrawn"), strict=True):
        if any(
            (line["bk"], line["version"]) == (to_b64(letter), version) for line in bundle.json[name]
        ):
            became = word
    return f"The ballot of your receipt, {symbols(leaf, 12)}, stands in the ledger and {became}."


def read_receipt(address: str, voting_round: str) -> tuple[bytes, int, str, int, bytes]:
    """Return ballot key, version, body, size and signature of a receipt. Raises ValueError."""
    parts = unquote(address.strip().rpartition("#")[2]).split(".")
    if len(parts) != 7 or parts[0] != "v1":
        raise ValueError("is not a receipt")
    _, letter, version, nonce, choices, size, signature = parts
    if not all(re.fullmatch("0|[1-9][0-9]{0,9}", number) for number in (version, size)):
        raise ValueError("is not a receipt")
    if int(version) >= 1 << 32 or int(size) >= 1 << 32:
        raise ValueError("is not a receipt")
    opened = {
        "c": canonical(f"[{choices}]"),
        "nonce": to_b64(from_url(nonce, 32)),
        "r": voting_round,
    }
    body = WRITER.encode(opened)
    return from_url(letter, 32), int(version), body, int(size), from_url(signature, 64)


def from_url(text: str, length: int) -> bytes:
    """Return the bytes of base64url without padding. Raises ValueError."""
    if set(text) & set("+/="):
        raise ValueError("is not base64url without padding")
    return from_b64(text.translate(URL_SAFE) + "=" * (-length % 3), length)


# --- all of it -----------------------------------------------------------------------------------

CHECKS: tuple[tuple[str, Callable[[Bundle], str]], ...] = (
    ("V0", packed_as_it_must_be),
    ("V1", signed_by_officers),
    ("V2", canonical_with_these_members),
    ("V3", configured_as_it_was),
    ("V4", facts_in_their_order),
    ("V5", checkpoints_fit),
    ("V6", committed_to_config),
    ("V7", committed_to_roll),
    ("V8", allowed_to_vote),
    ("V9", choices_obey_the_rules),
    ("V10", signed_by_letters),
    ("V11", versions_complete),
    ("V12", ledger_opened),
    ("V13", numbers_fit),
    ("V14", counted_again),
    ("V15", paper_adds_up),
    ("receipt", receipt_fits),
)
NOTHING_KEPT = Kept()
OWN_RECOUNT = Recounter()


def verify_bytes(
    raw: bytes,
    kept: Kept = NOTHING_KEPT,
    *,
    counter: Recounter = OWN_RECOUNT,
    signed: Signed | None = None,
) -> Report:
    """Check a bundle. signed: how signatures are checked; by default the fastest way there is."""
    report = Report(compared=kept != NOTHING_KEPT)
    try:
        files = unpack(raw)
        refuse_other_bundles(files)
    except Unreadable as error:
        return unreadable(str(error))
    bundle = Bundle(raw, files, kept, signed or fastest_signed(), counter)
    for name, check in CHECKS:
        if name == "receipt" and kept.receipt is None:
            continue
        try:
            report.checks.append(Check(name, True, check(bundle)))
        except DoesNotHold as error:
            report.checks.append(Check(name, False, str(error)))
            report.failed, report.kept_differs = name, isinstance(error, DoesNotFit)
            return report
        if name == "V7":  # From here on the numbers are known, also when they do not fit.
            report.reconciliation = reconcile(bundle)
            report.changes = changes_of(bundle)
    report.chosen = bundle.chosen
    return report


def unreadable(sentence: str, what: str = "bundle") -> Report:
    """Return the report on what is no bundle; what: or "given", on what cannot be compared with."""
    return Report([Check(what, False, sentence)], failed=what)


def verify(
    path: Path,
    kept: Kept = NOTHING_KEPT,
    *,
    counter: Recounter = OWN_RECOUNT,
    signed: Signed | None = None,
) -> Report:
    """Check a bundle in a file."""
    try:
        too_large = path.stat().st_size > MOST_BYTES + MOST_AROUND
        raw = b"" if too_large else path.read_bytes()
    except OSError as error:
        return unreadable(f"{path.name or path} cannot be opened: {error.strerror}.")
    if too_large:
        return unreadable(f"{path.name} is larger than a bundle may be.")
    return verify_bytes(raw, kept, counter=counter, signed=signed)


# --- the command line ----------------------------------------------------------------------------


def kept_text(path: Path | None) -> str | None:
    """Return the text of a file that somebody kept. Raises Unreadable."""
    try:
        return None if path is None else path.read_bytes().decode()
    except OSError as error:
        raise Unreadable(f"{path} cannot be opened: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not text.") from None


def program_beside() -> bytes | None:
    """Return the recount.py that lies beside this file, if there is one."""
    try:
        return Path(__file__).with_name("recount.py").read_bytes()
    except OSError:
        return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when all holds, 1 when something does not, 2 when it is no bundle."""
    parser = argparse.ArgumentParser(description="Check the bundle of a round.")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE.zip", help="as it was downloaded")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="the keys that you kept, one a line: of the officers, and of the log if you have it",
    )
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="a checkpoint that you kept, as text"
    )
    parser.add_argument(
        "--fingerprint", metavar="TEXT", help="the 20 symbols as they stand on a letter"
    )
    parser.add_argument(
        "--receipt", metavar="ADDRESS", help="the address of a receipt: https...#v1..."
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text for people (the default)"
    )
    given = parser.parse_args(arguments)
    try:
        kept = Kept(
            keys=kept_text(given.key),
            checkpoint=kept_text(given.checkpoint),
            fingerprint=given.fingerprint,
            receipt=given.receipt,
        )
        report = verify(given.bundle, kept, counter=Recounter(program_beside()))
    except Unreadable as error:
        report = unreadable(str(error), "given")
    text = report.to_json() if given.format == "json" else report.to_text()
    sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "replace"))
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
