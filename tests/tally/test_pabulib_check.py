"""What a file says otherwise than its ballots, and otherwise than the format asks."""

import pytest

from pb.tally import pabulib
from pb.tally.pabulib_check import check
from tests.tally.elections import PABULIB, shared_file
from tests.tally.pabulib_files import a_file, parse

OWN_COUNTS = ";votes;score;name;selected"


def checked(text):
    return check(parse(text))


def test_a_file_that_says_what_its_ballots_say_is_sound():
    text = a_file("cumulative", ("a,b", "a"), points=("2,1", "3"), max_sum_points="3",
                  columns=OWN_COUNTS, cells=(";2;5;A;1", ";1;1;B;0", ";0;0;C;0"))  # fmt: skip

    assert checked(text).is_sound
    assert checked(text).faults == checked(text).differences == ()


def test_each_number_that_the_ballots_do_not_give_is_a_difference():
    text = a_file("scoring", ("a,a,b", "a"), points=("2,0.5,1", "0.25"),
                  columns=OWN_COUNTS, cells=(";3;2.75;A;1", ";1;1.0;B;0", ";;;C;0"))  # fmt: skip

    assert [each.sentence() for each in checked(text).differences] == [
        "the votes of project a: 3 in the file, 2 on the ballots; 1 more are repeats on one ballot",
        "the score of project a: 2.75 in the file, 2.25 on the ballots",
    ]


def test_a_file_that_scores_by_the_length_of_each_ballot_is_recognised():
    text = a_file(
        "ordinal", ("a,b", "b"), columns=";score", cells=(";2", ";2", ";0"), max_length="3"
    )

    assert checked(text).faults == (
        "the file scores a ranked ballot by its own length, not by 'max_length'",
    )
    assert [each.on_ballots for each in checked(text).differences] == ["3", "5"]


def test_what_is_allowed_and_good_to_know_is_no_fault():
    found = checked(a_file(costs=("10", "20", "999999999")))

    assert found.remarks == ("projects withdrawn after the vote: c",)
    assert found.is_sound


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"country": "", "date_end": ""}, "META gives no value for country, date_end"),
        ({"kleur": "groen"}, "META has keys that the format does not know: kleur"),
        ({"min_length": ""}, "META has keys without a value: min_length"),
        ({"rule": "quota"}, "the format does not know the rule 'quota'"),
        ({"date_begin": "2026-02-01"}, "a date is not written as DD.MM.YYYY or YYYY"),
        ({"date_begin": "31.02.2026"}, "a date is not written as DD.MM.YYYY or YYYY"),
        ({"date_begin": "00.02.2026"}, "a date is not written as DD.MM.YYYY or YYYY"),
        ({"date_begin": "02.02.2026", "date_end": "01.02.2026"}, "ends before it begins"),
        ({"date_begin": "01.02.2027"}, "the vote ends before it begins"),
        ({"fully_funded": "0"}, "'fully_funded' is either 1 or not there"),
        ({"comment": "mooi"}, "the comment does not begin with '#1: '"),
        ({"max_length": "4"}, "'max_length' is higher than the number of projects"),
        ({"min_length": "2", "max_length": "1"}, "'min_length' is higher than 'max_length'"),
        ({"costs": ("10", "20", "0")}, "projects that cost nothing: c"),
        ({"costs": ("10", "20", "50")}, "projects that cost more than the budget: c"),
        ({"costs": ("10", "20", "10")}, "the budget pays for every project"),
        ({"vote_type": "choose-1", "votes": ("a",), "max_length": "2"}, "a choose-1 ballot is 1"),
        ({"vote_type": "cumulative", "points": ("1", "1,1")}, "votes need 'max_sum_points'"),
        (
            {"columns": ";selected", "cells": (";1", ";1", ";1")},
            "the projects that are selected cost 60, more than the budget of 40",
        ),
        ({"columns": ";selected", "cells": (";4", ";0", ";3")}, "not 0, 1, 2 or 3: a"),
    ],
)
def test_what_the_format_asks_otherwise_is_a_fault(values, fault):
    text = a_file(**{"min_length": "1", "max_length": "2", **values})

    assert fault in " ".join(checked(text).faults)


def test_a_year_alone_is_a_date_too():
    assert checked(a_file(date_begin="2026", date_end="2026")).is_sound


@pytest.mark.shared
def test_czestochowa_counts_a_project_four_times_for_one_voter():
    found = check(pabulib.read(shared_file(PABULIB / "Poland_Czestochowa_2020.pb")))

    assert [(each.project, each.column, each.repeats) for each in found.differences] == [
        ("579", "votes", 3),
        ("579", "score", 0),
    ]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["Netherlands_Assen_2024", "Poland_Krakow_2023_Nowa_Huta"])
def test_a_clean_real_file_is_sound(name):
    assert check(pabulib.read(shared_file(PABULIB / f"{name}.pb"))).is_sound
