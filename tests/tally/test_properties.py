"""What is true of every count, whatever the election."""

import itertools
import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as some

from pb.tally.arrays import Arrays
from pb.tally.count import count
from pb.tally.election import BallotKind, Election, Project, named_on
from pb.tally.electorate import Electorate
from pb.tally.outcome import Decision, Ending, Pass, Reason
from pb.tally.pabulib_writer import write
from pb.tally.rules import (
    EQUAL_SHARES,
    MOST_VOTES,
    PRESETS,
    Areas,
    Comparison,
    Completion,
    Family,
    Remainder,
    Stop,
    Utility,
)
from pb.tally.tallied import tally
from tests.tally.elections import COSTS, elections, for_every, medium_elections, rules
from tests.tally.plain_count import full_vote, points_of
from tests.tally.plain_count import outcome as plain_outcome

ROOT = Path(__file__).parents[2]
CHANCE = some.randoms(use_true_random=False)
#: Thresholds that follow from all ballots together change for everybody when one plan gets more.
FIXED = {"minimum_percent": Fraction(0), "support_quota": 0}


def costs_of(election):
    return {project.id: project.cost for project in election.projects}


def money_in_pots(election, rule):
    """Return the most that can be spent: the budget, or all pots when they hold more together."""
    pots = sum(election.area_budgets.values()) if rule.has_pots else 0
    return max(election.budget, pots)


# --- 13: the engine is what the plainest program says ------------------------------------------


@for_every(elections(), rules(Family.MOST_VOTES))
def test_most_votes_is_what_the_plainest_program_says(election, rule):
    assert count(election, rule) == plain_outcome(election, rule)


@for_every(elections(), rules(Family.PHRAGMEN))
def test_phragmen_is_what_the_plainest_program_says(election, rule):
    assert count(election, rule) == plain_outcome(election, rule)


@for_every(elections(), rules(Family.EQUAL_SHARES))
def test_equal_shares_is_what_the_plainest_program_says(election, rule):
    assert count(election, rule) == plain_outcome(election, rule)


@for_every(elections(costs=COSTS), rules(), some.text(max_size=3))
def test_lots_that_are_drawn_are_what_the_plainest_program_says(election, rule, seed):
    assert count(election, rule, seed=seed) == plain_outcome(election, rule, seed)


@for_every(
    elections(projects=12, voters=20, most_equal=3),
    rules(Family.EQUAL_SHARES, step=(250, 400)),
)
def test_larger_elections_are_what_the_plainest_program_says(election, rule):
    assert count(election, rule) == plain_outcome(election, rule)


# --- 12: raising by leaps is raising by steps --------------------------------------------------

CENTS = (5, 10, 10, 12, 20, 33, 40, 66)


@for_every(
    elections(costs=CENTS, projects=6, voters=8),
    some.integers(1, 200),
    rules(Family.EQUAL_SHARES, add1=True, step=1, completion=Completion.NONE),
)
def test_raising_the_shares_by_leaps_is_raising_them_step_by_step(election, budget, rule):
    election = replace(election, budget=budget)

    mine, plain = count(election, rule), plain_outcome(election, rule)

    assert (mine.increments, mine.ending, mine.endowment) == (
        plain.increments,
        plain.ending,
        plain.endowment,
    )
    assert mine.steps == plain.steps
    assert [tie for tie in mine.ties if tie.stage == "shares"] == [
        tie for tie in plain.ties if tie.stage == "shares"
    ]
    assert mine.next_run == plain.next_run


# --- 1: feasible -------------------------------------------------------------------------------


@for_every(elections(), rules())
def test_no_outcome_costs_more_than_there_is(election, rule):
    outcome = count(election, rule)
    costs = costs_of(election)

    assert outcome.spent == sum(costs[name] for name in outcome.selected)
    assert outcome.leftover == election.budget - outcome.spent
    assert len(set(outcome.selected)) == len(outcome.selected)
    most = money_in_pots(election, rule)
    nearly = [step for step in outcome.steps if step.reason is Reason.FITS_EIGHTY_PERCENT]
    assert outcome.spent <= most + sum(step.cost for step in nearly) // 5
    if outcome.partly_funded is not None:
        name, amount = outcome.partly_funded
        assert 0 < amount == outcome.leftover
        assert name not in outcome.selected


