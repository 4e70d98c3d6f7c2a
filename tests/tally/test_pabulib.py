"""Reading Pabulib files: what each key and column means, and what is put right on the way."""

import hashlib
from dataclasses import replace

import pytest

from pb.tally import pabulib
from pb.tally.count import count
from pb.tally.declared_rule import asked_rule
from pb.tally.election import BallotKind, BallotLimits, Project, count_scores, count_votes
from pb.tally.rules import EQUAL_SHARES, MOST_VOTES, PRESETS, Family, Remainder
from tests.tally.pabulib_files import SMALL, a_file, parse


def election_in(text):
    return pabulib.to_election(parse(text))


def test_a_small_file_is_read_into_an_election_without_voters():
    file = parse(SMALL)
    election, rule = pabulib.to_election(file), file.rule

    assert election.budget == 10_050
    assert election.projects[0] == Project("a", 'Bank; "groen"', 5000, "", ("groen", "spelen"))
    assert election.ballots == {("a",): 1, ("a", "b"): 1, ("b", "c"): 1}
    assert rule == replace(MOST_VOTES, ceilings_in_remainder=False, remainder=Remainder.NONE)
    assert file.selected == ("a", "c")
    assert file.notes == ()
    assert "v1" not in repr(file)


def test_a_project_twice_on_a_ballot_counts_once_and_is_noted():
    file = parse(SMALL.replace("v2;a;", "v2;a,a;"))

    assert file.ballots[1] == ("a",)
    assert file.repeats == {"a": 1}
    assert file.notes == (
        "1 ballot names a project more than once; it counts once, as first written",
    )
    assert file.faults == file.notes


def test_a_blank_vote_is_noted_and_not_counted():
    file = parse(SMALL.replace("v2;a;", "v2;;"))
    election = pabulib.to_election(file)

    assert (election.voters, election.blank_ballots) == (2, 1)
    assert "1 ballot is blank; it does not count" in file.notes


def test_a_withdrawn_project_is_noted_and_never_funded():
    file = parse(SMALL.replace("c;20;", "c;999999999;"))
    election, rule = pabulib.to_election(file), file.rule

    assert "projects withdrawn after the vote: c" in file.notes
    assert "c" not in count(election, rule).selected


def test_approval_within_a_highest_cost_is_a_knapsack_ballot():
    file = parse(SMALL.replace("rule;", "max_sum_cost;60\nrule;"))

    assert file.kind is BallotKind.KNAPSACK
    assert file.limits.maximum_cost == 6000
    assert "2 ballots cost more than a ballot may; they count" in file.notes


def test_points_are_read_with_their_projects():
    text = SMALL.replace("approval", "cumulative").replace("vote;age", "vote;points")
    text = text.replace("a,b;30", "b,a;2,1").replace("a;31", "a;3").replace("b,c;32", "b,c;0,3")

    file = parse(text)

    assert file.ballots[0] == (("a", 1), ("b", 2))
    assert "1 ballot names a project with zero points; that counts as a vote" in file.notes


def test_ranked_ballots_keep_their_order():
    file = parse(SMALL.replace("approval", "ordinal").replace("v1;a,b", "v1;b,a"))

    assert file.ballots[0] == ("b", "a")


def test_ceilings_per_category_bind_in_the_first_pass_and_not_in_the_second():
    limits = "categories;groen,spelen,\nbudget_per_category;45,60\nrule;"
    more = "leftover_budget;Fund additional projects that fit\n" + limits
    first = parse(SMALL.replace("rule;", limits))
    second = parse(SMALL.replace("rule;", more))

    assert count(pabulib.to_election(first), first.rule).selected == ("b", "c")
    assert first.theme_ceilings == {"groen": 4500, "spelen": 6000}
    assert count(pabulib.to_election(second), second.rule).selected == ("b", "c")
    assert second.rule.remainder is Remainder.SECOND_PASS


