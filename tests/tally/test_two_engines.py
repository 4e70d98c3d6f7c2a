"""Two programs that share no code make the same result file of any election, to the byte."""

import pytest

from pb.tally import pabulib, recount
from pb.tally.count import count
from tests.tally.drawn_files import a_file


def refuse_a_difference(start, number, path):
    for case in range(start, start + number):
        file, seed = a_file(case)
        path.write_bytes(file)
        read = pabulib.parse(file, path.name)
        outcome = count(pabulib.to_election(read), read.rule, seed=seed)
        assert outcome.to_json().encode() == recount.recount(path, seed=seed), case


@pytest.mark.parametrize("start", [*range(0, 300, 50), 13_950, 14_050])
def test_both_engines_give_the_same_bytes_for_any_rule_and_ballots(start, tmp_path):
    refuse_a_difference(start, 50, tmp_path / "toeval.pb")


@pytest.mark.nightly
@pytest.mark.parametrize("start", range(1_000, 21_000, 1_000))
def test_both_engines_give_the_same_bytes_for_twenty_thousand_elections(start, tmp_path):
    refuse_a_difference(start, 1_000, tmp_path / "toeval.pb")
