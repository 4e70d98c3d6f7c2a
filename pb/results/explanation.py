"""Why a plan was chosen or not, in one short Dutch text per plan, from the steps of the count.

The step by step page shows every step (``pb.tally.explanation``); here stands the one answer
that the owner of a plan looks for. Values ending in ``_money`` are cents.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pb.foundation.errors import N_
from pb.results.domain import CountedPlan, Result
from pb.tally.explanation import Reason, Step

Values = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Answer:
    """A marked sentence and its values, to be shown with ``translated``."""

    sentence: str
    values: Values


SENTENCES = {
    Reason.WITHDRAWN: N_(
        "Dit plan is niet gekozen. De planeigenaar trok het terug tijdens het stemmen."
    ),
    Reason.OVER_BUDGET: N_(
        "Dit plan is niet gekozen. Het kost %(cost_money)s. Dat is meer dan al het geld samen."
    ),
    Reason.NO_VOTES: N_("Dit plan is niet gekozen. Niemand stemde op dit plan."),
    Reason.TOO_FEW_VOTES: N_(
        "Dit plan is niet gekozen. Het kreeg %(votes)s stemmen. "
        "Er waren minstens %(votes_needed)s stemmen nodig."
    ),
    Reason.FREE: N_("Dit plan is gekozen. Het kreeg %(votes)s stemmen. Het kost geen geld."),
    Reason.FITS_BUDGET: N_(
        "Dit plan is gekozen. Het kreeg %(votes)s stemmen. Er was nog %(pool_money)s. "
        "Het plan kost %(cost_money)s. Dat past."
    ),
    Reason.FITS_AREA_BUDGET: N_(
        "Dit plan is gekozen. Het kreeg %(votes)s stemmen. "
        "Voor het gebied %(area)s was nog %(area_left_money)s over. "
        "Het plan kost %(cost_money)s. Dat past."
    ),
    Reason.FITS_REMAINDER: N_(
        "Dit plan is gekozen uit de restpot. Het kreeg %(votes)s stemmen. "
        "In de restpot was nog %(pool_money)s. Het plan kost %(cost_money)s. Dat past."
    ),
    Reason.FITS_SHARES: N_(
        "Dit plan is gekozen. Het kreeg %(votes)s stemmen. Het plan kost %(cost_money)s. "
        "De stemmers betalen het samen uit hun deel. Niemand betaalt meer dan %(payment_money)s."
    ),
    Reason.BUDGET_TOO_SMALL: N_(
        "Dit plan is niet gekozen. Het kreeg %(votes)s stemmen. Er was nog %(pool_money)s over. "
        "Het plan kost %(cost_money)s."
    ),
    Reason.AREA_BUDGET_TOO_SMALL: N_(
        "Dit plan is niet gekozen. Het kreeg %(votes)s stemmen. "
        "Voor het gebied %(area)s was nog %(area_left_money)s over. "
        "Het plan kost %(cost_money)s."
    ),
    Reason.THEME_CEILING_REACHED: N_(
        "Dit plan is niet gekozen. Het kreeg %(votes)s stemmen. "
        "Het thema %(theme)s krijgt hoogstens %(theme_limit_money)s. "
        "Daarvan was nog %(theme_left_money)s over. "
        "Het plan kost %(cost_money)s."
    ),
    Reason.REMAINDER_TOO_SMALL: N_(
        "Dit plan is niet gekozen. Het kreeg %(votes)s stemmen. "
        "In de restpot was nog %(pool_money)s over. Het plan kost %(cost_money)s."
    ),
    Reason.SHARES_TOO_SMALL: N_(
        "Dit plan is niet gekozen. Het kreeg %(votes)s stemmen. Het plan kost %(cost_money)s. "
        "De stemmers hadden samen nog %(supporters_left_money)s over van hun deel."
    ),
}

PASSED_OVER = N_(
    "Dit plan is gekozen. Het kreeg %(votes)s stemmen. "
    "Sommige plannen met meer stemmen pasten niet. "
    "Voor het gebied %(area)s was nog %(area_left_money)s over. "
    "Dit plan kost %(cost_money)s. Dat past wel."
)
AREA_THEN_REMAINDER = N_(
    "Dit plan is niet gekozen. Het kreeg %(votes)s stemmen. "
    "Voor het gebied %(area)s was nog %(area_left_money)s over. "
    "Daarna was in de restpot nog %(pool_money)s. Het plan kost %(cost_money)s."
)
NOT_REACHED = N_("Dit plan is niet gekozen. Het kreeg %(votes)s stemmen. Het geld was al op.")


def why(result: Result, plan: CountedPlan) -> Answer:
    """Return why a plan was chosen or not."""
    step, first = result.deciding_step(plan), result.first_step(plan)
    if step is None or first is None:
        return Answer(NOT_REACHED, {"votes": result.votes(plan)})
    if step.reason is Reason.FITS_AREA_BUDGET and result.passed_over(plan):
        return Answer(PASSED_OVER, _values(result, step))
    if (first.reason, step.reason) == (
        Reason.AREA_BUDGET_TOO_SMALL,
        Reason.REMAINDER_TOO_SMALL,
    ):
        return Answer(AREA_THEN_REMAINDER, {**_values(result, step), **_area(result, first)})
    return Answer(SENTENCES[step.reason], _values(result, step))


def _values(result: Result, step: Step) -> dict[str, str | int]:
    """Return everything that a sentence about a step may name."""
    values: dict[str, str | int] = {
        "votes": step.votes,
        "votes_needed": step.votes_needed,
        "cost_money": step.cost,
        "pool_money": step.pool_left,
    }
    if step.theme is not None and step.theme_left is not None:
        values["theme"] = result.name_of("theme", step.theme)
        values["theme_left_money"] = step.theme_left
        values["theme_limit_money"] = result.limit_of_theme(step.theme)
    if step.highest_payment is not None:
        values["payment_money"] = -(-step.highest_payment // 1)
    if step.supporters_left is not None:
        values["supporters_left_money"] = step.supporters_left // 1
    return values | _area(result, step)


def _area(result: Result, step: Step) -> dict[str, str | int]:
    if step.area is None or step.area_left is None:
        return {}
    return {"area": result.name_of("area", step.area), "area_left_money": step.area_left}