@pytest.mark.parametrize(
    ("declared", "family", "noted"),
    [
        ("greedy", Family.MOST_VOTES, False),
        ("greedy-no-skip", Family.MOST_VOTES, False),
        ("greedy-custom", Family.MOST_VOTES, True),
        ("unknown", Family.MOST_VOTES, True),
        ("equalshares/add1", Family.EQUAL_SHARES, False),
        ("equalshares/add1-comparison", Family.EQUAL_SHARES, False),
        ("equalshares/by-moonlight", Family.EQUAL_SHARES, True),
    ],
)
def test_the_declared_rule_is_counted_or_the_difference_is_noted(declared, family, noted):
    file = parse(SMALL.replace("greedy", declared))

    assert file.rule.family is family
    assert bool(file.notes) is noted


def test_another_rule_than_the_declared_one_is_counted_plainly():
    rule = asked_rule("equal_shares", parse(SMALL).meta)

    assert rule == replace(EQUAL_SHARES, theme_ceilings=False)


def test_a_rule_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match=r"no rule 'borda'.*phragmen"):
        asked_rule("borda", {})


def test_most_votes_without_skipping_keeps_the_threshold_of_the_file():
    meta = {"min_project_score_threshold": "7", "leftover_budget": "Fund additional projects"}

    assert asked_rule("most_votes_no_skip", meta) == replace(
        PRESETS["most_votes_no_skip"], minimum_votes=7
    )
    assert asked_rule("most_votes", meta).remainder is Remainder.SECOND_PASS


def test_a_vote_threshold_belongs_to_the_declared_rule():
    threshold = "rule;greedy-threshold\nmin_project_score_threshold;2"
    file = parse(SMALL.replace("rule;greedy", threshold))

    assert file.rule.minimum_votes == 2


def test_scoring_ballots_are_read_as_points_of_their_own_kind():
    election = election_in(a_file("scoring", ("a,b", "c"), points=("5,3", "5"), max_points="5"))

    assert election.kind is BallotKind.SCORING
    assert count_scores(election) == {"a": 5, "b": 3, "c": 5}
    assert election.limits.points_per_project == 5


def test_points_with_decimals_are_multiplied_by_what_makes_them_whole():
    votes, points = ("b,a", "a", "c"), ("0.25,1.50", "2", "3.000")
    limits = {"min_sum_points": "1.001", "max_sum_points": "3", "max_points": "2.5"}
    election = election_in(a_file("cumulative", votes, points=points, **limits))

    assert election.points_scale == 100
    assert election.ballots == {(("a", 150), ("b", 25)): 1, (("a", 200),): 1, (("c", 300),): 1}
    assert election.limits.minimum_points == 101
    assert election.limits.maximum_points == 300
    assert election.limits.points_per_project == 250


def test_whole_points_stay_as_they_are_whatever_their_zeros():
    file = parse(a_file("scoring", ("a,b", "c,c"), points=("1.0,2.000000000", "3,0.5")))

    assert file.points_scale == 1
    assert file.ballots == ((("a", 1), ("b", 2)), (("c", 3),))


def test_the_budget_is_cut_and_a_cost_is_raised_to_whole_cents():
    costs = ("10.001", "20.5", "30.000")
    file = parse(a_file(costs=costs, budget="40.999", max_project_cost="30.009"))

    assert file.budget == 4099
    assert [each.project.cost for each in file.projects] == [1001, 2050, 3000]
    assert file.limits.maximum_project_cost == 3000
    assert file.notes == (
        "'budget' has parts of a cent and is cut to whole cents",
        "costs with parts of a cent are raised to whole cents: a",
        "'max_project_cost' has parts of a cent and is cut to whole cents",
    )
    assert file.faults == ()


@pytest.mark.parametrize(
    ("written", "cents"), [("1234567.89", 123_456_789), ("100000.0", 10_000_000), ("007", 700)]
)
def test_amounts_are_read_with_and_without_decimals(written, cents):
    assert parse(a_file(budget=written)).budget == cents


def test_limits_of_ballots_and_projects_are_read():
    text = a_file(
        columns=";category",
        cells=(";x", ";y", ";x"),
        min_length="1",
        max_length="3",
        min_sum_points="",
        min_project_cost="10",
        max_project_cost="25",
        categories="x,y",
        min_length_per_category="0",
        max_length_per_category="2,1",
        max_sum_cost_per_category="15,20.50",
    )
    file = parse(text)

    assert file.limits == BallotLimits(
        minimum_choices=1,
        maximum_choices=3,
        minimum_choices_by_theme={"x": 0, "y": 0},
        maximum_choices_by_theme={"x": 2, "y": 1},
        maximum_cost_by_theme={"x": 1500, "y": 2050},
        minimum_project_cost=1000,
        maximum_project_cost=2500,
    )
    assert "projects dearer than 'max_project_cost': c" in file.faults


