"""In real elections, too, what it would have taken is what counting again says.

For every plan that lost, the election is counted again with the cost and with the votes of its
answer, and one step short of each: with the answer it wins, one step short it does not.
"""

import csv

import pytest

from pb.tally import pabulib
from pb.tally.arrays import Arrays
from pb.tally.count import count
from pb.tally.rules import PRESETS
from pb.tally.tallied import tally
from pb.tally.what_it_takes import most_extra, wins
from tests.tally.elections import PABULIB, SHARED, shared_file

LARGEST = 5_000
#: Small enough to be looked at every time.
QUICK = ("Netherlands_Amsterdam_643", "Netherlands_Assen_2024", "Switzerland_Zurich_S5R")


def names_of_small_files():
    """Return the names of the files with few enough ballots; the other ones are for the night."""
    if not SHARED.is_dir():
        return list(QUICK)
    with (PABULIB / "index.csv").open(encoding="utf-8", newline="") as index:
        rows = [row for row in csv.DictReader(index) if int(row["n_votes"]) <= LARGEST]
    return [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.nightly)
        for name in sorted(row["file"].removesuffix(".pb") for row in rows)
    ]


@pytest.mark.shared
@pytest.mark.parametrize("preset", ["most_votes", "equal_shares", "phragmen"])
@pytest.mark.parametrize("name", names_of_small_files())
def test_every_loser_of_an_election_would_win_with_the_answer_and_not_a_step_short(name, preset):
    election = pabulib.to_election(pabulib.read(shared_file(PABULIB / f"{name}.pb")))
    rule = PRESETS[preset]
    arrays = Arrays.of(election, rule)
    tallied = tally(arrays, rule)
    found = count(election, rule).projects

    def with_cost(project, cost):
        return wins(arrays.with_cost(project, cost), tallied, project.id)

    def with_votes(project, votes):
        return wins(arrays.with_votes(project, votes), tallied, project.id)

    losers = [
        project
        for project in election.projects
        if project.id not in tallied.funded and not project.is_withdrawn
    ]
    for project in losers:
        answer = found[project.id]
        cost, votes = answer.max_winning_cost, answer.extra_votes
        if cost is None:
            assert not with_cost(project, 0), project.id
        else:
            assert with_cost(project, cost), project.id
            assert cost + 1 == project.cost or not with_cost(project, cost + 1), project.id
        if votes is None:
            assert not with_votes(project, most_extra(arrays, rule)), project.id
        else:
            assert with_votes(project, votes), project.id
            assert votes == 1 or not with_votes(project, votes - 1), project.id
