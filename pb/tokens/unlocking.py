"""Two officers, or the code in the envelope, open the keys of a round for one act.

What is opened lives in memory and is handed to who asked; nothing here keeps it.
"""

from collections.abc import Mapping

from pb.database.base import ballot_reading
from pb.tokens import ceremony_storage as storage
from pb.tokens import service as tokens
from pb.tokens.ceremony_rules import (
    CeremonyMissing,
    KeyDestroyed,
    KeysDamaged,
    PassphraseWrong,
    RecoveryCodeWrong,
    Typed,
    refuse_unless_two,
)
from pb.tokens.domain import CodeMistyped, parse
from pb.tokens.officers import (
    LockBroken,
    LockedKey,
    Officer,
    PublicHalfDiffers,
    SharedKey,
    UnlockedKey,
    UnlockedOfficer,
    unlock_for_pair,
    unlock_officer,
    unlock_with_envelope,
)

Opened = Mapping[SharedKey, UnlockedKey]


def unlock(slug: str, purpose: SharedKey, typed: Typed) -> UnlockedKey:
    """Return a private half that two officers open, for one act.

    Takes a few tenths of a second.
    Raises CeremonyMissing, TwoOfficersNeeded, PassphraseWrong, KeysDamaged, KeyDestroyed.
    """
    opened = unlock_all(slug, typed)
    if purpose not in opened:
        raise KeyDestroyed
    return opened[purpose]


def unlock_all(slug: str, typed: Typed) -> Opened:
    """Return the private halves that two officers open. Raises as ``unlock``.

    Both, until the objection period is over and one of them was destroyed.
    """
    return open_together(slug, *unlocked_officers(slug, typed))


def unlock_by_envelope(slug: str, typed_code: str) -> Opened:
    """Return both private halves that the recovery code opens.

    Raises CeremonyMissing, RecoveryCodeWrong.
    """
    _, keys = made(slug)
    name = tokens.round_id(slug)
    try:
        recovery = parse(typed_code)
        return {each: unlock_with_envelope(keys[each], recovery, name) for each in keys}
    except (CodeMistyped, LockBroken):
        raise RecoveryCodeWrong from None


def sign(slug: str, text: bytes, typed: Typed) -> dict[int, bytes]:
    """Return the signatures of two officers over a text, by number. Raises as ``unlock``."""
    return {each.number: each.sign(text) for each in unlocked_officers(slug, typed)}


def open_together(slug: str, one: UnlockedOfficer, other: UnlockedOfficer) -> Opened:
    """Return both private halves that two unlocked officers open. Raises KeysDamaged."""
    _, keys = made(slug)
    name = tokens.round_id(slug)
    try:
        return {each: unlock_for_pair(keys[each], one, other, name) for each in keys}
    except LockBroken:
        raise KeysDamaged from None


def unlocked_officers(slug: str, typed: Typed) -> tuple[UnlockedOfficer, UnlockedOfficer]:
    """Return two officers, unlocked.

    Raises CeremonyMissing, TwoOfficersNeeded, PassphraseWrong naming whose, KeysDamaged.
    """
    officers, _ = made(slug)
    refuse_unless_two(typed)
    found, wrong = [], []
    for number, passphrase in typed:
        try:
            found.append(unlock_officer(officers[number], passphrase, tokens.round_id(slug)))
        except PublicHalfDiffers:
            raise KeysDamaged from None
        except LockBroken:
            wrong.append(f"{number} ({officers[number].label})")
    if wrong:
        raise PassphraseWrong(officers=", ".join(wrong))
    return found[0], found[1]


def made(slug: str) -> tuple[dict[int, Officer], dict[SharedKey, LockedKey]]:
    """Return the officers, and the locked keys that were not destroyed. Raises CeremonyMissing."""
    with ballot_reading() as connection:
        officers = storage.list_officers(connection, slug)
        keys = storage.list_keys(connection, slug)
    if not keys:
        raise CeremonyMissing
    return officers, {each: key for each, key in keys.items() if not key.is_destroyed}