def test_a_limit_for_each_category_holds_for_those_of_the_projects_when_none_are_listed():
    text = a_file(columns=";category", cells=(";x", ";y", ";x"), max_length_per_category="1")

    assert parse(text).limits.maximum_choices_by_theme == {"x": 1, "y": 1}


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        ({"min_length": "2"}, "1 ballot names too few projects; it counts"),
        ({"max_length": "1"}, "2 ballots name too many projects; they count"),
        ({"max_sum_cost": "30"}, "1 ballot costs more than a ballot may; it counts"),
        ({"categories": "x", "min_length_per_category": "2"}, "2 ballots name too few projects of"),
        (
            {"categories": "x", "max_length_per_category": "1"},
            "1 ballot names too many projects of",
        ),
        ({"categories": "x", "max_sum_cost_per_category": "30"}, "1 ballot spends too much on a"),
    ],
)
def test_ballots_beyond_a_limit_are_noted_and_count(limits, fault):
    text = a_file(votes=("a", "a,b", "a,c"), columns=";category", cells=(";x", ";", ";x"), **limits)
    file = parse(text)

    assert any(note.startswith(fault) for note in file.faults)
    assert count_votes(pabulib.to_election(file)) == {"a": 3, "b": 1, "c": 1}


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        ({"min_sum_points": "3"}, "1 ballot gives too few points; it counts"),
        ({"max_sum_points": "2"}, "1 ballot gives too many points; it counts"),
        ({"max_points": "1"}, "2 ballots give one project too many points; they count"),
    ],
)
def test_points_beyond_a_limit_are_noted_and_count(limits, fault):
    file = parse(a_file("cumulative", ("a", "a,b"), points=("2", "3,1"), **limits))

    assert file.faults == (fault,)
    assert count_scores(pabulib.to_election(file)) == {"a": 5, "b": 1, "c": 0}


def test_projects_that_exclude_each_other_are_read_in_groups():
    election = election_in(a_file(exclusive_groups="a, b|c,b,c|"))

    assert election.exclusive_groups == (("a", "b"), ("c", "b"))


def test_an_election_knows_the_hash_of_its_file():
    data = SMALL.encode()

    election = pabulib.to_election(pabulib.parse(data, "small.pb"))

    assert election.input_sha256 == hashlib.sha256(data).hexdigest()


def test_keys_that_nobody_knows_and_what_is_said_of_voters_are_read_past():
    file = parse(SMALL.replace("rule;", "kleur;groen\nrule;"))

    assert file.meta["kleur"] == "groen"
    assert file.voter_columns == ("age",)
    assert file.ballots == parse(SMALL).ballots


def test_equal_ballots_are_one_object_and_come_back_in_the_order_of_the_file():
    file = parse(a_file(votes=("b,a", "c", "a,b", "c")))

    assert file.ballots == (("a", "b"), ("c",), ("a", "b"), ("c",))
    assert file.grouped == {("a", "b"): 2, ("c",): 2}
    assert file.ballots[1] is file.ballots[3]


