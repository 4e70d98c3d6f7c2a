"""What a reviewer puts to an owner, and what the owner answers under the private link.

An adaptation changes a plan only by its owner's yes; a merge needs both owners' yes. A
correction mends the words of a feasible plan before the ballot, and leaves its verdict alone.
"""

from dataclasses import replace
from datetime import datetime

from pb.accounts.actor import Actor
from pb.database.base import transaction
from pb.foundation.errors import N_
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.proposals.domain import UNSETTLED, Answer, Origin, Proposal, ProposalState
from pb.proposals.service import OWNER
from pb.reviews import offer_storage, sign_off_storage
from pb.reviews.domain import (
    Adaptation,
    Decision,
    MergeWithItself,
    NoQuestion,
    NotToReview,
    Offer,
    OfferGone,
    OfferKind,
    OfferState,
    Question,
    Verdict,
)
from pb.reviews.proof import NothingCorrected, SignOff
from pb.reviews.sign_off import refuse_unless_feasible
from pb.reviews.verdicts import (
    lapse,
    pass_gate_if_complete,
    refuse_cost_outside,
    refuse_empty,
    refuse_unless_follows,
    reviewable,
    settle,
)
from pb.rounds import service as rounds
from pb.rounds.rights import Act

THE_OWNER = Actor(staff_id=None, label=OWNER)


def offer(
    slug: str, number: int, adaptation: Adaptation, *, note: str, by: Actor, now: datetime
) -> None:
    """Put an adaptation to the owner; their yes makes the plan feasible.

    Raises CriterionOpen, VerdictDoesNotFollow unless the answers say 'yes, if',
    TextMissing, CostOutsideFramework.
    """
    with transaction():
        voting_round, plan = reviewable(slug, number, now)
        refuse_unless_follows(slug, number, Verdict.FEASIBLE_IF, voting_round.framework)
        refuse_empty(note, adaptation.title, adaptation.summary)
        refuse_cost_outside(voting_round.framework, adaptation.cost)
        _put(slug, plan, OfferKind.ADAPTATION, adaptation, note=note, by=by, now=now)


def offer_merge(
    slug: str,
    number: int,
    into: int,
    adaptation: Adaptation,
    *,
    note: str,
    by: Actor,
    now: datetime,
) -> None:
    """Ask two owners to go on together: plan ``number`` inside plan ``into``.

    adaptation: what the common plan will say. Both owners must say yes.
    """
    if number == into:
        raise MergeWithItself
    with transaction():
        voting_round, plan = reviewable(slug, number, now)
        _, other = reviewable(slug, into, now)
        refuse_empty(note, adaptation.title, adaptation.summary)
        refuse_cost_outside(voting_round.framework, adaptation.cost)
        for each, kind, partner in (
            (plan, OfferKind.MERGE_AWAY, into),
            (other, OfferKind.MERGE_IN, number),
        ):
            _put(slug, each, kind, adaptation, note=note, by=by, now=now, partner=partner)


def _put(
    slug: str,
    plan: Proposal,
    kind: OfferKind,
    adaptation: Adaptation,
    *,
    note: str,
    by: Actor,
    now: datetime,
    partner: int | None = None,
) -> None:
    if plan.state not in UNSETTLED:
        raise NotToReview
    _add(slug, plan, kind, adaptation, note=note, by=by, now=now, partner=partner)
    proposals.set_state(slug, plan.number, ProposalState.ADAPTATION_OFFERED)


def _add(
    slug: str,
    plan: Proposal,
    kind: OfferKind,
    adaptation: Adaptation,
    *,
    note: str,
    by: Actor,
    now: datetime,
    partner: int | None = None,
) -> None:
    """Keep a new offer; one that was still open lapses."""
    for earlier in offer_storage.list_offers(slug, plan.number):
        if earlier.state is OfferState.OPEN:
            lapse(slug, earlier, now=now)
    offer_storage.add_offer(
        slug,
        plan.number,
        kind,
        adaptation,
        note=note.strip(),
        at=now,
        by=by.label,
        by_id=by.staff_id,
        partner=partner,
    )


def offer_correction(
    slug: str, number: int, correction: Adaptation, *, note: str, by: Actor, now: datetime
) -> None:
    """Put better words for a feasible plan to its owner, who signs off again after a yes.

    The cost stays as it is. Raises NothingToSign, TextMissing, NothingCorrected.
    """
    with transaction():
        rounds.refuse_unless(slug, Act.CORRECT_PLAN, now)
        plan = proposals.get(slug, number)
        refuse_unless_feasible(plan)
        refuse_empty(note, correction.title, correction.summary)
        correction = replace(correction, cost=plan.final_cost)
        if (correction.title, correction.summary, correction.place) == (
            plan.title,
            plan.summary,
            plan.place,
        ):
            raise NothingCorrected
        _add(slug, plan, OfferKind.CORRECTION, correction, note=note, by=by, now=now)
        proposals.set_signed_proof(slug, number, None)
        told = sign_off_storage.find(slug, number) or SignOff(number=number)
        still = SignOff(number=number, error=told.error, reported_at=told.reported_at)
        sign_off_storage.save(slug, still)
        what = N_("Verbetering van de tekst van plan %(plan)s: de planeigenaar moet ja zeggen.")
        journal.record(slug, what, now=now, by=by.label, staff_id=by.staff_id, plan=plan.label)


def ask(slug: str, number: int, question: str, *, by: Actor, now: datetime) -> None:
    """Ask the owner something. Raises TextMissing, NotToReview."""
    refuse_empty(question)
    with transaction():
        _, plan = reviewable(slug, number, now)
        if plan.state not in {ProposalState.SUBMITTED, ProposalState.IN_REVIEW}:
            raise NotToReview
        offer_storage.add_question(slug, number, question.strip(), at=now, by=by.label)
        proposals.set_state(slug, number, ProposalState.QUESTION_OPEN)


