"""Most votes first: what is admitted, skipping, limits, pots, and what becomes of the rest."""

from dataclasses import replace
from fractions import Fraction

import pytest

from pb.tally.count import count
from pb.tally.election import WITHDRAWN_COST, BallotKind, BallotLimits, Election, Project
from pb.tally.outcome import Decision, Pass, Reason
from pb.tally.rules import MOST_VOTES, PRESETS, Areas, Remainder
from tests.tally.elections import an_election

NO_SKIP = PRESETS["most_votes_no_skip"]
POTS = replace(MOST_VOTES, areas=Areas.POTS, remainder=Remainder.NONE)


def steps(outcome):
    return [(step.pass_.value, step.project, step.reason.value) for step in outcome.steps]


def lefts(outcome):
    return [step.left // 100 for step in outcome.steps]


# --- admission -------------------------------------------------------------------------------


def test_a_plan_nobody_chose_is_not_funded_unless_the_rule_says_so():
    election = an_election([("a",)], {"a": 10, "b": 10}, 100)

    outcome = count(election, MOST_VOTES)
    anyway = count(election, replace(MOST_VOTES, minimum_votes=0))

    assert outcome.selected == ("a",)
    assert steps(outcome)[0] == ("admission", "b", "no_votes")
    assert anyway.selected == ("a", "b")


def test_a_plan_with_exactly_the_lowest_number_of_votes_is_admitted():
    election = an_election([("a", "b"), ("a",), ("b", "c")], {"a": 10, "b": 10, "c": 10}, 100)

    outcome = count(election, replace(MOST_VOTES, minimum_votes=2))

    assert outcome.selected == ("a", "b")
    assert steps(outcome)[0] == ("admission", "c", "too_few_votes")


def test_a_lowest_share_counts_the_ballots_that_name_something_and_equal_is_enough():
    ballots = [("a",), ("a",), ("b",), ("c", "a"), (), (), ()]
    election = an_election(ballots, {"a": 10, "b": 10, "c": 10}, 100)

    exactly = count(election, replace(MOST_VOTES, minimum_percent=Fraction(25)))
    more = count(election, replace(MOST_VOTES, minimum_percent=Fraction(2501, 100)))

    assert set(exactly.selected) == {"a", "b", "c"}
    assert steps(more) == [
        ("admission", "b", "too_small_share"),
        ("admission", "c", "too_small_share"),
        ("votes", "a", "fits_budget"),
    ]


def test_a_quota_asks_for_votes_in_proportion_to_the_cost_and_equal_is_enough():
    # 4 voters and a budget of 100: with a quota of 1, every 25 of cost needs a vote.
    election = an_election([("a",), ("b",), ("b", "a"), ("c",)], {"a": 50, "b": 51, "c": 25}, 100)

    outcome = count(election, replace(MOST_VOTES, support_quota=1))
    easier = count(election, replace(MOST_VOTES, support_quota=3))

    assert outcome.selected == ("a", "c")
    assert steps(outcome)[0] == ("admission", "b", "quota_missed")
    assert set(easier.selected) == {"a", "c"}
    assert not any(step.pass_ is Pass.ADMISSION for step in easier.steps)


def test_too_dear_and_withdrawn_plans_are_set_aside_and_exactly_the_budget_is_not_too_dear():
    projects = (
        Project("dear", "", 10_001),
        Project("withdrawn", "", WITHDRAWN_COST),
        Project("whole", "", 10_000),
    )
    election = Election(
        budget=10_000, projects=projects, ballots={("dear", "withdrawn", "whole"): 3}
    )

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("whole",)
    assert steps(outcome)[:2] == [
        ("admission", "dear", "over_budget"),
        ("admission", "withdrawn", "withdrawn"),
    ]


def test_the_first_reason_that_applies_is_given():
    projects = (Project("withdrawn", "", WITHDRAWN_COST), Project("dear", "", 10_001))
    rare = Project("rare", "", 9000)
    rule = replace(MOST_VOTES, minimum_votes=2, minimum_percent=Fraction(50), support_quota=1)
    election = Election(budget=10_000, projects=(*projects, rare), ballots={("rare",): 1})
    more = replace(election, ballots={("rare",): 2, ("dear",): 3, ("withdrawn",): 3})

    given = {step.project: step.reason for step in count(election, rule).steps}
    of_more = {step.project: step.reason for step in count(more, rule).steps}

    assert given == {
        "withdrawn": Reason.WITHDRAWN,
        "dear": Reason.OVER_BUDGET,
        "rare": Reason.TOO_FEW_VOTES,
    }
    assert of_more["rare"] is Reason.TOO_SMALL_SHARE


def test_a_plan_that_costs_nothing_is_funded_up_front_and_takes_no_part_after():
    election = an_election(
        [("a", "b"), ("a",), ("c",)],
        {"a": 100, "b": 0, "c": 0, "d": 0},
        100,
        areas={"b": "north"},
        area_budgets={"north": 0},
    )

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("b", "c", "a")
    assert steps(outcome) == [
        ("admission", "d", "no_votes"),
        ("free", "b", "free"),
        ("free", "c", "free"),
        ("votes", "a", "fits_budget"),
    ]
    assert (outcome.steps[1].area, outcome.steps[1].left) == (None, 10_000)


def test_what_is_refused_is_listed_by_score_and_then_in_the_order_of_ties():
    election = an_election(
        [("a", "b", "c"), ("c",), ("d", "d2")],
        {"a": 20, "b": 10, "c": 30, "d": 5, "d2": 5},
        100,
    )

    outcome = count(election, replace(MOST_VOTES, minimum_votes=9))

    assert [step.project for step in outcome.steps] == ["c", "d", "d2", "b", "a"]


# --- the pass over the votes -----------------------------------------------------------------


def test_a_plan_that_does_not_fit_is_skipped_and_the_next_one_is_tried():
    election = an_election([("a", "b", "c"), ("a", "b"), ("a",)], {"a": 60, "b": 50, "c": 40}, 100)

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("a", "c")
    assert steps(outcome) == [
        ("votes", "a", "fits_budget"),
        ("votes", "b", "budget_too_small"),
        ("votes", "c", "fits_budget"),
    ]
    assert lefts(outcome) == [100, 40, 40]
    assert (outcome.spent, outcome.leftover) == (10_000, 0)


def test_without_skipping_the_count_stops_at_the_first_that_does_not_fit():
    ballots = [("a", "b", "c", "d"), ("a", "b", "c"), ("a", "b"), ("a",)]
    election = an_election(ballots, {"a": 60, "b": 50, "c": 40, "d": 1}, 100)

    outcome = count(election, NO_SKIP)

    assert outcome.selected == ("a",)
    assert steps(outcome)[1:] == [
        ("votes", "b", "budget_too_small"),
        ("votes", "c", "after_the_stop"),
        ("votes", "d", "after_the_stop"),
    ]
    assert not any(step.comes_back for step in outcome.steps)


def test_a_plan_that_was_not_admitted_is_not_the_first_that_does_not_fit():
    ballots = [("dear", "a"), ("dear", "a"), ("dear",), ("b", "a")]
    election = an_election(ballots, {"dear": 500, "a": 60, "b": 40}, 100)

    assert count(election, NO_SKIP).selected == ("a", "b")


def test_without_skipping_a_second_pass_still_looks_at_all_after_the_stop():
    ballots = [("a", "b", "c"), ("a", "b"), ("a",)]
    election = an_election(ballots, {"a": 60, "b": 50, "c": 40}, 100)

    outcome = count(election, replace(NO_SKIP, remainder=Remainder.SECOND_PASS))

    assert (outcome.selected, outcome.completed) == (("a", "c"), ("c",))
    assert steps(outcome)[1:] == [
        ("votes", "b", "budget_too_small"),
        ("votes", "c", "after_the_stop"),
        ("remainder", "b", "remainder_too_small"),
        ("remainder", "c", "fits_remainder"),
    ]
    assert [step.comes_back for step in outcome.steps] == [False, False, True, False, False]


def test_points_and_places_order_the_plans_where_ballots_carry_them():
    costs = {"a": 60, "b": 60}
    points = [(("a", 1), ("b", 3)), (("a", 1),)]
    cumulative = an_election(points, costs, 100, kind=BallotKind.CUMULATIVE)
    scoring = an_election(points, costs, 100, kind=BallotKind.SCORING)
    ranked = an_election(
        [("b", "a"), ("b",), ("a", "b")],
        costs,
        100,
        kind=BallotKind.ORDINAL,
        limits=BallotLimits(maximum_choices=2),
    )

    for election in (cumulative, scoring, ranked):
        assert count(election, MOST_VOTES).selected == ("b",)
    assert count(ranked, MOST_VOTES).projects["b"].score == 5


# --- ceilings --------------------------------------------------------------------------------


def test_a_plan_must_fit_its_area_first_and_equal_fits():
    election = an_election(
        [("a", "b", "c", "d")],
        {"a": 40, "b": 41, "c": 20, "d": 30},
        100,
        areas={"a": "north", "b": "north", "c": "north"},
        area_budgets={"north": 6000},
    )

    outcome = count(election, replace(MOST_VOTES, remainder=Remainder.NONE))

    assert outcome.selected == ("c", "d", "a")
    assert steps(outcome) == [
        ("votes", "c", "fits_area_budget"),
        ("votes", "d", "fits_budget"),
        ("votes", "a", "fits_area_budget"),
        ("votes", "b", "area_budget_too_small"),
    ]
    assert [step.area_left for step in outcome.steps] == [6000, None, 4000, 0]
    assert [step.area for step in outcome.steps] == ["north", None, "north", "north"]


@pytest.mark.parametrize(("areas", "selected"), [("together", ("a", "b")), ("ceilings", ("a",))])
def test_area_budgets_bind_only_when_the_rule_says_so(areas, selected):
    election = an_election(
        [("a", "b"), ("a",)],
        {"a": 40, "b": 40},
        100,
        areas={"a": "north", "b": "north"},
        area_budgets={"north": 6000},
    )
    rule = replace(MOST_VOTES, areas=areas, remainder=Remainder.NONE)

    assert count(election, rule).selected == selected


@pytest.mark.parametrize(("ceilings", "selected"), [(False, ("a", "b")), (True, ("a",))])
def test_theme_ceilings_bind_only_when_the_rule_says_so(ceilings, selected):
    election = an_election(
        [("a", "b"), ("a",)],
        {"a": 40, "b": 40},
        100,
        themes={"a": "green", "b": "green"},
        theme_ceilings={"green": 6000},
    )

    assert count(election, replace(MOST_VOTES, theme_ceilings=ceilings)).selected == selected


def test_the_whole_budget_binds_also_when_the_ceilings_add_up_to_more():
    election = an_election(
        [("a", "b")],
        {"a": 60, "b": 60},
        100,
        themes={"a": "green", "b": "play"},
        theme_ceilings={"green": 8000, "play": 8000},
    )

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("a",)
    assert steps(outcome)[1] == ("votes", "b", "budget_too_small")


def test_a_plan_with_two_themes_must_fit_both_ceilings_and_counts_for_both():
    election = an_election(
        [("a", "b", "c"), ("a",), ("a", "b")],
        {"a": 30, "b": 21, "c": 1},
        100,
        themes={"a": "green,play", "b": "green", "c": "play,other"},
        theme_ceilings={"green": 5000, "play": 3000},
    )

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("a",)
    assert outcome.spent_by_theme == {"green": 3000, "other": 0, "play": 3000}
    named = {step.project: (step.theme, step.theme_left) for step in outcome.steps}
    assert named == {"a": ("play", 3000), "b": ("green", 2000), "c": ("play", 0)}


def test_of_two_themes_with_as_much_left_the_first_by_name_is_shown():
    election = an_election(
        [("a",)],
        {"a": 30},
        100,
        themes={"a": "play,green"},
        theme_ceilings={"green": 5000, "play": 5000},
    )

    assert count(election, MOST_VOTES).steps[0].theme == "green"


def test_money_is_named_as_the_reason_before_a_theme():
    election = an_election(
        [("a", "b"), ("a",)],
        {"a": 60, "b": 60},
        100,
        themes={"a": "green", "b": "green"},
        theme_ceilings={"green": 8000},
    )

    assert steps(count(election, MOST_VOTES))[1] == ("votes", "b", "budget_too_small")


# --- the second pass -------------------------------------------------------------------------


def two_areas():
    return an_election(
        [("a", "b", "c"), ("a",), ("b", "a")],
        {"a": 60, "b": 30, "c": 5},
        150,
        areas={"a": "north", "b": "north", "c": "north"},
        themes={"a": "green", "b": "green"},
        area_budgets={"north": 8000, "south": 7000},
        theme_ceilings={"green": 7000},
    )


def test_the_second_pass_spends_what_the_areas_left_and_keeps_the_theme_ceilings():
    outcome = count(two_areas(), MOST_VOTES)

    assert outcome.selected == ("a", "c")
    assert steps(outcome) == [
        ("votes", "a", "fits_area_budget"),
        ("votes", "b", "area_budget_too_small"),
        ("votes", "c", "fits_area_budget"),
        ("remainder", "b", "theme_ceiling_reached"),
    ]
    last = outcome.steps[-1]
    assert (last.left, last.area, last.theme, last.theme_left) == (8500, None, "green", 1000)
    assert [step.comes_back for step in outcome.steps] == [False, True, False, False]


def test_the_second_pass_can_lift_the_theme_ceilings_too():
    outcome = count(two_areas(), replace(MOST_VOTES, ceilings_in_remainder=False))

    assert (outcome.selected, outcome.completed) == (("a", "c", "b"), ("b",))
    assert steps(outcome)[-1] == ("remainder", "b", "fits_remainder")
    assert (outcome.steps[-1].theme, outcome.steps[-1].theme_left) == (None, None)


def test_without_a_second_pass_the_remainder_is_left():
    outcome = count(two_areas(), replace(MOST_VOTES, remainder=Remainder.NONE))

    assert outcome.selected == ("a", "c")
    assert outcome.leftover == 8500
    assert {step.pass_ for step in outcome.steps} == {Pass.VOTES}
    assert not any(step.comes_back for step in outcome.steps)


def test_a_theme_that_is_full_comes_back_only_when_the_remainder_lifts_the_ceilings():
    election = an_election(
        [("a", "b"), ("a",)],
        {"a": 40, "b": 40},
        100,
        themes={"a": "green", "b": "green"},
        theme_ceilings={"green": 6000},
    )

    kept = count(election, MOST_VOTES)
    lifted = count(election, replace(MOST_VOTES, ceilings_in_remainder=False))

    assert steps(kept)[1:] == [
        ("votes", "b", "theme_ceiling_reached"),
        ("remainder", "b", "theme_ceiling_reached"),
    ]
    assert not kept.steps[1].comes_back
    assert lifted.steps[1].comes_back
    assert lifted.selected == ("a", "b")


def test_a_second_pass_is_left_out_when_nothing_but_the_budget_held_plans_back():
    election = an_election([("a", "b"), ("a",)], {"a": 60, "b": 50}, 100)

    assert [step[0] for step in steps(count(election, MOST_VOTES))] == ["votes", "votes"]


def test_what_does_not_fit_the_remainder_is_passed_over_and_the_next_is_tried():
    election = an_election(
        [("a", "b", "c"), ("a", "b"), ("a",)],
        {"a": 50, "b": 60, "c": 40},
        100,
        areas={"b": "north", "c": "north"},
        area_budgets={"north": 1000},
    )

    outcome = count(election, MOST_VOTES)

    assert steps(outcome)[3:] == [
        ("remainder", "b", "remainder_too_small"),
        ("remainder", "c", "fits_remainder"),
    ]
    assert (outcome.spent_by_area, outcome.leftover) == ({"north": 4000}, 1000)


# --- what else to do with the rest -----------------------------------------------------------


def test_the_first_plan_that_did_not_fit_can_get_what_is_left_as_a_part():
    election = an_election([("a", "b", "c"), ("a", "b"), ("a",)], {"a": 60, "b": 50, "c": 35}, 100)

    outcome = count(election, replace(MOST_VOTES, remainder=Remainder.PARTIAL))

    assert outcome.selected == ("a", "c")
    assert outcome.partly_funded == ("b", 500)
    assert outcome.spent == 9500
    last = outcome.steps[-1]
    assert (last.pass_, last.decision, last.reason, last.left) == (
        Pass.REMAINDER,
        Decision.PARTLY_FUNDED,
        Reason.PARTLY_FUNDED,
        500,
    )
    assert outcome.projects["b"].reason is Reason.PARTLY_FUNDED
    assert not outcome.projects["b"].selected


def test_nothing_is_partly_funded_when_all_is_spent_or_all_is_funded():
    rule = replace(MOST_VOTES, remainder=Remainder.PARTIAL)
    spent = an_election([("a", "b"), ("a",)], {"a": 100, "b": 50}, 100)
    funded = an_election([("a", "b"), ("a",)], {"a": 10, "b": 50}, 100)

    assert count(spent, rule).partly_funded is None
    assert count(funded, rule).partly_funded is None


def test_one_cent_that_is_left_can_be_a_part():
    election = replace(an_election([("a", "b"), ("a",)], {"a": 100, "b": 50}, 100), budget=10_001)

    assert count(election, replace(MOST_VOTES, remainder=Remainder.PARTIAL)).partly_funded == (
        "b",
        1,
    )


@pytest.mark.parametrize(("cost", "selected"), [(50, ("a", "b")), (51, ("a",))])
def test_the_plan_at_which_the_count_stopped_is_funded_when_80_percent_is_left(cost, selected):
    ballots = [("a", "b", "c"), ("a", "b"), ("a",)]
    election = an_election(ballots, {"a": 60, "b": cost, "c": 1}, 100)

    outcome = count(election, replace(NO_SKIP, remainder=Remainder.EIGHTY_PERCENT))

    assert outcome.selected == selected
    assert outcome.completed == selected[1:]
    if outcome.completed:
        assert outcome.leftover == -1000
        assert outcome.steps[-1].reason is Reason.FITS_EIGHTY_PERCENT
        assert outcome.projects["b"].reason is Reason.FITS_EIGHTY_PERCENT


def test_only_the_first_plan_that_was_not_funded_is_considered_for_80_percent():
    ballots = [("a", "b", "c"), ("a", "b"), ("a",)]
    election = an_election(ballots, {"a": 60, "b": 90, "c": 45}, 100)

    outcome = count(election, replace(NO_SKIP, remainder=Remainder.EIGHTY_PERCENT))

    assert outcome.selected == ("a",)


@pytest.mark.parametrize("remainder", [Remainder.PARTIAL, Remainder.EIGHTY_PERCENT])
def test_no_area_and_no_theme_binds_what_is_given_of_the_rest(remainder):
    election = an_election(
        [("a", "b"), ("a",)],
        {"a": 60, "b": 50},
        100,
        areas={"a": "north", "b": "north"},
        themes={"a": "green", "b": "green"},
        area_budgets={"north": 6000},
        theme_ceilings={"green": 6000},
    )

    last = count(election, replace(MOST_VOTES, remainder=remainder)).steps[-1]

    assert (last.pass_, last.project, last.left) == (Pass.REMAINDER, "b", 4000)
    assert (last.area, last.area_left, last.theme, last.theme_left) == (None, None, None, None)


# --- exclusive groups ------------------------------------------------------------------------


def rivals(**rest):
    return an_election(
        [("a", "b", "c"), ("a", "b"), ("a",)],
        {"a": 30, "b": 30, "c": 30},
        100,
        exclusive_groups=(("a", "b"), ("b", "c")),
        **rest,
    )


def test_a_funded_plan_removes_the_others_of_its_groups():
    outcome = count(rivals(), replace(MOST_VOTES, exclusive_groups=True))

    assert outcome.selected == ("a", "c")
    assert steps(outcome)[1] == ("votes", "b", "rival_funded")
    assert not outcome.steps[1].comes_back


def test_exclusive_groups_mean_nothing_when_the_rule_does_not_use_them():
    assert count(rivals(), MOST_VOTES).selected == ("a", "b", "c")


def test_a_rival_that_was_not_funded_removes_nobody():
    rule = replace(MOST_VOTES, exclusive_groups=True)

    assert count(replace(rivals(), budget=2000), rule).selected == ()
    assert count(rivals(), replace(rule, minimum_votes=2)).selected == ("a",)


def test_a_removed_rival_does_not_stop_a_count_that_does_not_skip():
    rule = replace(NO_SKIP, exclusive_groups=True)

    assert count(rivals(), rule).selected == ("a", "c")


def test_a_removed_rival_never_comes_back_and_gets_no_part():
    limited = rivals(areas={"c": "north"}, area_budgets={"north": 1000})
    rule = replace(MOST_VOTES, exclusive_groups=True)
    partial = replace(rule, remainder=Remainder.PARTIAL)

    again = count(limited, rule)
    in_part = count(limited, partial)

    assert [step[:2] for step in steps(again)[3:]] == [("remainder", "c")]
    assert again.selected == ("a", "c")
    assert in_part.partly_funded == ("c", 7000)


def test_a_rival_that_the_second_pass_funds_removes_the_next():
    election = an_election(
        [("a", "b"), ("a",)],
        {"a": 30, "b": 30},
        100,
        areas={"a": "north", "b": "north"},
        area_budgets={"north": 2000},
        exclusive_groups=(("a", "b"),),
    )

    outcome = count(election, replace(MOST_VOTES, exclusive_groups=True))

    assert steps(outcome)[2:] == [
        ("remainder", "a", "fits_remainder"),
        ("remainder", "b", "rival_funded"),
    ]


# --- pots ------------------------------------------------------------------------------------


def pots(**rest):
    return an_election(
        [("n1", "n2", "s1", "s2", "o1"), ("n1", "s1"), ("n1", "o1", "s2")],
        {"n1": 30, "n2": 25, "s1": 35, "s2": 30, "o1": 25},
        120,
        areas={"n1": "north", "n2": "north", "s1": "south", "s2": "south", "o1": "east"},
        area_budgets={"north": 5000, "south": 4000},
        **rest,
    )


def test_each_pot_is_counted_by_itself_and_the_last_is_for_all_other_areas():
    outcome = count(pots(), POTS)

    assert outcome.selected == ("n1", "s2", "o1")
    assert steps(outcome) == [
        ("votes", "n1", "fits_budget"),
        ("votes", "n2", "budget_too_small"),
        ("votes", "s2", "fits_budget"),
        ("votes", "s1", "budget_too_small"),
        ("votes", "o1", "fits_budget"),
    ]
    assert lefts(outcome) == [50, 20, 40, 10, 30]
    assert outcome.steps[0].area is None


def test_a_pot_that_is_topped_up_gets_what_the_one_before_left():
    outcome = count(pots(), replace(POTS, areas=Areas.POTS_TOP_UP))

    assert lefts(outcome) == [50, 20, 60, 30, 60]
    assert outcome.selected == ("n1", "s2", "o1")
    assert outcome.leftover == 3500


def test_pots_that_add_up_to_more_than_the_budget_leave_nothing_for_other_areas():
    election = replace(pots(), area_budgets={"north": 8000, "south": 8000})

    outcome = count(election, POTS)

    assert steps(outcome)[-1] == ("votes", "o1", "budget_too_small")
    assert outcome.steps[-1].left == 0


def test_ties_are_within_a_pot_and_theme_ceilings_run_through_all_pots():
    election = an_election(
        [("a", "b", "c")],
        {"a": 30, "b": 30, "c": 10},
        100,
        areas={"a": "north", "b": "south", "c": "south"},
        themes={"a": "green", "b": "green"},
        area_budgets={"north": 5000, "south": 5000},
        theme_ceilings={"green": 4000},
    )

    outcome = count(election, POTS)

    assert steps(outcome) == [
        ("votes", "a", "fits_budget"),
        ("votes", "c", "fits_budget"),
        ("votes", "b", "theme_ceiling_reached"),
    ]
    assert [(tie.winner, tie.rival) for tie in outcome.ties] == [("c", "b")]


def test_without_skipping_each_pot_has_its_own_stop():
    rule = replace(POTS, skip=False)

    outcome = count(pots(), rule)

    assert [step for step in steps(outcome) if step[2] == "after_the_stop"] == []
    assert steps(count(replace(pots(), area_budgets={"south": 2000}), rule)) == [
        ("votes", "s2", "budget_too_small"),
        ("votes", "s1", "after_the_stop"),
        ("votes", "n1", "fits_budget"),
        ("votes", "o1", "fits_budget"),
        ("votes", "n2", "fits_budget"),
    ]


def test_a_second_pass_after_pots_spends_what_they_left_on_what_did_not_fit_a_pot():
    outcome = count(pots(), replace(POTS, remainder=Remainder.SECOND_PASS))

    assert steps(outcome)[5:] == [
        ("remainder", "s1", "fits_remainder"),
        ("remainder", "n2", "remainder_too_small"),
    ]
    assert outcome.steps[1].comes_back
    assert outcome.leftover == 0
