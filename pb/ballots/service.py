"""What can be done with a ballot box: prepare it, cast a ballot, pause it, open it after closing.

``cast`` is the heart. Everything that takes time (keys, signature, boxes) happens before the
one writing transaction; everything that decides (the hours, the letter, earlier ballots) is
asked again inside it. When it returns, the ballot is on disk.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from pb.accounts.actor import Actor
from pb.ballots import ledger_storage, sealing, storage
from pb.ballots.config import config_of, roll_members, spares_text
from pb.ballots.document import to_document
from pb.ballots.domain import (
    BallotBox,
    BallotContent,
    BallotList,
    BoxHours,
    BoxInUse,
    BoxMissing,
    BoxState,
    ChoicesRefused,
    CountKeyFails,
    CurrentBallot,
    ListedPlan,
    ListEmpty,
    NotVotedYet,
    Receipt,
    VotedBefore,
    VotingGoesOn,
    WhySuperseded,
)
from pb.ballots.envelope import (
    EnvelopeBroken,
    OpenedBallot,
    SealedBallot,
    SupersededBallot,
    length_of_body,
    new_nonce,
    nonce_of,
    open_body,
    open_for_count,
    open_own,
    read_body,
    seal,
    tracking_code,
    write_body,
)
from pb.ballots.ledger import Fact, ballot_line, events_of
from pb.ballots.limits import (
    refuse_unless_allowed,
)
from pb.ballots.receipts import fragment_of, tracking_code_in
from pb.ballots.turnout import Turnout, turnout_of
from pb.database.base import ballot_reading, ballot_transaction, current_municipality
from pb.foundation.errors import N_
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.rounds import service as rounds
from pb.rounds.domain import Round, State, VotingClosed
from pb.rounds.rights import Act
from pb.tokens import ceremony
from pb.tokens import service as tokens
from pb.tokens.domain import (
    BallotKeyPair,
    Code,
    CodeMistyped,
    CodeReplaced,
    CodeUnknown,
    TokenStatus,
    VotedOnPaper,
    ballot_key_pair,
    mint_code,
    parse,
    roll_text,
    view_key,
)
from pb.tokens.officers import SharedKey, UnlockedKey

# Stands in for what cannot be a code, so that a typing error takes the same work as a code
# that is on no roll. New in each process; the chance that it is on a roll is 2^-115.
NOBODY = mint_code()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a letter: the keys that grow from its code. Lives as long as one request."""

    key_pair: BallotKeyPair
    view_key: bytes

    def __repr__(self) -> str:
        """Say nothing: keys do not slip into a log."""
        return "Holder(…)"


def prepare(slug: str, *, by: Actor, now: datetime) -> BallotBox:
    """Set the ballot box up, so that the clock can open it; safe to repeat until it opens.

    Copies the ballot list, the rules and the hours into the ballot store, compares the roll
    with the printed fingerprint, and seals to the count key, with which every officer must have
    rehearsed. Raises NotInThisState, ListEmpty, OrderMissing, RollMissing, RollDamaged,
    CeremonyMissing, RehearsalMissing, BoxInUse.
    """
    voting_round = rounds.refuse_unless(slug, Act.MAKE_TOKENS, now)
    ballot_list = _ballot_list(voting_round)
    tokens.checked_roll(slug)
    count_public_key = ceremony.rehearsed_key(slug, SharedKey.COUNT)
    document = to_document(ballot_list)
    log = sealing.log_verifier(slug)
    config = config_of(
        voting_round,
        ballot_list,
        round_id=tokens.round_id(slug),
        municipality=current_municipality(),
        document=document,
        log=log,
        officers=sealing.officers(slug),
        count_public_key=count_public_key,
    )
    entries = tokens.list_roll(slug)
    spares = spares_text(entries)
    members = roll_members(roll_text(entries), spares, log.public, len(entries))
    with ballot_transaction() as connection:
        known = ledger_storage.find_state(connection, slug)
        if storage.count_ballots(connection, slug) or (known and known.size):
            raise BoxInUse
        storage.keep_box(
            connection,
            slug,
            hours=_hours_of(voting_round),
            document=document,
            config=config,
            spares=spares.encode(),
            count_public_key=count_public_key,
        )
        sealing.plan_beginning(connection, slug, config=config, roll=members)
        box = _box_in(connection, slug)
    journal.record(
        slug,
        N_("De stemlijst ligt in de stembus: %(plans)s plannen. Kenmerk: %(hash)s."),
        now=now,
        by=by.label,
        staff_id=by.staff_id,
        plans=len(ballot_list.plans),
        hash=box.document_hash.hex(),
    )
    rounds.pass_gate(slug, State.VOTING, by=by, now=now)
    return box


