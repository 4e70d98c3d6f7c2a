"""What can be done with voting tokens: order them by two people, make them, look one up.

Codes live in memory and in what goes to the printer; nothing here keeps or returns one except
``mint``. The roll is fixed once made: afterwards only the status of a key changes.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from pb.accounts.actor import Actor
from pb.database.base import (
    ballot_reading,
    ballot_transaction,
    current_municipality,
    current_settings,
)
from pb.foundation.errors import N_, NotPermitted
from pb.frameworks.domain import SecondPersonNeeded
from pb.journal import service as journal
from pb.rounds import service as rounds
from pb.rounds.domain import Round
from pb.rounds.rights import Act
from pb.tokens import ceremony_storage, keys, storage
from pb.tokens.ceremony_rules import CeremonyMissing, OfficersChanged
from pb.tokens.domain import (
    HIGHEST_LETTER_NUMBER,
    Letter,
    Minted,
    Printable,
    RollEntry,
    TokenStatus,
    mint_batch,
    roll_hash,
    round_fingerprint,
)
from pb.tokens.keys import RoundKey
from pb.tokens.officers import SharedKey
from pb.tokens.order import (
    LetterOrder,
    OrderDiffers,
    OrderMissing,
    OrderNotConfirmed,
    OrderUnsound,
    Roll,
    RollDamaged,
    RollIsFixed,
    RollMissing,
)

SPARE = "-reserve"
PORTION = 2_000

# Called with how many codes are made, out of how many.
Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Minting:
    """What a minting leaves: the letters for the printer, and what everybody may know.

    printables: the only place where the codes are. Lost means: make a new round.
    """

    printables: list[Printable] = field(repr=False)
    minted: Minted = field(repr=False)
    roll: Roll


def round_id(slug: str) -> str:
    """Return the name of a round that goes into keys, signatures and hashes.

    Neither half holds a slash, so two rounds never share one.
    """
    return f"{current_municipality()}/{slug}"


def voting_address(slug: str) -> str:
    """Return what the QR code on a letter holds, up to the # and the code."""
    return f"{current_settings().public_address}/s/{slug}"


def propose(slug: str, order: LetterOrder, *, by: Actor, now: datetime) -> None:
    """Propose how many letters each area gets; an earlier confirmation lapses.

    Raises OrderUnsound, RollIsFixed, NotInThisState, and NotPermitted for nobody in particular.
    """
    if by.staff_id is None:
        raise NotPermitted
    _refuse_unsound(order, rounds.refuse_unless(slug, Act.MAKE_TOKENS, now))
    with ballot_transaction() as connection:
        known = storage.find_roll(connection, slug, locked=True)
        if known and known.is_made:
            raise RollIsFixed
        storage.keep_order(connection, slug, order, by.staff_id)
    _journal(slug, N_("Voorstel: %(total)s stembrieven."), by=by, now=now, total=order.total)


def confirm(slug: str, *, by: Actor, now: datetime) -> None:
    """Confirm the proposed numbers, as a second person.

    Raises OrderMissing, RollIsFixed, SecondPersonNeeded, NotInThisState, NotPermitted.
    """
    if by.staff_id is None:
        raise NotPermitted
    rounds.refuse_unless(slug, Act.MAKE_TOKENS, now)
    with ballot_transaction() as connection:
        known = _roll_in(connection, slug, locked=True)
        if known.is_made:
            raise RollIsFixed
        if known.proposed_by == by.staff_id:
            raise SecondPersonNeeded
        storage.keep_confirmation(connection, slug, by.staff_id)
    _journal(slug, N_("Bevestigd: %(total)s stembrieven."), by=by, now=now, total=known.order.total)


