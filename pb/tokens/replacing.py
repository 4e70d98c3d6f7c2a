"""What the desk can do with letters and packs, inside the transaction of the ballot room.

Voiding a letter changes the ballot box too, so the act itself is in ``pb/ballots/replacing.py``;
here is the half that lies with the letters.
"""

import sqlalchemy as sa

from pb.database.base import ballot_reading, ballot_transaction
from pb.foundation.errors import NotPermitted
from pb.frameworks.domain import SecondPersonNeeded
from pb.tokens import replacement_storage as kept
from pb.tokens import storage
from pb.tokens.domain import Letter, TokenStatus
from pb.tokens.officers import LockBroken, UnlockedKey
from pb.tokens.order import SMALLEST_PACK, pack_numbers
from pb.tokens.replacement import (
    LetterIsPaper,
    LetterIsSpare,
    LetterIsVoid,
    LetterUnknown,
    LetterUnopenable,
    PackIsOpen,
    PackMissing,
    PackNotProposed,
    PackTooSmall,
    SparePack,
    read_serial,
)
from pb.tokens.service import SPARE

REFUSED = {
    TokenStatus.SPARE: LetterIsSpare,
    TokenStatus.REVOKED: LetterIsVoid,
    TokenStatus.PAPER: LetterIsPaper,
}


def find_letter(slug: str, typed_serial: str) -> Letter:
    """Return the letter with a number, when it can be made void as far as the desk knows.

    Raises SerialMistyped, LetterUnknown, LetterIsSpare, LetterIsVoid.
    """
    serial = read_serial(typed_serial)
    with ballot_reading() as connection:
        return _voidable(connection, slug, serial)


def opened_letter(letter: Letter, revocation_key: UnlockedKey) -> bytes:
    """Return the ballot key that is sealed in a letter, 32 bytes. Raises LetterUnopenable."""
    try:
        return revocation_key.open(letter.sealed)
    except LockBroken:
        raise LetterUnopenable from None


def void(connection: sa.Connection, slug: str, letter: Letter, ballot_key: bytes) -> None:
    """Let a letter stand as void, and find out whether its key may be.

    Changes the letter alone; whoever calls it withdraws the key in the same transaction.
    Raises what ``find_letter`` raises, LetterIsPaper, LetterUnopenable.
    """
    _voidable(connection, slug, letter.serial, locked=True)
    status = storage.find_status(connection, slug, ballot_key, locked=True)
    if status is None:
        raise LetterUnopenable
    if status in REFUSED:
        raise REFUSED[status]
    kept.set_letter_status(connection, slug, letter.serial, TokenStatus.REVOKED)


def list_packs(slug: str) -> list[SparePack]:
    """Return the packs of a round, one per area with spare letters, in the order of the areas."""
    with ballot_reading() as connection:
        return list(_packs(connection, slug).values())


def propose_pack(slug: str, area: str, *, staff_id: int | None) -> SparePack:
    """Propose to put a pack into use; an earlier proposal is replaced.

    Raises PackMissing, PackIsOpen, PackTooSmall, NotPermitted for nobody in particular.
    """
    if staff_id is None:
        raise NotPermitted
    with ballot_transaction() as connection:
        pack = _closed_pack(connection, slug, area)
        kept.keep_proposal(connection, slug, area, staff_id)
    return pack


def issue_pack(
    connection: sa.Connection, slug: str, area: str, *, staff_id: int | None
) -> SparePack:
    """Let all keys of a pack vote from now on, as a second person.

    Raises PackMissing, PackIsOpen, PackTooSmall, PackNotProposed, SecondPersonNeeded,
    NotPermitted for nobody in particular.
    """
    if staff_id is None:
        raise NotPermitted
    pack = _closed_pack(connection, slug, area)
    if pack.proposed_by is None:
        raise PackNotProposed
    if pack.proposed_by == staff_id:
        raise SecondPersonNeeded
    kept.keep_confirmation(connection, slug, area, staff_id)
    if kept.issue_spares(connection, slug, area) != pack.envelopes:
        raise RuntimeError("The spare keys of an area are not its spare letters.")
    return pack


def issue_published(connection: sa.Connection, slug: str, number: int) -> None:
    """Let the keys of a pack vote, as its event on the ledger says; safe to repeat."""
    for pack in _packs(connection, slug).values():
        if pack.number == number:
            kept.issue_spares(connection, slug, pack.area)


def _voidable(connection: sa.Connection, slug: str, serial: str, *, locked: bool = False) -> Letter:
    found = kept.find_letter(connection, slug, serial, locked=locked)
    if found is None:
        raise LetterUnknown
    if found.status in REFUSED:
        raise REFUSED[found.status]
    return found.letter


def _closed_pack(connection: sa.Connection, slug: str, area: str) -> SparePack:
    """Return a pack that may be put into use, in the transaction in which it is."""
    storage.find_roll(connection, slug, locked=True)  # One at a time, also when there is no row.
    pack = _packs(connection, slug).get(area)
    if pack is None:
        raise PackMissing
    if pack.is_open:
        raise PackIsOpen
    if pack.envelopes < SMALLEST_PACK:
        raise PackTooSmall(least=SMALLEST_PACK)
    return pack


def _packs(connection: sa.Connection, slug: str) -> dict[str, SparePack]:
    proposals = kept.list_proposals(connection, slug)
    counts = kept.count_letters(connection, slug)
    on_roll = storage.count_by_area_and_status(connection, slug)
    return {
        area: SparePack(
            area=area,
            number=number,
            envelopes=counts[area + SPARE],
            # The roll decides who may vote, also after a restore that found an open pack.
            is_open=(area, TokenStatus.SPARE) not in on_roll,
            proposed_by=proposals.get(area),
        )
        for area, number in pack_numbers(area for area, _ in on_roll).items()
        if area + SPARE in counts
    }