def cast(
    slug: str,
    typed_code: str,
    content: BallotContent,
    *,
    submission: bytes,
    expected_version: int = 0,
    following: Round | None = None,
    now: datetime,
) -> Receipt:
    """Cast the ballot of a letter and return its receipt; then the ballot is on disk.

    submission: 16 random bytes of the page that was sent. The same submission again gives the
    same receipt and changes nothing, also when a later ballot replaced it.
    expected_version: how often the page knew this letter had voted; 0 for a first ballot.
    following: the round as it stands, which the box follows first; see ``follow``.

    Raises BoxMissing, every refusal of ``refuse_unless_allowed``, CodeRefused (typing error,
    unknown, spare or of another round: the same for all), CodeReplaced, VotedOnPaper,
    VotingNotOpen, VotingPaused, VotingClosed, and VotedBefore when the letter voted more
    often than the page knew.
    """
    holder = _holder(typed_code, slug)
    with ballot_reading() as connection:
        box = _box_in(connection, slug)
        refuse_unless_allowed(content, box.ballot_list)
        _refuse_unless_issued(connection, slug, holder.key_pair.public)
    _catch_up(following, box.hours)
    if not box.ledger_size:
        box = _with_opened_ledger(slug, now)
    nonce = new_nonce()
    sealed = _seal(slug, box, holder, content, nonce, version=expected_version + 1)
    with ballot_transaction() as connection:
        _refuse_unless_issued(connection, slug, holder.key_pair.public, locked=True)
        found = storage.find_versions(connection, slug, holder.key_pair.public, submission)
        if kept := next((each for each in found if each.submission == submission), None):
            return _receipt_again(connection, slug, holder, kept)
        _hours_in(connection, slug).refuse_unless_open(now)
        current = max((kept.version for kept in found if kept.counts), default=0)
        if current != expected_version:
            raise VotedBefore(version=current)
        if current:
            storage.supersede(connection, slug, sealed.ballot_key, WhySuperseded.REVOTE)
            storage.replace_ballot(connection, slug, sealed, submission)
        else:
            storage.add_ballot(connection, slug, sealed, submission)
        storage.add_pending(connection, slug, sealed.leaf)
    return _receipt(slug, box.ledger_size, sealed, content, nonce)


def current_choice(slug: str, typed_code: str, *, now: datetime) -> CurrentBallot:
    """Return what the ballot of this letter says now; nobody without the code can read it.

    Raises BoxMissing, CodeRefused, CodeReplaced, VotedOnPaper, NotVotedYet, and the refusals
    of the hours: after closing the ballot is on the public list.
    """
    holder = _holder(typed_code, slug)
    with ballot_reading() as connection:
        _refuse_unless_issued(connection, slug, holder.key_pair.public)
        _hours_in(connection, slug).refuse_unless_open(now)
        sealed = storage.find_ballot(connection, slug, holder.key_pair.public)
    if sealed is None:
        raise NotVotedYet
    content = open_own(sealed.view_box, holder.view_key, sealed.inner, tokens.round_id(slug))
    return CurrentBallot(content, tracking_code(sealed.leaf), sealed.version)


def withdraw(slug: str, ballot_key: bytes, why: WhySuperseded) -> None:
    """Void a letter that was reported lost, or that voted on paper, and its ballot with it.

    The ballot's choices are deleted; that there was one stays known. Final for this letter.
    Called by the desk, which knows the key of a letter only with two officers or the letter.
    Raises CodeUnknown, CodeReplaced, VotedOnPaper, BoxMissing, and VotingClosed once the box is
    closed for the count.
    """
    with ballot_transaction() as connection:
        withdraw_in(connection, slug, ballot_key, why)


def withdraw_in(
    connection: sa.Connection, slug: str, ballot_key: bytes, why: WhySuperseded
) -> BoxHours:
    """Do what ``withdraw`` does, in the transaction of an act that does more.

    Returns the hours of the box, which stay as they are until the transaction ends.
    """
    _refuse_unless_issued(connection, slug, ballot_key, locked=True)
    # After the key, as casting does, or the two would wait for each other.
    hours = refuse_unless_ledger_goes_on(connection, slug)
    take_out(connection, slug, ballot_key, why)
    fact = {WhySuperseded.REVOKED: Fact.REVOKED, WhySuperseded.PAPER: Fact.PAPER}[why]
    sealing.record_keys(connection, slug, fact, [ballot_key])
    return hours


