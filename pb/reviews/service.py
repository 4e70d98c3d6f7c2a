"""What reviewers and the round manager do with a plan. One function is one act.

What is put to owners stands in ``offers.py``, the second look in ``second_look.py``, their
word on the ballot proof in ``sign_off.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pb.accounts.actor import Actor
from pb.database.base import transaction
from pb.foundation.errors import N_
from pb.frameworks.check import Finding
from pb.frameworks.domain import Framework
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.proposals.ballot_list import is_signed_off, lots_from_seed
from pb.proposals.domain import UNSETTLED, WITH_VERDICT, Proposal, ProposalState, label_of
from pb.proposals.risk import RiskProfile, filled_in
from pb.reviews import offer_storage, sign_off_storage, storage
from pb.reviews.domain import (
    AdviceMissing,
    CostReasonMissing,
    CriterionAnswer,
    Decision,
    NotToReview,
    Offer,
    OfferState,
    Question,
    Reconsideration,
    Review,
    Verdict,
    VerdictDoesNotFollow,
)
from pb.reviews.proof import SignOff
from pb.reviews.verdicts import (
    lapse,
    pass_gate_if_complete,
    refuse_cost_outside,
    refuse_empty,
    refuse_unless_follows,
    review_of,
    reviewable,
    settle,
)
from pb.rounds import service as rounds
from pb.rounds.domain import GateClosed, State
from pb.rounds.rights import Act

WITH_OWNER = frozenset({ProposalState.QUESTION_OPEN, ProposalState.ADAPTATION_OFFERED})


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One plan on the reviewers' desk, with its review and what its owner asks or tells."""

    plan: Proposal
    review: Review | None
    reconsideration: Reconsideration | None
    sign_off: SignOff | None = None

    @property
    def waits_for_us(self) -> bool:
        """Tell whether a reviewer has something to do: a verdict, a request or a mistake."""
        asked = self.reconsideration
        is_asked = asked is not None and asked.granted is None
        is_ours = self.plan.state in UNSETTLED and not self.waits_for_owner
        return is_ours or is_asked or self.has_error

    @property
    def waits_for_owner(self) -> bool:
        """Tell whether the owner has something to answer before a verdict can follow."""
        return self.plan.state in WITH_OWNER

    @property
    def has_error(self) -> bool:
        """Tell whether the owner says that something is wrong with the ballot proof."""
        told = self.sign_off
        return self.plan.state is ProposalState.FEASIBLE and bool(told and told.error)

    @property
    def lacks_risk_card(self) -> bool:
        """Tell whether a feasible plan still needs its risk card."""
        return self.plan.state is ProposalState.FEASIBLE and self.plan.risk is None


def desk(slug: str) -> list[DeskItem]:
    """Return the plans to review: first those that wait for us, then those that wait for owners.

    In each group the oldest is on top.

    Drafts, held and withdrawn plans are not on the desk.
    """
    reviews = storage.list_for_round(slug)
    asked = {each.number: each for each in storage.list_reconsiderations(slug)}
    told = sign_off_storage.list_for_round(slug)
    items = [
        DeskItem(plan, reviews.get(plan.number), asked.get(plan.number), told.get(plan.number))
        for plan in proposals.list_public(slug)
    ]
    return sorted(
        items,
        key=lambda item: (
            not item.waits_for_us,
            not item.waits_for_owner,
            item.plan.submitted_at,
            item.plan.number,
        ),
    )


def get(slug: str, number: int) -> Review:
    """Return the review of a plan; an empty one when nobody began."""
    return review_of(slug, number)


def offers(slug: str, number: int) -> list[Offer]:
    """Return the offers on a plan, the newest first."""
    return offer_storage.list_offers(slug, number)


def questions(slug: str, number: int) -> list[Question]:
    """Return the questions about a plan with their answers, the oldest first."""
    return offer_storage.list_questions(slug, number)


