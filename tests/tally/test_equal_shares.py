"""Equal shares: who pays what, when the shares stop rising, and completion."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from pb.tally import completion
from pb.tally.election import BallotKind, Election, Project
from pb.tally.errors import CountRefused
from pb.tally.explanation import Reason
from pb.tally.outcome import Ending
from pb.tally.rules import EQUAL_SHARES, Remainder, count
from pb.tally.ties import Criterion, Stage
from tests.tally.elections import a_few, an_election, elections
from tests.tally.plain_equal_shares import raised

PLAIN = replace(EQUAL_SHARES, theme_ceilings=False)


def test_a_minority_gets_its_part_where_most_votes_gives_it_nothing():
    ballots = [("a", "b")] * 6 + [("c",)] * 4
    election = an_election(ballots, {"a": 50, "b": 50, "c": 40}, 100)

    outcome = count(election, replace(PLAIN, remainder=Remainder.NONE))

    assert outcome.selected == ("a", "c")


def test_voters_who_have_less_pay_all_they_have_and_the_others_pay_the_rest_alike():
    election = an_election([("a", "b"), ("a",), ("a",), ("b",)], {"a": 12, "b": 15}, 40)

    outcome = count(election, PLAIN)

    bought = {step.project: step for step in outcome.steps}
    assert outcome.endowment == 1000
    assert (bought["a"].highest_payment, bought["a"].effective_votes) == (400, 3)
    assert (bought["b"].highest_payment, bought["b"].effective_votes) == (900, Fraction(5, 3))


def test_supporters_with_exactly_the_cost_can_buy():
    election = an_election([("a",)] * 3, {"a": 100}, 100)

    outcome = count(election, PLAIN)

    assert outcome.selected == ("a",)
    assert outcome.endowment == Fraction(10_000, 3)
    assert (outcome.increments, outcome.ending) == (0, Ending.ALL_FUNDED)


def test_the_count_ends_when_only_plans_without_votes_would_fit():
    election = an_election([("a",), ("a",)], {"a": 50, "c": 20, "e": 60}, 100)

    outcome = count(election, PLAIN)

    assert outcome.selected == ("a",)
    assert outcome.ending is Ending.ALL_FUNDED


def test_the_shares_stop_rising_before_the_outcome_would_cost_more_than_the_budget():
    election = an_election([("a",), ("b",), ("c",)], {"a": 10, "b": 20, "c": 75}, 100)

    outcome = count(election, replace(PLAIN, exhaustive=False))

    assert outcome.ending is Ending.NEXT_OVERSPENDS
    assert outcome.selected == ("a", "b")
    assert outcome.endowment == Fraction(10_000, 3) + 41 * 100


def test_completion_funds_what_still_fits_with_the_most_votes_first_and_marks_it():
    ballots = [("a", "b", "x")] * 2 + [("a", "b", "y")]
    election = an_election(ballots, {"a": 60, "b": 55, "x": 21, "y": 22}, 100)

    outcome = count(election, PLAIN)

    assert outcome.selected[-len(outcome.completed) :] == outcome.completed
    assert outcome.completed == tuple(
        step.project for step in outcome.steps if step.reason is Reason.FITS_REMAINDER
    )
    assert count(election, replace(PLAIN, remainder=Remainder.NONE)).completed == ()


def test_without_any_vote_equal_shares_funds_nothing_and_has_no_endowment():
    election = an_election([()], {"a": 10}, 100)

    outcome = count(election, PLAIN)

    assert (outcome.selected, outcome.endowment) == ((), None)
    assert outcome.steps[0].reason is Reason.NO_VOTES


def test_points_and_ranks_count_as_approval():
    costs = {"a": 50, "b": 60}
    points = an_election([(("a", 1), ("b", 3))], costs, 100, kind=BallotKind.CUMULATIVE)
    ranks = an_election([("b", "a")], costs, 100, kind=BallotKind.ORDINAL)
    approval = an_election([("a", "b")], costs, 100)

    outcomes = [count(election, PLAIN) for election in (points, ranks, approval)]

    assert len({outcome.selected for outcome in outcomes}) == 1


def test_a_plan_above_its_theme_ceiling_is_passed_over():
    projects = (
        Project("a", "", 3000, themes=("green",)),
        Project("b", "", 3000, themes=("green",)),
    )
    election = Election(
        budget=10_000,
        projects=projects,
        ballots={("a", "b"): 5},
        theme_ceilings={"green": 5000},
    )

    outcome = count(election, EQUAL_SHARES)

    assert outcome.selected == ("a",)
    assert outcome.ending is Ending.NOTHING_MORE_FITS
    assert outcome.steps[1].reason is Reason.THEME_CEILING_REACHED


def test_a_tie_is_decided_by_the_tie_order_and_recorded_with_its_increase():
    election = an_election([("a", "b")], {"a": 60, "b": 60}, 100)

    outcome = count(election, PLAIN)

    tie = outcome.ties[0]
    assert outcome.selected == ("a",)
    assert (tie.stage, tie.tied, tie.increment) == (Stage.EQUAL_SHARES, ("a", "b"), 0)
    assert tie.criterion is Criterion.ID


def test_a_count_that_would_go_on_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(completion, "MOST_INCREMENTS", 5)
    election = an_election([("a",), ("b",)], {"a": 90, "b": 95}, 100)

    with pytest.raises(CountRefused, match="choose a larger increment"):
        count(election, PLAIN)


@a_few
@given(elections())
def test_the_engine_buys_what_the_plainest_program_buys(election):
    if not election.voters:
        return

    outcome = count(election, replace(PLAIN, remainder=Remainder.NONE))

    assert list(outcome.selected) == raised(election, PLAIN.tie_order, PLAIN.increment)


@a_few
@given(elections())
def test_no_supporters_could_still_pay_for_a_plan_that_was_not_bought(election):
    outcome = count(election, PLAIN)

    for step in outcome.steps:
        if step.reason is Reason.SHARES_TOO_SMALL:
            assert step.supporters_left < step.cost
        if step.reason is Reason.FITS_SHARES:
            assert step.highest_payment <= outcome.endowment
            assert step.effective_votes <= step.votes
