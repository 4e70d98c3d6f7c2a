"""What can be done with a count: two people start it, the council publishes, all may read it.

The ballot store is read before the participation store is written, never inside the same
transaction. Nobody can change an outcome: there is no function that does.
"""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime

from pb.accounts.actor import Actor
from pb.ballots import service as ballots
from pb.ballots.envelope import OpenedBallot
from pb.database.base import current_municipality, transaction
from pb.foundation.errors import N_, NotPermitted
from pb.frameworks import service as frameworks
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.proposals.ballot_list import BallotPlan
from pb.proposals.domain import ProposalState
from pb.results import bundling, codes, second_count, storage
from pb.results.counting import Counted, count_ballots
from pb.results.document import read
from pb.results.domain import (
    STATEMENT_AT_MOST,
    AlreadyCounted,
    AreaTurnout,
    BallotPage,
    Count,
    CountAlreadyProposed,
    CountedPlan,
    CountNotProposed,
    ListedBallot,
    NotCounted,
    Publication,
    Result,
    ResultNotPublished,
    SecondCounterNeeded,
    Start,
    StatementMissing,
    VotingStillOpen,
)
from pb.rounds import service as rounds
from pb.rounds.domain import Round, State, is_voting_over
from pb.rounds.rights import Act
from pb.tokens import unlocking
from pb.tokens.ceremony_rules import Typed
from pb.tokens.officers import SharedKey


def propose(slug: str, *, by: Actor, now: datetime) -> None:
    """Set the count ready, for another person to start.

    Raises VotingStillOpen, CountAlreadyProposed, AlreadyCounted, NotInThisState.
    """
    if by.staff_id is None:
        raise NotPermitted
    with transaction():
        _refuse_unless_countable(slug, now)
        if storage.find_start(slug) is not None:
            raise CountAlreadyProposed
        storage.add_start(slug, Start(staff_id=by.staff_id, label=by.label, at=now))
        journal.record(
            slug, N_("De telling staat klaar."), now=now, by=by.label, staff_id=by.staff_id
        )


def confirm(slug: str, typed: Typed, *, by: Actor, now: datetime) -> Count:
    """Start the count that another person set ready: count, keep the outcome, enter COUNTING.

    typed: what two officers typed; it opens the count key for this one act.
    Raises CountNotProposed, SecondCounterNeeded, AlreadyCounted, VotingStillOpen,
    CeremonyMissing, TwoOfficersNeeded, PassphraseWrong, KeysDamaged, CountedOtherwise.
    """
    voting_round = _refuse_unless_countable(slug, now)
    _refuse_unless_second(slug, by)
    opened = ballots.opened(
        slug,
        now,
        unlocking.unlock(slug, SharedKey.COUNT, typed),
        withdrawn=proposals.withdrawn_numbers(slug),
    )
    counted = _count(_as_committed(voting_round), opened)
    bundle = bundling.make(slug, opened, counted, typed, now=now)
    with transaction():
        _refuse_unless_countable(slug, now)
        staff_id = _refuse_unless_second(slug, by)
        storage.complete(
            slug,
            confirmed_by=staff_id,
            confirmed_label=by.label,
            counted_at=now,
            document=counted.document,
            document_hash=counted.document_hash,
            election=counted.election,
        )
        storage.add_ballots(slug, counted.ballots)
        storage.add_bundle(slug, bundle)
        rounds.enter(slug, State.COUNTING, by=by, now=now)
        journal.record(
            slug,
            N_("De stemmen zijn geteld. Kenmerk van de uitslag: %(hash)s."),
            now=now,
            by=by.label,
            staff_id=staff_id,
            hash=counted.document_hash,
        )
    return count(slug)


def find_start(slug: str) -> Start | None:
    """Return who set the count ready, or None when nobody did."""
    return storage.find_start(slug)


def is_counted(slug: str) -> bool:
    """Tell whether there is an outcome."""
    return storage.is_counted(slug)


def count(slug: str) -> Count:
    """Return the count, for those of the staff who may read it. Raises NotCounted."""
    kept = storage.find_count(slug)
    if kept is None:
        raise NotCounted
    return Count(
        result=read(kept.document, kept.document_hash),
        result_hash=kept.document_hash,
        proposed_by=kept.proposed_by,
        confirmed_by=kept.confirmed_by,
        counted_at=kept.counted_at,
    )


def publish(slug: str, statement: str, *, by: Actor, now: datetime) -> None:
    """Make the outcome public, with the council's own words above it.

    Raises StatementMissing, NotCounted, NotInThisState.
    """
    words = statement.strip()
    if not words or len(words) > STATEMENT_AT_MOST:
        raise StatementMissing(most=STATEMENT_AT_MOST)
    if by.staff_id is None:
        raise NotPermitted
    with transaction():
        rounds.refuse_unless(slug, Act.PUBLISH_RESULT, now)
        kept = storage.find_count(slug)
        if kept is None:
            raise NotCounted
        storage.add_publication(slug, statement=words, staff_id=by.staff_id, label=by.label, at=now)
        _mark_plans(read(kept.document, kept.document_hash))
        rounds.enter(slug, State.RESULT_PUBLISHED, by=by, now=now)
        journal.record(
            slug,
            N_("De uitslag is bekendgemaakt. Kenmerk: %(hash)s."),
            now=now,
            by=by.label,
            staff_id=by.staff_id,
            hash=kept.document_hash,
        )
    result_of_count = count_file(slug) if storage.find_election(slug) else b""
    bundling.tell_published(slug, result_of_count, now=now)


