"""Equal shares: who pays what, when the shares stop rising, what comes after, and comparison."""

from dataclasses import replace
from fractions import Fraction

import pytest

from pb.tally.count import count
from pb.tally.election import BallotKind, BallotLimits, Election, Project
from pb.tally.errors import CountRefused
from pb.tally.outcome import Ending, Reason
from pb.tally.rules import (
    EQUAL_SHARES,
    Areas,
    Comparison,
    Completion,
    Start,
    Stop,
    Utility,
)
from tests.tally.elections import an_election

BARE = replace(EQUAL_SHARES, completion=Completion.NONE)
ONCE = replace(BARE, add1=False)
BY_EVERYBODY = replace(ONCE, completion=Completion.EPSILON)


def steps(outcome):
    return [(step.pass_.value, step.project, step.reason.value) for step in outcome.steps]


def bought(outcome):
    """Return the step of each purchase by project id."""
    return {each.project: each for each in outcome.steps if each.reason is Reason.FITS_SHARES}


# --- one run ---------------------------------------------------------------------------------


def test_a_minority_gets_its_part_where_most_votes_gives_it_nothing():
    election = an_election([("a", "b")] * 6 + [("c",)] * 4, {"a": 50, "b": 50, "c": 40}, 100)

    assert count(election, BARE).selected == ("a", "c")


def test_voters_who_have_less_pay_all_they_have_and_the_others_pay_the_rest_alike():
    election = an_election([("a", "b"), ("a",), ("a",), ("b",)], {"a": 12, "b": 15}, 40)

    outcome = count(election, BARE)

    first, second = bought(outcome)["a"], bought(outcome)["b"]
    assert outcome.endowment == 1000
    assert (first.payment, first.effective_votes) == (400, 3)
    assert (first.paid_in_full, first.paid_less) == (3, 0)
    # The voter of both has 6 left and pays that; the other supporter of b pays 9.
    assert (second.payment, second.effective_votes) == (900, Fraction(5, 3))
    assert (second.paid_in_full, second.paid_less) == (1, 1)


def test_who_has_exactly_the_payment_pays_in_full():
    election = an_election([("a", "b"), ("b",)], {"a": 10, "b": 20}, 40)

    second = bought(count(election, BARE))["b"]

    assert second.payment == 1000
    assert (second.paid_in_full, second.paid_less) == (2, 0)


def test_supporters_with_exactly_the_cost_can_buy_though_a_third_is_no_float():
    election = an_election([("a",)] * 3, {"a": 100}, 100)

    outcome = count(election, BARE)

    assert outcome.selected == ("a",)
    assert outcome.endowment == Fraction(10_000, 3)
    assert (outcome.increments, outcome.ending) == (0, Ending.ALL_FUNDED)
    assert outcome.leftover == 0


def test_a_cent_more_than_supporters_have_is_too_much():
    election = an_election([("a",)] * 3 + [("b",)], {"a": 75, "b": 25}, 100)
    dearer = replace(election, projects=(Project("a", "", 7501), Project("b", "", 2500)))

    assert count(election, ONCE).selected == ("a", "b")
    assert count(dearer, ONCE).selected == ("b",)


def test_the_highest_effective_votes_are_bought_first_and_the_runner_up_is_named():
    election = an_election(
        [("a", "b"), ("a", "b"), ("b",), ("c",)], {"a": 20, "b": 45, "c": 20}, 100
    )

    outcome = count(election, ONCE)

    b, a, c = outcome.steps
    assert outcome.selected == ("b", "a", "c")
    assert (b.effective_votes, b.runner_up, b.runner_up_payment) == (3, "a", 1000)
    assert (a.payment, a.runner_up, a.runner_up_payment) == (1000, "c", 2000)
    assert (c.payment, c.runner_up, c.runner_up_payment) == (2000, None, None)


def test_by_number_of_plans_the_lowest_payment_is_bought_first():
    election = an_election([("a",), ("b",), ("b",)], {"a": 10, "b": 40}, 90)

    by_cost = count(election, ONCE)
    by_number = count(election, replace(ONCE, utility=Utility.CARDINALITY))

    assert by_cost.selected == ("b", "a")
    assert by_number.selected == ("a", "b")
    assert bought(by_number)["b"].runner_up is None
    assert bought(by_number)["a"].runner_up == "b"