@for_every(elections(), rules())
def test_ceilings_hold_wherever_they_bind(election, rule):
    outcome = count(election, rule)
    if outcome.comparison is not None and not outcome.comparison.keeps_rule:
        return
    projects = {project.id: project for project in election.projects}
    lifted = (Pass.REMAINDER, Pass.COMPLETION, Pass.EPSILON)
    under = [
        projects[step.project]
        for step in outcome.steps
        if step.decision is Decision.SELECTED and step.pass_ not in lifted
    ]
    all_funded = [projects[name] for name in outcome.selected]
    if any(step.reason is Reason.FITS_EIGHTY_PERCENT for step in outcome.steps):
        all_funded = under
    if rule.areas is Areas.CEILINGS:
        for area, most in election.area_budgets.items():
            assert sum(each.cost for each in under if each.area == area) <= most
    if rule.theme_ceilings:
        for theme, most in election.theme_ceilings.items():
            bound = all_funded if rule.ceilings_in_remainder else under
            assert sum(each.cost for each in bound if theme in each.themes) <= most


@for_every(elections(), rules(Family.MOST_VOTES, areas=Areas.POTS))
def test_no_pot_spends_more_than_it_holds(election, rule):
    outcome = count(election, replace(rule, remainder=Remainder.NONE))

    for area, most in election.area_budgets.items():
        assert outcome.spent_by_area[area] <= most


@for_every(elections(), rules(), some.sampled_from([1, 2, 3]))
def test_thresholds_hold_for_all_that_is_funded(election, rule, minimum):
    rule = replace(rule, minimum_votes=minimum)

    outcome = count(election, rule)

    for name in outcome.selected:
        result = outcome.projects[name]
        assert result.votes >= minimum
        assert result.votes * 100 >= rule.minimum_percent * outcome.voters
        assert rule.support_quota * election.budget * result.votes >= result.cost * (
            outcome.voters if rule.support_quota else 0
        )


@for_every(elections(), rules(Family.MOST_VOTES, exclusive_groups=True))
def test_of_each_exclusive_group_at_most_one_plan_that_costs_money_is_funded(election, rule):
    outcome = count(election, replace(rule, remainder=Remainder.SECOND_PASS))

    for group in election.exclusive_groups:
        funded = [n for n in outcome.selected if n in group and outcome.projects[n].cost]
        assert len(funded) <= 1


# --- 2: exhaustive where that is promised ------------------------------------------------------


def fits_at_the_end(election, outcome, name, *, themes):
    """Tell whether a plan still fits what is left, and what its themes have left."""
    project = next(each for each in election.projects if each.id == name)
    ceilings = election.theme_ceilings if themes else {}
    return project.cost <= outcome.leftover and all(
        project.cost <= ceilings[theme] - outcome.spent_by_theme[theme]
        for theme in project.themes
        if theme in ceilings
    )


@for_every(
    elections(),
    rules(Family.MOST_VOTES, remainder=Remainder.SECOND_PASS, exclusive_groups=False)
    | rules(
        Family.EQUAL_SHARES,
        Family.PHRAGMEN,
        completion=Completion.VOTES,
    ),
)
def test_after_a_second_pass_or_completion_nothing_that_was_admitted_fits_any_more(election, rule):
    outcome = count(election, rule)
    if outcome.comparison is not None and not outcome.comparison.keeps_rule:
        return
    refused = {step.project for step in outcome.steps if step.pass_ is Pass.ADMISSION}
    themes = rule.theme_ceilings and rule.ceilings_in_remainder

    for name in set(outcome.projects) - refused - set(outcome.selected):
        assert not fits_at_the_end(election, outcome, name, themes=themes)


