"""Why each project was funded or not, in sentences at language level B1.

An explanation is data: a Dutch template with named placeholders, marked with ``N_`` so that
gettext can collect and translate it, and the values apart, so that a page can write money and
names the way its language does. All sentences about a count come from here, in every language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from pb.tally.money import in_dutch
from pb.tally.outcome import Decision, Outcome, Pass, ProjectResult, Reason, Step
from pb.tally.rules import Family, Utility
from pb.tally.ties import Criterion


@dataclass(frozen=True, slots=True)
class Money:
    """A placeholder that a page writes as an amount of money."""

    cents: int


@dataclass(frozen=True, slots=True)
class Name:
    """A placeholder that a page writes as the name of a project, an area or a theme."""

    of: str
    id: str


@dataclass(frozen=True, slots=True)
class Decimal:
    """A placeholder that a page writes as a number with one decimal: so many tenths."""

    tenths: int


@dataclass(frozen=True, slots=True)
class Word:
    """A placeholder that a page writes as the translation of a Dutch word or phrase."""

    text: str


Value: TypeAlias = int | Money | Name | Decimal | Word


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
        "Dit plan kost %(cost)s. Het hele budget is %(left)s. Het plan is te duur."
    ),
    Reason.NO_VOTES: N_("Niemand stemde op dit plan. Daarom is het niet gekozen."),
    Reason.TOO_FEW_VOTES: N_(
        "Aantal stemmen: %(votes)s. Een plan heeft minstens %(votes_needed)s stemmen nodig. "
        "Niet gekozen."
    ),
    Reason.TOO_SMALL_SHARE: N_(
        "Aantal stemmen: %(votes)s. Een plan heeft minstens %(votes_needed)s stemmen nodig. "
        "Niet gekozen."
    ),
    Reason.QUOTA_MISSED: N_(
        "Aantal stemmen: %(votes)s. Een plan van %(cost)s heeft minstens %(votes_needed)s "
        "stemmen nodig. Niet gekozen."
    ),
    Reason.FREE: N_("Aantal stemmen: %(votes)s. Dit plan kost geen geld. Gekozen."),
    Reason.FITS_BUDGET: N_(
        "Aantal stemmen: %(votes)s. Er was nog %(left)s. Dit plan kost %(cost)s. "
        "Dat past, dus het plan is gekozen."
    ),
    Reason.FITS_AREA_BUDGET: N_(
        "Aantal stemmen: %(votes)s. Voor %(area)s was er nog %(area_left)s. "
        "Dit plan kost %(cost)s. Dat past, dus het plan is gekozen."
    ),
    Reason.FITS_REMAINDER: N_(
        "Aantal stemmen: %(votes)s. In de restpot was nog %(left)s. "
        "Dit plan kost %(cost)s. Dat past, dus het plan is gekozen uit de restpot."
    ),
    Reason.FITS_EIGHTY_PERCENT: N_(
        "Aantal stemmen: %(votes)s. Er was nog %(left)s. Dit plan kost %(cost)s. "
        "Er was genoeg voor minstens 80 procent. De gemeente legt de rest erbij. Gekozen."
    ),
    Reason.FITS_SHARES: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. De mensen die erop stemden, "
        "betalen dit samen uit hun deel. Niemand betaalt meer dan %(payment)s. Gekozen."
    ),
    Reason.FITS_EVERYONE: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. De mensen die erop stemden, "
        "betalen al wat zij nog hebben. De anderen betalen samen de rest, "
        "hoogstens %(level)s per persoon. Gekozen."
    ),
    Reason.LOWEST_LOAD: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. De mensen die erop stemden, dragen "
        "de kosten samen. Daarna draagt ieder van hen %(load)s. "
        "Dat is het laagste van alle plannen. Gekozen."
    ),
    Reason.PARTLY_FUNDED: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. Er was nog %(left)s. "
        "Het plan krijgt wat er nog was. Dat is niet genoeg om het hele plan te doen."
    ),
    Reason.RIVAL_FUNDED: N_(
        "Aantal stemmen: %(votes)s. Een ander plan voor dezelfde plek is al gekozen. "
        "Beide kan niet. Niet gekozen."
    ),
    Reason.BUDGET_TOO_SMALL: N_(
        "Aantal stemmen: %(votes)s. Er was nog %(left)s. Dit plan kost %(cost)s. "
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
        "Aantal stemmen: %(votes)s. In de restpot was nog %(left)s. "
        "Dit plan kost %(cost)s. Dat past niet. Niet gekozen."
    ),
    Reason.AFTER_THE_STOP: N_(
        "Aantal stemmen: %(votes)s. Een plan met meer stemmen paste niet meer. "
        "Daar stopt de telling. Niet gekozen."
    ),
    Reason.STOPPED: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. Het volgende plan paste niet meer "
        "in het budget. Daar stopt de telling. Niet gekozen."
    ),
    Reason.TIE_LOST: N_(
        "Aantal stemmen: %(votes)s. Dit plan stond precies gelijk met een ander plan. "
        "De volgorde die vooraf vastlag, koos het andere plan. Daarna was er te weinig geld over."
    ),
    Reason.NEVER_AFFORDABLE: N_(
        "Aantal stemmen: %(votes)s. Ieder had %(share)s te verdelen. Samen is dat %(together)s. "
        "Dit plan kost %(cost)s. Dat is te weinig."
    ),
    Reason.SUPPORTERS_SPENT: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. De mensen die erop stemden, betaalden "
        "ook andere plannen. Zij hebben samen nog %(supporters_left)s over. Dat is te weinig."
    ),
}

#: The same for a project that is looked at once more, under wider limits.
TEMPLATES_WHEN_IT_COMES_BACK: Mapping[Reason, str] = {
    Reason.BUDGET_TOO_SMALL: N_(
        "Aantal stemmen: %(votes)s. Er was nog %(left)s. Dit plan kost %(cost)s. "
        "Dat past niet. Later kijken wij of het past in de restpot."
    ),
    Reason.AREA_BUDGET_TOO_SMALL: N_(
        "Aantal stemmen: %(votes)s. Voor %(area)s was er nog %(area_left)s. "
        "Dit plan kost %(cost)s. Dat past niet. Later kijken wij of het past in de restpot."
    ),
    Reason.THEME_CEILING_REACHED: N_(
        "Aantal stemmen: %(votes)s. Het thema %(theme)s heeft een maximum. "
        "Daarvan was nog %(theme_left)s over. Dit plan kost %(cost)s. Dat past niet. "
        "Later kijken wij of het past in de restpot."
    ),
    Reason.AFTER_THE_STOP: N_(
        "Aantal stemmen: %(votes)s. Een plan met meer stemmen paste niet meer. "
        "Later kijken wij of dit plan past in de restpot."
    ),
    Reason.STOPPED: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. Het volgende plan paste niet meer "
        "in het budget. Later kijken wij of dit plan past in de restpot."
    ),
    Reason.NEVER_AFFORDABLE: N_(
        "Aantal stemmen: %(votes)s. Ieder had %(share)s te verdelen. Samen is dat %(together)s. "
        "Dit plan kost %(cost)s. Dat is te weinig. Later kijken wij of het past in de restpot."
    ),
    Reason.SUPPORTERS_SPENT: N_(
        "Aantal stemmen: %(votes)s. Dit plan kost %(cost)s. De mensen die erop stemden, betaalden "
        "ook andere plannen. Zij hebben samen nog %(supporters_left)s over. Dat is te weinig. "
        "Later kijken wij of het past in de restpot."
    ),
}

WENT_TO = N_("Van het geld van deze mensen ging %(amount)s naar %(project)s.")
COMPLETION_TOO_SMALL = N_("Daarna was in de restpot nog %(left)s. Ook dat was te weinig.")
COMPLETION_CEILING = N_("Daarna paste het plan ook in de restpot niet onder het maximum.")
AFTERWARDS = {
    Reason.REMAINDER_TOO_SMALL: COMPLETION_TOO_SMALL,
    Reason.THEME_CEILING_REACHED: COMPLETION_CEILING,
}
LOST_TIE = N_("Het stond precies gelijk met %(project)s. Daar ging voor: %(criterion)s.")
ENOUGH_COST = N_("Als het hoogstens %(amount)s kostte, was het gekozen.")
ENOUGH_VOTES = N_("Met %(number)s stemmen meer was het gekozen.")
ENOUGH_VOTE = N_("Met 1 stem meer was het gekozen.")
# The share of every voter follows from all plans together, so here it is held to what it was.
ENOUGH_COST_AT_SHARE = N_(
    "Als het hoogstens %(amount)s kostte, was het gekozen bij hetzelfde deel per kiezer."
)
ENOUGH_VOTES_AT_SHARE = N_(
    "Met %(number)s stemmen meer was het gekozen bij hetzelfde deel per kiezer."
)
ENOUGH_VOTE_AT_SHARE = N_("Met 1 stem meer was het gekozen bij hetzelfde deel per kiezer.")
EFFECTIVE = N_("Dat telt als %(effective)s stemmen van mensen die alles betalen.")
PAID_LESS = N_("%(number)s mensen hadden niet genoeg meer. Zij betaalden wat zij nog hadden.")
PAID_LESS_BY_ONE = N_("1 mens had niet genoeg meer. Die betaalde wat er nog was.")
RUNNER_UP = N_("Daarna kwam %(project)s, met %(effective)s.")

CRITERIA: Mapping[Criterion, str] = {
    Criterion.LOWER_COST: N_("het plan dat minder kost"),
    Criterion.MORE_VOTES: N_("het plan met meer stemmen"),
    Criterion.LOT: N_("het laagste lotnummer"),
    Criterion.ID: N_("de volgorde van de nummers"),
}


def explain(step: Step, outcome: Outcome) -> Explanation:
    """Return the sentence for one decision of a count.

    What somebody pays is rounded up to a cent and what supporters have is rounded down, so that
    the sentence stays true.
    """
    template = TEMPLATES[step.reason]
    if step.comes_back:
        template = TEMPLATES_WHEN_IT_COMES_BACK.get(step.reason, template)
    return Explanation(template, _values(step, outcome))


def reasons(name: str, outcome: Outcome) -> tuple[Explanation, ...]:
    """Return why a project was funded or not, the decisive sentence first, then what it took.

    What did not fit in the votes and not in the remainder either did not fit twice: first it is
    told what it did not fit the first time.
    """
    result = outcome.projects[name]
    steps = [step for step in outcome.steps if step.project == name]
    deciding = next(step for step in reversed(steps) if step.reason is result.reason)
    before = next((step for step in steps if step.reason in TEMPLATES_WHEN_IT_COMES_BACK), None)
    if before and deciding.pass_ is Pass.REMAINDER and deciding.reason in AFTERWARDS:
        afterwards = Explanation(AFTERWARDS[deciding.reason], {"left": Money(deciding.left)})
        first = explain(replace(before, comes_back=True), outcome)
        return (first, afterwards, *_of_a_loser(name, deciding, outcome))
    first = explain(replace(deciding, comes_back=False), outcome)
    if deciding.decision is Decision.SELECTED:
        return (first, *_of_a_winner(deciding, outcome))
    return (first, *_of_a_loser(name, deciding, outcome))


def _of_a_winner(step: Step, outcome: Outcome) -> Iterator[Explanation]:
    """Yield what more there is to say about a project that equal shares bought."""
    if step.effective_votes is None:
        return
    yield Explanation(EFFECTIVE, {"effective": _tenths(step.effective_votes)})
    if step.paid_less == 1:
        yield Explanation(PAID_LESS_BY_ONE, {})
    elif step.paid_less:
        yield Explanation(PAID_LESS, {"number": step.paid_less})
    if step.runner_up is not None and step.runner_up_payment:
        cost = outcome.projects[step.runner_up].cost
        values: dict[str, Value] = {
            "project": Name("project", step.runner_up),
            "effective": _tenths(cost / step.runner_up_payment),
        }
        yield Explanation(RUNNER_UP, values)


def _of_a_loser(name: str, step: Step, outcome: Outcome) -> Iterator[Explanation]:
    """Yield where the money of its supporters went, the ties it lost, and what it would take."""
    result = outcome.projects[name]
    spent = sorted(result.supporters_spent.items(), key=lambda item: (-item[1], item[0]))
    for other, cents in spent:
        yield Explanation(WENT_TO, {"amount": Money(cents), "project": Name("project", other)})
    if step.pass_ is Pass.SHARES and result.left_at_completion is not None:
        left = result.left_at_completion
        if result.cost > left:
            yield Explanation(COMPLETION_TOO_SMALL, {"left": Money(left)})
        else:
            yield Explanation(COMPLETION_CEILING, {})
    for tie in outcome.ties:
        if tie.rival == name and tie.changes_outcome:
            criterion = Word(CRITERIA[tie.criterion])
            yield Explanation(
                LOST_TIE, {"project": Name("project", tie.winner), "criterion": criterion}
            )
    yield from _what_it_takes(result, at_share=outcome.endowment is not None)


def _what_it_takes(result: ProjectResult, *, at_share: bool) -> Iterator[Explanation]:
    """Yield the cost and the votes with which a project would have been funded."""
    if result.max_winning_cost:
        template = ENOUGH_COST_AT_SHARE if at_share else ENOUGH_COST
        yield Explanation(template, {"amount": Money(result.max_winning_cost)})
    if result.extra_votes == 1:
        yield Explanation(ENOUGH_VOTE_AT_SHARE if at_share else ENOUGH_VOTE, {})
    elif result.extra_votes:
        template = ENOUGH_VOTES_AT_SHARE if at_share else ENOUGH_VOTES
        yield Explanation(template, {"number": result.extra_votes})


def votes_needed(result: ProjectResult, outcome: Outcome) -> int:
    """Return the lowest number of votes with which a project is looked at."""
    rule, voters = outcome.rule, outcome.voters
    needed = [Fraction(rule.minimum_votes), rule.minimum_percent * voters / 100]
    if rule.support_quota and outcome.budget:
        needed.append(Fraction(result.cost * voters, rule.support_quota * outcome.budget))
    return max(-(-each.numerator // each.denominator) for each in needed)


def _values(step: Step, outcome: Outcome) -> dict[str, Value]:
    """Return the values of the placeholders of a step."""
    result = outcome.projects[step.project]
    values: dict[str, Value] = {
        "votes": result.votes,
        "votes_needed": votes_needed(result, outcome),
        "cost": Money(step.cost),
        "left": Money(step.left),
    }
    if step.area is not None and step.area_left is not None:
        values |= {"area": Name("area", step.area), "area_left": Money(step.area_left)}
    if step.theme is not None and step.theme_left is not None:
        values |= {"theme": Name("theme", step.theme), "theme_left": Money(step.theme_left)}
    for name in ("payment", "level", "load"):
        amount = getattr(step, name)
        if amount is not None:
            values[name] = Money(-(-amount // 1))
    if result.supporters_left is not None:
        values["supporters_left"] = Money(result.supporters_left // 1)
    if outcome.endowment is not None and outcome.rule.family is Family.EQUAL_SHARES:
        values["share"] = Money(outcome.endowment // 1)
        values["together"] = Money(_together(result, outcome, outcome.endowment) // 1)
    return values


def _together(result: ProjectResult, outcome: Outcome, share: Fraction) -> Fraction:
    """Return what supporters had to spend together, in cents.

    Who gives a project no points names it but does not support it; then what supporters had is
    the sum of what they paid and what they have left, each payment cut to whole cents.
    """
    if outcome.rule.utility is Utility.POINTS and result.supporters_left is not None:
        return result.supporters_left + sum(result.supporters_spent.values())
    return share * result.votes


def _tenths(value: Fraction) -> Decimal:
    """Return a number cut to one decimal."""
    return Decimal(value * 10 // 1)


def sentence(explanation: Explanation, names: Mapping[str, str], currency: str = "EUR") -> str:
    """Return a sentence in plain Dutch.

    names: id -> name, for projects, areas and themes; an id without a name is shown as it is.
    """
    written: dict[str, str] = {}
    for key, value in explanation.values.items():
        if isinstance(value, Money):
            written[key] = in_dutch(value.cents, currency)
        elif isinstance(value, Name):
            written[key] = names.get(value.id, value.id)
        elif isinstance(value, Decimal):
            units, tenth = divmod(value.tenths, 10)
            written[key] = f"{units},{tenth}"
        elif isinstance(value, Word):
            written[key] = value.text
        else:
            written[key] = str(value)
    return explanation.template % written
