"""The bundle of a round: one zip file with which anybody checks everything (docs/bundle.md).

Pure: from what was published, opened and counted to bytes; the same input, the same bytes.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pb.ballots.config import PROGRAMS
from pb.ballots.domain import WhySuperseded
from pb.ballots.envelope import OpenedBallot, SupersededBallot
from pb.ballots.ledger import Published, as_lines, written
from pb.foundation.canonical import canonical_json

FORMAT = "pb-bundle/1"
README = Path(__file__).with_name("bundle_readme.txt")
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # The first moment that a zip file knows.


def files_of(
    published: Published,
    ballots: Iterable[OpenedBallot],
    superseded: Sequence[SupersededBallot],
    *,
    election: bytes,
    result: bytes,
    paper_marks: int,
) -> dict[str, bytes]:
    """Return the files of a bundle but for the manifest.

    election, result: the Pabulib file and its result file; empty when nobody voted.
    paper_marks: how many letters voted on paper.
    """
    in_order = sorted(ballots, key=lambda each: each.sealed.ballot_key)
    replaced = [each for each in superseded if each.why is WhySuperseded.REVOTE]
    withdrawn = [each for each in superseded if each.why is not WhySuperseded.REVOTE]
    audit = {"invalid": 0, "not_returned": paper_marks, "valid": 0}
    return {
        "README.txt": README.read_bytes(),
        **{name: path.read_bytes() for name, path in PROGRAMS.items()},
        "config.json": published.config,
        "projects.json": published.projects,
        "roll.txt": published.roll,
        "spares.txt": published.spares,
        "ledger.jsonl": published.ledger,
        "checkpoints.jsonl": published.checkpoints,
        "ballots.jsonl": as_lines(canonical_json(_ballot(each)) for each in in_order),
        "superseded.jsonl": as_lines(canonical_json(_superseded(each)) for each in replaced),
        "withdrawn.jsonl": as_lines(canonical_json(_superseded(each)) for each in withdrawn),
        "paper.jsonl": b"",
        "paper_audit.json": canonical_json(audit),
        "round.pb": election,
        "result.json": result,
    }


def manifest_of(files: Mapping[str, bytes], round_id: str) -> bytes:
    """Return the manifest: every file with its hash and size."""
    listed = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in files.items()
    }
    return canonical_json({"files": listed, "format": FORMAT, "round": round_id})


def signed_text(manifest: bytes, round_id: str) -> str:
    """Return what the officers sign."""
    return f"{FORMAT}\n{round_id}\n{hashlib.sha256(manifest).hexdigest()}\n"


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the zip file of these files; they determine every byte of it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return packed.getvalue()


def _ballot(ballot: OpenedBallot) -> dict[str, object]:
    return {
        "bk": written(ballot.sealed.ballot_key),
        "body": ballot.body.decode(),
        "sig": written(ballot.sealed.signature),
        "version": ballot.sealed.version,
    }


def _superseded(ballot: SupersededBallot) -> dict[str, object]:
    return {
        "bk": written(ballot.ballot_key),
        "inner": written(ballot.inner),
        "version": ballot.version,
        "why": ballot.why.value,
    }