def reconsideration(slug: str, number: int) -> Reconsideration | None:
    """Return the request for a second look at a plan, or None."""
    return storage.find_reconsideration(slug, number)


def assess(
    slug: str, number: int, answers: tuple[CriterionAnswer, ...], *, by: Actor, now: datetime
) -> Review:
    """Keep the answers to the criteria, complete or not. Open offers and a verdict lapse.

    Raises NotToReview for a plan that is held, withdrawn, merged or on the ballot.
    """
    with transaction():
        voting_round, plan = reviewable(slug, number, now)
        for offer in offer_storage.list_offers(slug, number):
            if offer.state is OfferState.OPEN:
                lapse(slug, offer, now=now)
        storage.save_answers(slug, number, answers)
        if plan.state is not ProposalState.QUESTION_OPEN:
            proposals.set_state(slug, number, ProposalState.IN_REVIEW)
        if plan.state in WITH_VERDICT:
            proposals.set_answer(slug, number, None)
            if State.RECONSIDERATION in voting_round.passed:
                rounds.withdraw_gate(slug, State.RECONSIDERATION, by=by, now=now)
        return review_of(slug, number)


def decide(slug: str, number: int, decision: Decision, *, by: Actor, now: datetime) -> None:
    """Confirm the verdict that follows from the answers, with a reason that everyone reads.

    Raises CriterionOpen, VerdictDoesNotFollow (a 'yes, if' goes by ``offer``), TextMissing,
    AdviceMissing, CostReasonMissing, CostOutsideFramework.
    """
    with transaction():
        voting_round, plan = reviewable(slug, number, now)
        refuse_unless_follows(slug, number, decision.verdict, voting_round.framework)
        _refuse_unfounded(decision, plan, voting_round.framework)
        if decision.cost == plan.cost:
            decision = replace(decision, cost=None, cost_reason="")
        settle(slug, plan, decision, by=by, now=now)
        pass_gate_if_complete(slug, voting_round, by=by, now=now)


def fill_risk_card(
    slug: str, number: int, profile: RiskProfile, *, by: Actor, now: datetime
) -> None:
    """Keep the risk card of a plan, which everyone reads once verdicts are known.

    Raises NotToReview for a plan that cannot come on the ballot list any more, or is on it;
    NoteMissing, PartnerMissing.
    """
    with transaction():
        rounds.refuse_unless(slug, Act.FILL_RISK_CARD, now)
        plan = proposals.get(slug, number)
        if plan.state not in UNSETTLED | WITH_VERDICT:
            raise NotToReview
        proposals.set_risk_card(slug, number, filled_in(profile, at=now, by=by.label))
        what = N_("De risicokaart van plan %(plan)s is ingevuld.")
        journal.record(slug, what, now=now, by=by.label, staff_id=by.staff_id, plan=plan.label)


def complete(slug: str, *, by: Actor, now: datetime) -> None:
    """Close the review, so that the clock may open reconsideration.

    Happens by itself with the last verdict; needed when the last plan was withdrawn or
    held instead. Raises GateClosed while a plan has no verdict.
    """
    with transaction():
        voting_round = rounds.refuse_unless(slug, Act.REVIEW, now)
        if voting_round.state is not State.REVIEW:
            raise GateClosed(missing=N_("Bewoners kunnen nog plannen sturen."))
        if not pass_gate_if_complete(slug, voting_round, by=by, now=now):
            raise GateClosed(missing=N_("Nog niet elk plan heeft een oordeel."))


def _refuse_unfounded(decision: Decision, plan: Proposal, framework: Framework) -> None:
    refuse_empty(decision.reason)
    if decision.verdict is Verdict.FEASIBLE_IF:
        raise VerdictDoesNotFollow
    if decision.verdict is Verdict.NOT_FEASIBLE:
        if not decision.advice.strip() or decision.next_step is None:
            raise AdviceMissing
        return
    cost = plan.cost if decision.cost is None else decision.cost
    refuse_cost_outside(framework, cost)
    if cost != plan.cost and not decision.cost_reason.strip():
        raise CostReasonMissing