def take_out(connection: sa.Connection, slug: str, ballot_key: bytes, why: WhySuperseded) -> None:
    """Do to a letter and its ballot what an event of the ledger says; safe to repeat."""
    status = {
        WhySuperseded.REVOKED: TokenStatus.REVOKED,
        WhySuperseded.PAPER: TokenStatus.PAPER,
    }[why]
    tokens.set_status(connection, slug, ballot_key, status)
    storage.supersede(connection, slug, ballot_key, why)
    storage.remove_ballot(connection, slug, ballot_key)


def keep_open_until(connection: sa.Connection, slug: str, closes: datetime) -> None:
    """Let a box close no earlier than the ledger says; safe to repeat."""
    hours = _hours_in(connection, slug, alone=True)
    if closes > hours.closes_at:
        storage.set_hours(connection, slug, replace(hours, closes_at=closes))


def refuse_unless_ledger_goes_on(connection: sa.Connection, slug: str) -> BoxHours:
    """Return the hours of a box whose ledger can still tell what happens to letters.

    Nobody casts and nobody else writes an event until the transaction ends.
    Raises BoxMissing, and VotingClosed once the box is closed for the count.
    """
    hours = _hours_in(connection, slug, alone=True)
    if hours.state is BoxState.CLOSED:
        raise VotingClosed(closed=hours.closes_at, result=hours.result_by)
    return hours


def find_box(slug: str) -> BallotBox | None:
    """Return the ballot box of a round, or None before it is prepared."""
    with ballot_reading() as connection:
        return storage.find_box(connection, slug)


def open_box(slug: str, now: datetime, *, following: Round | None = None) -> BallotBox:
    """Return the ballot box while ballots may be cast.

    following: the round as it stands, which the box follows first; see ``follow``.
    Raises BoxMissing, VotingNotOpen, VotingPaused, VotingClosed.
    """
    with ballot_reading() as connection:
        box = _box_in(connection, slug)
    box = replace(box, hours=_catch_up(following, box.hours))
    box.hours.refuse_unless_open(now)
    return box


def turnout(slug: str) -> Turnout:
    """Return how many letters were voted with, per area; numbers below ten are hidden."""
    with ballot_reading() as connection:
        voted = tokens.count_among(connection, slug, storage.select_keys(slug))
    letters = {
        area: count
        for (area, status), count in tokens.count_by_status(slug).items()
        if status is TokenStatus.ISSUED
    }
    return turnout_of(letters, {area: count for (area, _), count in voted.items()})


def interrupt(slug: str, kind: State, *, body: str, reason: str, by: Actor, now: datetime) -> None:
    """Pause or cancel a round and its ballot box: the box first, so that nothing slips in.

    Raises what ``rounds.interrupt`` raises; then a box that was open stays open.
    """
    before = _set_state(slug, BoxState.PAUSED)
    try:
        rounds.interrupt(slug, kind, body=body, reason=reason, by=by, now=now)
    except BaseException:
        if before is BoxState.OPEN:
            _set_state(slug, BoxState.OPEN)
        raise
    # A visitor in between may have found the round still voting, and the box followed it.
    _set_state(slug, BoxState.PAUSED)
    _tell_during_voting(slug, Fact.PAUSE, reason=reason)


def resume(slug: str, *, reason: str, by: Actor, now: datetime) -> None:
    """Let a paused round and its ballot box go on: the round first, which may refuse."""
    rounds.resume(slug, reason=reason, by=by, now=now)
    _tell_during_voting(slug, Fact.RESUME, reason=reason)
    follow(rounds.get(slug, now))


def follow(voting_round: Round) -> None:
    """Let the box follow its round in voting: open again after a pause, and with later dates.

    The box never closes earlier than it would have, and never opens again once it closed for
    the count. Costs one reading when there is nothing to do.
    """
    with ballot_reading() as connection:
        known = storage.find_hours(connection, voting_round.slug)
    if known is not None:
        _catch_up(voting_round, known)


def _catch_up(voting_round: Round | None, known: BoxHours) -> BoxHours:
    """Return the hours of a box after it followed its round; nothing is written when it did."""
    if voting_round is None or voting_round.state is not State.VOTING:
        return known
    wanted = _hours_of(voting_round)
    if known == wanted:
        return known
    with ballot_transaction() as connection:
        known = _hours_in(connection, voting_round.slug, alone=True)
        if known.state is BoxState.CLOSED:
            return known
        caught_up = replace(wanted, closes_at=max(known.closes_at, wanted.closes_at))
        storage.set_hours(connection, voting_round.slug, caught_up)
        if caught_up.closes_at > known.closes_at:
            closes = f"{caught_up.closes_at:%Y-%m-%dT%H:%MZ}"
            sealing.record(connection, voting_round.slug, Fact.EXTENDED, closes=closes)
    return caught_up


