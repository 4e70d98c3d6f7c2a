"""Elections for the tests of the tally, and what must be true of every outcome."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as some

from pb.tally.election import Ballot, BallotKind, BallotLimits, Election, Project, group

EXAMPLES = Path(__file__).parent / "examples"
# Only for tests that carry pytest.mark.shared.
SHARED = Path(__file__).parents[3] / "shared"
PABULIB = SHARED / "data" / "pabulib"

#: The same few examples in every run, so that a change is what makes a test fail.
a_few = settings(max_examples=40, deadline=None, derandomize=True, database=None)

THEMES = ("green", "play")
AREAS = ("north", "south")


def shared_file(path: Path) -> Path:
    """Return a path under ``shared``; skips the test when the folder is not there."""
    if not SHARED.is_dir():
        pytest.skip("the folder 'shared' does not lie beside the clone")
    return path


def an_election(
    ballots: Iterable[Ballot],
    costs: Mapping[str, int],
    budget: int,
    *,
    kind: BallotKind = BallotKind.APPROVAL,
    **rest: object,
) -> Election:
    """Return an election with a budget and costs in whole euros and projects named by id."""
    projects = tuple(Project(name, name.upper(), cost * 100) for name, cost in costs.items())
    return Election(
        budget=budget * 100, projects=projects, ballots=group(ballots, kind), kind=kind, **rest
    )


def demo() -> dict:
    """Return what the worked example says must come out, and its input."""
    return json.loads((EXAMPLES / "demo.json").read_text(encoding="utf-8"))


def demo_election() -> Election:
    """Return the election of the worked example."""
    data = demo()
    projects = tuple(
        Project(
            each["id"],
            each["name"],
            each["cost_eur"] * 100,
            each["area"],
            (each["theme"],),
            each["lot"],
        )
        for each in data["projects"]
    )
    return Election(
        budget=data["budget_eur"] * 100,
        projects=projects,
        ballots={tuple(key.split(",")): voters for key, voters in data["ballots"].items()},
        limits=BallotLimits(minimum_choices=1, maximum_choices=5),
        area_budgets={area: euros * 100 for area, euros in data["area_budgets_eur"].items()},
        theme_ceilings={theme: euros * 100 for theme, euros in data["theme_ceilings_eur"].items()},
        title="Buurtbudget De Ganzerik 2026",
    )


@some.composite
def elections(draw: some.DrawFn, kind: BallotKind = BallotKind.APPROVAL) -> Election:
    """Draw small elections in which ties, limits and zero votes are common."""
    number = draw(some.integers(1, 6))
    ids = [f"p{position}" for position in range(number)]
    projects = tuple(
        Project(
            name,
            f"Plan {name}",
            draw(some.sampled_from([500, 1000, 1000, 1250, 2000, 3333])),
            draw(some.sampled_from(["", *AREAS])),
            draw(some.sampled_from([(), THEMES[:1], THEMES[1:], THEMES])),
            draw(some.integers(0, 2)),
        )
        for name in ids
    )
    picks = some.lists(some.sampled_from(ids), unique=True, max_size=number)
    chosen = draw(some.lists(picks, min_size=1, max_size=8))
    if kind.has_points:
        chosen = [[(name, draw(some.integers(0, 3))) for name in names] for names in chosen]
    if kind is BallotKind.CHOOSE_ONE:
        chosen = [names[:1] for names in chosen]
    budget = draw(some.integers(500, 8000))
    return Election(
        budget=budget,
        projects=projects,
        ballots=group((tuple(names) for names in chosen), kind),
        kind=kind,
        limits=BallotLimits(maximum_cost=5000 if kind is BallotKind.KNAPSACK else None),
        area_budgets=draw(some.sampled_from([{}, {"north": 2000, "south": 1500}])),
        theme_ceilings=draw(some.sampled_from([{}, {"green": 2000}])),
    )