def test_by_points_supporters_pay_in_proportion_to_their_points():
    ballots = [(("a", 3), ("b", 1)), (("a", 1),), (("b", 2),)]
    election = an_election(ballots, {"a": 20, "b": 12}, 60, kind=BallotKind.CUMULATIVE)

    outcome = count(election, replace(ONCE, utility=Utility.POINTS))

    b, a = outcome.steps
    assert outcome.endowment == 2000
    # b: 3 points pay 12, so 4 per point; a: 4 points pay 20, so 5 per point.
    assert (b.project, b.payment, b.runner_up, b.runner_up_payment) == ("b", 400, "a", 500)
    # The first voter has 16 left and pays 15, the second 5.
    assert (a.project, a.payment) == ("a", 500)
    assert (a.paid_in_full, a.paid_less) == (2, 0)


def test_zero_points_support_nothing_when_points_are_weighed():
    ballots = [(("a", 0), ("b", 1))] * 3 + [(("a", 1),)]
    election = an_election(ballots, {"a": 40, "b": 10}, 80, kind=BallotKind.SCORING)

    weighed = count(election, replace(ONCE, utility=Utility.POINTS))
    named = count(election, ONCE)

    assert weighed.selected == ("b",)
    assert weighed.projects["a"].reason is Reason.NEVER_AFFORDABLE
    assert named.selected == ("a", "b")


def test_places_on_a_ranked_ballot_are_points_down_to_zero():
    election = an_election(
        [("a", "b", "c")],
        {"a": 30, "b": 10, "c": 5},
        100,
        kind=BallotKind.ORDINAL,
        limits=BallotLimits(maximum_choices=2),
    )

    outcome = count(election, replace(ONCE, utility=Utility.POINTS))

    assert [(step.project, step.payment) for step in outcome.steps[:2]] == [
        ("b", 1000),
        ("a", 1500),
    ]
    assert steps(outcome)[2] == ("shares", "c", "no_votes")


def test_points_and_places_count_as_approval_when_they_are_not_weighed():
    costs = {"a": 50, "b": 60}
    points = an_election([(("a", 1), ("b", 3))], costs, 100, kind=BallotKind.CUMULATIVE)
    ranks = an_election([("b", "a")], costs, 100, kind=BallotKind.ORDINAL)
    approval = an_election([("a", "b")], costs, 100)

    outcomes = [count(election, BARE) for election in (points, ranks, approval)]

    assert len({outcome.steps for outcome in outcomes}) == 1


# --- raising ---------------------------------------------------------------------------------


def three_alone(**rest):
    return an_election([("a",), ("b",), ("c",)], {"a": 10, "b": 20, "c": 75} | rest, 100)


def test_the_shares_stop_rising_when_nothing_that_somebody_supports_fits_any_more():
    outcome = count(three_alone(), BARE)

    assert (outcome.ending, outcome.increments) == (Ending.EXHAUSTED, 0)
    assert set(outcome.selected) == {"a", "b"}
    assert outcome.next_run.endowment == Fraction(10_000, 3) + 100
    assert (outcome.next_run.cost, set(outcome.next_run.selected)) == (3000, {"a", "b"})


def test_with_the_stop_at_overspending_the_run_before_it_counts():
    outcome = count(three_alone(), replace(BARE, stop=Stop.OVERSPENDING))

    assert (outcome.ending, outcome.increments) == (Ending.OVERSPENDING, 41)
    assert set(outcome.selected) == {"a", "b"}
    assert outcome.start_endowment == Fraction(10_000, 3)
    assert outcome.endowment == Fraction(10_000, 3) + 41 * 100
    assert (outcome.next_run.cost, set(outcome.next_run.selected)) == (10_500, {"a", "b", "c"})
    assert outcome.next_run.endowment == outcome.endowment + 100


def test_plans_without_votes_count_for_the_stop_only_when_the_rule_says_all():
    election = three_alone(d=60)
    admitted = replace(BARE, minimum_votes=0)

    supported = count(election, admitted)
    every_plan = count(election, replace(admitted, stop=Stop.EXHAUSTIVE_ALL))
    too_dear = count(three_alone(d=71), replace(admitted, stop=Stop.EXHAUSTIVE_ALL))

    assert (supported.ending, supported.increments) == (Ending.EXHAUSTED, 0)
    assert (every_plan.ending, every_plan.increments) == (Ending.OVERSPENDING, 41)
    assert (too_dear.ending, too_dear.increments) == (Ending.EXHAUSTED, 0)


