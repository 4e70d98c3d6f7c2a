"""Writing Pabulib files: what is written is read back, and is what the format asks."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pb.tally import pabulib
from pb.tally.count import count
from pb.tally.declared_rule import asked_rule
from pb.tally.election import BallotKind, BallotLimits, Project
from pb.tally.errors import UnwritableElection
from pb.tally.pabulib_check import check
from pb.tally.pabulib_format import EXCLUSIVE_KEY, LOT_COLUMN, OWN_KEYS, RULE_KEY
from pb.tally.pabulib_writer import write, write_again
from pb.tally.rules import EQUAL_SHARES, MOST_VOTES
from tests.tally.elections import (
    PABULIB,
    a_few,
    an_election,
    demo_election,
    elections,
    shared_file,
)
from tests.tally.pabulib_files import KINDS, SEEDS, SMALL, a_file, any_elections, parse

RULES = some.sampled_from([MOST_VOTES, EQUAL_SHARES, replace(MOST_VOTES, minimum_votes=30)])
PLACE = {
    "country": "Netherlands",
    "unit": "Dorp",
    "instance": "2026",
    "date_begin": "01.02.2026",
    "date_end": "14.02.2026",
}


def lines_of(text, section):
    return text.partition(f"{section}\n")[2].splitlines()


@a_few
@given(some.sampled_from(KINDS).flatmap(any_elections), RULES)
def test_what_is_written_is_read_back_as_it_was(election, rule):
    text = write(election, rule, {"country": "Nederland", "comment": 'a; "b"'})

    file = parse(text)

    assert (pabulib.to_election(file), file.rule) == (election, rule)


@a_few
@given(some.sampled_from(KINDS).flatmap(any_elections), RULES)
def test_what_was_written_and_read_is_written_as_the_same_file(election, rule):
    text = write(election, rule, PLACE, {election.projects[0].id: {"selected": "1"}})

    assert write_again(parse(text)) == text


@a_few
@given(some.sampled_from(KINDS).flatmap(elections))
def test_a_written_file_is_what_the_format_asks(election):
    kind = election.kind
    fitting = BallotLimits(
        maximum_points=99 if kind is BallotKind.CUMULATIVE else None,
        maximum_cost=10**9 if kind is BallotKind.KNAPSACK else None,
    )
    groups = tuple(filter(None, election.exclusive_groups))
    election = replace(election, title="Buurtbudget", limits=fitting, exclusive_groups=groups)
    file = parse(write(election, MOST_VOTES, PLACE))

    # What is left is about the election, not about how it was written.
    about_the_election = ("blank", "cost more", "costs more", "pays for every", "cost nothing")
    checked = check(file)
    assert [f for f in checked.faults if not any(what in f for what in about_the_election)] == []
    assert checked.differences == ()


@pytest.mark.parametrize("text", SEEDS)
def test_a_file_that_was_read_is_written_with_all_that_describes_it(text):
    file = parse(text)
    again = parse(write_again(file))

    assert pabulib.to_election(again) == pabulib.to_election(file)
    numbers = ("min_", "max_", "budget", "num_")  # "20.0" is written as "20".
    kept = {key for key in file.meta if not key.startswith(numbers)}
    kept -= {RULE_KEY, "rule"} if RULE_KEY in file.meta else set()
    assert {key: again.meta[key] for key in kept} == {key: file.meta[key] for key in kept}
    assert again.selected == file.selected


def test_a_rule_that_others_know_by_name_needs_no_key_of_our_own():
    again = write_again(parse(SMALL))

    assert RULE_KEY not in again
    assert parse(again).rule == parse(SMALL).rule


def test_the_rule_of_a_file_that_names_none_is_written_in_full():
    file = parse(SMALL.replace("rule;greedy\n", ""))

    assert parse(write_again(file)).rule == file.rule
    assert RULE_KEY in write_again(file)


def test_other_columns_of_projects_are_kept_and_those_of_voters_are_not():
    text = SMALL.replace(";selected", ";selected;latitude;kleur").replace(
        "groen,spelen;1", "groen,spelen;1;52.1;rood"
    )
    text = text.replace("Boom;;0", "Boom;;0;;").replace("Feest;;1", "Feest;;1;;")

    again = write_again(parse(text))

    assert lines_of(again, "PROJECTS")[0] == (
        "project_id;cost;votes;name;category;selected;latitude;kleur"
    )
    assert lines_of(again, "VOTES")[:2] == ["voter_id;vote", "1;a"]
    assert parse(again).projects[0].cells == {
        "votes": "2", "selected": "1", "latitude": "52.1", "kleur": "rood"
    }  # fmt: skip


def test_votes_and_scores_are_written_where_everybody_counts_them_alike():
    ranked = parse(a_file("ordinal", ("a,b", "c"), max_length="2"))
    full = parse(a_file("ordinal", ("a,b", "c,a"), max_length="2"))
    halves = parse(a_file("scoring", ("a,b", "a"), points=("0.5,1", "1")))
    quarters = parse(a_file("scoring", ("a,b", "a"), points=("0.5,1", "0.5")))

    assert lines_of(write_again(ranked), "PROJECTS")[1] == "a;10;1;a"
    assert lines_of(write_again(full), "PROJECTS")[1] == "a;10;2;3;a"
    assert lines_of(write_again(halves), "PROJECTS")[1] == "a;10;2;a"
    assert lines_of(write_again(quarters), "PROJECTS")[1] == "a;10;2;1;a"


def test_points_are_written_with_their_decimals():
    file = parse(a_file("scoring", ("a,b", "c"), points=("2.5,0", "0.250000"), max_points="10.0"))

    again = write_again(file)

    assert file.points_scale == 100
    assert lines_of(again, "VOTES")[1:] == ["1;a,b;2.5,0", "2;c;0.25"]
    assert "max_points;10\n" in again


def test_without_own_keys_nothing_is_left_that_others_do_not_know():
    election = replace(demo_election(), exclusive_groups=(("P01", "P02"),))

    own, plain = (write(election, MOST_VOTES, PLACE, own_keys=each) for each in (True, False))

    assert set(parse(own).meta) - set(parse(plain).meta) == {RULE_KEY, EXCLUSIVE_KEY}
    assert set(OWN_KEYS) == {RULE_KEY, EXCLUSIVE_KEY}
    assert lines_of(own, "PROJECTS")[0] == f"{lines_of(plain, 'PROJECTS')[0]};{LOT_COLUMN}"
    assert pabulib.to_election(parse(plain)).ballots == election.ballots


def test_the_threshold_of_a_rule_is_told_to_others_as_well():
    text = write(demo_election(), replace(MOST_VOTES, minimum_votes=30), PLACE)

    assert "rule;greedy-threshold\n" in text
    assert "min_project_score_threshold;30\n" in text


def test_a_limit_that_only_some_categories_have_keeps_its_place():
    limits = BallotLimits(maximum_choices_by_theme={"groen": 2})
    election = an_election([("x",)], {"x": 1}, 10, theme_ceilings={"spel": 500}, limits=limits)

    text = write(election, MOST_VOTES)

    assert "categories;spel,groen\n" in text
    assert "budget_per_category;5,\n" in text
    assert "max_length_per_category;,2\n" in text
    assert pabulib.to_election(parse(text)) == election


def test_the_demo_round_counts_the_same_from_a_file():
    election = demo_election()

    file = parse(write(election, MOST_VOTES))
    again = count(pabulib.to_election(file), file.rule)

    assert replace(again, input_sha256="") == count(election, MOST_VOTES)


def test_a_written_file_can_be_counted_by_the_other_rule_with_its_ceilings():
    file = parse(write(demo_election(), MOST_VOTES))

    assert asked_rule("equal_shares", file.meta) == EQUAL_SHARES


@pytest.mark.parametrize(
    "project",
    [
        Project("a,b", "", 10),
        Project("votes", "", 10),
        Project(" a", "", 10),
        Project("", "", 10),
        Project("\ud800", "", 10),
        Project("a", "\0", 10),
        Project("a", "b\r\nc", 10),
        Project("a", "b ", 10),
        Project("a", "b" * 200_000, 10),
        Project("a", "", 10**16),
        Project("a", "", 10, " noord"),
        Project("a", "", 10, "", ("groen", "groen")),
        Project("a", "", 10, "", ("groen, rood",)),
        Project("a", "", 10, lot=-1),
        Project("a", "", 10, lot=10**12),
    ],
)
def test_a_project_that_the_format_cannot_hold_is_not_written(project):
    election = an_election([("x",)], {"x": 1}, 10)

    with pytest.raises(UnwritableElection):
        write(replace(election, projects=(*election.projects, project)), MOST_VOTES)


@pytest.mark.parametrize(
    "values",
    [
        {"budget": 0},
        {"ballots": {}},
        {"title": "Proef "},
        {"currency": ""},
        {"area_budgets": {"a,b": 1}},
        {"theme_ceilings": {"": 1}},
        {"limits": BallotLimits(maximum_choices=0)},
        {"limits": BallotLimits(minimum_choices=10**12)},
        {"limits": BallotLimits(maximum_points=10**9)},
        {"limits": BallotLimits(minimum_project_cost=10**16)},
        {"exclusive_groups": ((),)},
        {"exclusive_groups": (("x", "x"),)},
        {"kind": BallotKind.SCORING, "ballots": {(("x", 20),): 1}, "points_scale": 10},
        {"kind": BallotKind.SCORING, "ballots": {(("x", 10**9),): 1}},
    ],
)
def test_an_election_that_the_format_cannot_hold_is_not_written(values):
    with pytest.raises(UnwritableElection):
        write(replace(an_election([("x",)], {"x": 1}, 10), **values), MOST_VOTES)


@pytest.mark.parametrize("key", ["budget", "counting_rule", "META", "votes", "", " unit"])
def test_a_key_that_does_more_than_describe_is_not_written(key):
    with pytest.raises(UnwritableElection):
        write(an_election([("x",)], {"x": 1}, 10), MOST_VOTES, {key: "1"})


def test_a_column_that_follows_from_the_election_is_not_written():
    with pytest.raises(UnwritableElection):
        write(an_election([("x",)], {"x": 1}, 10), MOST_VOTES, {}, {"x": {"votes": "9"}})


@pytest.mark.shared
@pytest.mark.nightly
def test_every_real_file_is_written_and_read_as_it_was():
    files = sorted(shared_file(PABULIB).glob("*.pb"))
    for path in files:
        file = pabulib.read(path)
        text = write_again(file)
        again = pabulib.parse(text.encode(), path.name)
        assert pabulib.to_election(again) == pabulib.to_election(file), path.name
        assert again.meta == file.meta, path.name
        assert again.selected == file.selected, path.name
        assert write_again(again) == text, path.name
    assert len(files) == 68