def missing_for_ballot(slug: str, *, now: datetime) -> list[Finding]:
    """Return what must be done before the ballot list can be published."""
    closes = rounds.get(slug, now).framework.dates.reconsideration_closes
    found = []
    if now < closes:
        found.append(
            Finding(
                "reconsideration",
                N_("Bewoners kunnen nog tot %(closes)s om herziening vragen."),
                (("closes", closes),),
            )
        )
    found += [
        Finding(
            "reconsideration",
            N_("Beslis over de herziening van plan %(plan)s."),
            (("plan", label_of(asked.number)),),
        )
        for asked in storage.list_reconsiderations(slug)
        if asked.granted is None
    ]
    plans = proposals.list_sent(slug)
    found += [_waits_for(plan) for plan in plans if plan.state in UNSETTLED]
    feasible = [plan for plan in plans if plan.state is ProposalState.FEASIBLE]
    if not feasible:
        found.append(Finding("plans", N_("Er is nog geen haalbaar plan.")))
    return found + _missing_of(feasible, sign_off_storage.list_for_round(slug))


def _missing_of(plans: list[Proposal], told: Mapping[int, SignOff]) -> list[Finding]:
    """Return what feasible plans lack: a risk card, or their owner's word on the proof."""
    unsigned = [plan for plan in plans if not is_signed_off(plan)]
    wrong = {plan.number for plan in unsigned if plan.number in told and told[plan.number].error}
    lists = (
        (
            "risk",
            N_("Nog geen risicokaart: %(plans)s."),
            [plan.label for plan in plans if plan.risk is None],
        ),
        (
            "sign_off",
            N_("De planeigenaar meldt een fout in de tekst: %(plans)s."),
            [plan.label for plan in unsigned if plan.number in wrong],
        ),
        (
            "sign_off",
            N_("De planeigenaar zei nog niet dat de tekst klopt: %(plans)s."),
            [plan.label for plan in unsigned if plan.number not in wrong],
        ),
    )
    return [
        Finding(field, sentence, (("plans", ", ".join(labels)),))
        for field, sentence, labels in lists
        if labels
    ]


def _waits_for(plan: Proposal) -> Finding:
    if plan.state is ProposalState.ADAPTATION_OFFERED:
        sentence = N_("De planeigenaar van plan %(plan)s zei nog geen ja tegen de aanpassing.")
    else:
        sentence = N_("Plan %(plan)s heeft nog geen oordeel.")
    return Finding("plans", sentence, (("plan", plan.label),))


def publish_ballot_list(
    slug: str,
    *,
    by: Actor,
    now: datetime,
    seed: str = "",
    lots: Mapping[int, int] | None = None,
) -> None:
    """Freeze the list in the order of the lot drawn in public, and make it known.

    seed: what was drawn, such as the eyes of dice; the order follows from it for anybody.
    lots: instead, the lot number of each plan number, when the order itself was drawn.
    Raises GateClosed while something misses, SeedMissing, LotsDoNotFit.
    """
    with transaction():
        rounds.refuse_unless(slug, Act.PUBLISH_BALLOT_LIST, now)
        if missing_for_ballot(slug, now=now):
            raise GateClosed(missing=N_("Kijk op de pagina van de stemlijst wat er nog moet."))
        if lots is None:
            lots = lots_from_seed(seed.strip(), feasible_numbers(slug))
        proposals.freeze_ballot_list(slug, lots, by=by, now=now, seed=seed.strip())
        rounds.enter(slug, State.BALLOT_PUBLISHED, by=by, now=now)


def feasible_numbers(slug: str) -> list[int]:
    """Return the numbers of the plans that will be on the ballot list, in order."""
    return [
        plan.number for plan in proposals.list_sent(slug) if plan.state is ProposalState.FEASIBLE
    ]