def publication(slug: str) -> Publication:
    """Return what the council said. Raises ResultNotPublished."""
    found = storage.find_publication(slug)
    if found is None:
        raise ResultNotPublished
    return found


def published(slug: str) -> Count:
    """Return the count once it is public. Raises ResultNotPublished."""
    publication(slug)
    return count(slug)


def result(slug: str) -> Result:
    """Return the public result. Raises ResultNotPublished."""
    return published(slug).result


def find_result(slug: str) -> Result | None:
    """Return the public result, or None while there is none."""
    return None if storage.find_publication(slug) is None else count(slug).result


def result_file(slug: str) -> bytes:
    """Return the document that was hashed, byte for byte. Raises ResultNotPublished."""
    publication(slug)
    kept = storage.find_count(slug)
    if kept is None:
        raise NotCounted
    return kept.document


def count_file(slug: str) -> bytes:
    """Return the result file of the count, as every program writes it. Raises ResultNotPublished.

    It follows from the Pabulib file alone, to the byte.
    """
    return result(slug).outcome.to_json().encode()


def election_file(slug: str) -> bytes:
    """Return the Pabulib file that was counted. Raises ResultNotPublished, NotCounted.

    There is none when nobody voted: the format cannot hold that.
    """
    publication(slug)
    election = storage.find_election(slug)
    if election is None:
        raise NotCounted
    return election


def recount_program() -> bytes:
    """Return the program that counted the ballots as well, for anybody to run."""
    return second_count.PROGRAM.read_bytes()


def ballot_page(slug: str, begin: str, page: int) -> BallotPage:
    """Return one page of the public list of ballots. Raises ResultNotPublished."""
    publication(slug)
    sizes = storage.count_ballots_by_begin(slug)
    begin, page, pages, first = codes.place(sizes, begin, page)
    return BallotPage(
        ballots=tuple(
            storage.list_ballots(slug, begin, first=first, at_most=codes.ON_ONE_PAGE)
            if begin
            else ()
        ),
        begins=tuple(sizes),
        begin=begin,
        page=page,
        pages=pages,
        total=sum(sizes.values()),
    )


def find_ballot(slug: str, typed: str) -> ListedBallot | None:
    """Return the line with the tracking code that was typed, or None."""
    publication(slug)
    return storage.find_ballot(slug, codes.normal(typed))


def bundle(slug: str) -> bytes:
    """Return the zip file with which anybody checks the round. Raises ResultNotPublished."""
    publication(slug)
    return storage.get_bundle(slug)


def _count(voting_round: Round, opened: Sequence[OpenedBallot]) -> Counted:
    """Count the opened ballots. Writes nothing to the participation store."""
    slug = voting_round.slug
    withdrawn = ballots.withdrawn_plans(slug)
    return count_ballots(
        voting_round,
        [_plan(plan, withdrawn) for plan in proposals.ballot_list(slug)],
        [_listed(ballot) for ballot in opened],
        _turnout(voting_round),
        municipality=current_municipality(),
    )


def _as_committed(voting_round: Round) -> Round:
    """Return a round under the framework that its ledger committed to before anybody voted."""
    version = frameworks.get_version(
        voting_round.slug, ballots.committed_version(voting_round.slug)
    )
    return replace(
        voting_round,
        framework=version.framework,
        framework_version=version.number,
        framework_hash=version.hash,
    )


def _plan(plan: BallotPlan, withdrawn: Container[int]) -> CountedPlan:
    return CountedPlan(
        number=plan.number,
        title=plan.title,
        titles=plan.titles,
        cost=plan.cost,
        area_id=plan.area_id,
        theme_id=plan.theme_id,
        lot_number=plan.lot_number,
        withdrawn=plan.number in withdrawn,
    )


def _listed(ballot: OpenedBallot) -> ListedBallot:
    return ListedBallot(
        code=codes.normal(ballot.tracking_code),
        choices=ballot.content.choices,
        points=ballot.content.points,
    )


def _turnout(voting_round: Round) -> list[AreaTurnout]:
    """Return the turnout as the ballot box shows it, with the names of the areas."""
    names = {area.id: area.name for area in voting_round.framework.areas}
    return [
        AreaTurnout(
            area_id=each.area,
            name=names.get(each.area, each.area),
            eligible=each.letters,
            voted=each.ballots,
        )
        for each in ballots.turnout(voting_round.slug).areas
    ]


def _mark_plans(result: Result) -> None:
    """Let every plan say whether it was chosen; one that its owner withdrew stays withdrawn."""
    withdrawn = proposals.withdrawn_numbers(result.round_slug)
    for plan in result.plans:
        if plan.number not in withdrawn:
            chosen = result.is_chosen(plan)
            state = ProposalState.SELECTED if chosen else ProposalState.NOT_SELECTED
            proposals.set_state(result.round_slug, plan.number, state)


def _refuse_unless_countable(slug: str, now: datetime) -> Round:
    """Return the round when its votes may be counted now."""
    if storage.is_counted(slug):
        raise AlreadyCounted
    voting_round = rounds.refuse_unless(slug, Act.COUNT, now)
    dates = voting_round.framework.dates
    if not is_voting_over(voting_round.state, dates, now):
        raise VotingStillOpen(closes=dates.voting_closes)
    return voting_round


def _refuse_unless_second(slug: str, by: Actor) -> int:
    """Return the id of who confirms, when somebody else proposed."""
    if by.staff_id is None:
        raise NotPermitted
    start = storage.find_start(slug)
    if start is None:
        raise CountNotProposed
    if start.staff_id == by.staff_id:
        raise SecondCounterNeeded
    return by.staff_id
