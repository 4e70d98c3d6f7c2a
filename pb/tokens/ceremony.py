"""What three officers do together: make the keys of a round, and look after their passphrases.

The officers come to the table one after the other, on one machine or on three; nothing secret
waits for the next, because locking needs public halves only. How two of them open a key stands in
``unlocking.py``.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from pb.accounts.actor import Actor
from pb.database.base import ballot_reading, ballot_transaction, current_settings
from pb.foundation.errors import N_
from pb.journal import service as journal
from pb.rounds import service as rounds
from pb.rounds.rights import Act
from pb.tokens import ceremony_storage as storage
from pb.tokens import service as tokens
from pb.tokens.ceremony_rules import (
    Ceremony,
    CeremonyMissing,
    KeysAreMade,
    KeysInUse,
    OfficerKnown,
    OfficersChanged,
    OfficersMissing,
    OfficerUnknown,
    PassphraseTaken,
    RehearsalMissing,
    Typed,
    refuse_weak,
)
from pb.tokens.domain import Code, mint_code
from pb.tokens.officers import (
    CHEAP,
    KEY_BYTES,
    NUMBERS,
    PAIRS,
    STRONG,
    LockBroken,
    Officer,
    Pair,
    SharedKey,
    lock_for_envelope,
    lock_for_pair,
    make_key,
    make_officer,
    unlock_officer,
)
from pb.tokens.recovery_letter import EnvelopeFacts, recovery_letter
from pb.tokens.unlocking import (
    Opened,
    made,
    open_together,
    unlock_all,
    unlock_by_envelope,
    unlocked_officers,
)

# Is handed the recovery code, once, before anything is kept; raises when it cannot print it.
KeepCode = Callable[[Code], None]


def find(slug: str) -> Ceremony:
    """Return how far the ceremony of a round is; an empty one when it did not begin."""
    with ballot_reading() as connection:
        return Ceremony(
            officers=storage.list_officers(connection, slug),
            public_keys=storage.public_keys(connection, slug),
            rehearsed=storage.list_rehearsals(connection, slug),
        )


def appoint(
    slug: str, number: int, label: str, passphrase: str, *, by: Actor, now: datetime
) -> None:
    """Let one of the three choose a passphrase.

    label: the function, which the public log shows; never a name.
    Raises PassphraseWeak, PassphraseTaken, OfficerKnown, KeysAreMade, NotInThisState.
    """
    rounds.refuse_unless(slug, Act.MAKE_KEYS, now)
    if number not in NUMBERS:
        raise OfficerUnknown
    _refuse_unless_free(find(slug), number)
    officer = _new_officer(slug, number, label.strip(), passphrase)
    with ballot_transaction() as connection:
        _refuse_unless_free(_ceremony_in(connection, slug), number)
        storage.keep_officer(connection, slug, officer)
    _journal(
        slug, N_("Sleutelhouder %(number)s koos een wachtzin. Functie: %(label)s."),
        by=by, now=now, number=number, label=officer.label,
    )  # fmt: skip


def make_keys(slug: str, *, keep: KeepCode, by: Actor, now: datetime) -> None:
    """Make the count key and the revocation key, locked for each pair and for the envelope.

    Their private halves exist in memory while this runs, and never again before two officers,
    or the envelope, open them.
    Raises OfficersMissing, KeysAreMade, NotInThisState, and whatever ``keep`` raises.
    """
    rounds.refuse_unless(slug, Act.MAKE_KEYS, now)
    ceremony = find(slug)
    _refuse_unless_ready(ceremony)
    recovery = mint_code()
    keys = [
        make_key(purpose, ceremony.officers.values(), recovery, tokens.round_id(slug))
        for purpose in SharedKey
    ]
    keep(recovery)
    with ballot_transaction() as connection:
        present = _ceremony_in(connection, slug)
        _refuse_unless_ready(present)
        if present.officers != ceremony.officers:
            raise OfficersChanged
        for key in keys:
            storage.keep_key(connection, slug, key)
    _journal(
        slug, N_("De sleutels zijn gemaakt. Publieke sleutel van de telling: %(key)s."),
        by=by, now=now, key=keys[0].public_key.hex(),
    )  # fmt: skip


def begin_again(slug: str, *, by: Actor, now: datetime) -> None:
    """Forget the officers and their keys, while no letter depends on them.

    Raises CeremonyMissing, KeysInUse, NotInThisState.
    """
    rounds.refuse_unless(slug, Act.MAKE_KEYS, now)
    with ballot_transaction() as connection:
        if not _ceremony_in(connection, slug).officers:
            raise CeremonyMissing
        if tokens.is_roll_made(connection, slug):
            raise KeysInUse
        storage.forget_ceremony(connection, slug)
    _journal(slug, N_("De sleutelceremonie begint opnieuw."), by=by, now=now)


def public_key(slug: str, purpose: SharedKey) -> bytes:
    """Return the public half of a shared key, 32 bytes. Raises CeremonyMissing."""
    with ballot_reading() as connection:
        found = storage.public_keys(connection, slug)
    if purpose not in found:
        raise CeremonyMissing
    return found[purpose]


def rehearsed_key(slug: str, purpose: SharedKey) -> bytes:
    """Return a public half once every officer rehearsed. Raises CeremonyMissing, RehearsalMissing.

    What is sealed to it can be opened again, as far as people can know beforehand.
    """
    key = public_key(slug, purpose)
    if not find(slug).is_rehearsed:
        raise RehearsalMissing
    return key


def verify_keys(slug: str) -> dict[int, bytes]:
    """Return the public signing key of each officer, 32 bytes. Raises CeremonyMissing."""
    ceremony = find(slug)
    if not ceremony.is_made:
        raise CeremonyMissing
    return {number: officer.verify_key for number, officer in ceremony.officers.items()}


def keep_rehearsal(slug: str, pair: Pair, *, by: Actor, now: datetime) -> None:
    """Keep that a pair opened what was sealed for a try. Raises CeremonyMissing."""
    first, second = sorted(pair)
    with ballot_transaction() as connection:
        if not _ceremony_in(connection, slug).is_made:
            raise CeremonyMissing
        storage.keep_rehearsal(connection, slug, (first, second))
    _journal(
        slug, N_("Geoefend: sleutelhouders %(first)s en %(second)s openden samen een proefstem."),
        by=by, now=now, first=first, second=second,
    )  # fmt: skip


def change_passphrase(
    slug: str,
    number: int,
    passphrase: str,
    *,
    opened_by: Typed | str,
    label: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Give one officer another passphrase, or the place to somebody else.

    opened_by: what two officers typed, or the recovery code. When the officer is one of the two,
    the signing key stays; else it is forgotten with the passphrase, and a new one takes its place.
    label: the function of who takes over; empty when it stays the same.
    Raises what ``unlock`` or ``unlock_by_envelope`` raises, PassphraseWeak, PassphraseTaken.
    """
    rounds.refuse_unless(slug, Act.USE_KEYS, now)
    officers, _ = made(slug)
    if number not in officers:
        raise OfficerUnknown
    opened, signing_key = _opened(slug, number, opened_by)
    label = label.strip() or officers[number].label
    officer = _new_officer(slug, number, label, passphrase, signing_key=signing_key)
    name, present = tokens.round_id(slug), {**officers, number: officer}
    with ballot_transaction() as connection:
        _refuse_unless_same(connection, slug, officers)
        storage.keep_officer(connection, slug, officer)
        for purpose, locked in storage.list_keys(connection, slug).items():
            anew = {
                pair: lock_for_pair(opened[purpose], present[pair[0]], present[pair[1]], name)
                for pair in PAIRS
                if number in pair
            }
            for_pairs = {**locked.for_pairs, **anew}
            storage.keep_key(connection, slug, replace(locked, for_pairs=for_pairs))
        storage.forget_rehearsals(connection, slug, number)
    _journal(
        slug, N_("Sleutelhouder %(number)s heeft een nieuwe wachtzin. Functie: %(label)s."),
        by=by, now=now, number=number, label=label,
    )  # fmt: skip