def test_a_plan_that_costs_exactly_what_is_left_keeps_the_shares_rising():
    outcome = count(three_alone(c=70), BARE)

    assert outcome.ending is Ending.ALL_FUNDED
    assert outcome.leftover == 0
    assert outcome.increments == 37
    assert outcome.next_run is None


def test_the_count_ends_when_all_that_somebody_supports_is_funded():
    election = an_election([("a",), ("a",)], {"a": 50, "c": 20, "e": 60}, 100)
    every_plan = replace(BARE, minimum_votes=0, stop=Stop.EXHAUSTIVE_ALL)

    for rule in (BARE, every_plan):
        outcome = count(election, rule)
        assert outcome.selected == ("a",)
        assert outcome.ending is Ending.ALL_FUNDED


@pytest.mark.parametrize(
    ("start", "first"), [(Start.EXACT, Fraction(10_000, 3)), (Start.FLOOR, Fraction(3300))]
)
def test_the_first_share_is_exact_or_cut_to_whole_euros(start, first):
    outcome = count(three_alone(), replace(BARE, start=start, stop=Stop.OVERSPENDING))

    assert outcome.start_endowment == first
    assert outcome.endowment == first + 100 * outcome.increments


def test_cutting_the_first_share_can_leave_too_little():
    election = an_election([("a",)] * 3, {"a": 100}, 100)

    outcome = count(election, replace(ONCE, start=Start.FLOOR))

    assert outcome.selected == ()
    assert steps(outcome) == [("shares", "a", "never_affordable")]


def test_a_larger_step_takes_fewer_increments():
    rule = replace(BARE, stop=Stop.OVERSPENDING)

    outcome = count(three_alone(), replace(rule, step=1000))
    fine = count(three_alone(), replace(rule, step=1))

    assert (outcome.increments, outcome.endowment) == (4, Fraction(10_000, 3) + 4000)
    assert (fine.increments, fine.endowment) == (4166, Fraction(10_000, 3) + 4166)


def test_without_raising_one_run_is_all():
    outcome = count(three_alone(), replace(ONCE, stop=Stop.OVERSPENDING))

    assert (outcome.ending, outcome.increments) == (Ending.SINGLE, 0)
    assert outcome.endowment == outcome.start_endowment
    assert outcome.next_run is None


def test_a_count_that_would_go_on_too_long_is_refused():
    projects = (Project("a", "", 9 * 10**11), Project("b", "", 9 * 10**11 + 1))
    election = Election(budget=10**12, projects=projects, ballots={("a",): 1, ("b",): 1})

    with pytest.raises(CountRefused, match=r"raised 1000000 times .* choose a larger step"):
        count(election, BARE)


@pytest.mark.parametrize(("cost", "steps"), [(2_999_999, 999_999), (3_000_000, 1_000_000)])
def test_the_last_number_of_steps_that_is_looked_at_is_a_million(cost, steps):
    outcome = count(for_two(cost), replace(BARE, step=1))

    assert (outcome.increments, outcome.ending) == (steps, Ending.ALL_FUNDED)


def test_a_chain_of_more_than_a_million_steps_is_refused():
    with pytest.raises(CountRefused, match="raised 1000000 times"):
        count(for_two(3_000_001), replace(BARE, step=1))


def for_two(cost):
    """Return an election of two voters with 20,000 each; one wants a plan with a cost in cents."""
    projects = (Project("a", "", cost), Project("b", "", 4_000_000 - cost))
    return Election(budget=4_000_000, projects=projects, ballots={("a",): 1, ("b",): 1})


# --- limits ----------------------------------------------------------------------------------


def test_a_plan_above_what_its_theme_has_left_is_passed_over():
    election = an_election(
        [("a", "b")] * 5,
        {"a": 30, "b": 30},
        100,
        themes={"a": "green", "b": "green"},
        theme_ceilings={"green": 5000},
    )

    outcome = count(election, BARE)
    unlimited = count(election, replace(BARE, theme_ceilings=False))

    assert outcome.selected == ("a",)
    assert outcome.ending is Ending.EXHAUSTED
    assert steps(outcome)[1] == ("shares", "b", "tie_lost")
    assert (outcome.steps[0].theme_left, outcome.steps[1].theme_left) == (5000, 2000)
    assert unlimited.selected == ("a", "b")


