"""What the framework check says to a municipality and to the writer of a plan."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pb.foundation.money import Cents, euros
from pb.frameworks.check import check_plan, problems_of
from pb.frameworks.domain import Answer, BallotRules, DecisionPower
from pb.tally.election import BallotKind
from tests.builders import DATES, a_framework


def fields_of(framework):
    return [problem.field for problem in problems_of(framework)]


def test_a_complete_framework_has_no_problems():
    assert problems_of(a_framework()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total": euros(32_000)}, "areas"),
        ({"decision_power": DecisionPower.CONSULT}, "decision_power"),
        ({"offline_ways": ()}, "offline_ways"),
        ({"desks": ()}, "desks"),
        ({"helpers": ()}, "helpers"),
        ({"preconditions": ()}, "back_office"),
        ({"criteria": ()}, "criteria"),
        ({"who_may_vote": " "}, "who_may_vote"),
        ({"max_cost": euros(100)}, "max_cost"),
        ({"ballot": BallotRules(min_choices=4, max_choices=3)}, "ballot"),
        ({"ballot": BallotRules(kind=BallotKind.KNAPSACK)}, "ballot"),
        ({"dates": replace(DATES, voting_closes=DATES.voting_opens + timedelta(days=13))}, "dates"),
        ({"dates": replace(DATES, voting_opens=DATES.proposals_open)}, "dates"),
    ],
)
def test_a_framework_that_breaks_a_rule_is_told_in_which_field(changes, field):
    assert field in fields_of(a_framework(**changes))


@pytest.mark.parametrize("answer", [Answer.MOSTLY, Answer.NO])
def test_a_precondition_that_does_not_hold_is_no_problem_once_it_is_explained(answer):
    basics, *others = a_framework().preconditions
    silent = replace(basics, answer=answer, explanation=" ")
    explained = replace(basics, answer=answer, explanation="De stoep volgt in het voorjaar.")

    assert fields_of(a_framework(preconditions=(silent, *others))) == ["livability_basics"]
    assert fields_of(a_framework(preconditions=(explained, *others))) == []


def test_a_plan_that_is_too_dear_is_told_by_how_much():
    found = check_plan(a_framework(), cost=euros(21_800), upkeep=None, area_id="A1", theme_id="T1")

    assert [(each.field, each.fits) for each in found] == [("cost", False)]
    assert dict(found[0].values)["most_money"] == euros(10_000)


def test_an_empty_draft_gets_no_complaints():
    assert check_plan(a_framework(), cost=None, upkeep=None, area_id="", theme_id="") == []


def test_a_plan_that_fits_hears_so():
    found = check_plan(a_framework(), cost=euros(500), upkeep=Cents(0), area_id="A1", theme_id="T1")

    assert all(each.fits for each in found)
    assert {each.field for each in found} == {"cost", "upkeep"}


def test_dates_in_the_wrong_order_are_named():
    wrong = a_framework(dates=replace(DATES, result_by=DATES.voting_opens))

    problem = next(each for each in problems_of(wrong) if each.field == "dates")

    assert problem.sentence % dict(problem.values) == (
        "'Uitslag uiterlijk' ligt vóór 'Stemmen kan tot'. Verander een van deze twee datums."
    )