def opened(
    slug: str,
    now: datetime,
    count_key: UnlockedKey,
    progress: Callable[[int, int], None] | None = None,
    *,
    withdrawn: Iterable[int] = (),
) -> list[OpenedBallot]:
    """Close the box for good and return every ballot that counts, opened and checked.

    count_key: what two officers opened for this one act; see ``unlocking.unlock``.
    withdrawn: the plans that their owners took back, which the ledger says with the closing.

    In the order of the leaves, which tells nothing of who voted when. Each ballot is checked
    from the key on the roll to the rules of the list; about 3,000 a second.
    Raises BoxMissing, VotingGoesOn, CountKeyFails when it is not the key of this box, and
    EnvelopeBroken when the store was tampered with.
    """
    with ballot_transaction() as connection:
        if _box_in(connection, slug).count_public_key != count_key.public_key:
            raise CountKeyFails
        hours = _hours_in(connection, slug, alone=True)
        if now < hours.closes_at:
            raise VotingGoesOn(closes=hours.closes_at)
        storage.set_state(connection, slug, BoxState.CLOSED)
        sealing.close(
            connection, slug, now, lambda: storage.count_kept(connection, slug), withdrawn
        )
    with ballot_reading() as connection:
        box = _box_in(connection, slug)
        sealed_ballots = storage.list_ballots(connection, slug)
    issued = {
        entry.ballot_key for entry in tokens.list_roll(slug) if entry.status is TokenStatus.ISSUED
    }
    found = []
    for number, sealed in enumerate(sealed_ballots, 1):
        found.append(_open(slug, sealed, box.ballot_list, count_key, issued))
        if progress and number % 100 == 0:
            progress(number, len(sealed_ballots))
    return found


def withdrawn_plans(slug: str) -> frozenset[int]:
    """Return the plans that cannot be chosen, as the ledger said when the box was closed."""
    events = events_of(sealing.public_ledger(slug).lines, Fact.PLAN_WITHDRAWN)
    return frozenset(event["plan"] for event in events)


def committed_version(slug: str) -> int:
    """Return the version of the framework that the ledger committed to. Raises BoxMissing.

    A later one moves dates; what was voted on is counted as it was promised.
    """
    with ballot_reading() as connection:
        documents = storage.find_documents(connection, slug)
    if documents is None:
        raise BoxMissing
    version: int = json.loads(documents.config)["framework"]["version"]
    return version


def superseded(slug: str) -> list[SupersededBallot]:
    """Return every ballot that does not count, without its choices, by key and version."""
    with ballot_reading() as connection:
        return storage.list_superseded(connection, slug)


def _open(
    slug: str,
    sealed: SealedBallot,
    ballot_list: BallotList,
    count_key: UnlockedKey,
    issued: set[bytes],
) -> OpenedBallot:
    opened_ballot = open_for_count(sealed, count_key.revealed(), tokens.round_id(slug))
    try:
        refuse_unless_allowed(opened_ballot.content, ballot_list)
    except ChoicesRefused as refusal:
        raise EnvelopeBroken(opened_ballot.tracking_code) from refusal
    if sealed.ballot_key not in issued:
        raise EnvelopeBroken(opened_ballot.tracking_code)
    return opened_ballot


def _holder(typed_code: str, slug: str) -> Holder:
    """Return the keys of what somebody typed, with the same work for a typing error."""
    code: Code
    try:
        code = parse(typed_code)
    except CodeMistyped:
        code = NOBODY
    name = tokens.round_id(slug)
    return Holder(ballot_key_pair(code, name), view_key(code, name))


def _refuse_unless_issued(
    connection: sa.Connection, slug: str, ballot_key: bytes, *, locked: bool = False
) -> None:
    status = tokens.status_of(connection, slug, ballot_key, locked=locked)
    if status is TokenStatus.REVOKED:
        raise CodeReplaced
    if status is TokenStatus.PAPER:
        raise VotedOnPaper
    if status is not TokenStatus.ISSUED:
        raise CodeUnknown