@for_every(
    elections(),
    rules(Family.EQUAL_SHARES, completion=Completion.NONE, add1=True, comparison="none"),
)
def test_the_shares_rise_until_nothing_supported_fits_or_one_step_more_overspends(election, rule):
    outcome = count(election, rule)
    supported = {
        step.project
        for step in outcome.steps
        if step.pass_ is Pass.SHARES and step.reason is not Reason.NO_VOTES
    }
    left = supported - set(outcome.selected)

    if outcome.ending is Ending.ALL_FUNDED:
        assert not left
    elif outcome.ending is Ending.OVERSPENDING:
        assert outcome.next_run.cost > election.budget
        assert outcome.next_run.endowment == outcome.endowment + rule.step
    elif outcome.ending is Ending.EXHAUSTED and rule.areas is Areas.TOGETHER:
        assert left
        if rule.stop is not Stop.OVERSPENDING:
            for name in left:
                assert not fits_at_the_end(election, outcome, name, themes=rule.theme_ceilings)
    elif outcome.ending is Ending.NO_CANDIDATES:
        assert not supported


# --- 3: the same input gives the same bytes ----------------------------------------------------


def a_large_file(folder):
    """Write an election with ties, in which sums of many floats are made."""
    chance = random.Random(4)  # noqa: S311  # The same election each time.
    ids = [f"p{number:02}" for number in range(30)]
    projects = tuple(
        Project(name, name.upper(), chance.choice([10_000, 20_000, 33_300, 50_000]), lot=number % 3)
        for number, name in enumerate(ids)
    )
    ballots = {tuple(sorted(chance.sample(ids, chance.randint(1, 8)))): 1 for _ in range(3000)}
    election = Election(budget=400_000, projects=projects, ballots=ballots)
    file = folder / "large.pb"
    file.write_text(write(election, EQUAL_SHARES), encoding="utf-8")
    return file


@pytest.mark.parametrize("rule", list(PRESETS))
def test_another_process_with_another_hash_and_other_threads_writes_the_same_bytes(rule, tmp_path):
    file = a_large_file(tmp_path)
    command = [sys.executable, "-m", "pb.tally", file, "--rule", rule, "--format", "json"]
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

    written = {
        subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed} | dict.fromkeys(threads, number),
            capture_output=True,
            check=True,
        ).stdout
        for seed, number in (("1", "1"), ("2", "4"))
    }

    assert len(written) == 1
    assert len(json.loads(written.pop())["selected"]) > 5


# --- 4: no order and no grouping matters -------------------------------------------------------


@for_every(elections(), rules(), CHANCE)
def test_the_order_of_the_input_changes_nothing(election, rule, chance):
    projects, ballots = list(election.projects), list(election.ballots.items())
    chance.shuffle(projects)
    chance.shuffle(ballots)
    if election.kind is not BallotKind.ORDINAL:
        ballots = [(tuple(chance.sample(ballot, len(ballot))), times) for ballot, times in ballots]
    shuffled = replace(election, projects=tuple(projects), ballots=dict(ballots))

    assert count(shuffled, rule).to_json() == count(election, rule).to_json()


@for_every(elections(), rules(), CHANCE)
def test_ballots_one_by_one_and_ballots_in_groups_are_counted_alike(election, rule, chance):
    grouped = Arrays.of(election, rule)
    electorate = grouped.electorate
    voters = [g for g, size in enumerate(electorate.sizes) for _ in range(int(size))]
    chance.shuffle(voters)
    alone = [[n for n, g in enumerate(voters) if g in set(rows)] for rows in electorate.groups]
    points = electorate.points and tuple(
        np.array([dict(zip(rows, given, strict=True))[voters[n]] for n in mine], np.float64)
        for rows, given, mine in zip(electorate.groups, electorate.points, alone, strict=True)
    )
    one_by_one = replace(
        grouped,
        electorate=Electorate(
            np.ones(len(voters)), tuple(np.array(mine, np.intp) for mine in alone), points
        ),
    )

    mine, theirs = (tally(arrays, rule, explained=True) for arrays in (one_by_one, grouped))

    assert mine.notebook.steps == theirs.notebook.steps
    assert mine.notebook.ties == theirs.notebook.ties
    assert mine.comparison == theirs.comparison


