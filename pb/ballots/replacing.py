"""What the desk can do: make a reported letter void, and put a pack of spares into use.

Two acts that know nothing of each other, on purpose: nothing that is kept, published or logged
leads from the letter that was reported to the envelope that its holder drew.
"""

from datetime import datetime

from pb.accounts.actor import Actor
from pb.ballots import sealing, service
from pb.ballots.domain import WhySuperseded
from pb.ballots.ledger import Fact
from pb.database.base import ballot_transaction
from pb.foundation.errors import N_
from pb.journal import service as journal
from pb.rounds import service as rounds
from pb.rounds.rights import Act
from pb.tokens import replacing, unlocking
from pb.tokens import service as tokens
from pb.tokens.ceremony_rules import Typed
from pb.tokens.domain import TokenStatus
from pb.tokens.officers import SharedKey
from pb.tokens.replacement import REPORT_LABELS, SparePack, WhyReported


def void_letter(
    slug: str, typed_serial: str, why: WhyReported, typed: Typed, *, by: Actor, now: datetime
) -> None:
    """Make a reported letter void, and withdraw its ballot if there is one; for good.

    typed: what two officers typed. They open which key the letter has, in memory, for this act.
    Nobody is told whether there was a ballot.
    Raises SerialMistyped, LetterUnknown, LetterIsSpare, LetterIsVoid, LetterIsPaper,
    LetterUnopenable, TwoOfficersNeeded, PassphraseWrong, CeremonyMissing, BoxMissing,
    VotingClosed, VotingPaused, NotInThisState; then nothing changed.
    """
    voting_round = rounds.refuse_unless(slug, Act.REPLACE_LETTER, now)
    service.open_box(slug, now, following=voting_round)
    letter = replacing.find_letter(slug, typed_serial)
    key = unlocking.unlock(slug, SharedKey.REVOCATION, typed)
    ballot_key = replacing.opened_letter(letter, key)
    with ballot_transaction() as connection:
        replacing.void(connection, slug, letter, ballot_key)
        hours = service.withdraw_in(connection, slug, ballot_key, WhySuperseded.REVOKED)
        hours.refuse_unless_open(now)
    journal.record(
        slug, N_("Een gemelde brief is ongeldig gemaakt. Tot nu toe zijn dat er %(number)s."),
        now=now, by=by.label, staff_id=by.staff_id, reason=REPORT_LABELS[why],
        number=count_void(slug),
    )  # fmt: skip


def propose_pack(slug: str, area: str, *, by: Actor, now: datetime) -> None:
    """Propose to put the spare letters of an area into use; somebody else confirms it.

    Raises PackMissing, PackIsOpen, PackTooSmall, NotPermitted, BoxMissing, VotingClosed,
    VotingPaused, NotInThisState.
    """
    voting_round = rounds.refuse_unless(slug, Act.PROPOSE_PACK, now)
    service.open_box(slug, now, following=voting_round)
    pack = replacing.propose_pack(slug, area, staff_id=by.staff_id)
    _journal_pack(
        slug,
        N_("Voorstel: pak %(pack)s met %(number)s reserve-enveloppen in gebruik nemen."),
        pack, by=by, now=now,
    )  # fmt: skip


def open_pack(slug: str, area: str, *, by: Actor, now: datetime) -> None:
    """Let all spare letters of an area vote from now on, as a second person; for good.

    Raises PackMissing, PackIsOpen, PackTooSmall, PackNotProposed, SecondPersonNeeded,
    NotPermitted, BoxMissing, VotingClosed, VotingPaused, NotInThisState.
    """
    voting_round = rounds.refuse_unless(slug, Act.OPEN_PACK, now)
    service.open_box(slug, now, following=voting_round)
    with ballot_transaction() as connection:
        pack = replacing.issue_pack(connection, slug, area, staff_id=by.staff_id)
        # After the keys, as casting does, or the two would wait for each other.
        service.refuse_unless_ledger_goes_on(connection, slug).refuse_unless_open(now)
        sealing.record(connection, slug, Fact.SPARES, pack=pack.number)
    _journal_pack(
        slug,
        N_("Pak %(pack)s met %(number)s reserve-enveloppen is in gebruik."),
        pack, by=by, now=now,
    )  # fmt: skip


def count_void(slug: str) -> int:
    """Return how many letters were made void."""
    return sum(
        number
        for (_, status), number in tokens.count_by_status(slug).items()
        if status is TokenStatus.REVOKED
    )


def _journal_pack(slug: str, what: str, pack: SparePack, *, by: Actor, now: datetime) -> None:
    journal.record(
        slug, what, now=now, by=by.label, staff_id=by.staff_id,
        pack=pack.number, number=pack.envelopes,
    )  # fmt: skip