def _with_opened_ledger(slug: str, now: datetime) -> BallotBox:
    """Return the box after its ledger began, which the first who votes may have to wait for."""
    sealing.catch_up(slug, now)
    with ballot_reading() as connection:
        return _box_in(connection, slug)


def _tell_during_voting(slug: str, fact: Fact, *, reason: str) -> None:
    """Let the ledger say what happened to a box whose ledger has begun and is not closed."""
    with ballot_transaction() as connection:
        state = ledger_storage.find_state(connection, slug)
        hours = storage.find_hours(connection, slug, alone=True)
        if state and state.size and hours and hours.state is not BoxState.CLOSED:
            sealing.record(connection, slug, fact, reason=" ".join(reason.split()))


def tracking_code_of_receipt(slug: str, fragment: str) -> str:
    """Return the tracking code of a receipt of this round. Raises ReceiptUnreadable, KeyMissing."""
    return tracking_code_in(fragment, sealing.log_key(slug), tokens.round_id(slug))


def _receipt(
    slug: str, size: int, sealed: SealedBallot, content: BallotContent, nonce: bytes
) -> Receipt:
    """Return the receipt of a ballot that counts, signed with the key of the ledger.

    size: of a checkpoint from before the ballot stood on the ledger.
    """
    fragment = fragment_of(
        sealing.log_key(slug),
        round_id=tokens.round_id(slug),
        ballot_key=sealed.ballot_key,
        version=sealed.version,
        nonce=nonce,
        content=content,
        leaf=sealed.leaf,
        size=size,
    )
    return Receipt(tracking_code(sealed.leaf), sealed.version, fragment=fragment)


def _receipt_again(
    connection: sa.Connection, slug: str, holder: Holder, kept: storage.KeptVersion
) -> Receipt:
    """Return the receipt of a ballot that was cast before, for who holds its letter."""
    current = storage.find_ballot(connection, slug, holder.key_pair.public)
    if not kept.counts or current is None:
        return Receipt(tracking_code(kept.leaf), kept.version, counts=False, repeated=True)
    size = ledger_storage.size_before(connection, slug, ballot_line(kept.leaf))
    body = open_body(current.view_box, holder.view_key, current.inner)
    content = read_body(body, tokens.round_id(slug))
    return replace(_receipt(slug, size, current, content, nonce_of(body)), repeated=True)


def _seal(
    slug: str,
    box: BallotBox,
    holder: Holder,
    content: BallotContent,
    nonce: bytes,
    *,
    version: int,
) -> SealedBallot:
    name = tokens.round_id(slug)
    return seal(
        write_body(content, nonce, name),
        key_pair=holder.key_pair,
        view_key=holder.view_key,
        round_id=name,
        version=version,
        length=length_of_body(box.ballot_list, name),
        count_public_key=box.count_public_key,
    )


def _ballot_list(voting_round: Round) -> BallotList:
    """Return the ballot list as it is frozen now. Raises ListEmpty."""
    plans = tuple(
        ListedPlan(
            number=plan.number,
            lot_number=plan.lot_number,
            title=plan.title,
            titles=dict(plan.titles),
            cost=plan.cost,
            area_id=plan.area_id,
            theme_id=plan.theme_id,
            summary=plan.summary,
            place=plan.place,
        )
        for plan in proposals.ballot_list(voting_round.slug)
    )
    if not plans:
        raise ListEmpty
    framework = voting_round.framework
    return BallotList(
        plans=plans,
        rules=framework.ballot,
        theme_names={theme.id: theme.name for theme in framework.themes},
    )


def _hours_of(voting_round: Round) -> BoxHours:
    dates = voting_round.framework.dates
    return BoxHours(
        state=BoxState.OPEN,
        opens_at=dates.voting_opens,
        closes_at=dates.voting_closes,
        result_by=dates.result_by,
    )


def _set_state(slug: str, state: BoxState) -> BoxState | None:
    """Change the state of a box that is not closed; return the state it had, None without box."""
    with ballot_transaction() as connection:
        hours = storage.find_hours(connection, slug, alone=True)
        if hours is None:
            return None
        if hours.state is not BoxState.CLOSED:
            storage.set_state(connection, slug, state)
        return hours.state


def _box_in(connection: sa.Connection, slug: str) -> BallotBox:
    box = storage.find_box(connection, slug)
    if box is None:
        raise BoxMissing
    return box


def _hours_in(connection: sa.Connection, slug: str, *, alone: bool = False) -> BoxHours:
    hours = storage.find_hours(connection, slug, alone=alone)
    if hours is None:
        raise BoxMissing
    return hours
