"""Steps that several acts on a review share. Each runs inside the act's own transaction."""

from datetime import datetime

from pb.accounts.actor import Actor
from pb.foundation.errors import N_
from pb.foundation.money import Cents
from pb.frameworks.domain import Framework
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.proposals.domain import UNSETTLED, WITH_VERDICT, Answer, Proposal, ProposalState
from pb.reviews import offer_storage, storage
from pb.reviews.domain import (
    NEXT_STEP_LABELS,
    CostOutsideFramework,
    CriterionOpen,
    Decision,
    NotToReview,
    Offer,
    OfferState,
    Review,
    TextMissing,
    Verdict,
    VerdictDoesNotFollow,
)
from pb.rounds import service as rounds
from pb.rounds.domain import Round, State
from pb.rounds.rights import Act


def pass_gate_if_complete(slug: str, voting_round: Round, *, by: Actor, now: datetime) -> bool:
    """Pass the gate of reconsideration when no plan waits; tell whether that is so."""
    if voting_round.state is not State.REVIEW:
        return False
    if any(plan.state in UNSETTLED for plan in proposals.list_sent(slug)):
        return False
    rounds.pass_gate(slug, State.RECONSIDERATION, by=by, now=now)
    return True


def settle(slug: str, plan: Proposal, decision: Decision, *, by: Actor, now: datetime) -> None:
    """Keep a verdict, and the answer that everyone reads once verdicts are known."""
    storage.save_decision(slug, plan.number, decision, at=now, by=by.label, by_id=by.staff_id)
    state = (
        ProposalState.NOT_FEASIBLE
        if decision.verdict is Verdict.NOT_FEASIBLE
        else ProposalState.FEASIBLE
    )
    answer = Answer(
        verdict=state,
        reason=decision.reason.strip(),
        at=now,
        by=by.label,
        advice=decision.advice.strip(),
        cost=decision.cost,
        cost_reason=decision.cost_reason.strip(),
        next_step=NEXT_STEP_LABELS[decision.next_step] if decision.next_step else "",
    )
    proposals.set_answer(slug, plan.number, answer)
    proposals.set_state(slug, plan.number, state)
    journal.record(
        slug,
        N_("Plan %(plan)s is getoetst."),
        now=now,
        by=by.label,
        staff_id=by.staff_id,
        plan=plan.label,
    )


def reviewable(slug: str, number: int, now: datetime) -> tuple[Round, Proposal]:
    """Return the round and a plan that may be reviewed now.

    In reconsideration that is only a plan without a verdict: one released from hold.
    Raises NotInThisState, NotToReview, PlanNotFound.
    """
    voting_round = rounds.refuse_unless(slug, Act.REVIEW, now)
    plan = proposals.get(slug, number)
    late = voting_round.state is State.RECONSIDERATION
    if plan.state not in (UNSETTLED if late else UNSETTLED | WITH_VERDICT):
        raise NotToReview
    return voting_round, plan


def refuse_unless_follows(slug: str, number: int, verdict: Verdict, framework: Framework) -> None:
    """Raise CriterionOpen or VerdictDoesNotFollow unless the answers lead to the verdict."""
    outcome = review_of(slug, number).outcome(each.code for each in framework.criteria)
    if outcome is None:
        raise CriterionOpen
    if outcome is not verdict:
        raise VerdictDoesNotFollow


def review_of(slug: str, number: int) -> Review:
    """Return the review of a plan; an empty one when nobody began."""
    return storage.find(slug, number) or Review(number=number)


def lapse(slug: str, offer: Offer, *, now: datetime) -> None:
    """Take an open offer back, and the other half of a merge with it."""
    offer_storage.set_offer_state(offer, slug, OfferState.LAPSED, at=now)
    if offer.partner is None:
        return
    other = offer_storage.find_last_offer(slug, offer.partner)
    stands = {OfferState.OPEN, OfferState.ACCEPTED}
    if other and other.partner == offer.number and other.state in stands:
        offer_storage.set_offer_state(other, slug, OfferState.LAPSED, at=now)
        if proposals.get(slug, other.number).state is ProposalState.ADAPTATION_OFFERED:
            proposals.set_state(slug, other.number, ProposalState.IN_REVIEW)


def refuse_cost_outside(framework: Framework, cost: Cents) -> None:
    """Raise CostOutsideFramework unless a plan of this cost may be carried out."""
    if not framework.min_cost <= cost <= framework.max_cost:
        raise CostOutsideFramework(
            cost_money=cost, least_money=framework.min_cost, most_money=framework.max_cost
        )


def refuse_empty(*texts: str) -> None:
    """Raise TextMissing when one of the texts says nothing."""
    if not all(text.strip() for text in texts):
        raise TextMissing
