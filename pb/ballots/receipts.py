"""The receipt of a vote: what its address says, and the signature under it (docs/bundle.md).

The service signs that a leaf will stand on the ledger. A leaf that was signed and is missing from
the ledger is proof for everybody; without a signature there is none, which protects both sides.
"""

import base64
from dataclasses import dataclass
from itertools import groupby

from nacl.signing import SigningKey

from pb.ballots.domain import BallotContent
from pb.foundation.canonical import canonical_json

VERSION = "v1"
QUIET_ZONE = 4  # white modules around a QR code, as its standard asks
# Trying all eight masks to find the prettiest takes most of the time; any of them can be read.
MASK = 2


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as a drawing. side: in modules, white around it included; path: its black parts."""

    side: int
    path: str


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


def qr_code_of(address: str) -> QrCode:
    """Return the QR code of an address, for a second phone; takes some 4 ms."""
    # Here and not above: only a process in which somebody voted needs it.
    from qrcode.constants import ERROR_CORRECT_L
    from qrcode.main import QRCode
    from qrcode.util import MODE_8BIT_BYTE, QRData

    code = QRCode[object](error_correction=ERROR_CORRECT_L, border=0, mask_pattern=MASK)
    code.add_data(QRData(address.encode(), mode=MODE_8BIT_BYTE, check_data=False))
    code.make()
    path = "".join(_black(row, QUIET_ZONE + top) for top, row in enumerate(code.modules))
    return QrCode(len(code.modules) + 2 * QUIET_ZONE, path)


def _black(row: list[bool | None], top: int) -> str:
    """Return the path over the black modules of a row."""
    path, left = "", QUIET_ZONE
    for black, modules in groupby(row):
        width = len(list(modules))
        if black:
            path += f"M{left} {top}h{width}v1h-{width}z"
        left += width
    return path


def _short(content: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