def find_offer(slug: str, secret: str) -> Offer:
    """Return the newest offer to an owner that still stands. Raises OfferGone.

    An accepted half of a merge stands until the other owner has answered.
    """
    plan = proposals.by_secret(slug, secret)
    offer = find_correction(slug, plan)
    if plan.state is ProposalState.ADAPTATION_OFFERED:
        offer = offer_storage.find_last_offer(slug, plan.number)
    if offer is None:
        raise OfferGone
    return offer


def find_correction(slug: str, plan: Proposal) -> Offer | None:
    """Return the correction of a feasible plan that waits for its owner, or None."""
    last = offer_storage.find_last_offer(slug, plan.number)
    if last is None or last.kind is not OfferKind.CORRECTION:
        return None
    stands = plan.state is ProposalState.FEASIBLE and last.state is OfferState.OPEN
    return last if stands else None


def answer_offer(slug: str, secret: str, sequence: int, *, accepted: bool, now: datetime) -> None:
    """Let the owner say yes or no to exactly the offer that was shown.

    A yes to an adaptation makes the plan feasible with its new words. A no hands the plan
    back to the reviewer; a no to a correction leaves the plan as it is. Raises OfferGone when
    the offer was replaced or answered.
    """
    with transaction():
        voting_round = rounds.refuse_unless(slug, Act.ANSWER_ADAPTATION, now)
        plan, offer = proposals.by_secret(slug, secret), find_offer(slug, secret)
        if offer.sequence != sequence or offer.state is not OfferState.OPEN:
            raise OfferGone
        if not accepted:
            lapse(slug, offer, now=now)
            offer_storage.set_offer_state(offer, slug, OfferState.REFUSED, at=now)
            if offer.kind is not OfferKind.CORRECTION:
                proposals.set_state(slug, plan.number, ProposalState.IN_REVIEW)
            return
        offer_storage.set_offer_state(offer, slug, OfferState.ACCEPTED, at=now)
        if offer.kind is OfferKind.CORRECTION:
            _correct(slug, plan, offer, now=now)
        elif offer.kind is OfferKind.ADAPTATION:
            _adapt(slug, plan, offer, now=now)
        else:
            _merge_when_both_agree(slug, plan, offer, now=now)
        pass_gate_if_complete(slug, voting_round, by=THE_OWNER, now=now)


def _adapt(slug: str, plan: Proposal, offer: Offer, *, now: datetime) -> None:
    proposals.change_by_agreement(
        slug,
        plan.number,
        offer.adaptation.applied_to(plan.content()),
        origin=Origin.ADAPTATION,
        note=offer.note,
        now=now,
    )
    decision = Decision(verdict=Verdict.FEASIBLE_IF, reason=offer.note)
    reviewer = Actor(staff_id=offer.offered_by_id, label=offer.offered_by)
    settle(slug, plan, decision, by=reviewer, now=now)


def _correct(slug: str, plan: Proposal, offer: Offer, *, now: datetime) -> None:
    """Mend the words; the owner looks at the whole proof again and then signs off."""
    better = offer.adaptation
    proposals.change_by_agreement(
        slug,
        plan.number,
        replace(plan.content(), title=better.title, summary=better.summary, place=better.place),
        origin=Origin.ADAPTATION,
        note=offer.note,
        now=now,
    )
    sign_off_storage.save(slug, SignOff(number=plan.number))
    what = N_("De tekst van plan %(plan)s is verbeterd. De planeigenaar zei ja.")
    journal.record(slug, what, now=now, by=OWNER, plan=plan.label)


def _merge_when_both_agree(slug: str, plan: Proposal, offer: Offer, *, now: datetime) -> None:
    """Join the two plans once the second owner says yes; the common plan is reviewed again."""
    other = proposals.get(slug, offer.partner or 0)
    half = offer_storage.find_last_offer(slug, other.number)
    if other.state is not ProposalState.ADAPTATION_OFFERED or half is None:
        raise OfferGone
    if half.state is not OfferState.ACCEPTED:
        return
    away, stays = (plan, other) if offer.kind is OfferKind.MERGE_AWAY else (other, plan)
    proposals.change_by_agreement(
        slug,
        stays.number,
        offer.adaptation.applied_to(stays.content()),
        origin=Origin.MERGE,
        note=offer.note,
        now=now,
    )
    proposals.set_state(slug, stays.number, ProposalState.IN_REVIEW)
    answer = Answer(
        verdict=ProposalState.MERGED,
        reason=offer.note,
        at=now,
        by=offer.offered_by,
        merged_into=stays.number,
    )
    proposals.set_answer(slug, away.number, answer)
    proposals.set_state(slug, away.number, ProposalState.MERGED)


def find_question(slug: str, secret: str) -> Question:
    """Return the open question to an owner. Raises NoQuestion."""
    plan = proposals.by_secret(slug, secret)
    for question in reversed(offer_storage.list_questions(slug, plan.number)):
        if question.answered_at is None:
            return question
    raise NoQuestion


def answer_question(slug: str, secret: str, answer: str, *, now: datetime) -> None:
    """Keep the owner's answer and hand the plan back to the reviewer. Raises NoQuestion."""
    refuse_empty(answer)
    with transaction():
        rounds.refuse_unless(slug, Act.ANSWER_ADAPTATION, now)
        plan, question = proposals.by_secret(slug, secret), find_question(slug, secret)
        offer_storage.save_answer(slug, question, answer.strip(), at=now)
        if plan.state is ProposalState.QUESTION_OPEN:
            proposals.set_state(slug, plan.number, ProposalState.IN_REVIEW)
