"""Two programs must agree to the byte, or nothing is published."""

from dataclasses import replace

import pytest

from pb.results.counting import refuse_unless_recounted
from pb.results.domain import CountsDisagree
from tests.results.demo_round import counted


@pytest.fixture(scope="module")
def demo():
    return counted()


def test_the_outcome_of_the_demonstration_round_is_found_again(demo):
    refuse_unless_recounted(demo.election, demo.result.outcome)


def spend_less(outcome):
    return replace(outcome, selected=outcome.selected[:-1])


def serve_one_more(outcome):
    return replace(outcome, voters_with_a_funded_choice=outcome.voters_with_a_funded_choice + 1)


def forget_a_tie(outcome):
    return replace(outcome, ties=outcome.ties[1:])


def ask_a_vote_too_many(outcome):
    asked = replace(outcome.projects["P10"], extra_votes=outcome.projects["P10"].extra_votes + 1)
    return replace(outcome, projects={**outcome.projects, "P10": asked})


@pytest.mark.parametrize("alter", [spend_less, serve_one_more, forget_a_tie, ask_a_vote_too_many])
def test_an_outcome_that_differs_in_one_figure_is_refused(demo, alter):
    with pytest.raises(CountsDisagree):
        refuse_unless_recounted(demo.election, alter(demo.result.outcome))


def test_a_file_of_other_votes_is_refused(demo):
    one_vote_less = b"\n".join(demo.election.splitlines()[:-1]) + b"\n"

    with pytest.raises(CountsDisagree):
        refuse_unless_recounted(one_vote_less, demo.result.outcome)
