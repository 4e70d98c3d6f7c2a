"""How a ballot is written, sealed, signed and named: the formats of voting.md 3.6, to the byte.

A ballot's *body* is canonical JSON: the choices, 32 random bytes and the round. Its SHA-256 is
the *inner* hash; the letter's key signs round, version and inner; and ballot key, version and
inner give the *leaf*, which hides the choices until the body is published. The body itself is
kept twice: in the *count box*, which the count key opens after closing, and in the *view box*,
which only the code on the letter opens.

Both boxes are padded to one length per round, so that their size does not tell how many plans
somebody chose.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from pb.ballots.domain import BallotContent, BallotList, ContentUnreadable, WhySuperseded
from pb.foundation.canonical import canonical_json
from pb.tally.election import BallotKind
from pb.tokens.domain import ALPHABET, BallotKeyPair, in_groups

NONCE_BYTES = 32
TRACKING_SYMBOLS = 12
PADDING = b" "  # White space after a JSON text means nothing.


class EnvelopeBroken(Exception):
    """A ballot in the store is not what its letter signed. A bug or an attack, never a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBallot:
    """A ballot as it is kept: nothing of it can be read before closing without its letter."""

    ballot_key: bytes
    version: int
    count_box: bytes
    view_box: bytes
    inner: bytes
    signature: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBallot:
    """A ballot after closing: its envelope, its body as it was signed, and what it says."""

    sealed: SealedBallot
    body: bytes
    content: BallotContent

    @property
    def tracking_code(self) -> str:
        """Return the code under which the voter finds this ballot on the public list."""
        return tracking_code(self.sealed.leaf)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupersededBallot:
    """A ballot that was replaced, or withdrawn with its letter; its choices are gone."""

    ballot_key: bytes
    version: int
    inner: bytes
    why: WhySuperseded


def seal(
    body: bytes,
    *,
    key_pair: BallotKeyPair,
    view_key: bytes,
    round_id: str,
    version: int,
    length: int,
    count_public_key: bytes,
) -> SealedBallot:
    """Return a ballot, signed and sealed.

    body: as ``write_body`` wrote it. version: 1 for the first ballot of a letter. length: of the
    padded body, in bytes.
    """
    padded = body.ljust(length, PADDING)
    inner = inner_of(body)
    return SealedBallot(
        ballot_key=key_pair.public,
        version=version,
        count_box=SealedBox(PublicKey(count_public_key)).encrypt(padded),
        view_box=bytes(SecretBox(view_key).encrypt(padded)),
        inner=inner,
        signature=key_pair.sign(signed_text(round_id, version, inner)),
        leaf=leaf_of(key_pair.public, version, inner),
    )


def open_for_count(
    sealed: SealedBallot, count_private_key: PrivateKey, round_id: str
) -> OpenedBallot:
    """Return what a ballot says, after checking every link from the letter to the choices.

    Signatures are made by libsodium and checked here by OpenSSL: a fault of one would show.
    Raises EnvelopeBroken.
    """
    # Only the count needs it, and its memory: some 7 MB in every process that serves pages.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        body = SealedBox(count_private_key).decrypt(sealed.count_box).rstrip(PADDING)
        signer = Ed25519PublicKey.from_public_bytes(sealed.ballot_key)
        signer.verify(sealed.signature, signed_text(round_id, sealed.version, sealed.inner))
    except (CryptoError, InvalidSignature, ValueError) as failure:
        raise EnvelopeBroken(tracking_code(sealed.leaf)) from failure
    leaf = leaf_of(sealed.ballot_key, sealed.version, sealed.inner)
    if inner_of(body) != sealed.inner or leaf != sealed.leaf:
        raise EnvelopeBroken(tracking_code(sealed.leaf))
    return OpenedBallot(sealed=sealed, body=body, content=read_body(body, round_id))


def open_own(view_box: bytes, view_key: bytes, inner: bytes, round_id: str) -> BallotContent:
    """Return what the own ballot says, for who holds the code. Raises EnvelopeBroken."""
    return read_body(open_body(view_box, view_key, inner), round_id)


def open_body(view_box: bytes, view_key: bytes, inner: bytes) -> bytes:
    """Return the body of the own ballot, for who holds the code. Raises EnvelopeBroken."""
    try:
        body = SecretBox(view_key).decrypt(view_box).rstrip(PADDING)
    except CryptoError as failure:
        raise EnvelopeBroken("view box") from failure
    if inner_of(body) != inner:
        raise EnvelopeBroken("view box")
    return body


def new_nonce() -> bytes:
    """Return the random bytes that hide what a ballot says, 32 bytes."""
    return secrets.token_bytes(NONCE_BYTES)


def write_body(content: BallotContent, nonce: bytes, round_id: str) -> bytes:
    """Return the canonical body of a ballot. nonce: see ``new_nonce``."""
    written = base64.b64encode(nonce).decode()
    return canonical_json({"c": content.written(), "nonce": written, "r": round_id})


def read_body(body: bytes, round_id: str) -> BallotContent:
    """Return what a body says. Raises EnvelopeBroken unless it is a canonical one of this round."""
    try:
        plain = json.loads(body)
        content = BallotContent.read(plain["c"])
        nonce = base64.b64decode(plain["nonce"], validate=True)
    except (ValueError, KeyError, TypeError, ContentUnreadable) as failure:
        raise EnvelopeBroken("body") from failure
    if len(nonce) != NONCE_BYTES or write_body(content, nonce, round_id) != body:
        raise EnvelopeBroken("body")
    return content


def nonce_of(body: bytes) -> bytes:
    """Return the random bytes of a body that was read before, 32 bytes."""
    return base64.b64decode(json.loads(body)["nonce"])


def length_of_body(ballot_list: BallotList, round_id: str) -> int:
    """Return the length of the longest body that a ballot in this round can have, in bytes."""
    longest = max(plan.number for plan in ballot_list.plans)
    named = (longest,) * ballot_list.most_choices
    points: tuple[int, ...] = ()
    if ballot_list.kind is BallotKind.CUMULATIVE:
        points = (ballot_list.rules.max_points,) * len(named)
    return len(write_body(BallotContent(named, points), bytes(NONCE_BYTES), round_id))


def inner_of(body: bytes) -> bytes:
    """Return the hash that a letter signs."""
    return hashlib.sha256(b"pbstem/v1/inner\0" + body).digest()


def signed_text(round_id: str, version: int, inner: bytes) -> bytes:
    """Return the bytes that the key of a letter signs."""
    return b"pbstem/v1/ballot\0" + round_id.encode() + b"\0" + version.to_bytes(4) + inner


def leaf_of(ballot_key: bytes, version: int, inner: bytes) -> bytes:
    """Return the name of a ballot in the public ledger; it tells nothing of the choices."""
    return hashlib.sha256(b"pbstem/v1/leaf\0" + ballot_key + version.to_bytes(4) + inner).digest()


def tracking_code(leaf: bytes) -> str:
    """Return the first 60 bits of a leaf as a voter writes them down: XXXX-XXXX-XXXX."""
    number = int.from_bytes(leaf[:8]) >> 64 - 5 * TRACKING_SYMBOLS
    shifts = range(5 * (TRACKING_SYMBOLS - 1), -1, -5)
    return in_groups("".join(ALPHABET[number >> shift & 31] for shift in shifts))
