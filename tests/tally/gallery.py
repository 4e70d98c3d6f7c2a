"""Small counts that together show every reason, pass, ending, tie and sentence there is."""

from dataclasses import replace
from fractions import Fraction
from functools import cache

from pb.tally.count import count
from pb.tally.election import WITHDRAWN_COST, BallotKind, BallotLimits, Election, Project
from pb.tally.outcome import Outcome
from pb.tally.rules import (
    EQUAL_SHARES,
    MOST_VOTES,
    PRESETS,
    Areas,
    Comparison,
    Completion,
    Remainder,
    Rule,
    Stop,
    Utility,
)
from tests.tally.elections import an_election, demo_election

ONCE = replace(EQUAL_SHARES, add1=False)
BARE = replace(ONCE, completion=Completion.NONE)
NO_SKIP = PRESETS["most_votes_no_skip"]
PHRAGMEN = PRESETS["phragmen"]

THREE = {"a": 60, "b": 50, "c": 35}
STAIRS = [("a", "b", "c"), ("a", "b"), ("a",)]
#: Equal shares buys a; 40 is left for b, c or d.
LEFT_OVER = [("a", "b", "c")] * 2 + [("a", "c"), ("a",), ("d",)]
LEFT_OVER_COSTS = {"a": 60, "b": 35, "c": 41, "d": 40}


def refused() -> Election:
    """Return an election with a plan for each reason not to admit one."""
    costs = {"dear": 90_000, "nobody": 10, "one": 10, "few": 10, "big": 400, "fine": 10}
    election = an_election(
        [
            ("dear", "fine", "big"),
            ("fine", "few", "one"),
            ("fine", "few", "big"),
            ("big",),
            ("fine",),
        ],
        costs,
        500,
    )
    gone = Project("gone", "Weg", WITHDRAWN_COST)
    return replace(election, projects=(*election.projects, gone))