def mint(
    slug: str,
    *,
    by: Actor,
    now: datetime,
    keep: Callable[[Minted], None] | None = None,
    progress: Progress | None = None,
) -> Minting:
    """Make the codes that two people ordered, and fix the roll.

    keep: is handed everything before the roll is fixed, and puts the codes where the printer
    finds them. So a crash leaves codes without a roll, which are worthless, and never a roll
    whose codes nobody has. About 15 seconds for 100,000 codes.
    Raises OrderMissing, OrderNotConfirmed, RollIsFixed, CeremonyMissing, NotInThisState.
    """
    rounds.refuse_unless(slug, Act.MAKE_TOKENS, now)
    with ballot_reading() as connection:
        order = _ready_order(connection, slug)
        seal_to = _revocation_key_in(connection, slug)
    minted = _make(slug, order, seal_to, progress)
    if keep:
        keep(minted)
    roll = install_roll(slug, minted.roll, minted.letters, sealed_to=seal_to, by=by, now=now)
    return Minting(printables=minted.printables, minted=minted, roll=roll)


def install_roll(
    slug: str,
    entries: Sequence[RollEntry],
    letters: Sequence[Letter],
    *,
    sealed_to: bytes | None = None,
    by: Actor,
    now: datetime,
) -> Roll:
    """Fix the roll of a round, made here or on an officer's own machine.

    sealed_to: the revocation key that the letters were made for; the round's when left out.
    Raises OrderMissing, OrderNotConfirmed, OrderDiffers, RollIsFixed, CeremonyMissing,
    OfficersChanged, NotInThisState.
    """
    rounds.refuse_unless(slug, Act.MAKE_TOKENS, now)
    hash_of_roll = roll_hash(entries)
    fingerprint = round_fingerprint(keys.make(slug, RoundKey.LOG), hash_of_roll)
    with ballot_transaction() as connection:
        order = _ready_order(connection, slug, locked=True)
        if sealed_to not in {None, _revocation_key_in(connection, slug)}:
            raise OfficersChanged
        _refuse_another_roll(order, entries, letters)
        storage.add_roll(
            connection, slug, entries, letters,
            spare_batches=frozenset(area + SPARE for area, _ in order.letters),
            roll_hash=hash_of_roll, fingerprint=fingerprint,
        )  # fmt: skip
        roll = _roll_in(connection, slug)
    _journal(
        slug, N_("De stemcodes zijn gemaakt: %(total)s brieven. Kenmerk: %(fingerprint)s."),
        by=by, now=now, total=order.total, fingerprint=roll.shown_fingerprint,
    )  # fmt: skip
    return roll


def find_roll(slug: str) -> Roll | None:
    """Return what is known of the roll as a whole, or None when nobody ordered letters yet."""
    with ballot_reading() as connection:
        return storage.find_roll(connection, slug)


def checked_roll(slug: str) -> Roll:
    """Return the roll after comparing every key in the store with the printed fingerprint.

    Raises OrderMissing, RollMissing, RollDamaged. Under a second for 100,000 keys.
    """
    with ballot_reading() as connection:
        roll = _roll_in(connection, slug)
        if roll.hash is None:
            raise RollMissing
        found = roll_hash(storage.list_roll(connection, slug))
    log_key = keys.public(slug, RoundKey.LOG)
    if not hmac.compare_digest(found, roll.hash) or roll.fingerprint != round_fingerprint(
        log_key, found
    ):
        raise RollDamaged
    return roll


def list_roll(slug: str) -> list[RollEntry]:
    """Return every key on the roll with its area and status, in the order of the keys."""
    with ballot_reading() as connection:
        return storage.list_roll(connection, slug)


def count_by_status(slug: str) -> dict[tuple[str, TokenStatus], int]:
    """Return how many keys there are per area and status."""
    with ballot_reading() as connection:
        return storage.count_by_area_and_status(connection, slug)


def status_of(
    connection: sa.Connection, slug: str, ballot_key: bytes, *, locked: bool = False
) -> TokenStatus | None:
    """Return where a key stands, or None when it is on no roll of this round.

    connection: of the transaction in which the answer must hold; ``locked`` keeps others who
    ask for the same key waiting until it ends.
    """
    return storage.find_status(connection, slug, ballot_key, locked=locked)


def set_status(
    connection: sa.Connection, slug: str, ballot_key: bytes, status: TokenStatus
) -> None:
    """Change where a key stands, in the transaction of the act that causes it."""
    storage.set_status(connection, slug, ballot_key, status)


