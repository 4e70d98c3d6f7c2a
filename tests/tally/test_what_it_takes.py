"""What it would have taken for a plan that lost: a lower cost, or more votes for it alone."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import assume
from hypothesis import strategies as some

from pb.tally.arrays import Arrays
from pb.tally.count import count
from pb.tally.election import WITHDRAWN_COST, BallotKind, BallotLimits, Election, Project
from pb.tally.rules import (
    EQUAL_SHARES,
    MOST_VOTES,
    PRESETS,
    Areas,
    Completion,
    Family,
    Remainder,
    Utility,
)
from pb.tally.tallied import tally
from pb.tally.what_it_takes import by_halving, what_it_takes
from tests.tally.elections import COSTS, an_election, elections, for_every, medium_elections, rules
from tests.tally.plain_count import counted, wins

BARE = replace(EQUAL_SHARES, completion=Completion.NONE)
ONCE = replace(BARE, add1=False)
PHRAGMEN = PRESETS["phragmen"]


def takes(outcome, name):
    result = outcome.projects[name]
    return result.max_winning_cost, result.extra_votes


# --- most votes ------------------------------------------------------------------------------


def test_a_plan_that_did_not_fit_would_have_for_what_was_left():
    election = an_election([("a", "b"), ("a",)], {"a": 60, "b": 50}, 100)

    outcome = count(election, MOST_VOTES)

    # With one vote more it has as many as a, and goes first because it is cheaper.
    assert takes(outcome, "b") == (4000, 1)
    assert takes(outcome, "a") == (None, None)


def test_a_plan_can_be_one_cent_too_dear():
    projects = (Project("a", "", 6000), Project("b", "", 4001))
    election = Election(budget=10_000, projects=projects, ballots={("a",): 2, ("b",): 1})

    for rule in (MOST_VOTES, replace(EQUAL_SHARES, add1=False), PHRAGMEN):
        assert takes(count(election, rule), "b")[0] == 4000


def test_with_as_many_votes_a_dearer_plan_still_loses_the_tie():
    ballots = [("a",)] * 3 + [("b",)]
    dearer = an_election(ballots, {"a": 60, "b": 61}, 100)
    cheaper = an_election(ballots, {"a": 60, "b": 59}, 100)

    assert takes(count(dearer, MOST_VOTES), "b") == (4000, 3)
    assert takes(count(cheaper, MOST_VOTES), "b") == (4000, 2)


def test_a_lower_cost_can_win_a_tie_and_with_it_the_money():
    election = an_election([("a",), ("b",)], {"a": 60, "b": 70}, 100)

    # Below 60 b goes first among equals; the lot decides at 60, and the id, here for a.
    assert takes(count(election, MOST_VOTES), "b") == (5999, 1)
    drawn = an_election([("a",), ("b",)], {"a": 60, "b": 70}, 100, lots={"a": 2, "b": 1})
    assert takes(count(drawn, MOST_VOTES), "b") == (6000, 1)


def test_no_cost_helps_a_plan_with_too_few_votes_and_no_votes_help_one_that_is_too_dear():
    election = an_election([("a",), ("a",), ("b",)], {"a": 50, "b": 10, "c": 120}, 100)
    rule = replace(MOST_VOTES, minimum_votes=2)

    outcome = count(election, rule)

    assert takes(outcome, "b") == (None, 1)
    assert takes(outcome, "c") == (None, None)
    assert takes(count(election, MOST_VOTES), "c") == (None, None)
    voted = an_election([("a",), ("a",), ("c",)], {"a": 50, "c": 120}, 100)
    assert takes(count(voted, MOST_VOTES), "c") == (5000, None)


def test_a_withdrawn_plan_stays_withdrawn():
    projects = (Project("a", "", 1000), Project("w", "", WITHDRAWN_COST))
    election = Election(budget=10_000, projects=projects, ballots={("w", "a"): 5})

    for rule in (MOST_VOTES, BARE, PHRAGMEN, replace(MOST_VOTES, skip=False)):
        assert takes(count(election, rule), "w") == (None, None)


def test_the_second_pass_counts_too():
    election = an_election(
        [("a", "b"), ("a",), ("a",), ("c", "a")],
        {"a": 60, "b": 50, "c": 30},
        100,
        areas={"b": "north", "c": "north"},
        area_budgets={"north": 3500},
    )

    # For 30 b goes before c, by its id. Its area has 35; after a and c 10 is left in all.
    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("a", "c")
    assert takes(outcome, "b") == (3000, None)
    # With 35 left in the second pass it is enough to cost that, or to come before a.
    wide = replace(election, budget=12_500)
    assert takes(count(wide, MOST_VOTES), "b") == (3500, None)
    assert takes(count(replace(election, budget=13_000), MOST_VOTES), "b") == (4000, None)
    nothing_after = replace(MOST_VOTES, remainder=Remainder.NONE)
    assert takes(count(replace(election, budget=13_000), nothing_after), "b") == (3000, None)


def test_more_votes_can_only_help_where_the_plan_fits():
    election = an_election(
        [("a",)] * 2 + [("b",)],
        {"a": 60, "b": 50},
        100,
        themes={"b": "green"},
        theme_ceilings={"green": 4900},
    )

    assert takes(count(election, MOST_VOTES), "b") == (4000, None)


@pytest.mark.parametrize(
    ("kind", "limits", "extra"),
    [
        (BallotKind.CUMULATIVE, {}, 3),  # The most that a ballot gives is 4.
        (BallotKind.CUMULATIVE, {"maximum_points": 7}, 2),
        (BallotKind.CUMULATIVE, {"maximum_points": 7, "points_per_project": 3}, 4),
        (BallotKind.SCORING, {"maximum_points": 7}, 3),
        (BallotKind.SCORING, {"points_per_project": 3}, 4),
    ],
)
def test_a_full_vote_on_a_ballot_with_points_is_all_that_a_plan_may_get(kind, limits, extra):
    ballots = [(("a", 4), ("b", 1)), (("a", 4),), (("a", 4),)]
    election = an_election(
        ballots, {"a": 60, "b": 60}, 100, kind=kind, limits=BallotLimits(**limits)
    )

    assert takes(count(election, MOST_VOTES), "b") == (4000, extra)


def test_a_full_vote_on_a_ranked_ballot_is_the_first_place():
    election = an_election(
        [("a", "b"), ("a",), ("a",)],
        {"a": 60, "b": 60},
        100,
        kind=BallotKind.ORDINAL,
        limits=BallotLimits(maximum_choices=3),
    )

    # a has 9, b has 2: three more first places are enough, two are not.
    assert takes(count(election, MOST_VOTES), "b") == (4000, 3)


def test_more_votes_than_twice_the_voters_are_not_looked_at():
    ballots = [(("a", 9),), (("b", 1),)]
    limits = BallotLimits(points_per_project=1)
    election = an_election(ballots, {"a": 60, "b": 60}, 100, kind=BallotKind.SCORING, limits=limits)
    near = an_election(
        [(("a", 6),), (("b", 1),)],
        {"a": 60, "b": 59},
        100,
        kind=BallotKind.SCORING,
        limits=limits,
    )

    assert takes(count(election, MOST_VOTES), "b") == (4000, None)
    assert takes(count(near, MOST_VOTES), "b") == (4000, 5)
    far = replace(near, ballots={(("a", 8),): 1, (("b", 1),): 1})
    assert takes(count(far, MOST_VOTES), "b") == (4000, None)


def test_a_percentage_and_a_quota_are_taken_of_all_ballots_with_the_extra_ones():
    election = an_election([("a",)] * 8 + [("b",)], {"a": 50, "b": 10}, 100)

    half = count(election, replace(MOST_VOTES, minimum_percent=Fraction(50)))
    quota = count(election, replace(MOST_VOTES, support_quota=1, theme_ceilings=False))

    # (1 + 7) of (9 + 7) is half.
    assert takes(half, "b") == (None, 7)
    assert quota.selected == ("a", "b")
    stricter = an_election([("a",)] * 8 + [("b",)], {"a": 50, "b": 20}, 100)
    # A fifth of the budget needs a fifth of the ballots: 1 of 9 is too few, 2 of 10 is enough.
    assert takes(count(stricter, replace(MOST_VOTES, support_quota=1)), "b") == (1111, 1)


@pytest.mark.parametrize(
    "rule",
    [
        replace(MOST_VOTES, skip=False),
        replace(MOST_VOTES, skip=False, remainder=Remainder.NONE),
        replace(MOST_VOTES, remainder=Remainder.PARTIAL),
        replace(MOST_VOTES, skip=False, remainder=Remainder.EIGHTY_PERCENT),
        replace(MOST_VOTES, areas=Areas.POTS),
        replace(MOST_VOTES, exclusive_groups=True),
    ],
)
def test_where_one_plan_moves_others_the_count_is_made_again(rule):
    election = an_election(
        [("a", "b"), ("a",), ("a", "c"), ("b", "c")],
        {"a": 60, "b": 70, "c": 35},
        100,
        areas={"a": "north"},
        area_budgets={"north": 6500},
        exclusive_groups=(("a", "b"),),
    )
    outcome = count(election, rule)
    plain = counted(election, rule)

    for project in election.projects:
        cost, extra = takes(outcome, project.id)
        if project.id in outcome.selected:
            assert (cost, extra) == (None, None)
            continue
        assert cost is None or wins(plain, project.id, cost=cost)
        assert not wins(plain, project.id, cost=project.cost if cost is None else cost + 1)
        assert extra is None or wins(plain, project.id, extra=extra)


# --- equal shares ----------------------------------------------------------------------------


def test_with_the_same_share_supporters_could_have_paid_less_or_with_more():
    election = an_election([("a",)] * 3 + [("b",)], {"a": 60, "b": 60}, 100)

    outcome = count(election, ONCE)

    assert outcome.selected == ("a",)
    # One supporter has 25. Two more bring 50 more.
    assert takes(outcome, "b") == (2500, 2)


def test_a_plan_can_win_a_round_before_its_supporters_pay_for_another():
    ballots = [("a", "b")] * 3 + [("a",)]
    election = an_election(ballots, {"a": 100, "b": 80}, 100)

    outcome = count(election, ONCE)

    assert outcome.selected == ("a",)
    # a costs its supporters a quarter each per unit. As one of four b is equal, and cheaper.
    assert takes(outcome, "b") == (0, 1)


def test_an_exact_tie_is_decided_by_the_order_also_in_what_it_takes():
    ballots = [("a", "b")] * 3 + [("a",)]
    dearer = an_election(ballots, {"a": 80, "b": 100}, 100)
    as_dear = an_election(ballots, {"a": 100, "b": 100}, 100)
    drawn = an_election(ballots, {"a": 100, "b": 100}, 100, lots={"a": 2, "b": 1})

    assert takes(count(dearer, ONCE), "b")[1] == 2
    assert takes(count(as_dear, ONCE), "b")[1] == 2
    assert takes(count(drawn, ONCE), "b")[1] == 1


def test_by_number_of_plans_a_lower_cost_lowers_the_payment():
    election = an_election([("a", "b"), ("a",), ("b",)], {"a": 50, "b": 60}, 60)
    rule = replace(ONCE, utility=Utility.CARDINALITY)

    outcome = count(election, rule)

    # At 40 a would cost its two supporters 20 each. It cannot be paid at 50.
    assert outcome.selected == ()
    assert takes(outcome, "a") == (4000, 1)
    assert takes(outcome, "b") == (4000, 1)


def test_an_extra_ballot_with_points_has_the_same_share_and_pays_for_its_points():
    ballots = [(("a", 2), ("b", 1)), (("b", 1),)]
    election = an_election(
        ballots,
        {"a": 30, "b": 40},
        50,
        kind=BallotKind.CUMULATIVE,
        limits=BallotLimits(points_per_project=2),
    )
    rule = replace(ONCE, utility=Utility.POINTS)

    outcome = count(election, rule)
    plain = counted(election, rule)

    assert outcome.selected == ("b",)
    cost, extra = takes(outcome, "a")
    assert wins(plain, "a", cost=cost)
    assert not wins(plain, "a", cost=cost + 1)
    assert wins(plain, "a", extra=extra)
    assert not wins(plain, "a", extra=extra - 1)
    assert (cost, extra) == (2500, 1)


def test_points_mean_nothing_to_what_it_takes_when_they_are_not_weighed():
    ballots = [(("a", 1), ("b", 3))] * 2 + [(("a", 1), ("b", 0)), (("a", 1),)]
    election = an_election(ballots, {"a": 60, "b": 40}, 100, kind=BallotKind.SCORING)

    outcome = count(election, ONCE)
    result = outcome.projects["b"]

    # All have 25 and pay 15 for a. The three who named b have 30 left, also who gave no points.
    # Between them and the four for a, b would have to be named by one more, and be cheaper.
    assert outcome.selected == ("a",)
    assert (result.supporters_left, result.supporters_spent) == (3000, {"a": 4500})
    assert takes(outcome, "b") == (3000, 1)


def test_for_more_points_supporters_could_have_paid_more_in_a_round():
    ballots = [(("a", 2), ("b", 4))] * 2
    election = an_election(ballots, {"a": 40, "b": 90}, 100, kind=BallotKind.SCORING)

    outcome = count(election, replace(ONCE, utility=Utility.POINTS))

    # For a both pay 10 for each point. For b that were 40 each, and a goes first, as it is cheaper.
    assert outcome.selected == ("a",)
    assert takes(outcome, "b")[0] == 7999


def test_who_loses_an_exact_tie_whatever_the_cost_has_to_do_with_what_is_left():
    # With the same two supporters both plans have the same key for any cost, and a goes first.
    election = an_election([("a", "b"), ("a", "b")], {"a": 60, "b": 60}, 100)

    outcome = count(election, replace(ONCE, tie_order=("id",)))

    assert outcome.selected == ("a",)
    assert takes(outcome, "b") == (4000, 1)
    all_spent = replace(election, projects=(Project("a", "", 10_000), election.projects[1]))
    assert takes(count(all_spent, replace(ONCE, tie_order=("id",))), "b") == (0, 1)


def test_completion_lifts_the_areas_also_in_what_it_takes():
    election = an_election(
        [("a",)] * 3 + [("b",)] * 2,
        {"a": 50, "b": 60},
        100,
        areas={"b": "north"},
        area_budgets={"north": 2000},
    )
    rule = replace(EQUAL_SHARES, add1=False, areas=Areas.CEILINGS)

    assert takes(count(election, rule), "b") == (5000, None)
    assert takes(count(election, replace(rule, completion="none")), "b") == (2000, None)


def test_completion_counts_as_winning_and_comparison_is_left_out():
    election = an_election([("a",)] * 3 + [("b",)] + [("c",)] * 2, {"a": 50, "b": 45, "c": 40}, 100)

    outcome = count(election, replace(EQUAL_SHARES, add1=False))

    assert outcome.selected == ("a", "c")
    # 50 is left after a. c goes first with two votes; b would with three.
    assert takes(outcome, "b") == (1666, 2)
    assert takes(count(election, ONCE), "b") == (1666, 2)


def test_what_it_takes_is_held_to_the_share_of_the_outcome_and_not_raised_again():
    election = an_election([("a",), ("b",), ("c",)], {"a": 10, "b": 20, "c": 75}, 100)

    outcome = count(election, replace(BARE, stop="overspending"))

    share = Fraction(10_000, 3) + 4100
    assert outcome.endowment == share
    assert takes(outcome, "c") == (share // 1, 1)


# --- Phragmen --------------------------------------------------------------------------------


def test_a_lower_cost_gives_a_lower_load_and_an_earlier_turn():
    election = an_election([("a",), ("a",), ("b",)], {"a": 60, "b": 50}, 100)

    outcome = count(election, PHRAGMEN)

    assert outcome.selected == ("a",)
    # The load of a is 30, and b goes first when it costs as much; then 40 is left for nobody.
    assert takes(outcome, "b") == (4000, 1)


def test_the_plan_at_which_the_count_stopped_can_be_equal_and_win():
    election = an_election([("a",), ("b",), ("c",)], {"a": 50, "b": 60, "c": 70}, 100)

    outcome = count(election, PHRAGMEN)

    assert outcome.selected == ("a",)
    # Below 50 it goes before a; at 50 it is equal to a, which goes first, and then fits the rest.
    assert takes(outcome, "c") == (5000, 1)
    assert takes(outcome, "b") == (5000, 1)


# --- what is found at once is what counting again and again finds ------------------------------


def check_by_halving(election, rule):
    """Compare both numbers of every plan that lost with the definition, in the engine's counts."""
    arrays = Arrays.of(election, rule)
    tallied = tally(arrays, rule, explained=True)
    found = what_it_takes(arrays, tallied)
    for project in election.projects:
        if project.id in tallied.funded or project.is_withdrawn:
            assert (found[project.id].max_winning_cost, found[project.id].extra_votes) == (
                None,
                None,
            )
            continue
        slow = by_halving(arrays, tallied, project)
        mine = found[project.id]
        assert (mine.max_winning_cost, mine.extra_votes) == (
            slow.max_winning_cost,
            slow.extra_votes,
        ), project.id


