"""What forms an election, and how votes and scores are counted."""

from dataclasses import replace

import pytest

from pb.tally.count import count
from pb.tally.election import (
    BallotKind,
    BallotLimits,
    Election,
    Project,
    count_scores,
    count_votes,
)
from pb.tally.errors import InvalidElection
from pb.tally.rules import PRESETS
from tests.tally.elections import an_election

COSTS = {"a": 10, "b": 20, "c": 30}


def test_equal_ballots_are_grouped_whatever_the_order_in_which_they_were_written():
    election = an_election([("a", "b"), ("b", "a"), ("c",)], COSTS, 50)

    assert election.ballots == {("a", "b"): 2, ("c",): 1}


def test_a_blank_ballot_is_known_but_does_not_count():
    election = an_election([("a",), (), ()], COSTS, 50)

    assert (election.voters, election.blank_ballots) == (1, 2)


def test_approval_scores_are_votes():
    election = an_election([("a", "b"), ("b",)], COSTS, 50)

    assert count_scores(election) == count_votes(election) == {"a": 1, "b": 2, "c": 0}


@pytest.mark.parametrize("kind", [BallotKind.CUMULATIVE, BallotKind.SCORING])
def test_scores_of_ballots_with_points_are_points_and_votes_are_ballots(kind):
    election = an_election([(("a", 3), ("b", 1)), (("b", 1),)], COSTS, 50, kind=kind)

    assert count_votes(election) == {"a": 1, "b": 2, "c": 0}
    assert count_scores(election) == {"a": 3, "b": 2, "c": 0}


def test_the_first_of_three_places_scores_three_also_on_a_short_ballot():
    limits = BallotLimits(maximum_choices=3)

    election = an_election(
        [("c", "a", "b"), ("b",)], COSTS, 50, kind=BallotKind.ORDINAL, limits=limits
    )

    assert count_scores(election) == {"a": 2, "b": 4, "c": 3}


def test_without_a_limit_a_ranked_ballot_has_as_many_places_as_there_are_projects():
    election = an_election([("b", "a")], COSTS, 50, kind=BallotKind.ORDINAL)

    assert count_scores(election) == {"a": 2, "b": 3, "c": 0}


@pytest.mark.parametrize(
    ("ballots", "kind", "limits"),
    [
        ([("a", "a")], BallotKind.APPROVAL, BallotLimits()),
        ([("x",)], BallotKind.APPROVAL, BallotLimits()),
        ([("a", "b")], BallotKind.CHOOSE_ONE, BallotLimits()),
        ([("a",)], BallotKind.CUMULATIVE, BallotLimits()),
        ([(("a", -1),)], BallotKind.CUMULATIVE, BallotLimits()),
        ([(("a", 1),)], BallotKind.APPROVAL, BallotLimits()),
        ([("a",)], BallotKind.KNAPSACK, BallotLimits()),
        ([("a",)], BallotKind.APPROVAL, BallotLimits(maximum_cost=100)),
    ],
)
def test_values_that_contradict_each_other_are_no_election(ballots, kind, limits):
    with pytest.raises(InvalidElection):
        an_election(ballots, COSTS, 50, kind=kind, limits=limits)


@pytest.mark.parametrize(
    "values",
    [
        {"points_scale": 10},
        {"points_scale": 20, "kind": BallotKind.SCORING},
        {"exclusive_groups": (("a", "x"),)},
    ],
)
def test_a_scale_belongs_to_points_and_rivals_are_projects(values):
    with pytest.raises(InvalidElection):
        an_election([()], COSTS, 50, **values)


def test_the_file_that_an_election_was_read_from_is_no_part_of_it():
    assert an_election([("a",)], COSTS, 50, input_sha256="ab") == an_election([("a",)], COSTS, 50)


@pytest.mark.parametrize("budget", [-1, 10.5])
def test_a_budget_is_a_whole_number_of_cents(budget):
    with pytest.raises(InvalidElection):
        an_election([("a",)], COSTS, budget)


def test_two_projects_do_not_share_an_id():
    election = an_election([("a",)], COSTS, 50)

    with pytest.raises(InvalidElection):
        type(election)(budget=1, projects=election.projects * 2, ballots={})


def test_an_election_without_a_plan_is_counted_too():
    election = an_election([()], {}, 50)

    for rule in PRESETS.values():
        assert count(election, rule).selected == ()


def test_one_plan_can_be_changed_and_nothing_else_is():
    election = an_election([("a", "b")], COSTS, 50)

    changed = election.with_project(replace(election.projects[1], cost=7))

    assert [project.cost for project in changed.projects] == [1000, 7, 3000]
    assert (changed.ballots, changed.budget) == (election.ballots, election.budget)
    assert election.projects[1].cost == 2000


def test_a_ballot_is_cast_by_somebody():
    with pytest.raises(InvalidElection, match="fewer than one voter"):
        Election(budget=1, projects=(Project("a", "", 1),), ballots={("a",): 0})
