"""The rehearsal: two officers open a ballot that nobody cast, before anybody can vote.

Losing two passphrases and the envelope loses the result. So the voting does not open before each
officer has shown once that the own passphrase opens something.
"""

from datetime import datetime

from pb.accounts.actor import Actor
from pb.ballots.domain import BallotContent, CountKeyFails
from pb.ballots.envelope import EnvelopeBroken, new_nonce, open_for_count, seal, write_body
from pb.rounds import service as rounds
from pb.rounds.rights import Act
from pb.tokens import ceremony, unlocking
from pb.tokens import service as tokens
from pb.tokens.ceremony_rules import Typed
from pb.tokens.domain import ballot_key_pair, mint_batch, mint_code, view_key
from pb.tokens.officers import LockBroken, SharedKey, UnlockedKey

DUMMY = BallotContent((1, 2))
DUMMY_LENGTH = 400  # of the padded body, in bytes; more than it needs


def rehearse(slug: str, typed: Typed, *, by: Actor, now: datetime) -> None:
    """Seal a ballot and a letter that nobody has, and let two officers open both.

    Raises CeremonyMissing, TwoOfficersNeeded, PassphraseWrong, KeysDamaged, NotInThisState, and
    CountKeyFails when the keys do not open what is sealed to them.
    """
    rounds.refuse_unless(slug, Act.USE_KEYS, now)
    opened = unlocking.unlock_all(slug, typed)
    try:
        _open_ballot(slug, opened[SharedKey.COUNT])
        _open_letter(slug, opened[SharedKey.REVOCATION])
    except (EnvelopeBroken, LockBroken):
        raise CountKeyFails from None
    (first, _), (second, _) = typed
    ceremony.keep_rehearsal(slug, (first, second), by=by, now=now)


def _open_ballot(slug: str, count_key: UnlockedKey) -> None:
    """Seal a ballot to the public half that the round has, and open it."""
    code, name = mint_code(), tokens.round_id(slug)
    sealed = seal(
        write_body(DUMMY, new_nonce(), name), key_pair=ballot_key_pair(code, name),
        view_key=view_key(code, name), round_id=name, version=1, length=DUMMY_LENGTH,
        count_public_key=ceremony.public_key(slug, SharedKey.COUNT),
    )  # fmt: skip
    if open_for_count(sealed, count_key.revealed(), name).content != DUMMY:
        raise CountKeyFails


def _open_letter(slug: str, revocation_key: UnlockedKey) -> None:
    """Make a letter that goes nowhere, and open the ballot key that is sealed in it."""
    made = mint_batch(
        1, round_id=tokens.round_id(slug), area="", batch="", voting_address="",
        revocation_public_key=ceremony.public_key(slug, SharedKey.REVOCATION),
    )  # fmt: skip
    if revocation_key.open(made.letters[0].sealed) != made.roll[0].ballot_key:
        raise CountKeyFails