def test_areas_bind_only_as_ceilings_and_are_named_before_themes():
    election = an_election(
        [("a", "b")] * 3 + [("a",)],
        {"a": 30, "b": 30},
        100,
        areas={"a": "north", "b": "north"},
        themes={"a": "green", "b": "green"},
        area_budgets={"north": 5000},
        theme_ceilings={"green": 5000},
    )

    ceilings = count(election, replace(BARE, areas=Areas.CEILINGS))
    together = count(election, BARE)

    assert steps(ceilings)[1] == ("shares", "b", "area_budget_too_small")
    assert (ceilings.steps[1].area, ceilings.steps[1].area_left) == ("north", 2000)
    assert steps(together)[1] == ("shares", "b", "theme_ceiling_reached")
    assert together.steps[1].area is None


def test_the_next_run_starts_with_all_limits_whole():
    election = an_election(
        [("a", "b"), ("b",)],
        {"a": 5, "b": 10},
        10,
        themes={"b": "play"},
        theme_ceilings={"play": 1000},
    )

    outcome = count(election, BARE)

    assert outcome.selected == ("b",)
    assert outcome.next_run.selected == ("b",)


def test_plans_that_fit_no_limit_do_not_keep_the_shares_rising():
    election = an_election(
        [("a",), ("b",)],
        {"a": 30, "b": 60},
        100,
        themes={"b": "green"},
        theme_ceilings={"green": 5000},
    )

    outcome = count(election, replace(BARE, stop=Stop.OVERSPENDING))

    assert (outcome.ending, outcome.increments) == (Ending.EXHAUSTED, 0)
    assert steps(outcome)[1] == ("shares", "b", "theme_ceiling_reached")


# --- why not ---------------------------------------------------------------------------------


def test_a_plan_for_which_supporters_had_too_little_from_the_start_was_never_affordable():
    election = an_election([("a",), ("b",)], {"a": 51, "b": 10}, 100)

    outcome = count(election, ONCE)

    assert steps(outcome)[1] == ("shares", "a", "never_affordable")
    result = outcome.projects["a"]
    assert result.effective_support == Fraction(50, 51)
    assert (result.supporters_left, result.supporters_spent) == (5000, {})


def test_supporters_who_had_exactly_the_cost_at_the_start_have_spent_it():
    ballots = [("a", "b"), ("a", "b"), ("a",), ("c",)]
    election = an_election(ballots, {"a": 60, "b": 50, "c": 90}, 100)

    outcome = count(election, ONCE)

    # All have 25: both supporters of b together its cost, until they pay 20 each for a.
    assert outcome.selected == ("a",)
    assert outcome.projects["b"].reason is Reason.SUPPORTERS_SPENT


def test_a_plan_that_costs_exactly_what_its_area_has_left_was_not_held_back_by_the_area():
    election = an_election(
        [("a", "b"), ("a", "b"), ("a",), ("c",)],
        {"a": 60, "b": 30, "c": 90},
        100,
        areas={"b": "north"},
        area_budgets={"north": 3000},
    )

    outcome = count(election, replace(ONCE, areas=Areas.CEILINGS))

    assert outcome.projects["b"].reason is Reason.SUPPORTERS_SPENT


def test_a_plan_whose_supporters_paid_for_others_says_how_much_and_for_what():
    ballots = [("a", "b"), ("a", "b"), ("a",), ("a",), ("c", "b")]
    election = an_election(ballots, {"a": 50, "b": 58, "c": 11}, 100)

    outcome = count(election, ONCE)

    assert outcome.selected == ("a", "c")
    assert steps(outcome)[2] == ("shares", "b", "supporters_spent")
    result = outcome.projects["b"]
    # All have 20. Two of them paid a quarter of 50 each, one paid 11.
    assert result.supporters_spent == {"a": 2500, "c": 1100}
    assert result.supporters_left == 2400
    # At the price of a, a quarter per supporter, three of them could pay three quarters.
    assert result.effective_support == Fraction(3, 4)


def test_what_supporters_paid_is_cut_to_whole_cents_and_left_out_when_it_is_nothing():
    ballots = [("a", "b"), ("a",), ("a",), ("c",)]
    election = an_election(ballots, {"a": 50, "b": 20, "c": 25}, 100)

    result = count(election, ONCE).projects["b"]

    assert result.supporters_spent == {"a": 1666}
    assert result.supporters_left == 2500 - Fraction(5000, 3)


def test_a_single_cent_that_supporters_paid_is_named():
    election = Election(
        budget=10,
        projects=(Project("a", "", 2), Project("b", "", 9)),
        ballots={("a", "b"): 1, ("a",): 1},
    )

    assert count(election, ONCE).projects["b"].supporters_spent == {"a": 1}


