"""Reading and writing Pabulib files, and refusing what is not one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pb.tally import pabulib
from pb.tally.election import BallotKind, Project
from pb.tally.errors import UnreadableElection, UnwritableElection
from pb.tally.pabulib_meta import RULE_KEY
from pb.tally.pabulib_writer import write
from pb.tally.rules import EQUAL_SHARES, MOST_VOTES, Remainder, RuleName, count
from tests.tally.elections import EXAMPLES, a_few, an_election, demo_election, elections

SMALL = (EXAMPLES / "small.pb").read_text(encoding="utf-8")
KINDS = list(BallotKind)


def parse(text: str):
    return pabulib.parse(text.encode(), "small.pb")


def test_a_small_file_is_read_into_an_election_without_voters():
    file = parse(SMALL)
    election, rule = pabulib.to_election(file)

    assert election.budget == 10_050
    assert election.projects[0] == Project("a", 'Bank; "groen"', 5000, "", ("groen", "spelen"))
    assert election.ballots == {("a",): 1, ("a", "b"): 1, ("b", "c"): 1}
    assert rule == replace(MOST_VOTES, ceilings_in_remainder=False, remainder=Remainder.NONE)
    assert file.selected == ("a", "c")
    assert file.notes == ()
    assert "v1" not in repr(file)


@pytest.mark.parametrize("change", [("\n", "\r\n"), ("META", "\ufeffMETA"), ("META", "\n;\nMETA")])
def test_line_ends_byte_order_marks_and_empty_lines_do_not_matter(change):
    assert parse(SMALL.replace(*change)).ballots == parse(SMALL).ballots


def test_a_project_twice_on_a_ballot_counts_once_and_is_noted():
    file = parse(SMALL.replace("v2;a;", "v2;a,a;"))

    assert file.ballots[1] == ("a",)
    assert file.notes == (
        "1 ballots name a project more than once; it counts once, as first written",
    )


def test_a_blank_vote_is_noted_and_not_counted():
    file = parse(SMALL.replace("v2;a;", "v2;;"))
    election, _ = pabulib.to_election(file)

    assert (election.voters, election.blank_ballots) == (2, 1)
    assert "1 ballots are blank; they do not count" in file.notes


def test_a_withdrawn_project_is_noted_and_never_funded():
    file = parse(SMALL.replace("c;20;", "c;999999999;"))
    election, rule = pabulib.to_election(file)

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
    assert "1 ballots name a project with zero points; it counts as a vote" in file.notes


def test_ranked_ballots_keep_their_order():
    file = parse(SMALL.replace("approval", "ordinal").replace("v1;a,b", "v1;b,a"))

    assert file.ballots[0] == ("b", "a")


def test_ceilings_per_category_bind_in_the_first_pass_and_not_in_the_second():
    limits = "categories;groen,spelen,\nbudget_per_category;45,60\nrule;"
    more = "leftover_budget;Fund additional projects that fit\n" + limits
    first, rule = pabulib.to_election(parse(SMALL.replace("rule;", limits)))
    second, rule_with_more = pabulib.to_election(parse(SMALL.replace("rule;", more)))

    assert count(first, rule).selected == ("b", "c")
    assert first.theme_ceilings == {"groen": 4500, "spelen": 6000}
    assert count(second, rule_with_more).selected == ("b", "c")
    assert rule_with_more.has_second_pass


@pytest.mark.parametrize(
    ("declared", "name", "noted"),
    [
        ("greedy", RuleName.MOST_VOTES, False),
        ("greedy-no-skip", RuleName.MOST_VOTES, True),
        ("unknown", RuleName.MOST_VOTES, True),
        ("equalshares/add1", RuleName.EQUAL_SHARES, False),
        ("equalshares/add1-comparison", RuleName.EQUAL_SHARES, True),
    ],
)
def test_the_declared_rule_is_counted_or_the_difference_is_noted(declared, name, noted):
    file = parse(SMALL.replace("greedy", declared))

    assert file.rule.name is name
    assert bool(file.notes) is noted


def test_another_rule_than_the_declared_one_is_counted_plainly():
    _, rule = pabulib.to_election(parse(SMALL), RuleName.EQUAL_SHARES)

    assert rule == replace(EQUAL_SHARES, theme_ceilings=False)


def test_a_vote_threshold_belongs_to_the_declared_rule():
    threshold = "rule;greedy-threshold\nmin_project_score_threshold;2"
    file = parse(SMALL.replace("rule;greedy", threshold))

    assert file.rule.minimum_votes == 2


BAD = [
    ("", None, "the file is empty"),
    ("key;value\n" + SMALL, 1, "does not begin with META"),
    (SMALL.replace("VOTES\n", "PROJECTS\n"), 15, "not in its place"),
    (SMALL.partition("VOTES")[0], None, "no section VOTES"),
    (SMALL.partition("v1;")[0], 15, "there are no votes"),
    (SMALL.partition("VOTES")[0] + "VOTES\n", 15, "no column names"),
    (SMALL.replace("voter_id;vote;", "voter;vote;"), 16, "no column 'voter_id'"),
    (SMALL.replace("key;value", "key;key"), 2, "no column 'value'"),
    (SMALL.replace("votes;name", "cost;name"), 11, "two columns"),
    (SMALL.partition("v3;")[0], 18, "'num_votes' says 3 but there are 2; the file is cut short"),
    (SMALL + "v4;a;33\n", 20, "'num_votes' says 3 but there are 4; rows were added"),
    (SMALL.replace("c;20;1;Feest;;1\n", ""), 13, "'num_projects' says 3 but there are 2"),
    (SMALL.replace("v3;b,c;32\n", "v3"), 19, "the row has 1 cells"),
    (SMALL.replace("v2;a;31", "v2;a;31;x"), 18, "the row has 4 cells"),
    (SMALL.replace("c;20", "a;20"), 14, "the project 'a' is listed twice"),
    (SMALL.replace("c;20", ";20"), 14, "a project id is empty"),
    (SMALL.replace("c;20", "c;-20"), 14, "'-20' is below zero"),
    (SMALL.replace("c;20", "c;twintig"), 14, "'twintig' is not an amount of money"),
    (SMALL.replace("c;20", "c;1e3"), 14, "'1e3' is not an amount of money"),
    (SMALL.replace("c;20", "c;20.001"), 14, "more than two decimals"),
    (SMALL.replace("c;20", "c;" + "9" * 5000), 14, "too high an amount"),
    (SMALL.replace("c;20", "c;"), 14, "'' is not an amount of money"),
    (SMALL.replace("budget;100.50", "budget;nan"), 6, "'nan' is not an amount of money"),
    (SMALL.replace("budget;100.50", "budget;0"), 6, "the budget is zero"),
    (SMALL.replace("budget;100.50\n", ""), 1, "does not give 'budget'"),
    (SMALL.replace("budget;100.50", "budget;100.50\nbudget;1000"), 7, "'budget' is given twice"),
    (SMALL.replace("num_votes;3", "num_votes;many"), 5, "'num_votes' is not a whole number"),
    (SMALL.replace("approval", "shouting"), 7, "the vote type 'shouting' is not known"),
    (SMALL.replace("approval", "choose-1"), 17, "the ballot names more than one project"),
    (SMALL.replace("approval", "cumulative"), 15, "need a column 'points'"),
    (SMALL.replace("v2;a;", "v2;x;"), 18, "the ballot names 'x', which is no project"),
    (SMALL.replace("v2;a;", "v2;a,;"), 18, "the ballot names '', which is no project"),
    (SMALL.replace("rule;", "budget_per_category;1\nrule;"), 8, "gives 1 amounts for 0 names"),
    (SMALL.replace("rule;greedy", "counting_rule;{}"), 8, "is not a rule"),
    (SMALL.replace("Feest", '"' + "x" * 200_000), None, "a cell does not end"),
    (SMALL.replace("Boom", "Bo\0om"), 13, "NUL byte"),
]


@pytest.mark.parametrize(("text", "line", "problem"), BAD, ids=[problem for *_, problem in BAD])
def test_a_file_that_is_not_an_election_is_refused_with_its_line(text, line, problem):
    with pytest.raises(UnreadableElection) as refused:
        parse(text)

    assert problem in str(refused.value)
    assert str(refused.value).startswith("small.pb")
    assert "\n" not in str(refused.value)
    assert refused.value.line == line or problem == "a cell does not end"


def test_text_that_is_not_utf_8_is_refused_with_its_line():
    with pytest.raises(UnreadableElection, match="line 13: the text is not UTF-8"):
        pabulib.parse(SMALL.replace("Boom", "Café").encode("latin-1"), "small.pb")


def test_points_that_do_not_belong_to_the_projects_are_refused():
    text = SMALL.replace("approval", "cumulative").replace("vote;age", "vote;points")

    with pytest.raises(UnreadableElection, match="names 2 projects and gives 1 points"):
        parse(text)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableElection, match="cannot be read"):
        pabulib.read(tmp_path / "none.pb")


@a_few
@given(some.integers(0, len(SMALL) - 1))
def test_a_file_cut_anywhere_is_refused_or_lost_nothing_that_counts(length):
    whole = parse(SMALL)
    try:
        file = parse(SMALL[:length])
    except UnreadableElection:
        return

    assert (file.budget, file.projects, file.ballots) == (
        whole.budget,
        whole.projects,
        whole.ballots,
    )


@a_few
@given(some.sampled_from(KINDS).flatmap(elections), some.sampled_from([MOST_VOTES, EQUAL_SHARES]))
def test_what_is_written_is_read_back_as_it_was(election, rule):
    text = write(election, rule, {"country": "Nederland", "comment": 'a; "b"'})

    assert pabulib.to_election(parse(text)) == (election, rule)


def test_the_demo_round_counts_the_same_from_a_file():
    election = demo_election()

    again, rule = pabulib.to_election(parse(write(election, MOST_VOTES)))

    assert count(again, rule).to_json() == count(election, MOST_VOTES).to_json()


def test_a_written_file_can_be_counted_by_the_other_rule_with_its_ceilings():
    file = parse(write(demo_election(), MOST_VOTES))

    assert pabulib.to_election(file, RuleName.EQUAL_SHARES)[1] == EQUAL_SHARES


@pytest.mark.parametrize(
    "project",
    [
        Project("a,b", "", 10),
        Project("VOTES", "", 10),
        Project(" a", "", 10),
        Project("a", "\0", 10),
        Project("a", "", 10**16),
        Project("a", "", 10, "noord, zuid"),
        Project("a", "", 10, "", ("groen", "groen")),
    ],
)
def test_what_the_format_cannot_hold_is_not_written(project):
    election = an_election([("x",)], {"x": 1}, 10)

    with pytest.raises(UnwritableElection):
        write(replace(election, projects=(*election.projects, project)), MOST_VOTES)


def test_a_key_that_does_more_than_describe_is_not_written():
    with pytest.raises(UnwritableElection):
        write(an_election([("x",)], {"x": 1}, 10), MOST_VOTES, {"budget": "1"})


@pytest.mark.parametrize("name", ["1\n2", "1\r2", "1\x1b[31m", "1\N{LINE SEPARATOR}2", "\udcff"])
def test_a_refusal_is_one_line_whatever_the_file_holds(name):
    sentence = str(UnreadableElection(name, 3, f"the ballot names '{name}'"))

    assert sentence.isprintable()
    assert sentence.startswith("1" if name.startswith("1") else "\\udcff")


def test_a_rule_that_is_nested_without_end_is_refused_at_its_line():
    text = SMALL.replace("rule;greedy", f"rule;greedy\n{RULE_KEY};{'[' * 100_000}")
    assert RULE_KEY in text

    with pytest.raises(
        UnreadableElection, match=r"line \d+: .* is not a rule: it is nested too deep"
    ):
        parse(text)
