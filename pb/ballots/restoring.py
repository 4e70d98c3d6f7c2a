"""After a restore: take over what was published meanwhile, and name the ballots that are lost.

A ledger never becomes shorter. What observers hold of it is fetched first; if it is longer than the
one in the backup, its lines are taken over as they are, and an event says which of its ballots are
not there any more. Their voters can vote again with the same code.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pb.ballots import ledger_storage as kept
from pb.ballots import sealing, service, storage
from pb.ballots.domain import BoxState, WhySuperseded
from pb.ballots.envelope import tracking_code
from pb.ballots.ledger import Fact, events_of, leaves_of, written
from pb.ballots.notes import Checkpoint
from pb.database.base import ballot_transaction
from pb.foundation.errors import N_, NotPermitted
from pb.tokens import destroying, replacing


class LedgerNotPublished(NotPermitted):
    """The published ledger is not an older or newer state of the one in the backup."""

    sentence = N_(
        "Het openbare logboek past niet bij deze reservekopie. Zoek eerst uit waarom. "
        "Er is niets veranderd."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore found. taken_over: lines. missing: tracking codes of lost ballots, sorted."""

    taken_over: int
    missing: tuple[str, ...]


class LedgerNotGiven(NotPermitted):
    """A round of which voting had begun is restored without its published ledger."""

    sentence = N_(
        "Het stemmen in ronde %(slug)s was begonnen. Geef ook het openbare logboek van die ronde. "
        "Er is niets veranderd."
    )


# Per round: the lines and the checkpoints that were published.
PublishedLedgers = Mapping[str, tuple[Sequence[bytes], Sequence[str]]]


def refuse_unless_given(connection: sa.Connection, published: PublishedLedgers) -> None:
    """Raise LedgerNotGiven or LedgerNotPublished unless every begun ledger is there and fits.

    connection: of the transaction that fills the ballot store, before it is kept.
    """
    for slug in kept.list_begun(connection):
        if slug not in published:
            raise LedgerNotGiven(slug=slug)
        _refuse_another(kept.list_lines(connection, slug), published[slug][0])


def take_over(slug: str, lines: Sequence[bytes], notes: Sequence[str], now: datetime) -> Restored:
    """Bring the ledger of a restored round up to what was published, and tell what is missing.

    lines, notes: of the published ledger, after ``watching`` checked them. Safe to repeat.
    Raises LedgerNotPublished.
    """
    with ballot_transaction() as connection:
        here = kept.list_lines(connection, slug)
        _refuse_another(here, lines)
        known = set(kept.list_checkpoints(connection, slug))
        newer = [note for note in notes if note not in known and _size(note) > len(here)]
        if len(lines) > len(here):
            _refuse_unless_whole(newer, len(lines))
            start = len(here)
            for note in newer:
                kept.append(connection, slug, lines[start : _size(note)], note, now)
                start = _size(note)
            kept.forget_sealed(connection, slug, leaves_of(lines))
            _follow(connection, slug, lines[len(here) :])
        missing = _missing(connection, slug)
        if missing:
            names = sorted(written(leaf) for leaf in missing)
            sealing.record(connection, slug, Fact.RESTORED, missing=names)
    return Restored(
        taken_over=max(len(lines) - len(here), 0),
        missing=tuple(sorted(map(tracking_code, missing))),
    )


def _missing(connection: sa.Connection, slug: str) -> list[bytes]:
    """Return the leaves on the ledger of which there is no ballot, and that no event names yet."""
    lines = kept.list_lines(connection, slug)
    events = events_of((*lines, *kept.list_pending_events(connection, slug)), Fact.RESTORED)
    told = {name for event in events for name in event["missing"]}
    here = storage.list_leaves(connection, slug)
    return [leaf for leaf in leaves_of(lines) if leaf not in here and written(leaf) not in told]


def _follow(connection: sa.Connection, slug: str, lines: Sequence[bytes]) -> None:
    """Do to the letters what these lines say: void, on paper, spares put into use, or destroyed.

    Or a letter that was void in public could vote again, and the bundle would not hold. Voting
    that was extended in public does not close earlier either, and a box that was closed for the
    count stays closed: nothing may follow on that line but the count.
    """
    if events_of(lines, Fact.CLOSED):
        storage.set_state(connection, slug, BoxState.CLOSED)
    for event in events_of(lines, Fact.EXTENDED):
        service.keep_open_until(connection, slug, datetime.fromisoformat(event["closes"]))
    for event in events_of(lines, Fact.SPARES):
        replacing.issue_published(connection, slug, event["pack"])
    for fact, why in ((Fact.REVOKED, WhySuperseded.REVOKED), (Fact.PAPER, WhySuperseded.PAPER)):
        for event in events_of(lines, fact):
            for key in event["keys"]:
                service.take_out(connection, slug, base64.b64decode(key), why)
    if events_of(lines, Fact.DESTROYED):
        destroying.destroy(connection, slug)  # A backup from before it brought it back.
    waiting = kept.list_pending_events(connection, slug)
    kept.clear_pending_events(connection, slug)
    for line in waiting:
        if line not in lines:
            kept.add_pending_event(connection, slug, line)


def _refuse_another(here: Sequence[bytes], published: Sequence[bytes]) -> None:
    """Raise LedgerNotPublished unless one of two ledgers begins with the other."""
    length = min(len(here), len(published))
    if list(here[:length]) != list(published[:length]):
        raise LedgerNotPublished


def _size(note: str) -> int:
    """Return over how many lines a checkpoint is."""
    return Checkpoint.read(note.rpartition("\n\n")[0] + "\n").size


def _refuse_unless_whole(newer: Sequence[str], end: int) -> None:
    """Raise LedgerNotPublished unless the last of these checkpoints is over all lines."""
    if not newer or _size(newer[-1]) != end:
        raise LedgerNotPublished
