"""The count in words and in rows of charts and tables, for the doors of this room."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pb.foundation.errors import N_
from pb.frameworks.wording import name_of, rule_in_words
from pb.results.domain import CountedPlan, Result
from pb.results.explanation import IN_SHORT, Why, why
from pb.results.payments import Paid
from pb.tally.explanation import CRITERIA, Decimal, Explanation, Money, Name, Word, explain
from pb.tally.outcome import Decision, Ending, Outcome, Pass, Reason, Step
from pb.tally.rules import Areas
from pb.tally.ties import Criterion, Tie
from pb.web.formats import isolated, money, number, percent, series, tenths
from pb.web.wording import gettext, language_of_request, ngettext

__all__ = ["name_of", "rule_in_words", "why"]  # Pages find all words of a count here.

# For components/bar_chart.html: label or its parts, value, the value in words, tone, full bar.
Row = tuple[str | tuple[str, ...], int, str, str, int | None]

FROM_THE_REST = {Pass.REMAINDER, Pass.COMPLETION, Pass.EPSILON}
DOES_NOT_FIT = {
    Reason.BUDGET_TOO_SMALL,
    Reason.AREA_BUDGET_TOO_SMALL,
    Reason.THEME_CEILING_REACHED,
    Reason.REMAINDER_TOO_SMALL,
}
ENDINGS = {
    Ending.EXHAUSTED: N_("Daarna paste geen plan meer."),
    Ending.ALL_FUNDED: N_("Toen waren alle plannen gekozen."),
    Ending.OVERSPENDING: N_("Nog een keer groter zou te veel geld kosten."),
    Ending.SINGLE: "",
    Ending.NO_CANDIDATES: "",
}


# --- sentences of the tally --------------------------------------------------------------------


def written(result: Result, explanation: Explanation) -> str:
    """Return a sentence about a count in the language of the page."""
    values: dict[str, str] = {}
    for key, value in explanation.values.items():
        if isinstance(value, Money):
            values[key] = money(value.cents)
        elif isinstance(value, Name):
            values[key] = _name(result, value)
        elif isinstance(value, Decimal):
            values[key] = tenths(value.tenths)
        elif isinstance(value, Word):
            values[key] = gettext(value.text)
        else:
            values[key] = number(value)
    return str(gettext(explanation.template)) % values


def _name(result: Result, name: Name) -> str:
    if name.of == "project":
        return named(result.plan_with_id(name.id))
    return isolated(result.name_of(name.of, name.id))


def named(plan: CountedPlan) -> str:
    """Return the number and the title of a plan, to stand in a sentence."""
    return f"{isolated(plan.id)} {isolated(plan.title_in(language_of_request()))}"


def all_written(result: Result, explanations: Sequence[Explanation]) -> list[str]:
    """Return sentences about a count in the language of the page."""
    return [written(result, each) for each in explanations]


def answer(result: Result, plan: CountedPlan) -> str:
    """Return in short why a plan was chosen or not."""
    found = why(result, plan)
    more = [each for each in found.more if each.template in IN_SHORT]
    return " ".join(all_written(result, [found.first, *more]))


def step_pairs(result: Result, outcome: Outcome, plan_id: str = "") -> list[tuple[str, str]]:
    """Return the steps of a count, in its order: what was decided, and why.

    plan_id: only the steps of this plan.
    """
    return [
        (_step_title(result, step), written(result, explain(step, outcome)))
        for step in outcome.steps
        if not plan_id or step.project == plan_id
    ]


def _step_title(result: Result, step: Step) -> str:
    plan = named(result.plan_with_id(step.project))
    rest = step.pass_ in FROM_THE_REST
    if step.decision is Decision.SELECTED:
        if rest:
            return str(gettext("%(plan)s: gekozen uit de restpot", plan=plan))
        return str(gettext("%(plan)s: gekozen", plan=plan))
    if step.decision is Decision.PARTLY_FUNDED:
        return str(gettext("%(plan)s: krijgt een deel", plan=plan))
    if rest:
        return str(gettext("%(plan)s: past niet in de restpot", plan=plan))
    if step.reason in DOES_NOT_FIT:
        return str(gettext("%(plan)s: past niet", plan=plan))
    if step.comes_back:
        return str(gettext("%(plan)s: nog niet gekozen", plan=plan))
    return str(gettext("%(plan)s: niet gekozen", plan=plan))


def function(label: str) -> str:
    """Return the function of somebody of the staff, translated when it is a known one."""
    return str(gettext(label)) if label else ""


# --- one plan ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """What became of one plan, as its own page says it."""

    chosen: bool
    withdrawn: bool
    votes: int
    sentence: str


def result_of_plan(result: Result, number_of_plan: int) -> PlanResult | None:
    """Return what became of one plan, or None when nobody could vote on it."""
    plan = result.find_plan(number_of_plan)
    if plan is None:
        return None
    return PlanResult(
        chosen=result.is_chosen(plan),
        withdrawn=plan.withdrawn,
        votes=result.votes(plan),
        sentence=answer(result, plan),
    )


def badge_of(result: Result, plan: CountedPlan) -> tuple[str, str]:
    """Return what became of a plan as the words and the tone of a badge."""
    part = result.part_of(plan)
    if part is not None:
        return gettext("Krijgt een deel: %(amount)s", amount=money(part)), "warning"
    if not result.is_chosen(plan):
        return gettext("Niet gekozen"), "neutral"
    if result.is_completed(plan):
        return gettext("Gekozen uit de restpot"), "accent"
    return gettext("Gekozen"), "ok"


def money_of_supporters(found: Why) -> list[tuple[str, str]]:
    """Return what those who voted for a plan paid for others, largest first, and have left."""
    rows = [(named(plan), money(cents)) for plan, cents in found.spent]
    if found.left is not None:
        rows.append((gettext("Nog over"), money(found.left)))
    return rows


def together(result: Result, plan: CountedPlan) -> str:
    """Return what those who voted for a plan had together at the start, in equal shares."""
    share = result.outcome.endowment or Fraction(0)
    return money(int(share * result.votes(plan)))


def reach(result: Result, plan: CountedPlan) -> str:
    """Return which part of a plan its supporters could pay at best, rounded down; or empty."""
    effective = result.of(plan).effective_support
    return "" if effective is None else percent(int(effective * 1000) / 1000)


# --- the whole count ---------------------------------------------------------------------------


def ties_in_words(result: Result, ties: Sequence[Tie]) -> list[str]:
    """Return a sentence for every tie: which plans were equal, what decided, what it changed."""
    return [_tie(result, tie) for tie in ties]


def _tie(result: Result, tie: Tie) -> str:
    winner, rival = result.plan_with_id(tie.winner), result.plan_with_id(tie.rival)
    sentences = [
        gettext(
            "%(winner)s en %(rival)s stonden precies gelijk. Voor ging: %(criterion)s.",
            winner=named(winner),
            rival=named(rival),
            criterion=gettext(CRITERIA[tie.criterion]),
        )
    ]
    if tie.criterion is Criterion.LOT:
        sentences.append(
            gettext(
                "De lotnummers zijn %(first)s en %(second)s, geloot vóór het stemmen.",
                first=winner.lot_number,
                second=rival.lot_number,
            )
        )
    sentences.append(
        gettext("Een andere volgorde gaf een andere uitslag.")
        if tie.changes_outcome
        else gettext("Een andere volgorde gaf dezelfde uitslag.")
    )
    return " ".join(str(each) for each in sentences)


def ending_in_words(result: Result, outcome: Outcome) -> list[str]:
    """Return how the shares of equal shares ended, and what one step more would have given."""
    if outcome.endowment is None or outcome.increments is None or outcome.ending is None:
        return []
    sentences: list[str] = [
        ngettext(
            "Het deel van elke stemmer ging in %(num)s kleine stap omhoog, tot %(share)s. %(why)s",
            "Het deel van elke stemmer ging in %(num)s kleine stappen omhoog, "
            "tot %(share)s. %(why)s",
            outcome.increments,
            share=money(int(outcome.endowment)),
            why=gettext(ENDINGS[outcome.ending]) if ENDINGS[outcome.ending] else "",
        ).strip()
    ]
    return sentences + _one_step_more(result, outcome)


def _one_step_more(result: Result, outcome: Outcome) -> list[str]:
    following = outcome.next_run
    if following is None:
        return []
    values = {"share": money(int(following.endowment)), "cost": money(following.cost)}
    if following.cost > outcome.budget:
        return [
            gettext(
                "Een stap verder is elk deel %(share)s. Dan kosten de plannen samen %(cost)s. "
                "Dat is te veel.",
                **values,
            )
        ]
    before = set(outcome.selected) - set(outcome.completed)
    if set(following.selected) == before:
        return [gettext("Een stap verder is elk deel %(share)s. Dat verandert niets.", **values)]
    plans = series(named(result.plan_with_id(name)) for name in following.selected)
    return [
        gettext(
            "Een stap verder is elk deel %(share)s. Dan kosten de plannen samen %(cost)s. "
            "Dat zijn andere plannen: %(plans)s.",
            plans=plans,
            **values,
        )
    ]


def completion_in_words(result: Result, outcome: Outcome) -> str:
    """Return what was added out of the money that the rule itself left; empty when nothing was."""
    if not outcome.completed:
        return ""
    plans = [result.plan_with_id(plan_id) for plan_id in outcome.completed]
    sentence: str = gettext(
        "Uit de restpot kwam erbij: %(plans)s. Dat is samen %(cost)s.",
        plans=series(f"{named(plan)} ({money(plan.cost)})" for plan in plans),
        cost=money(sum(plan.cost for plan in plans)),
    )
    return sentence


def comparison_in_words(outcome: Outcome) -> str:
    """Return how voters compared the rule with most votes; empty when nobody asked."""
    compared = outcome.comparison
    if compared is None:
        return ""
    kept = (
        gettext("Daarom geldt deze regel.")
        if compared.keeps_rule
        else gettext("Daarom geldt de uitslag van 'meeste stemmen'.")
    )
    sentence: str = gettext(
        "Beter af met deze regel: %(rule)s stemmers. "
        "Beter af met 'meeste stemmen': %(other)s stemmers. %(kept)s",
        rule=number(compared.prefer_rule),
        other=number(compared.prefer_most_votes),
        kept=kept,
    )
    return sentence


def served(outcome: Outcome) -> str:
    """Return the share of voters with at least one chosen plan."""
    return percent(outcome.voters_with_a_funded_choice / max(1, outcome.voters))


def side_by_side(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """Return the figures of several counts of the same ballots: a row per figure."""
    figures = (
        (gettext("Gekozen plannen"), lambda outcome: number(len(outcome.selected))),
        (gettext("Geld verdeeld"), lambda outcome: money(outcome.spent)),
        (gettext("Geld over"), lambda outcome: money(outcome.leftover)),
        (gettext("Stemmers met een gekozen plan"), served),
    )
    return [[words, *(figure(outcome) for outcome in outcomes)] for words, figure in figures]


def plans_side_by_side(result: Result, outcomes: Sequence[Outcome]) -> list[list[str]]:
    """Return per plan, most votes first, what became of it in several counts."""
    ordered = sorted(result.plans, key=lambda plan: (-result.votes(plan), plan.number))
    return [
        [
            named(plan),
            *(gettext("gekozen") if plan.id in each.selected else "–" for each in outcomes),
        ]
        for plan in ordered
    ]


# --- one ballot --------------------------------------------------------------------------------


def payment_rows(result: Result, paid: Paid) -> list[tuple[str, str]]:
    """Return what one ballot paid for each plan and has left; every amount is cut to cents."""
    rows = [
        (named(result.plan_with_id(plan_id)), money(int(amount)))
        for plan_id, amount in paid.payments.items()
    ]
    return [*rows, (gettext("Nog over van uw deel"), money(int(paid.left)))]


# --- charts ------------------------------------------------------------------------------------


def vote_rows(result: Result) -> list[Row]:
    """Return the plans for a chart, most votes first; what was not chosen as an outline."""
    ordered = sorted(result.plans, key=lambda plan: (-result.votes(plan), plan.number))
    return [
        (
            (plan.id, plan.title_in(language_of_request())),
            result.votes(plan),
            number(result.votes(plan)),
            "" if result.is_chosen(plan) else "muted",
            None,
        )
        for plan in ordered
    ]


def money_rows(result: Result, outcome: Outcome, kind: str) -> list[Row]:
    """Return the areas or themes for a chart: what was spent of what there was.

    A full bar is the own budget or maximum; where there is none, all the money.
    """
    if kind == "area":
        pots, spent, binds = result.areas, outcome.spent_by_area, _areas_bind(outcome)
    else:
        pots, spent, binds = result.themes, outcome.spent_by_theme, outcome.rule.theme_ceilings
    limits = {pot.id: pot.limit if binds else None for pot in pots}
    return [
        (
            pot.name,
            spent.get(pot.id, 0),
            _of(spent.get(pot.id, 0), limits[pot.id]),
            "",
            outcome.budget if limits[pot.id] is None else limits[pot.id],
        )
        for pot in pots
    ]


def over_their_budget(result: Result, outcome: Outcome) -> list[str]:
    """Return the areas that got more than their own budget, out of the remainder pool."""
    if not _areas_bind(outcome):
        return []
    return [
        pot.name
        for pot in result.areas
        if pot.limit is not None and outcome.spent_by_area.get(pot.id, 0) > pot.limit
    ]


def _areas_bind(outcome: Outcome) -> bool:
    return outcome.rule.areas is not Areas.TOGETHER


def _of(spent: int, limit: int | None) -> str:
    if limit is None:
        return money(spent)
    return str(gettext("%(spent)s van %(limit)s", spent=money(spent), limit=money(limit)))


def turnout_rows(result: Result) -> list[Row]:
    """Return the areas for a chart of turnout per thousand; small groups are not shown."""
    rows: list[Row] = []
    for area in result.turnout:
        share = area.share
        if share is None or area.voted is None:
            rows.append((area.name, 0, gettext("te klein om te tonen"), "", None))
            continue
        text = gettext(
            "%(voted)s van %(eligible)s (%(share)s)",
            voted=number(area.voted),
            eligible=number(area.eligible),
            share=percent(share),
        )
        rows.append((area.name, round(share * 1000), text, "", None))
    return rows