def test_what_supporters_paid_loses_no_cent_where_floats_say_a_little_less():
    election = an_election([("a", "b")] * 49, {"a": 39, "b": 70}, 100)

    assert 3900 / 49 * 49 < 3900
    assert count(election, ONCE).projects["b"].supporters_spent == {"a": 3900}


def test_effective_support_is_of_the_best_round():
    ballots = [("a", "b"), ("a",), ("b",), ("c",)]
    election = an_election(ballots, {"a": 40, "b": 40, "c": 10}, 100)

    outcome = count(election, ONCE)

    assert outcome.selected == ("a", "c")
    assert outcome.projects["b"].reason is Reason.TIE_LOST
    # At the round of a, both supporters of b could pay 20: as much as was needed.
    assert outcome.projects["b"].effective_support == 1
    assert outcome.projects["b"].supporters_left == 500 + 2500


def test_who_lost_a_tie_in_the_run_that_counts_is_told_so():
    election = an_election([("a", "b")], {"a": 60, "b": 60}, 100)

    outcome = count(election, BARE)

    assert steps(outcome) == [("shares", "a", "fits_shares"), ("shares", "b", "tie_lost")]
    assert outcome.projects["b"].lost_ties_to == ("a",)


def test_a_plan_without_a_supporter_took_no_part():
    election = an_election([("a",)], {"a": 10, "b": 10}, 100)

    outcome = count(election, replace(BARE, minimum_votes=0))

    assert steps(outcome) == [("shares", "a", "fits_shares"), ("shares", "b", "no_votes")]
    assert outcome.projects["b"].effective_support is None


def test_without_any_vote_equal_shares_buys_nothing_and_has_no_share():
    election = an_election([()], {"a": 10}, 100)

    outcome = count(election, EQUAL_SHARES)

    assert (outcome.selected, outcome.endowment, outcome.increments) == ((), None, None)
    assert outcome.start_endowment is None
    assert outcome.ending is Ending.NO_CANDIDATES
    assert outcome.steps[0].reason is Reason.NO_VOTES


def test_where_no_plan_that_was_admitted_has_a_supporter_only_the_first_share_is_known():
    election = an_election([("a",), ("a",)], {"a": 200}, 100)

    outcome = count(election, EQUAL_SHARES)

    assert outcome.ending is Ending.NO_CANDIDATES
    assert (outcome.start_endowment, outcome.endowment) == (5000, None)


@pytest.mark.parametrize(
    ("completion", "selected", "step"),
    [
        ("votes", ("a",), ("completion", "a", "fits_remainder")),
        ("epsilon", (), ("epsilon", "a", "remainder_too_small")),
        ("none", (), ("shares", "a", "no_votes")),
    ],
)
def test_where_nobody_voted_only_completion_by_votes_can_fund_what_was_admitted(
    completion, selected, step
):
    election = an_election([()], {"a": 10}, 100)
    rule = replace(EQUAL_SHARES, minimum_votes=0, completion=completion)

    outcome = count(election, rule)

    assert (outcome.selected, outcome.ending) == (selected, Ending.NO_CANDIDATES)
    assert steps(outcome) == [step]


def test_a_free_plan_without_votes_needs_one_vote():
    election = an_election([("a",)], {"a": 10, "b": 0}, 100)

    result = count(election, BARE).projects["b"]

    assert (result.max_winning_cost, result.extra_votes) == (None, 1)


# --- completion ------------------------------------------------------------------------------


def left_over(**rest):
    """Return an election of which equal shares buys a, and leaves 40 for b, c or d."""
    return an_election(
        [("a", "b", "c")] * 2 + [("a", "c"), ("a",), ("d",)],
        {"a": 60, "b": 35, "c": 41, "d": 40},
        100,
        **rest,
    )