COUNTS: dict[str, tuple[Election, Rule]] = {
    "demo": (demo_election(), MOST_VOTES),
    "demo by shares": (demo_election(), EQUAL_SHARES),
    "refused": (
        refused(),
        replace(MOST_VOTES, minimum_votes=2, minimum_percent=Fraction(50), support_quota=1),
    ),
    "refused for the quota": (refused(), replace(MOST_VOTES, minimum_votes=2, support_quota=1)),
    "free": (an_election([("a", "b")], {"a": 10, "b": 0}, 100), MOST_VOTES),
    "skipped": (an_election(STAIRS, THREE, 100), MOST_VOTES),
    "stopped for good": (an_election(STAIRS, THREE, 100), NO_SKIP),
    "stopped for a while": (
        an_election(STAIRS, THREE, 100),
        replace(NO_SKIP, remainder=Remainder.SECOND_PASS),
    ),
    "80 percent": (
        an_election(STAIRS, THREE, 100),
        replace(NO_SKIP, remainder=Remainder.EIGHTY_PERCENT),
    ),
    "in part": (
        an_election(STAIRS, {**THREE, "c": 45}, 100),
        replace(MOST_VOTES, remainder=Remainder.PARTIAL),
    ),
    "rivals": (
        an_election(STAIRS, THREE, 150, exclusive_groups=(("a", "b"),)),
        replace(MOST_VOTES, exclusive_groups=True),
    ),
    "pots": (
        an_election(
            STAIRS,
            THREE,
            149,
            areas={"a": "north", "b": "south"},
            area_budgets={"north": 6000, "south": 4900},
        ),
        replace(MOST_VOTES, areas=Areas.POTS_TOP_UP),
    ),
    "themes lifted": (
        an_election(
            STAIRS,
            THREE,
            150,
            themes={"a": "green", "b": "green,play"},
            theme_ceilings={"green": 8000, "play": 9000},
        ),
        replace(MOST_VOTES, ceilings_in_remainder=False),
    ),
    "an area lost for good": (
        an_election(STAIRS, THREE, 150, areas={"b": "north"}, area_budgets={"north": 4900}),
        replace(MOST_VOTES, remainder=Remainder.NONE),
    ),
    "left over": (an_election(LEFT_OVER, LEFT_OVER_COSTS, 100), ONCE),
    "left": (an_election(LEFT_OVER, LEFT_OVER_COSTS, 100), BARE),
    "left over under a ceiling": (
        an_election(
            [("a",)] * 7 + [("d",)] * 2 + [("b",)],
            {"a": 40, "b": 25, "d": 30},
            100,
            themes={"b": "green", "d": "green"},
            theme_ceilings={"green": 5000},
        ),
        ONCE,
    ),
    "some paid less": (
        an_election([("a", "b"), ("a",), ("a",), ("b",)], {"a": 12, "b": 15}, 40),
        BARE,
    ),
    "areas and shares": (
        an_election(
            [("a", "b")] * 3 + [("a",)],
            {"a": 30, "b": 30},
            100,
            areas={"a": "north", "b": "north"},
            area_budgets={"north": 5000},
        ),
        replace(EQUAL_SHARES, areas=Areas.CEILINGS),
    ),
    "no completion but a tie": (
        an_election([("a", "b")], {"a": 60, "b": 60}, 100),
        replace(EQUAL_SHARES, completion=Completion.NONE),
    ),
    "overspending": (
        an_election([("a",), ("b",), ("c",)], {"a": 10, "b": 20, "c": 75}, 100),
        replace(EQUAL_SHARES, stop=Stop.OVERSPENDING),
    ),
    "all funded": (an_election([("a", "b"), ("b",)], {"a": 10, "b": 20}, 100), EQUAL_SHARES),
    "nobody voted": (an_election([()], {"a": 10}, 100), EQUAL_SHARES),
    "no supporter": (
        an_election([("a",)], {"a": 10, "b": 10}, 100),
        replace(BARE, minimum_votes=0),
    ),
    "everybody helps": (
        an_election([("a",), ("a",), ("b",), ("c",)], {"a": 70, "b": 20, "c": 90}, 100),
        replace(ONCE, completion=Completion.EPSILON),
    ),
    "points": (
        an_election(
            [(("a", 3), ("b", 1)), (("a", 1), ("c", 0)), (("b", 2), ("c", 0))],
            {"a": 20, "b": 12, "c": 5},
            60,
            kind=BallotKind.CUMULATIVE,
            points_scale=10,
        ),
        replace(ONCE, utility=Utility.POINTS),
    ),
    "ranks": (
        an_election(
            [("a", "b", "c"), ("b", "c"), ()],
            {"a": 60, "b": 50, "c": 45},
            100,
            kind=BallotKind.ORDINAL,
            limits=BallotLimits(maximum_choices=2),
        ),
        MOST_VOTES,
    ),
    "loads": (
        an_election([("a", "c"), ("a",), ("b",)], {"a": 60, "b": 41, "c": 40}, 100),
        PHRAGMEN,
    ),
    "loads completed": (
        an_election([("a", "c"), ("a",), ("b",)], {"a": 60, "b": 41, "c": 40}, 100),
        replace(PHRAGMEN, completion=Completion.VOTES),
    ),
    "most votes preferred": (
        an_election([("a", "b")] * 6 + [("c",)] * 4, {"a": 50, "b": 50, "c": 40}, 100),
        replace(EQUAL_SHARES, completion=Completion.NONE, comparison=Comparison.MORE_CHOICES),
    ),
    "shares preferred": (
        an_election([("a", "b")] * 6 + [("c",)] * 4, {"a": 50, "b": 50, "c": 40}, 100),
        replace(EQUAL_SHARES, comparison=Comparison.ANY_CHOICE),
    ),
    "ties of every kind": (
        an_election(
            [("a", "b", "c", "d", "e")],
            {"a": 30, "b": 20, "c": 20, "d": 20, "e": 90},
            60,
            lots={"a": 1, "b": 2, "c": 1, "d": 2},
        ),
        MOST_VOTES,
    ),
    "a tie for more votes": (
        an_election([("a",), ("a",), ("b",)], {"a": 20, "b": 10}, 90),
        replace(BARE, utility=Utility.CARDINALITY, tie_order=("more_votes", "id")),
    ),
    "a drawn lot": (an_election([("a", "b", "c")], {"a": 50, "b": 50, "c": 51}, 50), MOST_VOTES),
}
SEEDS = {"a drawn lot": "dice 4 2 6"}


@cache
def outcome_of(name: str) -> Outcome:
    """Return the outcome of one of the counts."""
    election, rule = COUNTS[name]
    return count(election, rule, seed=SEEDS.get(name))
