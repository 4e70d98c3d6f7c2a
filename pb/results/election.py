"""From a framework, a ballot list and opened ballots to an election that the tally can count."""

from collections.abc import Iterable, Sequence
from datetime import date

from pb.frameworks.domain import Framework
from pb.proposals.domain import label_of
from pb.results.domain import CountedPlan, ListedBallot
from pb.tally.declared_rule import asked_rule
from pb.tally.election import (
    WITHDRAWN_COST,
    Ballot,
    BallotKind,
    BallotLimits,
    Election,
    Project,
    group,
)
from pb.tally.pabulib_format import RULE_KEY
from pb.tally.rules import Family, Rule


def build(
    framework: Framework, plans: Sequence[CountedPlan], ballots: Iterable[ListedBallot]
) -> Election:
    """Return the election of a round. A withdrawn plan keeps its votes and cannot be chosen."""
    rules = framework.ballot
    with_points = rules.kind is BallotKind.CUMULATIVE
    return Election(
        budget=framework.total,
        projects=tuple(_project(plan) for plan in plans),
        ballots=group((_ballot(ballot, rules.kind) for ballot in ballots), rules.kind),
        kind=rules.kind,
        limits=BallotLimits(
            minimum_choices=rules.min_choices,
            maximum_choices=rules.max_choices,
            maximum_points=rules.points if with_points else None,
            points_per_project=rules.max_points if with_points else None,
            maximum_cost=rules.max_cost if rules.kind is BallotKind.KNAPSACK else None,
        ),
        area_budgets={area.id: area.budget for area in framework.areas},
        theme_ceilings={
            theme.id: theme.ceiling for theme in framework.themes if theme.ceiling is not None
        },
        title=" ".join(framework.title.split()),
    )


def other_rule(rule: Rule) -> Rule:
    """Return the rule of 'Wat als we anders telden?': the other of the two default rules.

    It is what anybody gets who asks for that preset on the public file.
    """
    name = "equal_shares" if rule.family is Family.MOST_VOTES else "most_votes"
    return asked_rule(name, {RULE_KEY: rule.to_json()})


def file_facts(framework: Framework, slug: str, municipality: str) -> dict[str, str]:
    """Return what a Pabulib file says about where and when; dates only, no times."""
    dates = framework.dates
    return {
        "country": "Netherlands",
        "unit": municipality,
        "subunit": framework.neighbourhood,
        "instance": slug,
        "date_begin": _day(dates.voting_opens.date()),
        "date_end": _day(dates.voting_closes.date()),
    }


def _project(plan: CountedPlan) -> Project:
    return Project(
        id=plan.id,
        name=" ".join(plan.title.split()),
        cost=WITHDRAWN_COST if plan.withdrawn else plan.cost,
        area=plan.area_id,
        themes=(plan.theme_id,),
        lot=plan.lot_number,
    )


def _ballot(ballot: ListedBallot, kind: BallotKind) -> Ballot:
    names = tuple(label_of(number) for number in ballot.choices)
    if kind is BallotKind.CUMULATIVE:
        return tuple(zip(names, ballot.points, strict=True))
    return names


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
