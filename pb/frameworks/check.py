"""The framework check: what is not yet right, in words a person can act on.

One check for the municipality before sealing (``problems_of``) and one beside the fields of
a plan (``check_plan``), which advises and never blocks a draft.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from pb.foundation.errors import N_
from pb.foundation.money import Cents
from pb.frameworks.domain import DATE_LABELS, PRECONDITIONS, Answer, DecisionPower, Framework
from pb.tally.election import BallotKind

PROPOSALS_AT_LEAST = timedelta(weeks=4)
RECONSIDERATION_AT_LEAST = timedelta(weeks=2)
VOTING_AT_LEAST = timedelta(weeks=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know: a Dutch sentence with placeholders, its values, and the field.

    fits: False when it must change before sending (plan) or sealing (framework). Values
    whose name ends in ``_money`` are cents; the page formats them.
    """

    field: str
    sentence: str
    values: tuple[tuple[str, object], ...] = ()
    fits: bool = False


def problems_of(framework: Framework) -> list[Finding]:
    """Return what keeps a framework from being sealed, in the order of the form."""
    return [
        *_money(framework),
        *_words(framework),
        *_readiness(framework),
        *_terms(framework),
        *_ballot(framework),
    ]


def _money(framework: Framework) -> Iterator[Finding]:
    pots = sum(area.budget for area in framework.areas)
    if framework.total <= 0:
        yield Finding("total", N_("Het totaal moet meer dan 0 euro zijn."))
    if pots != framework.total:
        yield Finding(
            "areas",
            N_("De gebieden samen: %(pots_money)s. Het totaal is %(total_money)s."),
            (("pots_money", pots), ("total_money", framework.total)),
        )
    if not 0 < framework.min_cost <= framework.max_cost:
        yield Finding(
            "max_cost",
            N_("Een plan mag minstens 1 euro kosten, en het minimum niet meer dan het maximum."),
        )
    for theme in framework.themes:
        if theme.ceiling is not None and theme.ceiling < framework.min_cost:
            yield Finding(
                "themes",
                N_("In het thema %(theme)s past geen enkel plan. Maak het thema-maximum hoger."),
                (("theme", theme.name),),
            )
    ids = [area.id for area in framework.areas] + [theme.id for theme in framework.themes]
    if len(ids) != len(set(ids)) or not framework.areas or not framework.themes:
        yield Finding(
            "areas", N_("Geef elk gebied en elk thema een eigen kenmerk; minstens één van elk.")
        )


def _words(framework: Framework) -> Iterator[Finding]:
    if (
        framework.decision_power is not DecisionPower.BINDING
        and not framework.decision_power_reason
    ):
        yield Finding("decision_power", N_("Beslissen bewoners niet zelf? Schrijf op waarom."))
    for field, text in (
        ("promise", framework.promise.text),
        ("contact", framework.contact.phone),
        ("who_may_propose", framework.who_may_propose),
        ("who_may_vote", framework.who_may_vote),
        ("title", framework.title),
    ):
        if not text.strip():
            yield Finding(field, N_("Dit is nog niet ingevuld."))
    if not framework.criteria:
        yield Finding("criteria", N_("Schrijf minstens één criterium op."))
    if not framework.offline_ways:
        yield Finding(
            "offline_ways", N_("Er is nog geen manier om op papier of aan een balie mee te doen.")
        )


def _readiness(framework: Framework) -> Iterator[Finding]:
    """Yield what must be in order, or explained, before residents are asked for anything."""
    answered = {each.code: each for each in framework.preconditions}
    for code, label in PRECONDITIONS.items():
        given = answered.get(code)
        if given is None:
            yield Finding(code, N_("Geef antwoord op dit punt: %(label)s."), (("label", label),))
        elif given.answer is not Answer.YES and not given.explanation.strip():
            yield Finding(
                code,
                N_("Schrijf op wat er nog niet op orde is: %(label)s."),
                (("label", label),),
            )
    if not framework.helpers:
        yield Finding("helpers", N_("Schrijf op wie bewoners helpt, en wie die mensen vervangt."))
    if not framework.desks:
        yield Finding("desks", N_("Er is nog geen hulpbalie waar mensen hulp krijgen bij stemmen."))


