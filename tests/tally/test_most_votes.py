"""Most votes first: skipping, limits, the second pass, and what is never funded."""

from dataclasses import replace

from pb.tally.election import WITHDRAWN_COST, Election, Project
from pb.tally.explanation import Reason
from pb.tally.rules import MOST_VOTES, Remainder, count
from pb.tally.ties import Criterion
from tests.tally.elections import an_election


def reasons(outcome):
    return [(step.pass_number, step.project, step.reason) for step in outcome.steps]


def test_a_plan_that_does_not_fit_is_skipped_and_the_next_one_is_tried():
    election = an_election([("a", "b", "c"), ("a", "b"), ("a",)], {"a": 60, "b": 50, "c": 40}, 100)

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("a", "c")
    assert reasons(outcome) == [
        (1, "a", Reason.FITS_BUDGET),
        (1, "b", Reason.BUDGET_TOO_SMALL),
        (1, "c", Reason.FITS_BUDGET),
    ]


def test_a_plan_nobody_chose_is_not_funded_unless_the_rule_says_so():
    election = an_election([("a",)], {"a": 10, "b": 10}, 100)

    assert count(election, MOST_VOTES).selected == ("a",)
    assert count(election, replace(MOST_VOTES, minimum_votes=0)).selected == ("a", "b")


def test_a_plan_with_exactly_the_lowest_number_of_votes_is_funded():
    election = an_election([("a",), ("a",), ("b",)], {"a": 10, "b": 10}, 100)

    outcome = count(election, replace(MOST_VOTES, minimum_votes=2))

    assert outcome.selected == ("a",)
    assert reasons(outcome)[0] == (0, "b", Reason.TOO_FEW_VOTES)


def test_too_dear_and_withdrawn_plans_are_set_aside_before_the_count():
    dear = Project("dear", "", 20_000)
    withdrawn = Project("withdrawn", "", WITHDRAWN_COST)
    election = Election(
        budget=10_000, projects=(dear, withdrawn), ballots={("dear", "withdrawn"): 3}
    )

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ()
    assert reasons(outcome) == [
        (0, "dear", Reason.OVER_BUDGET),
        (0, "withdrawn", Reason.WITHDRAWN),
    ]


def test_a_plan_that_costs_nothing_is_funded_up_front():
    election = an_election([("a", "b"), ("a",)], {"a": 100, "b": 0}, 100)

    assert count(election, MOST_VOTES).selected == ("b", "a")


def test_the_whole_budget_binds_also_when_the_ceilings_add_up_to_more():
    projects = (
        Project("a", "", 60, themes=("green",)),
        Project("b", "", 60, themes=("play",)),
    )
    election = Election(
        budget=100,
        projects=projects,
        ballots={("a", "b"): 1},
        theme_ceilings={"green": 80, "play": 80},
    )

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("a",)


def test_a_plan_with_two_themes_must_fit_both_ceilings_and_counts_for_both():
    projects = (
        Project("a", "", 30, themes=("green", "play")),
        Project("b", "", 30, themes=("green",)),
    )
    election = Election(
        budget=100,
        projects=projects,
        ballots={("a", "b"): 1},
        theme_ceilings={"green": 50, "play": 30},
    )

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("a",)
    assert outcome.spent_by_theme == {"green": 30, "play": 30}


def two_areas() -> Election:
    projects = (
        Project("a", "", 60, "north", ("green",)),
        Project("b", "", 30, "north", ("green",)),
    )
    return Election(
        budget=150,
        projects=projects,
        ballots={("a", "b"): 2, ("a",): 1},
        area_budgets={"north": 80, "south": 70},
        theme_ceilings={"green": 70},
    )


def test_the_second_pass_spends_what_the_areas_left_and_keeps_the_theme_ceilings():
    outcome = count(two_areas(), MOST_VOTES)

    assert outcome.selected == ("a",)
    assert reasons(outcome)[-1] == (2, "b", Reason.THEME_CEILING_REACHED)


def test_the_second_pass_can_lift_the_theme_ceilings_too():
    outcome = count(two_areas(), replace(MOST_VOTES, ceilings_in_remainder=False))

    assert outcome.selected == ("a", "b")
    assert outcome.completed == ("b",)


def test_without_a_second_pass_the_remainder_is_left():
    outcome = count(two_areas(), replace(MOST_VOTES, remainder=Remainder.NONE))

    assert outcome.selected == ("a",)
    assert {step.pass_number for step in outcome.steps} == {1}
    assert not any(step.comes_back for step in outcome.steps)


def test_a_tie_is_decided_by_lower_cost_then_lot_then_id_and_recorded():
    projects = (
        Project("d", "", 20, lot=2),
        Project("c", "", 20, lot=1),
        Project("b", "", 20, lot=2),
        Project("a", "", 30, lot=1),
    )
    election = Election(budget=40, projects=projects, ballots={("a", "b", "c", "d"): 1})

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("c", "b")
    assert outcome.ties[0].tied == ("c", "b", "d", "a")
    assert outcome.ties[0].criterion is Criterion.ID
