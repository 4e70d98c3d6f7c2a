"""The receipt of a vote: what its address says, and the signature under it (docs/bundle.md).

The service signs that a leaf will stand on the ledger. A leaf that was signed and is missing from
the ledger is proof for everybody; without a signature there is none, which protects both sides.
"""

import base64

from nacl.signing import SigningKey

from pb.ballots.domain import BallotContent
from pb.foundation.canonical import canonical_json

VERSION = "v1"


def signed_text(round_id: str, leaf: bytes, size: int) -> bytes:
    """Return the bytes that the log key signs. size: of the checkpoint that the ballot is after."""
    return b"pbstem/v1/receipt\0" + round_id.encode() + b"\0" + leaf + size.to_bytes(4)


def fragment_of(
    log_key: SigningKey,
    *,
    round_id: str,
    ballot_key: bytes,
    version: int,
    nonce: bytes,
    content: BallotContent,
    leaf: bytes,
    size: int,
) -> str:
    """Return what stands behind the # in the address of a receipt; no server ever gets it."""
    signature = log_key.sign(signed_text(round_id, leaf, size)).signature
    choices = canonical_json(content.written()).decode()[1:-1]
    parts = (
        VERSION, _short(ballot_key), str(version), _short(nonce), choices, str(size),
        _short(signature),
    )  # fmt: skip
    return ".".join(parts)


def _short(content: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