def test_completion_funds_what_still_fits_with_the_most_votes_first_and_marks_it():
    outcome = count(left_over(), replace(EQUAL_SHARES, add1=False))

    assert outcome.selected == ("a", "b")
    assert outcome.completed == ("b",)
    assert steps(outcome) == [
        ("shares", "a", "fits_shares"),
        ("shares", "c", "supporters_spent"),
        ("shares", "b", "supporters_spent"),
        ("shares", "d", "never_affordable"),
        ("completion", "c", "remainder_too_small"),
        ("completion", "b", "fits_remainder"),
        ("completion", "d", "remainder_too_small"),
    ]
    assert [step.left // 100 for step in outcome.steps[4:]] == [40, 40, 5]
    assert [step.comes_back for step in outcome.steps] == [False, *[True] * 3, *[False] * 3]
    assert {name: each.left_at_completion for name, each in outcome.projects.items()} == {
        "a": None,
        "b": 4000,
        "c": 4000,
        "d": 500,
    }


def test_a_plan_that_completion_passed_over_keeps_the_reason_of_the_shares():
    outcome = count(left_over(), replace(EQUAL_SHARES, add1=False))

    given = {name: each.reason for name, each in outcome.projects.items()}
    assert given == {
        "a": Reason.FITS_SHARES,
        "b": Reason.FITS_REMAINDER,
        "c": Reason.SUPPORTERS_SPENT,
        "d": Reason.NEVER_AFFORDABLE,
    }


def test_without_completion_the_money_is_left():
    outcome = count(left_over(), ONCE)

    assert (outcome.selected, outcome.completed, outcome.leftover) == (("a",), (), 4000)
    assert not any(step.comes_back for step in outcome.steps)


def test_completion_lifts_areas_and_keeps_or_lifts_themes():
    election = left_over(
        areas={"b": "north"},
        themes={"b": "green", "c": "green"},
        area_budgets={"north": 100},
        theme_ceilings={"green": 3000},
    )
    rule = replace(EQUAL_SHARES, add1=False, areas=Areas.CEILINGS)

    kept = count(election, rule)
    lifted = count(election, replace(rule, ceilings_in_remainder=False))

    assert kept.completed == ("d",)
    assert steps(kept)[4:6] == [
        ("completion", "c", "remainder_too_small"),
        ("completion", "b", "theme_ceiling_reached"),
    ]
    assert lifted.completed == ("b",)
    assert (kept.steps[5].theme_left, kept.steps[5].area) == (3000, None)
    assert lifted.steps[5].theme_left is None


def test_a_full_theme_comes_back_only_when_completion_lifts_the_ceilings():
    election = an_election(
        [("a", "b"), ("a",)],
        {"a": 40, "b": 20},
        100,
        themes={"a": "green", "b": "green"},
        theme_ceilings={"green": 5000},
    )

    kept = count(election, EQUAL_SHARES)
    lifted = count(election, replace(EQUAL_SHARES, ceilings_in_remainder=False))

    assert (kept.steps[1].reason, kept.steps[1].comes_back) == (Reason.THEME_CEILING_REACHED, False)
    assert (lifted.steps[1].comes_back, lifted.selected) == (True, ("a", "b"))


def test_where_everybody_helps_the_others_pay_the_shortfall_alike_or_all_they_have():
    ballots = [("a",), ("a",), ("b",), ("c",)]
    election = an_election(ballots, {"a": 70, "b": 20, "c": 90}, 100)

    outcome = count(election, replace(ONCE, completion=Completion.EPSILON))

    # Supporters of a have 25 each; of the 20 that is short the voter of b has 5, so c's pays 15.
    assert outcome.selected == ("b", "a")
    assert outcome.completed == ("a",)
    assert steps(outcome)[3:] == [
        ("epsilon", "a", "fits_everyone"),
        ("epsilon", "c", "remainder_too_small"),
    ]
    assert outcome.steps[3].level == 1500
    assert (outcome.steps[3].left, outcome.steps[4].left) == (8000, 1000)
    assert outcome.projects["a"].reason is Reason.FITS_EVERYONE
    assert outcome.projects["a"].effective_support == Fraction(50, 70)
    assert outcome.projects["a"].left_at_completion is None


def test_where_everybody_helps_the_lowest_level_is_bought_first_and_limits_hold():
    election = an_election(
        [("a",), ("a",), ("b",), ("c",)],
        {"a": 60, "b": 35, "c": 30},
        100,
        themes={"c": "green"},
        theme_ceilings={"green": 2900},
    )
    rule = replace(ONCE, completion=Completion.EPSILON, minimum_votes=0)

    outcome = count(election, rule)
    unlimited = count(election, replace(rule, theme_ceilings=False))

    # b is 10 short for three others: 10/3 each. a is 10 short for two others: 5 each.
    assert outcome.selected == ("b", "a")
    # After b is bought, the voter of c still has 65/3 and pays the 50/3 that is short.
    assert [step.level for step in outcome.steps[3:5]] == [Fraction(1000, 3), Fraction(5000, 3)]
    # c is 5 short for three others.
    assert unlimited.selected[0] == "c"
    assert unlimited.steps[3].level == Fraction(500, 3)


def test_what_an_area_held_back_is_then_paid_by_supporters_alone_when_they_have_enough():
    ballots = [("y", "a")] * 2 + [("a",)] * 3 + [("c",)]
    election = an_election(
        ballots,
        {"y": 30, "a": 57, "c": 55},
        150,
        areas={"a": "north"},
        area_budgets={"north": 3000},
    )

    outcome = count(election, replace(BY_EVERYBODY, areas=Areas.CEILINGS))

    # Two have 10 left after y, and pay all of it for a; three pay a third of 37 each. So these
    # have 38/3 each, of which c, that is 30 short, takes 10 each.
    assert outcome.selected == ("y", "a", "c")
    assert [step.level for step in outcome.steps if step.level is not None] == [0, 1000]


@pytest.mark.parametrize(("utility", "level"), [(Utility.POINTS, 1700), (Utility.COST, 1050)])
def test_supporters_who_have_enough_pay_by_their_points_when_the_rule_weighs_them(utility, level):
    election = an_election(
        [(("a", 1),), (("a", 3),), (("c", 1),)],
        {"a": 28, "c": 46},
        75,
        kind=BallotKind.SCORING,
        areas={"a": "north"},
        area_budgets={"north": 2000},
    )

    outcome = count(election, replace(BY_EVERYBODY, areas=Areas.CEILINGS, utility=utility))

    # By points they pay 7 and 21, so that one has 4 for c and the other pays 17; else 14 each.
    assert outcome.selected == ("a", "c")
    assert [step.level for step in outcome.steps if step.level is not None] == [0, level]


def test_who_spent_all_before_has_nothing_to_help_with():
    ballots = [("y", "z"), ("y",), ("y",), ("z",), ("a",)]
    election = an_election(ballots, {"y": 45, "z": 30, "a": 40}, 125)

    outcome = count(election, BY_EVERYBODY)

    # Of those for z one has 10 left after y. Of the other's 25 it takes 20. So a, that is 15
    # short, has three others to help.
    assert outcome.selected == ("y", "z", "a")
    assert outcome.steps[1].paid_less == 1
    assert outcome.steps[3].level == 500


def test_who_helped_with_all_that_was_left_does_not_help_again():
    election = an_election(
        [("h",), ("a",), ("c",), ("d",)], {"h": 24, "a": 31, "c": 90, "d": 40}, 100
    )

    outcome = count(election, BY_EVERYBODY)

    # For a 6 is short: 1 from who has no more, and 5/2 from each of two. Then d is 35/2 short.
    assert outcome.selected == ("h", "a", "d")
    assert [step.level for step in outcome.steps if step.level is not None] == [250, 1750]


def test_who_has_just_the_level_at_first_is_short_when_the_poorer_have_paid_all():
    election = an_election(
        [("h",), ("g",), ("a",), ("d",)], {"h": 24, "g": 23, "a": 31, "d": 90}, 100
    )

    outcome = count(election, BY_EVERYBODY)

    # For a 6 is short. A third of it is 2, just what one of the others has; but one has only 1.
    assert outcome.selected == ("g", "h", "a")
    assert [step.level for step in outcome.steps if step.level is not None] == [300]


def test_a_cent_that_supporters_are_short_is_paid_by_the_others():
    election = Election(
        budget=10_000,
        projects=(Project("a", "", 5001), Project("b", "", 9000)),
        ballots={("a",): 2, ("b",): 2},
    )

    outcome = count(election, BY_EVERYBODY)

    assert outcome.selected == ("a",)
    assert outcome.steps[2].level == Fraction(1, 2)


def test_equal_levels_are_a_tie():
    election = an_election([("a",), ("b",)], {"a": 60, "b": 60}, 100)

    outcome = count(election, replace(ONCE, completion=Completion.EPSILON))

    assert outcome.selected == ("a",)
    assert [(tie.stage, tie.winner, tie.rival) for tie in outcome.ties] == [("epsilon", "a", "b")]
    assert outcome.ties[0].changes_outcome


# --- comparison ------------------------------------------------------------------------------


MAJORITY = an_election([("a", "b")] * 6 + [("c",)] * 4, {"a": 50, "b": 50, "c": 40}, 100)
UNSERVED = an_election([("a",), ("a",), ("b",)], {"a": 90, "b": 30}, 100)


def test_when_more_voters_get_more_from_most_votes_that_is_the_outcome():
    rule = replace(BARE, comparison=Comparison.MORE_CHOICES)

    outcome = count(MAJORITY, rule)

    assert outcome.selected == ("a", "b")
    assert (outcome.comparison.prefer_rule, outcome.comparison.prefer_most_votes) == (4, 6)
    assert not outcome.comparison.keeps_rule
    assert outcome.rule == rule
    assert {step.pass_.value for step in outcome.steps} == {"votes"}
    shares = (outcome.endowment, outcome.start_endowment, outcome.increments, outcome.ending)
    assert shares == (None, None, None, None)
    assert outcome.next_run is None
    assert outcome.projects["c"].effective_support is None


def test_by_any_choice_a_voter_with_one_funded_plan_is_as_well_off_as_with_two():
    outcome = count(MAJORITY, replace(BARE, comparison=Comparison.ANY_CHOICE))

    assert outcome.selected == ("a", "c")
    assert (outcome.comparison.prefer_rule, outcome.comparison.prefer_most_votes) == (4, 0)
    assert outcome.comparison.keeps_rule


def test_by_any_choice_two_funded_plans_of_the_rule_are_no_more_than_one_of_most_votes():
    ballots = [("a", "b", "c")] * 2 + [("a",), ("d",)]
    election = an_election(ballots, {"a": 90, "b": 20, "c": 20, "d": 20}, 100)

    by_any = count(election, replace(ONCE, comparison=Comparison.ANY_CHOICE))
    by_more = count(election, replace(ONCE, comparison=Comparison.MORE_CHOICES))

    assert by_any.selected == ("b", "c", "d")
    assert (by_any.comparison.prefer_rule, by_any.comparison.prefer_most_votes) == (1, 1)
    assert (by_more.comparison.prefer_rule, by_more.comparison.prefer_most_votes) == (3, 1)


def test_by_any_choice_most_votes_stands_when_it_serves_more_voters():
    outcome = count(UNSERVED, replace(ONCE, comparison=Comparison.ANY_CHOICE))

    assert outcome.selected == ("a",)
    assert (outcome.comparison.prefer_rule, outcome.comparison.prefer_most_votes) == (1, 2)


def test_when_as_many_prefer_each_the_rule_stands():
    ballots = [("a",)] * 3 + [("b",)] * 2 + [("c",)]
    election = an_election(ballots, {"a": 90, "b": 30, "c": 15}, 100)

    outcome = count(election, replace(ONCE, comparison=Comparison.MORE_CHOICES))

    assert (outcome.comparison.prefer_rule, outcome.comparison.prefer_most_votes) == (3, 3)
    assert outcome.selected == ("b", "c")


def test_most_votes_is_compared_without_areas_and_themes_but_with_the_same_minima():
    election = an_election(
        [("a", "b")] * 6 + [("c",)] * 4,
        {"a": 50, "b": 50, "c": 40},
        100,
        areas={"a": "north", "b": "north"},
        themes={"a": "green", "b": "green"},
        area_budgets={"north": 5000},
        theme_ceilings={"green": 5000},
    )
    rule = replace(BARE, comparison=Comparison.MORE_CHOICES, areas=Areas.CEILINGS)

    assert count(election, rule).selected == ("a", "b")
    assert count(election, replace(rule, minimum_votes=7)).comparison.prefer_most_votes == 0


def test_extra_ballots_take_part_in_the_comparison_of_what_it_would_take():
    projects = (Project("a", "", 1000), Project("b", "", 1250))
    election = Election(budget=1000, projects=projects, ballots={("b",): 1})
    rule = replace(ONCE, comparison=Comparison.MORE_CHOICES)

    outcome = count(election, rule)

    assert outcome.ending is Ending.NO_CANDIDATES
    assert outcome.projects["a"].extra_votes == 1


def test_only_the_ties_of_the_outcome_that_stands_are_kept():
    election = an_election(
        [("a", "b")] * 6 + [("c", "d")] * 4, {"a": 50, "b": 50, "c": 40, "d": 40}, 100
    )

    outcome = count(election, replace(BARE, comparison=Comparison.MORE_CHOICES))

    assert outcome.selected == ("a", "b")
    assert {tie.stage for tie in outcome.ties} == {"votes"}
