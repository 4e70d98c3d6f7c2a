"""Elections for the tests of the tally: written by hand, of the worked example, and drawn."""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import count
from math import prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from pb.tally.election import (
    WITHDRAWN_COST,
    Ballot,
    BallotKind,
    BallotLimits,
    Choice,
    Election,
    Project,
    group,
)
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

EXAMPLES = Path(__file__).parent / "examples"
# Only for tests that carry pytest.mark.shared.
SHARED = Path(__file__).parents[3] / "shared"
PABULIB = SHARED / "data" / "pabulib"

#: How many elections a property looks at in the night; PB_TALLY_EXAMPLES asks for another number.
MANY = int(os.environ.get("PB_TALLY_EXAMPLES", "10000"))

_SLOW_IS_FINE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

#: The same few examples in every run, so that a change is what makes a test fail.
a_few = settings(max_examples=40, derandomize=True, database=None, **_SLOW_IS_FINE)

#: As many, and other ones every night.
a_lot = settings(max_examples=MANY, database=None, **_SLOW_IS_FINE)


def for_every(*drawn: some.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """Make a test of a property: it is tried on a few drawn values, and in the night on many.

    For how many values it held stands in the report: ``--junitxml FILE -o junit_family=xunit1``.
    """

    def decorate(claim: Callable[..., None]) -> Any:
        few = pytest.param(a_few, id="few_drawn")
        many = pytest.param(a_lot, id="many_drawn", marks=pytest.mark.nightly)

        @pytest.mark.parametrize("how_many", [few, many])
        def test(how_many: settings, record_property: Callable[[str, object], None]) -> None:
            held = count(1)

            def holds(values: tuple[Any, ...]) -> None:
                claim(*values)
                next(held)

            holds.__name__ = claim.__name__  # Each claim is tried on elections of its own.
            how_many(given(some.tuples(*drawn))(holds))()
            record_property("examples", next(held) - 1)

        test.__name__, test.__doc__, test.__module__ = (
            claim.__name__,
            claim.__doc__,
            claim.__module__,
        )
        return test

    return decorate


THEMES = ("green", "play")
AREAS = ("north", "south")

#: Few and related costs, so that equal keys and sums that are exactly enough are common. In cents.
COSTS = (500, 1000, 1000, 1000, 1250, 1500, 2000, 2000, 3333)
#: The same with what is seldom: too dear for the budget, free, and withdrawn after the vote.
ALL_COSTS = (*COSTS, *COSTS, 9500, 0, WITHDRAWN_COST)

TIE_ORDERS = (
    ("lower_cost", "more_votes", "lot", "id"),
    ("id",),
    ("more_votes", "lower_cost", "id"),
    ("lot", "id"),
)


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
    areas: Mapping[str, str] | None = None,
    themes: Mapping[str, str] | None = None,
    lots: Mapping[str, int] | None = None,
    **rest: object,
) -> Election:
    """Return an election with a budget and costs in whole euros and projects named by id.

    areas, themes, lots: project id -> its area, its themes with commas, its lot number.
    """
    projects = tuple(
        Project(
            name,
            name.upper(),
            cost * 100,
            (areas or {}).get(name, ""),
            tuple(part for part in (themes or {}).get(name, "").split(",") if part),
            (lots or {}).get(name, 0),
        )
        for name, cost in costs.items()
    )
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


def _picked(code: int, *options: Sequence[Any]) -> list[Any]:
    """Return one of each of the options, by the digits of a number; 0 picks all the first.

    One number is drawn much faster than many choices, and it shrinks to the first of each.
    """
    found = []
    for each in options:
        code, place = divmod(code, len(each))
        found.append(each[place])
    return found


def _codes(*options: Sequence[Any]) -> some.SearchStrategy[int]:
    """Draw a number for ``_picked``."""
    return some.integers(0, prod(map(len, options)) - 1)


_PLACES = (("", *AREAS), ((), THEMES[:1], THEMES[1:], THEMES), (0, 1, 2))
_BUDGETS = (1000, 2000, 2500, 3000, 4000, 5000)
_FRAMES = (
    (None, None, 2, 3),
    (None, 2),
    ({}, {}, {"north": 2000, "south": 1500}, {"south": 500}),
    ({}, {}, {"green": 2000}, {"green": 3000, "play": 1000}),
    (0, 0, 1, 2),
    (1, 10),
)


