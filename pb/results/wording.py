"""The count in words and in rows of charts, for the doors of this room."""

from dataclasses import dataclass

from pb.results.domain import CountedPlan, Result
from pb.results.explanation import why
from pb.tally.explanation import Decision, Money, Name, Step, explain
from pb.tally.outcome import Ending, Outcome
from pb.tally.rules import Rule, RuleName
from pb.tally.ties import Criterion, Tie
from pb.web.formats import isolated, money, number, percent
from pb.web.wording import gettext, language_of_request, ngettext, translated

# For components/bar_chart.html: label or its parts, value, the value in words, tone, full bar.
Row = tuple[str | tuple[str, ...], int, str, str, int | None]


def step_pairs(result: Result, outcome: Outcome) -> list[tuple[str, str]]:
    """Return every step of a count, in its order: what was decided, and why."""
    return [(_step_title(result, step), _step_sentence(result, step)) for step in outcome.steps]


def _step_title(result: Result, step: Step) -> str:
    plan = result.plan_with_id(step.project)
    if step.decision is Decision.SELECTED:
        sentence = gettext("%(plan)s: gekozen", plan=_named(plan))
        if step.pass_number == 2:
            sentence = gettext("%(plan)s: gekozen uit de restpot", plan=_named(plan))
    else:
        sentence = gettext("%(plan)s: past niet", plan=_named(plan))
        if step.pass_number == 2:
            sentence = gettext("%(plan)s: past niet in de restpot", plan=_named(plan))
    return str(sentence)


def _named(plan: CountedPlan) -> str:
    return f"{isolated(plan.id)} {isolated(plan.title_in(language_of_request()))}"


def _step_sentence(result: Result, step: Step) -> str:
    explained = explain(step)
    written: dict[str, str] = {}
    for name, value in explained.values.items():
        if isinstance(value, Money):
            written[name] = money(value.cents)
        elif isinstance(value, Name):
            written[name] = isolated(result.name_of(value.of, value.id))
        else:
            written[name] = number(value)
    return str(gettext(explained.template)) % written


def function(label: str) -> str:
    """Return the function of somebody of the staff, translated when it is a known one."""
    return str(gettext(label)) if label else ""


def answer(result: Result, plan: CountedPlan) -> str:
    """Return why a plan was chosen or not, in the language of the page."""
    found = why(result, plan)
    values = {
        name: isolated(value) if isinstance(value, str) else value
        for name, value in found.values.items()
    }
    return translated(found.sentence, values)


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


def rule_in_words(rule: Rule, leftover: str) -> list[str]:
    """Return the counting rule as short steps. leftover: where the last money goes."""
    steps = _most_votes(rule) if rule.name is RuleName.MOST_VOTES else _equal_shares(rule)
    return [*steps, _tie_rule(rule), *([leftover] if leftover else [])]


def _most_votes(rule: Rule) -> list[str]:
    steps = [
        gettext(
            "Wij zetten de plannen op volgorde. Bovenaan staat het plan met de meeste stemmen."
        ),
        gettext("Wij gaan de lijst af van boven naar beneden."),
        gettext(
            "Een plan is gekozen als het past in het budget van het gebied "
            "én in het maximum van het thema."
        ),
        gettext("Past een plan niet? Dan kijken wij naar het volgende plan."),
    ]
    if rule.has_second_pass:
        steps.append(
            gettext(
                "Wat in de gebieden overblijft, gaat in één restpot. "
                "Daarna gaan wij nog één keer de lijst af."
            )
        )
    return steps


def _equal_shares(rule: Rule) -> list[str]:
    steps = [
        gettext("Elke stemmer krijgt een even groot deel van het geld."),
        gettext("Een plan wordt betaald door de mensen die erop stemden, uit hun deel."),
        gettext("Het plan dat de stemmers het minst kost, gaat steeds voor."),
        *_theme_rule(rule),
        gettext("Is er geld over? Dan maken wij elk deel een beetje groter en tellen opnieuw."),
    ]
    if rule.has_second_pass:
        steps.append(
            gettext("Wat dan nog over is, gaat naar de plannen met de meeste stemmen die passen.")
        )
    return steps


def _theme_rule(rule: Rule) -> list[str]:
    return [gettext("Een thema krijgt nooit meer dan zijn maximum.")] if rule.theme_ceilings else []


def _tie_rule(rule: Rule) -> str:
    words = {
        Criterion.LOWER_COST: gettext("het plan dat het minst kost"),
        Criterion.MORE_VOTES: gettext("het plan met de meeste stemmen"),
        Criterion.LOT: gettext("het laagste lotnummer"),
        Criterion.ID: gettext("het laagste plannummer"),
    }
    order = ", ".join(words[criterion] for criterion in rule.tie_order)
    sentence: str = gettext(
        "Staan plannen gelijk? Dan gaat voor, in deze volgorde: %(order)s.", order=order
    )
    return sentence


def ties_in_words(result: Result, outcome: Outcome) -> list[str]:
    """Return a sentence for every tie: which plans were equal, and what decided."""
    return [_tie(result, tie) for tie in outcome.ties]


def _tie(result: Result, tie: Tie) -> str:
    plans = ", ".join(isolated(plan_id) for plan_id in tie.tied)
    decided = {
        Criterion.LOWER_COST: gettext("Het plan dat minder kost, ging voor."),
        Criterion.MORE_VOTES: gettext("Het plan met meer stemmen ging voor."),
        Criterion.LOT: gettext("Het lotnummer besliste. Dat was al voor het stemmen geloot."),
        Criterion.ID: gettext("Het plannummer besliste."),
    }[tie.criterion]
    lots = ", ".join(str(result.plan_with_id(plan_id).lot_number) for plan_id in tie.tied)
    sentence: str = gettext(
        "Deze plannen stonden gelijk, in deze volgorde: %(plans)s. %(decided)s "
        "Hun lotnummers: %(lots)s.",
        plans=plans,
        decided=decided,
        lots=lots,
    )
    return sentence


def ending_in_words(outcome: Outcome) -> str:
    """Return how the shares of equal shares ended; empty for another rule."""
    if outcome.endowment is None or outcome.increments is None or outcome.ending is None:
        return ""
    why_ended = {
        Ending.NOTHING_MORE_FITS: gettext("Daarna paste geen plan meer."),
        Ending.ALL_FUNDED: gettext("Toen waren alle plannen gekozen."),
        Ending.NEXT_OVERSPENDS: gettext("Nog een keer groter zou te veel geld kosten."),
    }[outcome.ending]
    sentence: str = ngettext(
        "Het deel van elke stemmer ging in %(num)s kleine stap omhoog, tot %(share)s. %(why)s",
        "Het deel van elke stemmer ging in %(num)s kleine stappen omhoog, tot %(share)s. %(why)s",
        outcome.increments,
        share=money(int(outcome.endowment)),
        why=why_ended,
    )
    return sentence


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
        pots, spent, binds = result.areas, outcome.spent_by_area, outcome.rule.area_budgets
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
    if not outcome.rule.area_budgets:
        return []
    return [
        pot.name
        for pot in result.areas
        if pot.limit is not None and outcome.spent_by_area.get(pot.id, 0) > pot.limit
    ]


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
