"""Elections and rules drawn by chance with every switch, limit and kind of ballot there is."""

import random
from dataclasses import replace
from fractions import Fraction

from pb.tally import pabulib_writer
from pb.tally.election import WITHDRAWN_COST, BallotLimits, Election, Project
from pb.tally.rules import (
    Areas,
    Comparison,
    Completion,
    Family,
    Remainder,
    Rule,
    Start,
    Stop,
    Utility,
)
from pb.tally.ties import Criterion

# Few different costs, so that ties and amounts that just fit are frequent.
COSTS = ([100, 200, 300, 400], [100, 150, 250, 333], [0, 100, 500, 900], [1, 7, 13, 50], [100])
KINDS = ("approval", "approval", "choose_one", "cumulative", "scoring", "ordinal", "ordinal")
FACTS = dict.fromkeys(("country", "unit", "instance", "date_begin", "date_end"), "1")


def an_election(chance):
    names = [f"p{number}" for number in range(chance.randint(1, 8))]
    chance.shuffle(names)
    areas = chance.choice([[""], ["A", "B", ""], ["A", "B"]])
    themes = chance.choice([[()], [("T",), ("U",), ("T", "U"), ()]])
    costs = chance.choice(COSTS)
    projects = [
        Project(
            id=name,
            name=name,
            cost=chance.choice(costs) * chance.choice([1, 1, 100]),
            area=chance.choice(areas),
            themes=chance.choice(themes),
            lot=chance.randint(0, 3),
        )
        for name in names
    ]
    if chance.random() < 0.05:
        projects[0] = replace(projects[0], cost=WITHDRAWN_COST)
    kind = chance.choice(KINDS)
    total = sum(project.cost for project in projects if not project.is_withdrawn)
    budget = max(1, int(total * chance.choice([0.1, 0.3, 0.5, 0.5, 0.8, 1.2])))
    used = {theme for project in projects for theme in project.themes}
    has_points = kind in ("cumulative", "scoring")
    return Election(
        budget=budget,
        projects=tuple(projects),
        ballots=some_ballots(chance, names, kind),
        kind=kind,
        limits=BallotLimits(
            maximum_choices=chance.choice([None, 4]) if kind == "ordinal" else None,
            maximum_points=chance.choice([None, 5]) if kind == "cumulative" else None,
            points_per_project=chance.choice([None, 3]) if has_points else None,
        ),
        area_budgets=some_limits(chance, filter(None, areas), budget),
        theme_ceilings=some_limits(chance, sorted(used), budget),
        exclusive_groups=(tuple(chance.sample(names, 2)),)
        if len(names) > 1 and chance.random() < 0.2
        else (),
        title="Toeval",
    )


def some_limits(chance, names, budget):
    return {name: chance.randint(0, budget) for name in names} if chance.random() < 0.6 else {}


def some_ballots(chance, names, kind):
    ballots = {}
    for _ in range(chance.randint(1, 14)):
        most = 1 if kind == "choose_one" else min(len(names), 4)
        chosen = chance.sample(names, chance.randint(0, most))
        if kind in ("cumulative", "scoring"):
            ballot = tuple(sorted((name, chance.randint(0, 3)) for name in chosen))
        else:
            ballot = tuple(chosen if kind == "ordinal" else sorted(chosen))
        ballots[ballot] = ballots.get(ballot, 0) + chance.choice([1, 1, 1, 2, 5])
    return ballots


def a_rule(chance):
    family = chance.choice(list(Family))
    criteria = [Criterion.LOWER_COST, Criterion.MORE_VOTES, Criterion.LOT]
    chance.shuffle(criteria)
    pots = list(Areas) if family is Family.MOST_VOTES else [Areas.TOGETHER, Areas.CEILINGS]
    epsilon = [Completion.EPSILON] if family is Family.EQUAL_SHARES else []
    return Rule(
        family=family,
        tie_order=tuple(criteria[: chance.randint(0, 3)]),
        minimum_votes=chance.choice([0, 1, 1, 2]),
        minimum_percent=chance.choice([Fraction(0)] * 4 + [Fraction(20), Fraction(25, 2)]),
        support_quota=chance.choice([0] * 5 + [1, 3]),
        areas=chance.choice(pots),
        theme_ceilings=chance.random() < 0.5,
        ceilings_in_remainder=chance.random() < 0.5,
        exclusive_groups=chance.random() < 0.5,
        skip=chance.random() < 0.7,
        remainder=chance.choice(list(Remainder)),
        utility=chance.choice(list(Utility)),
        start=chance.choice(list(Start)),
        add1=chance.random() < 0.8,
        step=chance.choice([100, 50, 7, 1]),
        stop=chance.choice(list(Stop)),
        completion=chance.choice([Completion.VOTES, Completion.NONE, *epsilon]),
        comparison=chance.choice([Comparison.NONE, Comparison.NONE, *Comparison]),
    )


def a_file(case):
    """Return the same file for the same number: its bytes, and the seed to count it with."""
    chance = random.Random(case)  # noqa: S311 - elections, not secrets
    file = pabulib_writer.write(an_election(chance), a_rule(chance), FACTS).encode()
    return file, chance.choice([None, None, "7"])
