"""Key ceremonies for tests: three officers whose passphrases a test knows.

``hold_ceremony`` goes through the services and rehearses; ``keys_without_a_round`` puts the same
into the ballot store alone. Both lock with hardly any work (``Settings.cheap_passphrases``).
"""

from datetime import datetime

from pb.ballots import rehearsal
from pb.database.base import ballot_transaction
from pb.tokens import ceremony, unlocking
from pb.tokens import ceremony_storage as storage
from pb.tokens import service as tokens
from pb.tokens.ceremony_rules import Typed
from pb.tokens.domain import mint_code
from pb.tokens.officers import CHEAP, PAIRS, SharedKey, UnlockedKey, make_key, make_officer
from tests.builders import an_actor

PASSPHRASES = {
    1: "de griffier fietst langs de dijk",
    2: "een teller eet zeven appels",
    3: "notaris zonder paraplu in mei",
}
LABELS = {1: "Griffier", 2: "Teller", 3: "Notaris"}


def typed(first: int = 1, second: int = 2) -> Typed:
    """What two officers type."""
    return [(first, PASSPHRASES[first]), (second, PASSPHRASES[second])]


def in_form(first: int = 1, second: int = 2, prefix: str = "") -> dict[str, str]:
    """What two officers fill in on a page."""
    return {
        f"{prefix}first": str(first),
        f"{prefix}first_passphrase": PASSPHRASES[first],
        f"{prefix}second": str(second),
        f"{prefix}second_passphrase": PASSPHRASES[second],
    }


def appoint(slug: str, now: datetime, *numbers: int) -> None:
    """These officers (all by default) choose a passphrase."""
    for number in numbers or PASSPHRASES:
        ceremony.appoint(
            slug, number, LABELS[number], PASSPHRASES[number], by=an_actor(), now=now
        )  # fmt: skip


def hold_ceremony(slug: str, now: datetime) -> str:
    """The keys are made and every pair rehearsed; return the recovery code."""
    printed = []
    appoint(slug, now)
    ceremony.make_keys(slug, keep=printed.append, by=an_actor(), now=now)
    for first, second in PAIRS:
        rehearsal.rehearse(slug, typed(first, second), by=an_actor(), now=now)
    return printed[0].grouped()


def keys_without_a_round(slug: str) -> dict[SharedKey, bytes]:
    """Officers and keys in the ballot store, without a round; return the public halves."""
    name = tokens.round_id(slug)
    officers = [
        make_officer(number, LABELS[number], words, round_id=name, cost=CHEAP)
        for number, words in PASSPHRASES.items()
    ]
    made = [make_key(purpose, officers, mint_code(), name) for purpose in SharedKey]
    with ballot_transaction() as connection:
        for officer in officers:
            storage.keep_officer(connection, slug, officer)
        for key in made:
            storage.keep_key(connection, slug, key)
    return {key.purpose: key.public_key for key in made}


def count_key(slug: str) -> UnlockedKey:
    """The count key, opened by the first two officers."""
    return unlocking.unlock(slug, SharedKey.COUNT, typed())