@pytest.mark.parametrize("minimum_votes", [0, 2])
def test_so_they_are_in_small_counts_of_phragmen_where_much_is_equal(minimum_votes):
    """Few voters and few costs: many stop, many are equal, and the money often just reaches."""
    rule = replace(PHRAGMEN, completion=Completion.NONE, minimum_votes=minimum_votes)
    stopped = 0
    for number in range(60):
        drawn = Random(number)  # noqa: S311 - nothing secret
        costs = {name: drawn.choice((3, 4, 6, 8, 12, 40)) for name in "abcde"}
        ballots = [drawn.sample("abcde", drawn.randint(1, 3)) for _ in range(drawn.randint(3, 6))]
        election = an_election(ballots, costs, drawn.choice((8, 12, 14, 20)))
        stopped += len(count(election, rule).selected) < len(costs)

        check_by_halving(election, rule)

    assert stopped > 40


@for_every(elections(), rules())
def test_both_numbers_are_those_of_counting_again_and_again(election, rule):
    check_by_halving(election, rule)


@for_every(
    medium_elections(),
    rules(Family.EQUAL_SHARES, minimum_percent=Fraction(0), support_quota=0),
)
def test_so_they_are_for_equal_shares_in_elections_of_some_size(election, rule):
    assume(election.voters)
    check_by_halving(election, rule)


