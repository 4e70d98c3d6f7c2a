"""What is true of every count, whatever the election."""

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pb.tally.election import BallotKind, Project
from pb.tally.explanation import Reason
from pb.tally.rules import EQUAL_SHARES, MOST_VOTES, count, with_ties_by_id
from tests.tally.elections import a_few, elections

RULES = [
    MOST_VOTES,
    EQUAL_SHARES,
    replace(EQUAL_SHARES, theme_ceilings=False),
    with_ties_by_id(replace(MOST_VOTES, ceilings_in_remainder=False)),
]
KINDS = [BallotKind.APPROVAL, BallotKind.CUMULATIVE, BallotKind.ORDINAL, BallotKind.KNAPSACK]
any_election = some.sampled_from(KINDS).flatmap(elections)


def costs_of(election):
    return {project.id: project.cost for project in election.projects}


@a_few
@given(any_election, some.sampled_from(RULES))
def test_no_outcome_costs_more_than_the_budget_or_a_kept_ceiling(election, rule):
    outcome = count(election, rule)

    assert outcome.spent == sum(costs_of(election)[name] for name in outcome.selected)
    assert outcome.spent <= election.budget
    assert len(set(outcome.selected)) == len(outcome.selected)
    if rule.theme_ceilings and rule.ceilings_in_remainder:
        for theme, ceiling in election.theme_ceilings.items():
            assert outcome.spent_by_theme[theme] <= ceiling


@a_few
@given(any_election)
def test_the_first_pass_keeps_to_the_area_budgets(election):
    outcome = count(election, MOST_VOTES)

    areas = {project.id: project.area for project in election.projects}
    for area, most in election.area_budgets.items():
        first = [
            step.cost
            for step in outcome.steps
            if step.decision == "selected" and step.pass_number == 1 and areas[step.project] == area
        ]
        assert sum(first) <= most


@a_few
@given(any_election, some.sampled_from(RULES[1:3]))
def test_after_completion_nothing_with_votes_fits_any_more(election, rule):
    outcome = count(election, rule)

    for project in election.projects:
        wanted = outcome.votes[project.id] and project.id not in outcome.selected
        if not wanted or project.cost > election.budget:
            continue
        full = rule.theme_ceilings and any(
            project.cost > election.theme_ceilings[theme] - outcome.spent_by_theme[theme]
            for theme in project.themes
            if theme in election.theme_ceilings
        )
        assert full or project.cost > outcome.leftover


@a_few
@given(any_election, some.sampled_from(RULES), some.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(election, rule, chance: random.Random):
    projects = list(election.projects)
    ballots = list(election.ballots.items())
    chance.shuffle(projects)
    chance.shuffle(ballots)
    shuffled = replace(election, projects=tuple(projects), ballots=dict(ballots))

    assert count(shuffled, rule).to_json() == count(election, rule).to_json()


@a_few
@given(any_election, some.sampled_from(RULES))
def test_a_plan_without_votes_changes_nothing_for_the_others(election, rule):
    nobody = Project("nobody", "", 500)
    wider = replace(election, projects=(*election.projects, nobody))
    if election.kind is BallotKind.ORDINAL:
        places = replace(election.limits, maximum_choices=len(election.projects))
        election, wider = replace(election, limits=places), replace(wider, limits=places)

    assert count(wider, rule).selected == count(election, rule).selected


@a_few
@given(any_election, some.sampled_from(RULES))
def test_every_plan_has_a_last_step_that_says_what_became_of_it(election, rule):
    outcome = count(election, rule)

    last = {step.project: step.decision == "selected" for step in outcome.steps}
    assert {name for name, chosen in last.items() if chosen} == set(outcome.selected)
    assert set(last) == {project.id for project in election.projects}
    assert [step.number for step in outcome.steps] == list(range(1, len(outcome.steps) + 1))


@a_few
@given(elections())
def test_a_plan_that_comes_back_is_looked_at_again(election):
    outcome = count(election, MOST_VOTES)

    again = {step.project for step in outcome.steps if step.pass_number == 2}
    for step in outcome.steps:
        if step.reason is Reason.AREA_BUDGET_TOO_SMALL:
            assert step.comes_back
            assert step.project in again


@pytest.mark.parametrize("rule", ["most_votes", "equal_shares"])
def test_the_same_input_gives_the_same_bytes_in_another_process(rule, tmp_path):
    file = tmp_path / "small.pb"
    file.write_text(
        "META\nkey;value\nnum_projects;3\nnum_votes;3\nbudget;100\nvote_type;approval\n"
        "PROJECTS\nproject_id;cost\nb;50\na;50\nc;50\n"
        "VOTES\nvoter_id;vote\n1;a,b,c\n2;c,b\n3;a\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pb.tally", str(file), "--rule", rule, "--format", "json"]
    root = Path(__file__).parents[2]

    written = {
        subprocess.run(
            command,
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(written) == 1
