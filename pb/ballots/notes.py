"""Signed notes: a few lines of text with signatures under them, as C2SP ``signed-note`` has them.

A checkpoint of a ledger is such a note (C2SP ``tlog-checkpoint``), and so is the signature under a
bundle. The format stands in docs/bundle.md. Tools of others that know these formats read them too.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

ED25519 = b"\1"
DASH = "\N{EM DASH}"
KEY_ID_BYTES, SIGNATURE_BYTES = 4, 64
_NAME = re.compile(r"[^\s+]+")


class NoteRefused(Exception):
    """A note is not signed as it should be, or is no note."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name under which it signs. public: 32 bytes, Ed25519."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        """Refuse what could be read in two ways."""
        if not _NAME.fullmatch(self.name) or len(self.public) != 32:
            raise ValueError("A name has no spaces and no plus; a key has 32 bytes.")

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that a signature line begins with."""
        named = self.name.encode() + b"\n" + ED25519 + self.public
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def written(self) -> str:
        """Return the verifier key as text: NAME+ID+KEY."""
        key = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def read(cls, text: str) -> "Verifier":
        """Return the verifier key that a text holds. Raises NoteRefused."""
        name, _, rest = text.partition("+")
        key_id, _, key = rest.partition("+")
        decoded = _decoded(key)
        if decoded[:1] != ED25519:
            raise NoteRefused("this is not an Ed25519 key")
        try:
            verifier = cls(name, decoded[1:])
        except ValueError:
            raise NoteRefused("this is not a verifier key") from None
        if verifier.key_id.hex() != key_id:
            raise NoteRefused("the id of the key does not fit")
        return verifier


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How a ledger stood. size: its number of lines. root: 32 bytes."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """Return the checkpoint that a text holds. Raises NoteRefused."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise NoteRefused("a checkpoint has three lines")
        size = int(lines[1]) if re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]) else -1
        checkpoint = cls(lines[0], size, _decoded(lines[2]))
        if size < 0 or len(checkpoint.root) != 32 or not lines[0]:
            raise NoteRefused("this is not a checkpoint")
        return checkpoint


def sign(text: str, *signers: tuple[str, SigningKey]) -> str:
    """Return a note that these sign. signers: names with keys. Raises what ``note_of`` raises."""
    signed = [
        (Verifier(name, bytes(key.verify_key)), key.sign(text.encode()).signature)
        for name, key in signers
    ]
    return note_of(text, signed)


def note_of(text: str, signatures: Iterable[tuple[Verifier, bytes]]) -> str:
    """Return a note: the text, an empty line, and a line per signature of 64 bytes.

    The text ends with a line end. Raises ValueError when it does not.
    """
    if not text.endswith("\n"):
        raise ValueError("The text of a note ends with a line end.")
    lines = [
        f"{DASH} {verifier.name} {base64.b64encode(verifier.key_id + signature).decode()}\n"
        for verifier, signature in signatures
    ]
    return f"{text}\n{''.join(lines)}"


def open_note(note: str, verifiers: Iterable[Verifier], needed: int = 1) -> str:
    """Return the text of a note that enough of these keys signed; unknown keys are passed over.

    needed: how many different keys must have signed. Raises NoteRefused, also when one of the
    known keys stands under a signature that is not its own.
    """
    text, gap, below = note.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise NoteRefused("this is not a signed note")
    text += "\n"
    known = {(each.name, each.key_id): each for each in verifiers}
    signed = set()
    for line in below.removesuffix("\n").split("\n"):
        name, key_id, signature = _signature(line)
        verifier = known.get((name, key_id))
        if verifier is None:
            continue
        try:
            VerifyKey(verifier.public).verify(text.encode(), signature)
        except (BadSignatureError, ValueError):
            raise NoteRefused(f"the signature of {name} is not its own") from None
        signed.add(verifier)
    if len(signed) < needed:
        raise NoteRefused(f"{len(signed)} of the {needed} signatures that are needed")
    return text


def _signature(line: str) -> tuple[str, bytes, bytes]:
    """Return the name, key id and signature of a line. Raises NoteRefused."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH or not _NAME.fullmatch(parts[1]):
        raise NoteRefused("a line under the note is not a signature")
    decoded = _decoded(parts[2])
    if len(decoded) <= KEY_ID_BYTES:
        raise NoteRefused("a signature under the note is too short")
    return parts[1], decoded[:KEY_ID_BYTES], decoded[KEY_ID_BYTES:]


def _decoded(text: str) -> bytes:
    """Return what base64 says, in the one spelling that is allowed. Raises NoteRefused."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteRefused("this is not base64") from None
    if base64.b64encode(decoded).decode() != text:
        raise NoteRefused("base64 is spelled in another way")
    return decoded