# --- 5: no name matters ------------------------------------------------------------------------


def renamed(election, names: Mapping[str, str]):
    """Return an election in which every project has another id."""

    def choice(given):
        return names[given] if isinstance(given, str) else (names[given[0]], given[1])

    return replace(
        election,
        projects=tuple(replace(each, id=names[each.id]) for each in election.projects),
        ballots={tuple(map(choice, b)): times for b, times in election.ballots.items()},
        exclusive_groups=tuple(
            tuple(names[name] for name in group) for group in election.exclusive_groups
        ),
    )


@for_every(elections(), rules())
def test_new_names_in_the_same_order_change_nothing_but_the_names(election, rule):
    names = {each.id: f"Plan {each.id[1:]} é" for each in election.projects}
    text = count(election, rule).to_json()
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')

    assert json.loads(count(renamed(election, names), rule).to_json()) == json.loads(text)


@for_every(elections(), rules(), CHANCE)
def test_names_in_any_order_change_nothing_when_no_tie_was_decided_by_them(election, rule, chance):
    outcome = count(election, rule)
    assume(not any(tie.criterion == "id" for tie in outcome.ties))
    ids = [each.id for each in election.projects]
    names = dict(zip(ids, chance.sample(ids, len(ids)), strict=True))

    again = count(renamed(election, names), rule)

    assert set(again.selected) == {names[name] for name in outcome.selected}
    assert (again.endowment, again.increments, again.ending) == (
        outcome.endowment,
        outcome.increments,
        outcome.ending,
    )


# --- 6: no currency matters --------------------------------------------------------------------


@for_every(
    elections(costs=COSTS),
    rules(Family.EQUAL_SHARES, add1=False, start="exact")
    | rules(Family.MOST_VOTES, Family.PHRAGMEN),
)
def test_a_hundred_times_all_amounts_is_the_same_count(election, rule):
    larger = replace(
        election,
        budget=100 * election.budget,
        projects=tuple(replace(each, cost=100 * each.cost) for each in election.projects),
        area_budgets={area: 100 * most for area, most in election.area_budgets.items()},
        theme_ceilings={theme: 100 * most for theme, most in election.theme_ceilings.items()},
    )

    small, large = count(election, rule), count(larger, rule)

    assert large.selected == small.selected
    assert large.ties == small.ties
    assert [step.reason for step in large.steps] == [step.reason for step in small.steps]
    for here, there in zip(small.steps, large.steps, strict=True):
        assert there.effective_votes == here.effective_votes
        assert there.payment == (here.payment and 100 * here.payment)
        assert there.load == (here.load and 100 * here.load)
    assert {n: each.extra_votes for n, each in large.projects.items()} == {
        n: each.extra_votes for n, each in small.projects.items()
    }


# --- 7: the published payments pay for everything ----------------------------------------------


def purses_after(election, document):
    """Replay every ballot from the result file alone; return (points by project, money) pairs."""
    weighs = document["rule"]["utility"] == "points"
    share = Fraction(document["endowment"])
    purses = []
    for ballot, times in election.ballots.items():
        points = points_of(ballot, election)
        weights = {name: points[name] if weighs else 1 for name in named_on(ballot)}
        purses += [[weights, share] for _ in range(times) if ballot]
    for step in document["steps"]:
        if step["pass"] != "shares" or step["decision"] != "selected":
            continue
        payment, name, paid = Fraction(step["payment"]), step["project"], Fraction(0)
        in_full = less = 0
        for purse in purses:
            weight = purse[0].get(name, 0)
            part = min(purse[1], payment * weight)
            in_full += bool(weight) and purse[1] >= payment * weight
            less += bool(weight) and purse[1] < payment * weight
            purse[1] -= part
            paid += part
        assert paid == Fraction(step["cost"])
        assert (in_full, less) == (step["paid_in_full"], step["paid_less"])
        assert Fraction(step["effective_votes"]) * payment == Fraction(step["cost"])
    return purses