def renew_envelope(slug: str, typed: Typed, *, keep: KeepCode, by: Actor, now: datetime) -> None:
    """Make a new recovery code; the earlier envelope opens nothing from now on.

    Raises what ``unlock`` raises, NotInThisState, and whatever ``keep`` raises.
    """
    rounds.refuse_unless(slug, Act.USE_KEYS, now)
    officers, _ = made(slug)
    opened, recovery = unlock_all(slug, typed), mint_code()
    keep(recovery)
    with ballot_transaction() as connection:
        _refuse_unless_same(connection, slug, officers)
        for purpose, locked in storage.list_keys(connection, slug).items():
            anew = lock_for_envelope(opened[purpose], recovery, tokens.round_id(slug))
            storage.keep_key(connection, slug, replace(locked, for_envelope=anew))
    _journal(slug, N_("Er is een nieuwe herstelenvelop. De oude opent niets meer."), by=by, now=now)


def write_letter(slug: str, recovery: Code, *, now: datetime, moment: str) -> bytes:
    """Return the letter for the envelope, as a PDF. Raises EnvelopeUnprintable.

    moment: the present one, as the letter says it.
    """
    labels = [officer.label for _, officer in sorted(find(slug).officers.items())]
    facts = EnvelopeFacts(
        municipality=current_settings().municipality_name,
        round_title=rounds.get(slug, now).title,
        slug=slug,
        officers=tuple(labels),
        made=moment,
    )
    return recovery_letter(recovery, facts)


