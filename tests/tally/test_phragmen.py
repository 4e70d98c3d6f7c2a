"""Phragmen: every funded plan is a load, shared alike by those who chose it."""

from dataclasses import replace
from fractions import Fraction

from pb.tally.count import count
from pb.tally.election import BallotKind
from pb.tally.outcome import Reason
from pb.tally.rules import PRESETS, Areas, Completion
from tests.tally.elections import an_election

PHRAGMEN = PRESETS["phragmen"]
COMPLETED = replace(PHRAGMEN, completion=Completion.VOTES)


def steps(outcome):
    return [(step.pass_.value, step.project, step.reason.value) for step in outcome.steps]


def test_the_lowest_new_load_is_funded_and_its_supporters_carry_it_from_then_on():
    election = an_election([("a", "b"), ("a",), ("b",), ("c",)], {"a": 30, "b": 31, "c": 30}, 100)

    outcome = count(election, PHRAGMEN)

    # a: 30 over 2. Then b: (15 + 0 + 31) over 2. Then c: 30 over 1.
    assert outcome.selected == ("a", "b", "c")
    assert [step.load for step in outcome.steps] == [1500, 2300, 3000]
    assert [step.left // 100 for step in outcome.steps] == [100, 70, 39]


def test_a_load_is_exact():
    election = an_election([("a",)] * 3 + [("b",), ("b", "a")], {"a": 10, "b": 10}, 100)

    outcome = count(election, PHRAGMEN)

    assert [step.load for step in outcome.steps] == [250, Fraction(250 + 1000, 2)]


def test_the_count_stops_at_the_first_that_costs_more_than_what_is_left():
    election = an_election(
        [("a", "d"), ("a",), ("b",), ("c",)], {"a": 60, "b": 41, "c": 50, "d": 40}, 100
    )

    outcome = count(election, PHRAGMEN)

    # d would fit, but its load of 70 comes after that of b.
    assert outcome.selected == ("a",)
    assert steps(outcome)[1:] == [
        ("phragmen", "d", "stopped"),
        ("phragmen", "b", "stopped"),
        ("phragmen", "c", "stopped"),
    ]
    assert not any(step.comes_back for step in outcome.steps)
    assert {step.load for step in outcome.steps[1:]} == {None}


def test_the_count_stops_also_when_a_plan_with_the_same_load_costs_more_than_what_is_left():
    election = an_election([("a",), ("b",), ("b",)], {"a": 60, "b": 120}, 150)
    first = replace(election, budget=18_000)

    assert count(first, PHRAGMEN).selected == ("a", "b")
    assert count(replace(election, budget=17_999), PHRAGMEN).selected == ("a",)
    equal = an_election([("c",), ("a",), ("b",), ("b",)], {"a": 60, "b": 120, "c": 40}, 150)
    assert count(equal, PHRAGMEN).selected == ("c",)


def test_a_plan_as_low_as_one_that_is_too_dear_needs_a_lower_cost_or_more_votes():
    # 100 is left after z. a and c are as low as b, which costs 120: the count stops.
    voted = [("z",), ("a",), ("b",), ("b",), ("c",)]
    outcome = count(an_election(voted, {"z": 50, "a": 60, "b": 120, "c": 60}, 150), PHRAGMEN)

    assert outcome.selected == ("z",)
    for name in ("a", "c"):
        told = outcome.projects[name]
        assert (told.max_winning_cost, told.extra_votes) == (5_999, 1)


def test_a_plan_without_a_supporter_is_never_next():
    election = an_election([("a",)], {"a": 10, "b": 10}, 100)

    outcome = count(election, replace(PHRAGMEN, minimum_votes=0))

    assert steps(outcome) == [("phragmen", "a", "lowest_load"), ("phragmen", "b", "stopped")]


def test_what_does_not_fit_its_area_or_theme_is_passed_over():
    election = an_election(
        [("a", "b", "c"), ("a",), ("a", "b")],
        {"a": 30, "b": 30, "c": 30},
        100,
        areas={"a": "north", "b": "north"},
        themes={"a": "green", "c": "green"},
        area_budgets={"north": 5000},
        theme_ceilings={"green": 5000},
    )

    both = count(election, replace(PHRAGMEN, areas=Areas.CEILINGS))
    themes = count(election, PHRAGMEN)
    none = count(election, replace(PHRAGMEN, theme_ceilings=False))

    assert both.selected == ("a",)
    assert themes.selected == ("a", "b")
    assert none.selected == ("a", "b", "c")
    assert [(step.area_left, step.theme_left) for step in both.steps] == [
        (5000, 5000),
        (2000, None),
        (None, 2000),
    ]


def test_points_mean_nothing_to_a_load():
    election = an_election(
        [(("a", 0), ("b", 3)), (("a", 1),)], {"a": 30, "b": 30}, 100, kind=BallotKind.SCORING
    )

    assert [step.load for step in count(election, PHRAGMEN).steps] == [1500, 4500]


def test_completion_funds_what_still_fits_after_the_stop_with_the_most_votes_first():
    # The loads: 30 for a, 41 for b, (30 + 40) for c; and 40 is left after a.
    ballots = [("a", "c"), ("a",), ("b",), ("d",)]
    election = an_election(ballots, {"a": 60, "b": 41, "c": 40, "d": 120}, 100)

    outcome = count(election, COMPLETED)
    bare = count(election, PHRAGMEN)

    assert steps(outcome) == [
        ("admission", "d", "over_budget"),
        ("phragmen", "a", "lowest_load"),
        ("phragmen", "c", "stopped"),
        ("phragmen", "b", "stopped"),
        ("completion", "c", "fits_remainder"),
        ("completion", "b", "remainder_too_small"),
    ]
    assert [step.comes_back for step in outcome.steps] == [False, False, True, True, False, False]
    assert (outcome.selected, outcome.completed) == (("a", "c"), ("c",))
    assert outcome.projects["c"].reason is Reason.FITS_REMAINDER
    assert outcome.projects["b"].reason is Reason.REMAINDER_TOO_SMALL
    assert (bare.selected, bare.projects["b"].reason) == (("a",), Reason.STOPPED)