@for_every(elections(), rules(Family.EQUAL_SHARES, comparison="none"))
def test_the_published_payments_pay_for_every_purchase_exactly(election, rule):
    document = json.loads(count(election, rule).to_json())
    if document["endowment"] is None:
        return

    purses = purses_after(election, document)

    assert all(0 <= money <= Fraction(document["endowment"]) for _, money in purses)
    limited = ("area_budget_too_small", "theme_ceiling_reached")
    for step in document["steps"]:
        if step["pass"] == "shares" and step["decision"] == "skipped":
            left = sum((m for weights, m in purses if weights.get(step["project"])), Fraction(0))
            fits = all(
                step[key] is None or Fraction(step["cost"]) <= Fraction(step[key])
                for key in ("area_left", "theme_left")
            )
            assert left < Fraction(step["cost"]) or not fits or step["reason"] in limited
            published = document["projects"][step["project"]]["supporters_left"]
            assert published is None or Fraction(published) == left


# --- 8: justified representation ---------------------------------------------------------------

PROPORTIONAL = {
    **FIXED,
    "minimum_votes": 1,
    "areas": Areas.TOGETHER,
    "theme_ceilings": False,
    "comparison": "none",
}


@for_every(
    elections() | medium_elections(),
    rules(Family.EQUAL_SHARES, **PROPORTIONAL),
)
def test_no_group_that_could_pay_for_a_plan_is_left_with_less(election, rule):
    # EJR+ up to any, in the forms of section 2.9 of the rules, with the final share.
    outcome = count(election, rule)
    share = outcome.endowment
    if share is None:
        return
    costs = costs_of(election)
    bought = {step.project for step in outcome.steps if step.pass_ is Pass.SHARES and step.payment}
    rest = {n for n, cost in costs.items() if n not in bought and 0 < cost <= election.budget}
    for name in rest:
        cost = costs[name]
        supporters = []
        for ballot, times in election.ballots.items():
            points = points_of(ballot, election)
            if rule.utility is not Utility.POINTS:
                worth = {
                    each: costs[each] if rule.utility is Utility.COST else 1 for each in points
                }
            else:
                worth = points
            if worth.get(name):
                has = sum(worth[each] for each in worth if each in bought)
                supporters += [(has, worth[name])] * times
        supporters.sort()
        if rule.utility is Utility.COST:
            for k, (has, _) in enumerate(supporters, start=1):
                assert has + cost > k * share
        elif rule.utility is Utility.CARDINALITY:
            for k, (has, _) in enumerate(supporters, start=1):
                assert has + 1 > k * share / cost
        else:
            for most in {has + gets for has, gets in supporters}:
                together = sum(gets for has, gets in supporters if has + gets <= most)
                assert share * together < most * cost


# --- 9: cheaper or more wanted never hurts a winner --------------------------------------------


