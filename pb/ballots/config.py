"""What a ledger commits to before anybody votes: the config of a round (docs/bundle.md)."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pb
from pb.ballots.domain import BallotList
from pb.ballots.election import file_facts, fixed_part
from pb.ballots.ledger import SMALLEST_SEAL, written
from pb.ballots.notes import Verifier
from pb.foundation.canonical import canonical_json
from pb.foundation.version import VERSION
from pb.rounds.domain import Round
from pb.tokens.domain import RollEntry, TokenStatus, round_fingerprint
from pb.tokens.order import pack_numbers

FORMAT = "pb-config/1"
OFFICERS_NEEDED = 2
HOUSE = Path(pb.__path__[0])
PROGRAMS = {
    "recount.py": HOUSE / "tally" / "recount.py",
    "verify.py": HOUSE / "results" / "verify.py",
}


def config_of(
    voting_round: Round,
    ballot_list: BallotList,
    *,
    round_id: str,
    municipality: str,
    document: bytes,
    log: Verifier,
    officers: Sequence[Verifier],
    count_public_key: bytes,
) -> bytes:
    """Return the config of a round, as canonical JSON.

    document: the ballot list as it is published. log: whose name is the origin.
    """
    framework = voting_round.framework
    return canonical_json(
        {
            "format": FORMAT,
            "round": round_id,
            "origin": log.name,
            "title": framework.title,
            "framework": {
                "sha256": voting_round.framework_hash or "",
                "version": voting_round.framework_version,
            },
            "keys": {
                "count": count_public_key.hex(),
                "log": log.written(),
                "officers": [each.written() for each in officers],
            },
            "officers_needed": OFFICERS_NEEDED,
            "smallest_seal": SMALLEST_SEAL,
            "projects_sha256": hashlib.sha256(document).hexdigest(),
            "programs": {
                name: hashlib.sha256(path.read_bytes()).hexdigest()
                for name, path in sorted(PROGRAMS.items())
            },
            "software": VERSION,
            "election": fixed_part(
                framework,
                ballot_list.plans,
                file_facts(framework, voting_round.slug, municipality),
            ),
        }
    )


def spares_text(entries: Sequence[RollEntry]) -> str:
    """Return the spare letters as published: a line "base64(ballot key) pack" each, sorted.

    entries: the whole roll. A pack is a number, and holds the spare letters of one area.
    """
    packs = pack_numbers(entry.area for entry in entries)
    lines = [
        f"{written(entry.ballot_key)} {packs[entry.area]}\n"
        for entry in entries
        if entry.status is TokenStatus.SPARE
    ]
    return "".join(sorted(lines, key=str.encode))


def roll_members(roll: str, spares: str, log_public_key: bytes, size: int) -> dict[str, object]:
    """Return the members of the ``roll`` event. roll, spares: as published."""
    digest = hashlib.sha256(roll.encode()).digest()
    return {
        "fingerprint": round_fingerprint(log_public_key, digest),
        "size": size,
        "sha256": digest.hex(),
        "spares_sha256": hashlib.sha256(spares.encode()).hexdigest(),
    }
