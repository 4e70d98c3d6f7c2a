"""Reconsideration: an owner asks for a second look at a no, and another reviewer decides."""

from dataclasses import replace
from datetime import datetime

from pb.accounts.actor import Actor
from pb.database.base import transaction
from pb.foundation.errors import N_, NotPermitted
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.proposals.domain import Answer, Proposal, ProposalState
from pb.proposals.service import OWNER
from pb.reviews import storage
from pb.reviews.domain import (
    NothingToReconsider,
    Reconsideration,
    ReconsiderationClosed,
    SameReviewer,
)
from pb.reviews.verdicts import refuse_cost_outside, refuse_empty, review_of
from pb.rounds import service as rounds
from pb.rounds.rights import Act


def find(slug: str, number: int) -> Reconsideration | None:
    """Return the request for a second look at a plan, or None."""
    return storage.find_reconsideration(slug, number)


def may_ask(plan: Proposal, asked: Reconsideration | None) -> bool:
    """Tell whether the owner of a plan may ask for a second look: at a no, and once."""
    return plan.state is ProposalState.NOT_FEASIBLE and asked is None


def ask(slug: str, secret: str, reason: str, *, now: datetime) -> None:
    """Let an owner ask for a second look, with a reason.

    Raises ReconsiderationClosed after the last day, NothingToReconsider unless the answer
    was no and nobody asked before, TextMissing.
    """
    refuse_empty(reason)
    with transaction():
        voting_round = rounds.refuse_unless(slug, Act.ASK_RECONSIDERATION, now)
        closes = voting_round.framework.dates.reconsideration_closes
        if now >= closes:
            raise ReconsiderationClosed(closed=closes)
        plan = proposals.by_secret(slug, secret)
        if not may_ask(plan, find(slug, plan.number)):
            raise NothingToReconsider
        storage.add_reconsideration(slug, plan.number, reason.strip(), at=now)
        what = N_("De planeigenaar van plan %(plan)s vraagt om herziening.")
        journal.record(slug, what, now=now, by=OWNER, plan=plan.label)


def decide(
    slug: str, number: int, *, granted: bool, explanation: str, by: Actor, now: datetime
) -> None:
    """Decide on a request, with an explanation that everyone reads.

    Granted makes the plan feasible. Raises SameReviewer when this person gave the first
    verdict, NothingToReconsider, TextMissing, CostOutsideFramework.
    """
    refuse_empty(explanation)
    if by.staff_id is None:
        raise NotPermitted
    with transaction():
        voting_round = rounds.refuse_unless(slug, Act.DECIDE_RECONSIDERATION, now)
        plan, asked = proposals.get(slug, number), find(slug, number)
        if asked is None or asked.granted is not None or plan.answer is None:
            raise NothingToReconsider
        if plan.state is not ProposalState.NOT_FEASIBLE:
            raise NothingToReconsider
        if review_of(slug, number).decided_by_id == by.staff_id:
            raise SameReviewer
        if granted:
            refuse_cost_outside(voting_round.framework, plan.final_cost)
        storage.decide_reconsideration(
            slug,
            number,
            granted=granted,
            explanation=explanation.strip(),
            at=now,
            by=by.label,
            by_id=by.staff_id,
        )
        _answer(slug, plan, plan.answer, explanation.strip(), granted=granted)
        what = N_("Herziening van plan %(plan)s: het plan blijft niet haalbaar.")
        if granted:
            what = N_("Herziening van plan %(plan)s: het plan is nu haalbaar.")
        journal.record(slug, what, now=now, by=by.label, staff_id=by.staff_id, plan=plan.label)


def _answer(slug: str, plan: Proposal, first: Answer, explanation: str, *, granted: bool) -> None:
    """Write the outcome on the plan; what was said first stays readable beside it."""
    verdict = ProposalState.FEASIBLE if granted else ProposalState.NOT_FEASIBLE
    answer = replace(first, verdict=verdict, reconsideration=explanation)
    proposals.set_answer(slug, plan.number, answer)
    proposals.set_state(slug, plan.number, verdict)
