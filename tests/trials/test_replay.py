"""A whole election through the whole stack: every ballot once, every total as in the file."""

import pytest

from pb.tally import pabulib, recount
from pb.tally.election import named_on
from pb.trials import real_election
from pb.trials.replay import replay
from tests.trials.elections import SHARED, SMALL, an_election, write

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder 'shared' is not here")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small election, replayed once, and the folder in which that happened."""
    folder = tmp_path_factory.mktemp("replay")
    return replay(real_election.read(SMALL), folder), folder


def test_every_ballot_is_accepted_with_a_letter_of_its_own(small):
    replayed, _ = small

    assert (replayed.accepted, replayed.letters) == (12, 12)


def test_every_total_is_that_of_the_file_less_the_repeats(small):
    replayed, _ = small

    assert replayed.votes == {"11": 7, "12": 6, "13": 5, "14": 4, "15": 3, "16": 3}
    assert replayed.votes_equal
    assert replayed.as_dict()["repeats"] == {"12": 1}


def test_a_withdrawn_plan_keeps_its_votes_and_is_not_chosen(small):
    replayed, _ = small

    assert replayed.votes["15"] == 3
    assert "15" not in replayed.selected


def test_the_selection_is_compared_with_the_file(small):
    replayed, _ = small

    assert replayed.selected_in_file == ("11", "13", "16")
    assert set(replayed.selected) == {"11", "13", "16"}


def test_the_contract_of_the_command_line_holds(small):
    replayed, _ = small

    assert list(replayed.as_dict())[:7] == [
        "ballots", "accepted", "votes_equal", "selected", "selected_in_file", "cast_per_second",
        "seconds",
    ]  # fmt: skip
    assert {"mint", "cast", "count"} <= set(replayed.seconds)


def test_the_exported_election_holds_every_ballot(small):
    _, folder = small
    exported = pabulib.read(folder / "uitslag.pb")
    original = pabulib.read(SMALL)

    lengths = sorted(len(named_on(ballot)) for ballot in exported.ballots)
    assert lengths == sorted(len(named_on(ballot)) for ballot in original.ballots)


def test_the_exported_count_is_what_a_stranger_counts_from_the_exported_election(small):
    _, folder = small

    assert recount.recount(folder / "uitslag.pb") == (folder / "telling.json").read_bytes()


def test_totals_that_differ_are_told(tmp_path):
    text = an_election().replace("project_id;cost;name", "project_id;cost;name;votes")
    text = text.replace("Plan 1", "Plan 1;9").replace("Plan 2", "Plan 2;2")
    text = text.replace("Plan 3", "Plan 3;1")
    replayed = replay(real_election.read(write(tmp_path, text)), tmp_path / "stores")

    assert not replayed.votes_equal
    assert replayed.accepted == 3


@pytest.mark.parametrize(
    "election",
    [
        {"vote_type": "choose-1", "votes": ("1", "2", "2")},
        {"vote_type": "ordinal", "votes": ("2,1", "1,2,3", "3"), "max_length": "3"},
        {
            "vote_type": "cumulative",
            "votes": ("1,2", "3", "2,3"),
            "points": ("3,2", "5", "1,4"),
            "max_sum_points": "5",
        },
        {"max_sum_cost": "4000"},
        {"rule": "equalshares/add1", "min_length": "1"},
    ],
    ids=["choose one", "ranked", "points", "knapsack", "equal shares"],
)
def test_every_kind_of_ballot_goes_through(tmp_path, election):
    path = write(tmp_path, an_election(**election))
    replayed = replay(real_election.read(path), tmp_path / "stores")

    assert replayed.accepted == 3
    assert replayed.votes_equal
    outcome = pabulib.read(tmp_path / "stores" / "uitslag.pb")
    assert outcome.kind is real_election.read(path).framework.ballot.kind


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize(
    "name", ["Netherlands_Amsterdam_588", "Netherlands_Amsterdam_643", "Netherlands_Assen_2024"]
)
def test_real_elections_end_with_every_total_equal(tmp_path, name):
    replayed = replay(real_election.read(SHARED / f"{name}.pb"), tmp_path)

    assert replayed.accepted == len(replayed.election.file.ballots)
    assert replayed.votes_equal
    assert replayed.selected_in_file in {None, replayed.selected}


@pytest.mark.shared
@pytest.mark.nightly
@needs_shared
@pytest.mark.parametrize("name", sorted(path.name for path in SHARED.glob("*.pb")))
def test_every_real_election_ends_with_every_total_equal(tmp_path, name):
    replayed = replay(real_election.read(SHARED / name), tmp_path)

    assert replayed.accepted == len(replayed.election.file.ballots)
    assert replayed.votes_equal
