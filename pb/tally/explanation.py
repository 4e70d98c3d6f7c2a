"""Why each project was funded or not: one step per decision, and a sentence per step.

A step is data. Its sentence is a Dutch template at language level B1 with named placeholders;
the templates are marked with ``N_`` so that gettext can collect and translate them, and the
values come apart, so that a page can write money and names the way its language does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from pb.tally.money import in_dutch


class Decision(StrEnum):
    """What a step decided."""

    SELECTED = "selected"
    SKIPPED = "skipped"


class Reason(StrEnum):
    """Why a step decided so."""

    WITHDRAWN = "withdrawn"
    OVER_BUDGET = "over_budget"
    NO_VOTES = "no_votes"
    TOO_FEW_VOTES = "too_few_votes"
    FREE = "free"
    FITS_BUDGET = "fits_budget"
    FITS_AREA_BUDGET = "fits_area_budget"
    FITS_REMAINDER = "fits_remainder"
    FITS_SHARES = "fits_shares"
    BUDGET_TOO_SMALL = "budget_too_small"
    AREA_BUDGET_TOO_SMALL = "area_budget_too_small"
    THEME_CEILING_REACHED = "theme_ceiling_reached"
    REMAINDER_TOO_SMALL = "remainder_too_small"
    SHARES_TOO_SMALL = "shares_too_small"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One decision of a count. Amounts are in cents and are those from before the decision.

    pass_number: 0 for what cannot be funded at all, 1 for the rule itself, 2 for the remainder.
    area, area_left: None when the area has no budget of its own in this pass.
    theme, theme_left: the theme with the least left, None when no theme has a ceiling.
    pool_left: what is left of the whole budget.
    votes_needed: the lowest number of votes with which a project can be funded.
    comes_back: the project is looked at again in the next pass, under wider limits.
    highest_payment: equal shares, the most that one voter pays for this project.
    effective_votes: equal shares, the cost divided by the highest payment.
    supporters_left: equal shares, what the voters for a project together still had at the end.
    """

    number: int
    pass_number: int
    project: str
    votes: int
    score: int
    cost: int
    decision: Decision
    reason: Reason
    pool_left: int
    area: str | None = None
    area_left: int | None = None
    theme: str | None = None
    theme_left: int | None = None
    votes_needed: int = 1
    comes_back: bool = False
    highest_payment: Fraction | None = None
    effective_votes: Fraction | None = None
    supporters_left: Fraction | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the step as plain values for JSON; exact fractions of cents as "p/q"."""
        return {
            "number": self.number,
            "pass": self.pass_number,
            "project": self.project,
            "votes": self.votes,
            "score": self.score,
            "decision": self.decision.value,
            "reason": self.reason.value,
            "cost_cents": self.cost,
            "pool_left_cents": self.pool_left,
            "area": self.area,
            "area_left_cents": self.area_left,
            "theme": self.theme,
            "theme_left_cents": self.theme_left,
            "votes_needed": self.votes_needed,
            "comes_back": self.comes_back,
            "highest_payment_cents": _exact(self.highest_payment),
            "effective_votes": _exact(self.effective_votes),
            "supporters_left_cents": _exact(self.supporters_left),
        }


@dataclass(frozen=True, slots=True)
class Money:
    """A placeholder that a page writes as an amount of money."""

    cents: int


@dataclass(frozen=True, slots=True)
class Name:
    """A placeholder that a page writes as the name of an area or a theme."""

    of: str
    id: str


Value: TypeAlias = int | Money | Name


@dataclass(frozen=True, slots=True)
class Explanation:
    """A sentence still to be written: the template (the gettext key) and its values."""

    template: str
    values: Mapping[str, Value]


def N_(template: str) -> str:  # noqa: N802  # The customary name of the gettext marker.
    """Mark a template for translation and return it unchanged."""
    return template


TEMPLATES: Mapping[Reason, str] = {
    Reason.WITHDRAWN: N_("Dit plan is teruggetrokken. Daarom telt het niet mee."),
    Reason.OVER_BUDGET: N_(
        "Dit plan kost %(cost)s. Het hele budget is %(pool_left)s. Het plan is te duur."
    ),
    Reason.NO_VOTES: N_("Niemand stemde op dit plan. Daarom is het niet gekozen."),
    Reason.TOO_FEW_VOTES: N_(
        "Aantal stemmen: %(votes)s. Een plan heeft minstens %(votes_needed)s stemmen nodig. "
        "Niet gekozen."
    ),
    Reason.FREE: N_("Aantal stemmen: %(votes)s. Dit plan kost geen geld. Gekozen."),
    Reason.FITS_BUDGET: N_(
        "Aantal stemmen: %(votes)s. Er was nog %(pool_left)s. Dit plan kost %(cost)s. "
        "Dat past, dus het plan is gekozen."
    ),
    Reason.FITS_AREA_BUDGET: N_(
        "Aantal stemmen: %(votes)s. Voor %(area)s was er nog %(area_left)s. "
        "Dit plan kost %(cost)s. Dat past, dus het plan is gekozen."
    ),
    Reason.FITS_REMAINDER: N_(
        "Aantal stemmen: %(votes)s. In de restpot was nog %(pool_left)s. "
        "Dit plan kost %(cost)s. Dat past, dus het plan is gekozen uit de restpot."
    ),
    Reason.FITS_SHARES: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. De mensen die erop stemden, "
        "betalen dit samen uit hun deel. Niemand betaalt meer dan %(payment)s. Gekozen."
    ),
    Reason.BUDGET_TOO_SMALL: N_(
        "Aantal stemmen: %(votes)s. Er was nog %(pool_left)s. Dit plan kost %(cost)s. "
        "Dat past niet. Niet gekozen."
    ),
    Reason.AREA_BUDGET_TOO_SMALL: N_(
        "Aantal stemmen: %(votes)s. Voor %(area)s was er nog %(area_left)s. "
        "Dit plan kost %(cost)s. Dat past niet. Niet gekozen."
    ),
    Reason.THEME_CEILING_REACHED: N_(
        "Aantal stemmen: %(votes)s. Het thema %(theme)s heeft een maximum. "
        "Daarvan was nog %(theme_left)s over. Dit plan kost %(cost)s. Dat past niet. Niet gekozen."
    ),
    Reason.REMAINDER_TOO_SMALL: N_(
        "Aantal stemmen: %(votes)s. In de restpot was nog %(pool_left)s. "
        "Dit plan kost %(cost)s. Dat past niet. Niet gekozen."
    ),
    Reason.SHARES_TOO_SMALL: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. De mensen die erop stemden, "
        "hebben samen nog %(supporters_left)s over van hun deel. Dat is te weinig."
    ),
}

#: The same for a project that is looked at once more, under wider limits.
TEMPLATES_WHEN_IT_COMES_BACK: Mapping[Reason, str] = {
    Reason.AREA_BUDGET_TOO_SMALL: N_(
        "Aantal stemmen: %(votes)s. Voor %(area)s was er nog %(area_left)s. "
        "Dit plan kost %(cost)s. Dat past niet. Later kijken wij of het past in de restpot."
    ),
    Reason.THEME_CEILING_REACHED: N_(
        "Aantal stemmen: %(votes)s. Het thema %(theme)s heeft een maximum. "
        "Daarvan was nog %(theme_left)s over. Dit plan kost %(cost)s. Dat past niet. "
        "Later kijken wij of het past in de restpot."
    ),
    Reason.SHARES_TOO_SMALL: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. De mensen die erop stemden, "
        "hebben samen nog %(supporters_left)s over van hun deel. Dat is te weinig. "
        "Later kijken wij of het past in de restpot."
    ),
}


def explain(step: Step) -> Explanation:
    """Return the template for a step and the values of its placeholders.

    A payment is rounded up to a cent and what supporters have left is rounded down, so that
    the sentence stays true.
    """
    template = TEMPLATES[step.reason]
    if step.comes_back:
        template = TEMPLATES_WHEN_IT_COMES_BACK.get(step.reason, template)
    values: dict[str, Value] = {
        "votes": step.votes,
        "votes_needed": step.votes_needed,
        "cost": Money(step.cost),
        "pool_left": Money(step.pool_left),
    }
    if step.area is not None and step.area_left is not None:
        values |= {"area": Name("area", step.area), "area_left": Money(step.area_left)}
    if step.theme is not None and step.theme_left is not None:
        values |= {"theme": Name("theme", step.theme), "theme_left": Money(step.theme_left)}
    if step.highest_payment is not None:
        values["payment"] = Money(-(-step.highest_payment // 1))
    if step.supporters_left is not None:
        values["supporters_left"] = Money(step.supporters_left // 1)
    return Explanation(template, values)


def sentence(step: Step, names: Mapping[str, str], currency: str = "EUR") -> str:
    """Return the sentence for a step in plain Dutch.

    names: id -> name, for areas and themes; an id without a name is shown as it is.
    """
    explanation = explain(step)
    written: dict[str, str] = {}
    for key, value in explanation.values.items():
        if isinstance(value, Money):
            written[key] = in_dutch(value.cents, currency)
        elif isinstance(value, Name):
            written[key] = names.get(value.id, value.id)
        else:
            written[key] = str(value)
    return explanation.template % written


def _exact(value: Fraction | None) -> str | None:
    """Return a fraction as "p/q", or None."""
    return None if value is None else f"{value.numerator}/{value.denominator}"