def _terms(framework: Framework) -> Iterator[Finding]:
    dates = framework.dates
    for (first, first_label), (then, then_label) in pairwise(DATE_LABELS.items()):
        if getattr(dates, then) < getattr(dates, first):
            yield Finding(
                "dates",
                N_("'%(then)s' ligt vóór '%(first)s'. Verander een van deze twee datums."),
                (("then", then_label), ("first", first_label)),
            )
    if dates.proposals_close - dates.proposals_open < PROPOSALS_AT_LEAST:
        yield Finding("dates", N_("Bewoners krijgen minstens 4 weken om een plan te sturen."))
    if dates.reconsideration_closes - dates.reconsideration_opens < RECONSIDERATION_AT_LEAST:
        yield Finding("dates", N_("Bewoners krijgen minstens 2 weken om herziening te vragen."))
    if dates.voting_closes - dates.voting_opens < VOTING_AT_LEAST:
        yield Finding("dates", N_("Bewoners krijgen minstens 2 weken om te stemmen."))


def _ballot(framework: Framework) -> Iterator[Finding]:
    ballot = framework.ballot
    if not 1 <= ballot.min_choices <= ballot.max_choices:
        yield Finding(
            "ballot", N_("Het minste aantal keuzes is 1 of meer, en niet meer dan het meeste.")
        )
    if ballot.kind is BallotKind.KNAPSACK and not ballot.max_cost:
        yield Finding("ballot", N_("Schrijf op hoeveel geld een stemmer mag verdelen."))
    if ballot.kind is BallotKind.CUMULATIVE and not 0 < ballot.max_points <= ballot.points:
        yield Finding("ballot", N_("Schrijf op hoeveel punten een stemmer mag verdelen."))


def check_plan(
    framework: Framework, *, cost: Cents | None, upkeep: Cents | None, area_id: str, theme_id: str
) -> list[Finding]:
    """Return how a plan stands to the framework, field by field; never raises.

    cost, upkeep: cents, or None when not filled in yet.
    """
    found = [*_cost(framework, cost), *_upkeep(framework, upkeep)]
    if area_id and area_id not in {area.id for area in framework.areas}:
        found.append(Finding("area_id", N_("Dit gebied hoort niet bij deze ronde.")))
    if theme_id and theme_id not in {theme.id for theme in framework.themes}:
        found.append(Finding("theme_id", N_("Dit thema hoort niet bij deze ronde.")))
    return found


def _cost(framework: Framework, cost: Cents | None) -> Iterator[Finding]:
    if cost is None:
        return
    values = (
        ("cost_money", cost),
        ("most_money", framework.max_cost),
        ("least_money", framework.min_cost),
    )
    if cost > framework.max_cost:
        yield Finding(
            "cost",
            N_(
                "Uw plan kost %(cost_money)s. Het maximum is %(most_money)s. "
                "U kunt het plan kleiner maken. Of vraag hulp."
            ),
            values,
        )
    elif cost < framework.min_cost:
        yield Finding(
            "cost", N_("Uw plan kost %(cost_money)s. Het minimum is %(least_money)s."), values
        )
    else:
        yield Finding(
            "cost", N_("Het bedrag past: niet meer dan %(most_money)s."), values, fits=True
        )


def _upkeep(framework: Framework, upkeep: Cents | None) -> Iterator[Finding]:
    if upkeep is None:
        return
    values = (("upkeep_money", upkeep), ("most_money", framework.upkeep_per_year))
    if upkeep > framework.upkeep_per_year:
        yield Finding(
            "upkeep",
            N_(
                "Het onderhoud kost %(upkeep_money)s per jaar. Het maximum is %(most_money)s. "
                "Kunnen bewoners zelf meer doen?"
            ),
            values,
        )
    else:
        yield Finding("upkeep", N_("Het onderhoud past."), values, fits=True)
