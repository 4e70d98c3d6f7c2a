"""What can be done with the ledger: begin it, write an event, seal what waits, close it.

Nobody decides when a seal happens: whoever looks at a round lets its ledger catch up with the
clock, as the states of a round do, and so does ``pb tick``. All of it lies in the ballot store.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from nacl.signing import SigningKey

from pb.ballots import ledger_storage as kept
from pb.ballots import storage
from pb.ballots.domain import BoxHours, BoxMissing, BoxState
from pb.ballots.ledger import (
    Fact,
    LedgerState,
    event_line,
    events_of,
    is_notice,
    may_seal_leaves,
    seal_of,
    written_keys,
)
from pb.ballots.merkle import GrowingTree
from pb.ballots.notes import Checkpoint, Verifier, sign
from pb.database.base import ballot_reading, ballot_transaction, current_settings
from pb.tokens import ceremony, keys
from pb.tokens.keys import RoundKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLedger:
    """What everybody may see of a ledger. lines: without their line ends."""

    lines: tuple[bytes, ...]
    checkpoints: tuple[str, ...]


def origin(slug: str) -> str:
    """Return the name under which the ledger of a round is signed: host/slug."""
    host = urlsplit(current_settings().public_address).netloc
    return f"{host}/{slug}"


def log_key(slug: str) -> SigningKey:
    """Return the key that signs checkpoints and receipts. Raises KeyMissing, KeyExposed."""
    return keys.signing_key(slug, RoundKey.LOG)


def log_verifier(slug: str) -> Verifier:
    """Return what checks the signatures of the ledger."""
    return Verifier(origin(slug), keys.public(slug, RoundKey.LOG))


def officers(slug: str) -> list[Verifier]:
    """Return what checks the signatures of the three officers of a round."""
    return [
        Verifier(f"{origin(slug)}/officer-{number}", key)
        for number, key in sorted(ceremony.verify_keys(slug).items())
    ]


def plan_beginning(
    connection: sa.Connection, slug: str, *, config: bytes, roll: dict[str, object]
) -> None:
    """Let the two lines that a ledger begins with wait for the opening; safe to repeat.

    roll: the members of the ``roll`` event.
    """
    kept.clear_pending_events(connection, slug)
    digest = hashlib.sha256(config).hexdigest()
    kept.add_pending_event(connection, slug, event_line(Fact.CONFIG, sha256=digest))
    kept.add_pending_event(connection, slug, event_line(Fact.ROLL, **roll))


def record(connection: sa.Connection, slug: str, fact: Fact, **members: object) -> None:
    """Let an event wait for the next seal, in the transaction of the act that it tells of."""
    kept.add_pending_event(connection, slug, event_line(fact, **members))


def record_notice(slug: str, what: str, numbers: Iterable[int]) -> None:
    """Let notices for observers wait for the next seal that holds ballots, or for the closing.

    A seal of a notice alone would tell about when it was; among twenty ballots it does not. A box
    whose ledger has not begun, or is closed, says nothing any more.
    """
    with ballot_transaction() as connection:
        hours = storage.find_hours(connection, slug, alone=True)
        state = kept.find_state(connection, slug)
        if state and state.size and hours and hours.state is not BoxState.CLOSED:
            for number in sorted(numbers):
                record(connection, slug, Fact.NOTICE, what=what, n=number)


def begun() -> list[str]:
    """Return the rounds whose ledger has begun, sorted."""
    with ballot_reading() as connection:
        return kept.list_begun(connection)


def record_keys(
    connection: sa.Connection, slug: str, fact: Fact, ballot_keys: Iterable[bytes]
) -> None:
    """Let an event about letters wait for the next seal."""
    record(connection, slug, fact, keys=written_keys(ballot_keys))


def catch_up(slug: str, now: datetime) -> None:
    """Seal what is due: the opening once voting is open, later every full hour with enough votes.

    Costs one reading when nothing is due. A round without a ballot box has no ledger.
    """
    with ballot_reading() as connection:
        if not _is_due(connection, slug, now):
            return
    with ballot_transaction() as connection:
        hours = storage.find_hours(connection, slug, alone=True)
        if hours is not None and _is_due(connection, slug, now):
            _seal(
                connection, slug, hours, now, leaves=_leaves_are_due(connection, slug, hours, now)
            )


def close(
    connection: sa.Connection,
    slug: str,
    now: datetime,
    numbers: Callable[[], dict[str, int]],
    withdrawn: Iterable[int] = (),
) -> None:
    """Seal all that waits and the closing itself, in the transaction that closes the box.

    numbers: the members of the ``closed`` event, asked when it is not written yet. withdrawn: the
    plans that cannot be chosen any more; a count that is repeated finds the same ones here.
    Safe to repeat.
    """
    state = kept.find_state(connection, slug)
    if state is None or events_of(kept.list_lines(connection, slug), Fact.CLOSED):
        return
    hours = storage.find_hours(connection, slug)
    if hours is None:
        raise BoxMissing
    for plan in sorted(withdrawn):
        record(connection, slug, Fact.PLAN_WITHDRAWN, plan=plan)
    _seal(connection, slug, hours, now, leaves=True)
    record(connection, slug, Fact.CLOSED, **numbers())
    _seal(connection, slug, hours, now, leaves=False)


def tell(slug: str, fact: Fact, now: datetime, **members: object) -> None:
    """Write an event and seal it at once, unless the ledger says it already."""
    with ballot_transaction() as connection:
        hours = storage.find_hours(connection, slug, alone=True)
        if hours is None:
            raise BoxMissing
        line = event_line(fact, **members)
        if kept.find_place(connection, slug, line) is None:
            kept.add_pending_event(connection, slug, line)
            _seal(connection, slug, hours, now, leaves=False)


def public_ledger(slug: str) -> PublicLedger:
    """Return the lines and checkpoints of a round; empty before voting opened."""
    with ballot_reading() as connection:
        return PublicLedger(
            lines=tuple(kept.list_lines(connection, slug)),
            checkpoints=tuple(kept.list_checkpoints(connection, slug)),
        )


def _is_due(connection: sa.Connection, slug: str, now: datetime) -> bool:
    hours = storage.find_hours(connection, slug)
    state = kept.find_state(connection, slug)
    if hours is None or state is None or now < hours.opens_at:
        return False
    if state.size == 0:
        return hours.state is BoxState.OPEN and now < hours.closes_at
    events, _ = kept.count_pending(connection, slug)
    return bool(events) or _leaves_are_due(connection, slug, hours, now, state)


def _leaves_are_due(
    connection: sa.Connection,
    slug: str,
    hours: BoxHours,
    now: datetime,
    state: LedgerState | None = None,
) -> bool:
    state = state or kept.find_state(connection, slug)
    if state is None or state.size == 0:
        return False
    _, leaves = kept.count_pending(connection, slug)
    return may_seal_leaves(leaves, state, hours, now)


def _seal(
    connection: sa.Connection, slug: str, hours: BoxHours, now: datetime, *, leaves: bool
) -> None:
    """Add what waits to the ledger and sign the checkpoint over it.

    leaves: also those of the ballots that wait, and with them the notices.
    """
    waiting = kept.list_pending_events(connection, slug)
    events = [line for line in waiting if leaves or not is_notice(line)]
    state = kept.find_state(connection, slug)
    if state is not None and state.size == 0 and now >= hours.opens_at:
        events.insert(2, event_line(Fact.OPEN))
        # Who looks first may be the first who votes: that moment is kept nowhere.
        now = hours.opens_at
    seal = seal_of(events, kept.list_pending_leaves(connection, slug) if leaves else ())
    tree = GrowingTree()
    for line in (*kept.list_lines(connection, slug), *seal.lines):
        tree.append(line)
    checkpoint = Checkpoint(origin(slug), tree.size, tree.root())
    note = sign(checkpoint.text(), (origin(slug), log_key(slug)))
    if seal.lines:
        kept.append(connection, slug, seal.lines, note, now)
    kept.clear_pending_events(connection, slug)
    for line in waiting:
        if line not in events:
            kept.add_pending_event(connection, slug, line)
    if leaves:
        kept.clear_pending_leaves(connection, slug)
