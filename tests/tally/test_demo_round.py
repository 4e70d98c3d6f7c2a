"""The worked example of the product: every decision of its count, and both its what-ifs."""

import json
from dataclasses import replace

import pytest

from pb.tally.count import count
from pb.tally.outcome import Decision, Ending, Pass
from pb.tally.rules import EQUAL_SHARES
from pb.tally.ties import Criterion
from tests.tally.elections import SHARED, demo, demo_election, shared_file
from tests.tally.gallery import outcome_of

NUMBER = {Pass.VOTES: 1, Pass.REMAINDER: 2}


def euros(amounts):
    return {name: cents // 100 for name, cents in amounts.items()}


def test_the_demo_round_selects_the_published_plans_in_the_published_order():
    published = demo()["result"]

    outcome = outcome_of("demo")

    assert list(outcome.selected) == published["selected_ids"]
    assert outcome.completed == ("P12",)
    assert outcome.voters == published["ballots_valid"]
    assert outcome.spent == published["spent_eur"] * 100
    assert outcome.leftover == published["leftover_eur"] * 100
    assert euros(outcome.spent_by_area) == published["spent_by_area_eur"]
    assert euros(outcome.spent_by_theme) == published["spent_by_theme_eur"]


def test_every_step_of_the_demo_round_is_the_published_step():
    outcome = outcome_of("demo")

    steps = [
        {
            "pass_number": NUMBER[step.pass_],
            "proposal_id": step.project,
            "votes": outcome.projects[step.project].votes,
            "cost_eur": step.cost // 100,
            "budget_left_before_eur": (step.left if step.area_left is None else step.area_left)
            // 100,
            "theme_left_before_eur": step.theme_left // 100,
            "decision": step.decision.value,
            "reason_code": step.reason.value,
        }
        for step in outcome.steps
    ]
    assert steps == demo()["count_steps"]


def test_the_second_pass_of_the_demo_round_starts_with_all_that_the_areas_left():
    first = next(step for step in outcome_of("demo").steps if step.pass_ is Pass.REMAINDER)

    assert first.left == demo()["result"]["remainder_pool_eur"] * 100


def test_the_ties_of_the_demo_round_were_decided_by_lower_cost_and_did_not_matter():
    ties = outcome_of("demo").ties

    assert [(tie.winner, tie.rival, tie.criterion) for tie in ties] == [
        ("P07", "P11", Criterion.LOWER_COST),
        ("P11", "P12", Criterion.LOWER_COST),
    ]


def test_the_share_of_voters_with_a_chosen_plan_is_the_published_share():
    data = demo()
    outcomes = [outcome_of("demo"), outcome_of("demo by shares")]

    for outcome, figures in zip(outcomes, [data["result"], data["what_if"][0]], strict=True):
        thousandths = round(1000 * outcome.voters_with_a_funded_choice / outcome.voters)
        assert thousandths == round(10 * figures["voters_with_a_selected_choice_percentage"])


@pytest.mark.parametrize("what_if", demo()["what_if"], ids=lambda what_if: what_if["label"])
def test_equal_shares_gives_the_published_what_if(what_if):
    rule = replace(EQUAL_SHARES, theme_ceilings=what_if["theme_ceilings_used"])

    outcome = count(demo_election(), rule)

    bought = [step for step in outcome.steps if step.decision is Decision.SELECTED]
    assert list(outcome.selected) == what_if["selected_ids"]
    assert outcome.spent == what_if["spent_eur"] * 100
    assert outcome.increments == what_if["increments"]
    assert outcome.ending is Ending.EXHAUSTED
    assert euros(outcome.spent_by_area) == what_if["spent_by_area_eur"]
    assert outcome.completed == ()
    for step, published in zip(bought, what_if["rounds"], strict=True):
        assert abs(step.effective_votes - round(100 * published["effective_votes"]) / 100) < 0.006
        assert abs(step.payment - round(100 * published["max_payment_eur"])) <= 0.5


@pytest.mark.shared
def test_the_example_in_the_tests_is_the_round_in_the_shared_folder():
    folder = shared_file(SHARED / "data")
    shared_round = json.loads((folder / "demo_round.json").read_text(encoding="utf-8"))
    ballots = json.loads((folder / "demo_ballots.json").read_text(encoding="utf-8"))["ballots"]
    copy = demo()

    published = [(step["proposal_id"], step["decision"]) for step in copy["count_steps"]]

    assert sum(copy["ballots"].values()) == len(ballots)
    assert copy["result"]["selected_ids"] == shared_round["result"]["selected_ids"]
    assert published == [
        (step["proposal_id"], step["decision"]) for step in shared_round["result"]["count_steps"]
    ]
