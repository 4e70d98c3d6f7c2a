"""Why a plan was chosen or not, sorted for a page.

The sentences come from ``pb.tally.explanation``, one place for every language and for the
command line. Here they are put in the order in which the owner of a plan looks for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pb.foundation.errors import N_
from pb.results.domain import CountedPlan, Result
from pb.tally.explanation import (
    AFTERWARDS,
    ENOUGH_COST,
    ENOUGH_COST_AT_SHARE,
    ENOUGH_VOTE,
    ENOUGH_VOTE_AT_SHARE,
    ENOUGH_VOTES,
    ENOUGH_VOTES_AT_SHARE,
    LOST_TIE,
    WENT_TO,
    Explanation,
    reasons,
)
from pb.tally.outcome import Pass, Reason

WHAT_IT_TAKES = {
    ENOUGH_COST,
    ENOUGH_COST_AT_SHARE,
    ENOUGH_VOTE,
    ENOUGH_VOTE_AT_SHARE,
    ENOUGH_VOTES,
    ENOUGH_VOTES_AT_SHARE,
}
# A page shows these in a table and in a list of their own.
SHOWN_APART = {WENT_TO, LOST_TIE}
DID_NOT_FIT = {
    Reason.BUDGET_TOO_SMALL,
    Reason.AREA_BUDGET_TOO_SMALL,
    Reason.THEME_CEILING_REACHED,
    Reason.REMAINDER_TOO_SMALL,
}

PASSED_OVER = N_("Sommige plannen met meer stemmen pasten niet.")
#: What a short answer says after the sentence that decided.
IN_SHORT = {PASSED_OVER, *AFTERWARDS.values()}
NOTHING_HELPS = N_("Ook met een lager bedrag of met meer stemmen was het niet gekozen.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a plan was chosen or not.

    first: the sentence that decided. more: what else there is to say. takes: what would have
    changed it; empty for a chosen plan. spent: equal shares: what those who voted for it paid for
    other plans, as (plan, cents), largest first. left: what they had left, in cents, or None.
    """

    first: Explanation
    more: tuple[Explanation, ...]
    takes: tuple[Explanation, ...]
    spent: tuple[tuple[CountedPlan, int], ...]
    left: int | None


def why(result: Result, plan: CountedPlan) -> Why:
    """Return why a plan was chosen or not."""
    first, *others = reasons(plan.id, result.outcome)
    takes = tuple(each for each in others if each.template in WHAT_IT_TAKES)
    if not takes and not result.is_chosen(plan) and not plan.withdrawn:
        takes = (Explanation(NOTHING_HELPS, {}),)
    apart = WHAT_IT_TAKES | SHOWN_APART
    more = tuple(each for each in others if each.template not in apart)
    found = result.of(plan)
    spent = sorted(found.supporters_spent.items(), key=lambda each: (-each[1], each[0]))
    return Why(
        first=first,
        more=(*_passed_over(result, plan), *more),
        takes=takes,
        spent=tuple((result.plan_with_id(name), cents) for name, cents in spent),
        left=None if found.supporters_left is None else int(found.supporters_left // 1),
    )


def _passed_over(result: Result, plan: CountedPlan) -> Iterator[Explanation]:
    """Say of a chosen plan that plans above it on the list did not fit, when that is so."""
    if not result.is_chosen(plan) or result.deciding_step(plan).pass_ is not Pass.VOTES:
        return
    score = result.of(plan).score
    if any(
        result.of(other).score > score and result.of(other).reason in DID_NOT_FIT
        for other in result.not_chosen
    ):
        yield Explanation(PASSED_OVER, {})