@some.composite
def elections(
    draw: some.DrawFn,
    kind: BallotKind | None = None,
    *,
    costs: tuple[int, ...] = ALL_COSTS,
    projects: int = 8,
    voters: int = 12,
    most_equal: int = 1,
) -> Election:
    """Draw elections in which ties, limits and zero votes are common.

    kind: of the ballots; any when left out. projects: at most so many. voters: at most so many
    different ones; each may stand for up to ``most_equal`` voters with the same ballot.
    """
    kind = draw(some.sampled_from(BallotKind)) if kind is None else kind
    of_plans = draw(some.lists(_codes(costs, *_PLACES), min_size=1, max_size=projects))
    ids = [f"p{position}" for position in range(len(of_plans))]
    plans = tuple(
        Project(name, f"Plan {name}", *_picked(code, costs, *_PLACES))
        for name, code in zip(ids, of_plans, strict=True)
    )
    marks = some.tuples(
        some.integers(0, 2 ** len(ids) - 1),
        some.integers(0, 8 ** len(ids) - 1),
        some.integers(1, most_equal),
    )
    ballots: dict[Ballot, int] = {}
    for chosen, code, times in draw(some.lists(marks, min_size=1, max_size=voters)):
        ballot = _ballot(ids, chosen, code, kind)
        ballots[ballot] = ballots.get(ballot, 0) + times
    places, per_project, areas, themes, groups, scale = _picked(draw(_codes(*_FRAMES)), *_FRAMES)
    return Election(
        budget=draw(some.sampled_from(_BUDGETS) | some.integers(1, 9000)),
        projects=plans,
        ballots=ballots,
        kind=kind,
        limits=BallotLimits(
            maximum_choices=places if kind is BallotKind.ORDINAL else None,
            maximum_points=places if kind.has_points else None,
            points_per_project=per_project if kind.has_points else None,
            maximum_cost=5000 if kind is BallotKind.KNAPSACK else None,
        ),
        area_budgets=areas,
        theme_ceilings=themes,
        exclusive_groups=(tuple(ids[:2]), tuple(ids[1:4]))[:groups],
        points_scale=scale if kind.has_points else 1,
    )


def _ballot(ids: list[str], chosen: int, code: int, kind: BallotKind) -> Ballot:
    """Return what one voter filled in: ``chosen`` has a bit and ``code`` three per project."""
    digits = {name: code >> (3 * place) & 7 for place, name in enumerate(ids)}
    names = [name for place, name in enumerate(ids) if chosen >> place & 1]
    if kind is BallotKind.CHOOSE_ONE:
        names = names[:1]
    if kind is BallotKind.ORDINAL:
        return tuple(sorted(names, key=lambda name: (digits[name], name)))
    if kind.has_points:
        choices: list[Choice] = [(name, digits[name] & 3) for name in names]
        return tuple(choices)
    return tuple(names)


def medium_elections(kind: BallotKind | None = None) -> some.SearchStrategy[Election]:
    """Draw elections of some size, with groups of voters who filled in the same."""
    return elections(kind, costs=COSTS, projects=16, voters=24, most_equal=9)


def rules(*families: Family, **fixed: object) -> some.SearchStrategy[Rule]:
    """Draw rules of some families (all of them when none is named) with any of their switches.

    fixed: switch -> its value, or a tuple of values to draw from.
    """
    return some.sampled_from(families or list(Family)).flatmap(
        lambda family: _rules_of(family, fixed)
    )


def _rules_of(family: Family, fixed: Mapping[str, object]) -> some.SearchStrategy[Rule]:
    common, own = _COMMON | _AREAS[family], _OWN[family]
    for name, value in fixed.items():
        switches = own if name in _OWN[family] else common
        switches = {**switches, name: value if isinstance(value, tuple) else (value,)}
        common, own = (common, switches) if name in _OWN[family] else (switches, own)
    return some.builds(
        lambda one, other: Rule(
            family=family,
            **dict(zip(common, _picked(one, *common.values()), strict=True)),
            **dict(zip(own, _picked(other, *own.values()), strict=True)),
        ),
        _codes(*common.values()),
        _codes(*own.values()),
    )


#: What each switch may be, mostly what it is without asking.
_COMMON: Mapping[str, tuple[Any, ...]] = {
    "tie_order": TIE_ORDERS,
    "minimum_votes": (1, 1, 1, 0, 2),
    "minimum_percent": (*[Fraction(0)] * 4, Fraction(25), Fraction(50, 3)),
    "support_quota": (0, 0, 0, 0, 1, 3),
    "theme_ceilings": (True, False),
    "ceilings_in_remainder": (True, False),
}
_AREAS: Mapping[Family, Mapping[str, tuple[Any, ...]]] = {
    Family.MOST_VOTES: {"areas": tuple(Areas)},
    Family.EQUAL_SHARES: {"areas": (Areas.TOGETHER, Areas.CEILINGS)},
    Family.PHRAGMEN: {"areas": (Areas.TOGETHER, Areas.CEILINGS)},
}
_OWN: Mapping[Family, Mapping[str, tuple[Any, ...]]] = {
    Family.MOST_VOTES: {
        "exclusive_groups": (False, True),
        "skip": (True, True, False),
        "remainder": tuple(Remainder),
    },
    Family.EQUAL_SHARES: {
        "utility": tuple(Utility),
        "start": tuple(Start),
        "add1": (True, True, False),
        "step": (100, 100, 50, 250),
        "stop": tuple(Stop),
        "completion": tuple(Completion),
        "comparison": (Comparison.NONE, *Comparison),
    },
    Family.PHRAGMEN: {"completion": (Completion.VOTES, Completion.NONE)},
}
