"""What can be done with a bundle: make it while two officers are at the table, and hand it out.

It is made and signed in the act of counting, and public once the council published the result.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from pb.ballots import publication, sealing
from pb.ballots import service as ballots
from pb.ballots.envelope import OpenedBallot
from pb.ballots.ledger import Fact, events_of
from pb.ballots.notes import note_of
from pb.results.bundle import files_of, manifest_of, pack, signed_text
from pb.results.counting import Counted
from pb.results.domain import CountedOtherwise
from pb.tokens import service as tokens
from pb.tokens import unlocking
from pb.tokens.ceremony_rules import Typed
from pb.tokens.domain import TokenStatus


def make(
    slug: str, opened: Sequence[OpenedBallot], counted: Counted, typed: Typed, *, now: datetime
) -> bytes:
    """Write the count into the ledger and return the bundle, signed by two officers.

    typed: what the two typed. Safe to repeat: the same ballots give the same lines.
    Raises PassphraseWrong, TwoOfficersNeeded, and CountedOtherwise when the ledger names another
    count already.
    """
    election = counted.election or b""
    result = counted.result.outcome.to_json().encode() if election else b""
    hashes = {
        "round_pb_sha256": hashlib.sha256(election).hexdigest(),
        "result_sha256": hashlib.sha256(result).hexdigest(),
    }
    told = events_of(sealing.public_ledger(slug).lines, Fact.COUNT)
    if any(event[name] != digest for event in told for name, digest in hashes.items()):
        raise CountedOtherwise
    sealing.tell(slug, Fact.COUNT, now, **hashes)
    files = files_of(
        publication.published(slug),
        opened,
        ballots.superseded(slug),
        election=election,
        result=result,
        paper_marks=_paper_marks(slug),
    )
    round_id = tokens.round_id(slug)
    manifest = manifest_of(files, round_id)
    text = signed_text(manifest, round_id)
    verifiers = sealing.officers(slug)
    signed = unlocking.sign(slug, text.encode(), typed)
    note = note_of(text, [(verifiers[number - 1], each) for number, each in sorted(signed.items())])
    return pack({**files, "manifest.json": manifest, "manifest.sig": note.encode()})


def tell_published(slug: str, counted: bytes, *, now: datetime) -> None:
    """Let the ledger say that the council published. counted: the result file, or empty."""
    digest = hashlib.sha256(counted).hexdigest()
    sealing.tell(slug, Fact.PUBLISHED, now, result_sha256=digest)


def _paper_marks(slug: str) -> int:
    """Return how many letters voted on paper."""
    return sum(
        number
        for (_, status), number in tokens.count_by_status(slug).items()
        if status is TokenStatus.PAPER
    )