DIRT = [  # What was changed, and what is noted of it; the ballots stay what they are.
    ("v1;a,b;30", '"v1";"a,b";30', ""),
    ("v1;a,b", "v1; a , b ", ""),
    ("v3;b,c;32\n", "v3;b,c;32", ""),
    ("v3;b,c;32\n", "v3;b,c;32\n\n ;;\n;;;\n", ""),
    ("v2;a;31", "v2;a;31;;", ""),
    ("v2;a;31", "v2;a;", ""),
    ("v2;a;31", 'v2;a;"een\ntwee; drie"', ""),
    ("voter_id;vote;age", "voter_id;vote;age;", ""),
    ("voter_id;vote;age", "voter_id ; vote; age", ""),
    ("\n", "\r\n", ""),
    ("\n", "\r\r\n", ""),
    ("META", "\ufeffMETA", ""),
    ("META", "\n;\nMETA", ""),
    ("rule;", "min_length;\nmax_length;\nrule;", ""),
    ("rule;", "max_sum_points;3\nrule;", ""),
    ("num_votes;3", "num_votes;3.0", "the whole number 'num_votes' is written with decimals"),
    ("num_votes;3", "num_votes;2", "'num_votes' says 2 and there are 3; all of them count"),
    ("num_projects;3", "num_projects;1", "'num_projects' says 1 and there are 3; all of them"),
    ("rule;", "num_votes;3\nrule;", "the key 'num_votes' is given twice, with the same value"),
    ("VOTES", " VOTES ;;", "the title of the section VOTES is written as ' VOTES '"),
    ("VOTES", "votes", "the title of the section VOTES is written as 'votes'"),
    ("voter_id;vote", "Voter_ID;Vote", "the columns of the section VOTES are written in capitals"),
    ("v2;", "v1;", "1 ballot has the voter id of an earlier one; it counts"),
    ("vote;age", "vote;points", "3 ballots give points, and approval ballots have none; they"),
    ("currency;", "comment;#1: een; twee\ncurrency;", "the value of 'comment' holds a ';' without"),
    (
        "Boom",
        '"Boom" (eik)',
        "a cell on line 13 goes on after its closing quote; the quotes around",
    ),
    ("b;40.25;2", "b;40.25;-2", "another number of votes in the file than on the ballots: b"),
    ("b;40.25;2", "b;40.25;twee", "another number of votes in the file than on the ballots: b"),
    ("b;40.25;2", "b;40.25;2.0", ""),
    ("b;40.25;2", "b;40.25;", ""),
]


@pytest.mark.parametrize(("clean", "dirty", "fault"), DIRT)
def test_dirt_is_read_and_told_and_changes_no_ballot(clean, dirty, fault):
    assert clean in SMALL
    file = parse(SMALL.replace(clean, dirty))

    assert file.ballots == parse(SMALL).ballots
    assert fault in "".join(file.faults)
    assert len(file.faults) == bool(fault)


def test_the_columns_may_stand_in_any_order():
    rows = "age;vote;voter_id\n30;a,b;1\n;a;2\n;c,b;3\n"

    assert parse(SMALL.partition("voter_id")[0] + rows).ballots == parse(SMALL).ballots


@pytest.mark.parametrize("vote_type", ["choose-1", "ordinal"])
def test_a_highest_cost_on_other_ballots_than_approval_is_told_and_not_used(vote_type):
    file = parse(a_file(vote_type, ("a", "b"), max_sum_cost="5", max_length="1"))

    assert file.limits.maximum_cost is None
    assert file.faults == (f"'max_sum_cost' is no limit of {vote_type} ballots and is not used",)


@pytest.mark.parametrize(
    ("points", "faults"),
    [
        (("2,1", "2"), ()),
        (("", ""), ()),
        (("1,2", ""), ("1 ballot gives other points than those of its places; the places count",)),
    ],
)
def test_points_of_ranked_ballots_are_only_compared_with_their_places(points, faults):
    file = parse(a_file("ordinal", ("b,a", "c"), points=points, max_length="2"))

    assert count_scores(pabulib.to_election(file)) == {"a": 1, "b": 2, "c": 2}
    assert file.faults == faults


def test_a_name_keeps_its_line_breaks_and_loses_only_the_spaces_around_it():
    file = parse(SMALL.replace("Boom", '" een\ntwee; drie "').replace("\n", "\r\n"))

    assert file.projects[1].project.name == "een\ntwee; drie"


def test_a_column_without_a_name_is_told_and_read_past():
    file = parse(SMALL.replace("votes;name;", "votes;;"))

    assert file.projects[0].project.name == "a"
    assert file.faults == ("a column of the section PROJECTS has no name and is read past",)


def test_of_many_projects_a_note_names_the_first():
    costs = tuple(["0"] * 26)
    note = parse(a_file(costs=costs)).notes[-1]
    assert note.endswith("x, y, z")

    many = "".join(f"p{number};0\n" for number in range(100))
    text = (
        a_file().replace("num_projects;3", "num_projects;103").replace("VOTES\n", f"{many}VOTES\n")
    )
    assert parse(text).notes[-1].endswith("p39 and 60 more")