@for_every(
    elections(costs=COSTS),
    rules(Family.MOST_VOTES, minimum_percent=Fraction(0), support_quota=0, skip=True)
    | rules(Family.PHRAGMEN, minimum_percent=Fraction(0), support_quota=0),
)
def test_so_they_are_for_the_other_rules_where_they_are_found_at_once(election, rule):
    check_by_halving(election, rule)


@for_every(elections(costs=COSTS), rules())
def test_at_the_number_a_plan_wins_and_one_step_short_of_it_does_not(election, rule):
    outcome, plain = count(election, rule), counted(election, rule)

    for name, result in outcome.projects.items():
        if result.max_winning_cost is not None:
            assert wins(plain, name, cost=result.max_winning_cost)
            assert not wins(plain, name, cost=result.max_winning_cost + 1)
        if result.extra_votes is not None:
            assert wins(plain, name, extra=result.extra_votes)
            assert not wins(plain, name, extra=result.extra_votes - 1)


@for_every(
    elections(costs=COSTS),
    rules(Family.EQUAL_SHARES, minimum_percent=Fraction(0), support_quota=0),
    some.integers(1, 3),
)
def test_a_plan_without_a_number_of_votes_does_not_win_with_any(election, rule, times):
    outcome, plain = count(election, rule), counted(election, rule)
    most = 2 * outcome.voters + rule.minimum_votes + 1

    for name, result in outcome.projects.items():
        if not result.selected and result.extra_votes is None:
            assert not wins(plain, name, extra=most * times // 3)
