"""The receipt of a vote: what its address says, and the signature under it (docs/bundle.md).

The service signs that a leaf will stand on the ledger. A leaf that was signed and is missing from
the ledger is proof for everybody; without a signature there is none, which protects both sides.
"""

import base64
import json
import re
from dataclasses import dataclass
from itertools import groupby

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey

from pb.ballots.domain import BallotContent, ContentUnreadable, ReceiptUnreadable
from pb.ballots.envelope import inner_of, leaf_of, tracking_code, write_body
from pb.foundation.canonical import canonical_json

VERSION = "v1"
LONGEST_CHOICES = 4_000  # signs; a QR code holds less than 3,000 in all
FRAGMENT = re.compile(
    r"v1\.(?P<ballot_key>[\w-]{43})\.(?P<version>[1-9]\d{0,8})\.(?P<nonce>[\w-]{43})"
    rf"\.(?P<choices>[\d,\[\]]{{0,{LONGEST_CHOICES}}})\.(?P<size>[1-9]\d{{0,8}})"
    r"\.(?P<signature>[\w-]{86})",
    re.ASCII,
)
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


def tracking_code_in(fragment: str, log_key: SigningKey, round_id: str) -> str:
    """Return the tracking code of a receipt that came back from the page it stood on.

    Raises ReceiptUnreadable unless this is, to the sign, a receipt that the log key signed for
    this round.
    """
    parts = FRAGMENT.fullmatch(fragment)
    if parts is None:
        raise ReceiptUnreadable
    try:
        content = BallotContent.read(json.loads(f"[{parts['choices']}]"))
        body = write_body(content, _long(parts["nonce"]), round_id)
        leaf = leaf_of(_long(parts["ballot_key"]), int(parts["version"]), inner_of(body))
        text = signed_text(round_id, leaf, int(parts["size"]))
        log_key.verify_key.verify(text, _long(parts["signature"]))
    except (BadSignatureError, ContentUnreadable, RecursionError, ValueError) as failure:
        raise ReceiptUnreadable from failure
    return tracking_code(leaf)


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


def _long(written: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