def count_among(
    connection: sa.Connection, slug: str, ballot_keys: sa.Select[Any]
) -> dict[tuple[str, TokenStatus], int]:
    """Return how many of the selected keys there are per area and status."""
    return storage.count_by_area_and_status(connection, slug, among=ballot_keys)


def is_roll_made(connection: sa.Connection, slug: str) -> bool:
    """Tell whether the roll is fixed, in the transaction in which the answer must hold."""
    known = storage.find_roll(connection, slug, locked=True)
    return known is not None and known.is_made


def _make(slug: str, order: LetterOrder, seal_to: bytes, progress: Progress | None) -> Minted:
    """Make all codes, area by area, letters first and spares after them."""
    batches = [(area, area, count, False) for area, count in order.letters]
    batches += [(area, area + SPARE, count, True) for area, count in order.spares]
    total = sum(count for _, _, count, _ in batches)
    everything, done = Minted([], [], []), 0
    for area, batch, count, spare in batches:
        for start in range(0, count, PORTION):
            made = mint_batch(
                min(PORTION, count - start), round_id=round_id(slug), area=area, batch=batch,
                revocation_public_key=seal_to, voting_address=voting_address(slug),
                first_number=done + 1, spare=spare,
            )  # fmt: skip
            everything.roll.extend(made.roll)
            everything.letters.extend(made.letters)
            everything.printables.extend(made.printables)
            done += len(made.roll)
            if progress:
                progress(done, total)
    everything.roll.sort(key=lambda entry: entry.ballot_key)
    return everything


def _ready_order(connection: sa.Connection, slug: str, *, locked: bool = False) -> LetterOrder:
    """Return the order that two people agreed on and that is not carried out yet."""
    known = _roll_in(connection, slug, locked=locked)
    if known.is_made:
        raise RollIsFixed
    if not known.is_confirmed:
        raise OrderNotConfirmed
    return known.order


def _roll_in(connection: sa.Connection, slug: str, *, locked: bool = False) -> Roll:
    known = storage.find_roll(connection, slug, locked=locked)
    if known is None:
        raise OrderMissing
    return known


def _revocation_key_in(connection: sa.Connection, slug: str) -> bytes:
    """Return the key to which every letter seals its ballot key. Raises CeremonyMissing."""
    found = ceremony_storage.public_keys(connection, slug)
    if SharedKey.REVOCATION not in found:
        raise CeremonyMissing
    return found[SharedKey.REVOCATION]


def _refuse_unsound(order: LetterOrder, voting_round: Round) -> None:
    """Raise OrderUnsound unless every area with residents of its own gets letters."""
    wanted = sorted(area.id for area in voting_round.framework.areas if not area.whole)
    whole = sorted(area.id for area in voting_round.framework.areas if area.whole)
    named = [area for area, _ in order.letters]
    spares = sum(count for _, count in order.spares)
    if (
        named != (wanted or whole)
        or any(count < 1 for _, count in order.letters)
        or order.total + spares > HIGHEST_LETTER_NUMBER
    ):
        raise OrderUnsound


def _refuse_another_roll(
    order: LetterOrder, entries: Sequence[RollEntry], letters: Sequence[Letter]
) -> None:
    """Raise OrderDiffers when a roll is not what two people ordered."""
    for wanted, status, ending in (
        (order.letters, TokenStatus.ISSUED, ""),
        (order.spares, TokenStatus.SPARE, SPARE),
    ):
        for area, count in wanted:
            keys_found = sum(e.area == area and e.status is status for e in entries)
            letters_found = sum(letter.batch == area + ending for letter in letters)
            if keys_found != count or letters_found != count:
                raise OrderDiffers
    expected = order.total + sum(count for _, count in order.spares)
    if len(entries) != expected or len(letters) != expected:
        raise OrderDiffers


def _journal(
    slug: str, what: str, *, by: Actor, now: datetime, reason: str = "", **values: str | int
) -> None:
    journal.record(slug, what, now=now, by=by.label, staff_id=by.staff_id, reason=reason, **values)
