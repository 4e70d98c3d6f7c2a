"""What the public may read of a ledger while voting goes on, and after it."""

from dataclasses import dataclass

from pb.ballots import ledger_storage, sealing, storage
from pb.ballots.ledger import BALLOT, Fact, Published, as_lines, events_of
from pb.ballots.notes import Checkpoint
from pb.database.base import ballot_reading, current_settings
from pb.foundation.canonical import canonical_json
from pb.foundation.errors import N_, NotFound
from pb.tokens import service as tokens
from pb.tokens.domain import in_groups, roll_text


class LedgerNotBegun(NotFound):
    """The ledger of a round begins when voting opens."""

    sentence = N_("Het openbare logboek begint als het stemmen opent.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How far a ledger is, for a person.

    ballots: lines of ballots, replaced ones too. checkpoints: with their notes, the newest first.
    """

    size: int
    ballots: int
    checkpoints: tuple[tuple[Checkpoint, str], ...]
    fingerprint: str
    log_key: str

    @property
    def has_begun(self) -> bool:
        """Tell whether there is a ledger."""
        return self.size > 0


def published(slug: str) -> Published:
    """Return the files of a ledger. Raises LedgerNotBegun."""
    with ballot_reading() as connection:
        lines = ledger_storage.list_lines(connection, slug)
        notes = ledger_storage.list_checkpoints(connection, slug)
        documents = storage.find_documents(connection, slug)
    if documents is None or not lines:
        raise LedgerNotBegun
    return Published(
        ledger=as_lines(lines),
        checkpoints=as_lines(canonical_json({"note": note}) for note in notes),
        roll=roll_text(tokens.list_roll(slug)).encode(),
        spares=documents.spares,
        config=documents.config,
        projects=documents.projects,
    )


def check_address(slug: str) -> str:
    """Return where a second phone checks a receipt, as QR codes say it."""
    return f"{current_settings().public_address}/ronde/{slug}/controle/bon"


def summary(slug: str) -> Summary:
    """Return how far the ledger of a round is; empty before voting opened."""
    found = sealing.public_ledger(slug)
    verifier = sealing.log_verifier(slug).written() if found.lines else ""
    roll = events_of(found.lines[:2], Fact.ROLL)
    return Summary(
        size=len(found.lines),
        ballots=sum(line.startswith(BALLOT) for line in found.lines),
        checkpoints=tuple(map(_checkpoint, reversed(found.checkpoints))),
        fingerprint=in_groups(roll[0]["fingerprint"]) if roll else "",
        log_key=verifier,
    )


def _checkpoint(note: str) -> tuple[Checkpoint, str]:
    text, _, _ = note.rpartition("\n\n")
    return Checkpoint.read(text + "\n"), note