def _opened(slug: str, number: int, opened_by: Typed | str) -> tuple[Opened, bytes | None]:
    """Return both keys, and the signing key of an officer who typed the own passphrase."""
    if isinstance(opened_by, str):
        return unlock_by_envelope(slug, opened_by), None
    one, other = unlocked_officers(slug, opened_by)
    own = [each.private_halves()[KEY_BYTES:] for each in (one, other) if each.number == number]
    return open_together(slug, one, other), own[0] if own else None


def _new_officer(
    slug: str, number: int, label: str, passphrase: str, *, signing_key: bytes | None = None
) -> Officer:
    """Return an officer with a passphrase that is strong and nobody else's."""
    refuse_weak(passphrase)
    name = tokens.round_id(slug)
    for other in find(slug).officers.values():
        if other.number != number:
            try:
                unlock_officer(other, passphrase, name)
            except LockBroken:
                continue
            raise PassphraseTaken
    cost = CHEAP if current_settings().cheap_passphrases else STRONG
    return make_officer(
        number, label, passphrase, round_id=name, cost=cost, signing_key=signing_key
    )


def _ceremony_in(connection: sa.Connection, slug: str) -> Ceremony:
    """Return how far a ceremony is, in the transaction in which the answer must hold."""
    return Ceremony(
        officers=storage.list_officers(connection, slug, locked=True),
        public_keys=storage.public_keys(connection, slug),
        rehearsed=storage.list_rehearsals(connection, slug),
    )


def _refuse_unless_free(ceremony: Ceremony, number: int) -> None:
    if ceremony.is_made:
        raise KeysAreMade
    if number in ceremony.officers:
        raise OfficerKnown


def _refuse_unless_same(
    connection: sa.Connection, slug: str, officers: Mapping[int, Officer]
) -> None:
    """Raise OfficersChanged when somebody else changed something since it was read."""
    if storage.list_officers(connection, slug, locked=True) != officers:
        raise OfficersChanged


def _refuse_unless_ready(ceremony: Ceremony) -> None:
    if ceremony.is_made:
        raise KeysAreMade
    if not ceremony.is_complete:
        raise OfficersMissing


def _journal(
    slug: str, what: str, *, by: Actor, now: datetime, reason: str = "", **values: str | int
) -> None:
    journal.record(slug, what, now=now, by=by.label, staff_id=by.staff_id, reason=reason, **values)