@for_every(
    elections(costs=COSTS),
    rules(Family.MOST_VOTES, Family.EQUAL_SHARES, Family.PHRAGMEN, **FIXED).filter(
        lambda rule: rule.completion is not Completion.EPSILON
    ),
    some.integers(0, 7),
    some.integers(1, 99),
    some.integers(1, 4),
)
def test_a_winner_that_costs_less_or_has_more_votes_still_wins(
    election, rule, which, percent, more
):
    arrays = Arrays.of(election, rule)
    tallied = tally(arrays, rule)
    funded = sorted(tallied.funded)
    assume(funded)
    project = next(each for each in election.projects if each.id == funded[which % len(funded)])
    share = tallied.shares.run.share if tallied.shares else None
    rule = tallied.rule
    assume(share is not None or rule.family is not Family.EQUAL_SHARES)

    cheaper = arrays.with_cost(project, project.cost * percent // 100)
    wanted = arrays.with_votes(project, more)

    assert project.id in tally(cheaper, rule, share=share).funded
    assert project.id in tally(wanted, rule, share=share).funded


# --- 10: what nobody chose changes nothing -----------------------------------------------------


@for_every(
    elections(),
    rules().filter(lambda rule: rule.stop is not Stop.EXHAUSTIVE_ALL),
    some.sampled_from(COSTS),
)
def test_a_plan_without_votes_changes_nothing_for_the_others(election, rule, cost):
    rule = replace(rule, minimum_votes=max(1, rule.minimum_votes))
    nobody = Project("nobody", "", cost)
    if election.kind is BallotKind.ORDINAL:
        places = election.limits.maximum_choices or len(election.projects)
        election = replace(election, limits=replace(election.limits, maximum_choices=places))
    wider = replace(election, projects=(*election.projects, nobody))

    alone, beside = count(election, rule), count(wider, rule)

    assert beside.selected == alone.selected
    assert beside.ties == alone.ties
    assert beside.next_run == alone.next_run
    others = {name: each for name, each in beside.projects.items() if name != "nobody"}
    assert others == alone.projects


# --- 11: ties ----------------------------------------------------------------------------------


@for_every(
    elections(costs=(1000, 1000, 2000), projects=4, voters=6), rules(tie_order=(("lot", "id"),))
)
def test_a_tie_that_matters_is_one_that_another_order_decides_otherwise(election, rule):
    outcome = count(election, rule)
    ids = [each.id for each in election.projects]
    results = set()
    for order in itertools.permutations(ids):
        lots = {name: place for place, name in enumerate(order)}
        projects = tuple(replace(each, lot=lots[each.id]) for each in election.projects)
        drawn = tally(Arrays.of(replace(election, projects=projects), rule), rule)
        results.add(frozenset(drawn.funded))
    for tie in outcome.ties:
        projects = (replace(p, lot=-1) if p.id == tie.rival else p for p in election.projects)
        rival_first = tally(Arrays.of(replace(election, projects=tuple(projects)), rule), rule)
        assert tie.changes_outcome == (rival_first.funded != set(outcome.selected))
        assert not tie.changes_outcome or len(results) > 1
    # The ties of the count that was not kept are not told, though they may decide which one is.
    is_told = rule.comparison is Comparison.NONE and rule.remainder is not Remainder.EIGHTY_PERCENT
    if is_told and not outcome.ties:
        assert results == {frozenset(outcome.selected)}


# --- every step and every reason ---------------------------------------------------------------


@for_every(elections(), rules())
def test_every_plan_has_a_last_step_that_says_what_became_of_it(election, rule):
    outcome = count(election, rule)

    last = {step.project: step.decision is Decision.SELECTED for step in outcome.steps}
    assert {name for name, chosen in last.items() if chosen} == set(outcome.selected)
    assert set(last) == {project.id for project in election.projects} == set(outcome.projects)
    assert [step.number for step in outcome.steps] == list(range(1, len(outcome.steps) + 1))
    assert set(outcome.completed) <= set(outcome.selected)
    assert outcome.selected[len(outcome.selected) - len(outcome.completed) :] == outcome.completed


@for_every(elections(), rules())
def test_a_plan_that_comes_back_is_looked_at_again_or_was_bought_meanwhile(election, rule):
    outcome = count(election, rule)

    for step in outcome.steps:
        if step.comes_back:
            assert step.decision is Decision.SKIPPED
            later = [each for each in outcome.steps[step.number :] if each.project == step.project]
            assert later


@for_every(elections(), rules(Family.EQUAL_SHARES, comparison="none"))
def test_voters_never_pay_more_than_the_share_and_effective_votes_are_at_most_the_votes(
    election, rule
):
    outcome = count(election, rule)
    points = rule.utility is Utility.POINTS

    for step in outcome.steps:
        if step.payment is None:
            continue
        assert (
            step.effective_votes <= outcome.projects[step.project].score
            if points
            else (step.effective_votes <= outcome.projects[step.project].votes)
        )
        assert points or step.payment <= outcome.endowment
        assert step.paid_in_full + step.paid_less <= outcome.projects[step.project].votes
        assert step.paid_in_full > 0


def test_a_full_vote_is_at_least_one_point():
    election = Election(
        budget=1,
        projects=(Project("a", "", 1),),
        ballots={(("a", 0),): 1},
        kind=BallotKind.SCORING,
    )

    assert Arrays.of(election, MOST_VOTES).full_vote == full_vote(election) == 1
