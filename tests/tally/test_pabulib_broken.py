"""Files that are no election: each is refused in one sentence, with the file and the line."""

import csv
import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pb.tally import pabulib
from pb.tally.errors import UnreadableElection
from pb.tally.pabulib_format import RULE_KEY
from pb.tally.pabulib_sections import LONGEST_LINE
from tests.tally.elections import PABULIB, a_few, shared_file
from tests.tally.pabulib_files import SEEDS, SMALL, a_file, broken, holds_an_election, parse

POINTS = SMALL.replace("approval", "cumulative").replace("vote;age", "vote;points")
#: A cell that no line of the file shows to be too long.
OVER_MANY_LINES = SMALL.replace("Feest", '"' + "y\n" * LONGEST_LINE + '"')

BAD = [
    ("", None, "the file is empty"),
    ("\ufeff \n;\n", None, "there is no section META"),
    ("key;value\n" + SMALL, 1, "does not begin with META"),
    (SMALL.replace("VOTES\n", "PROJECTS\n"), 15, "not in its place"),
    (SMALL.replace("PROJECTS\n", "VOTES\n"), 10, "not in its place"),
    (SMALL + "VOTES\n", 20, "not in its place"),
    (SMALL.replace("v3;b,c;32", "META;;"), 19, "not in its place"),
    (SMALL.partition("PROJECTS")[0], None, "no section PROJECTS"),
    (SMALL.partition("VOTES")[0], None, "no section VOTES"),
    (SMALL.partition("v1;")[0], 15, "there are no votes"),
    (SMALL.partition("VOTES")[0] + "VOTES\n", 15, "no column names"),
    (SMALL.partition("a;50")[0] + "VOTES\n" + SMALL.partition("VOTES\n")[2], 10, "no projects"),
    (SMALL.replace("voter_id;vote;", "voter;vote;"), 16, "no column 'voter_id'"),
    (SMALL.replace("key;value", "key;key"), 2, "no column 'value'"),
    (SMALL.replace("votes;name", "cost;name"), 11, "two columns"),
    (SMALL.replace("votes;name", "COST;name"), 11, "two columns"),
    (SMALL.partition("v3;")[0], 18, "'num_votes' says 3 but there are 2; the file is cut short"),
    (SMALL.replace("c;20;1;Feest;;1\n", ""), 13, "'num_projects' says 3 but there are 2"),
    (SMALL.replace("v3;b,c;32\n", "v3"), 19, "the row has 1 cells"),
    (SMALL.replace("v2;a;31", "v2;a;31;x"), 18, "the row has 4 cells"),
    (SMALL.replace("v2;a;31", '"v2";a;31;x'), 18, "the row has 4 cells"),
    (SMALL.replace("Boom", "Boom; struik"), 13, "the row has 7 cells"),
    (SMALL.replace("100.50", "100;50"), 6, "the value of 'budget' goes on in another cell"),
    (SMALL.replace("c;20", "a;20"), 14, "the project 'a' is listed twice"),
    (SMALL.replace("c;20", ";20"), 14, "a project id is empty"),
    (SMALL.replace("c;20", '"c,d";20'), 14, "a project id is empty or holds a comma"),
    (SMALL.replace("c;20", "Votes;20"), 14, "the project 'Votes' has the name of a section"),
    (SMALL.replace("c;20", "c;-20"), 14, "'-20' is below zero"),
    (SMALL.replace("c;20", "c;twintig"), 14, "'twintig' is not an amount of money"),
    (SMALL.replace("c;20", "c;1e3"), 14, "'1e3' is not an amount of money"),
    (SMALL.replace("c;20", "c;20,5"), 14, "'20,5' is not an amount of money"),
    (SMALL.replace("c;20", "c;" + "9" * 5000), 14, "too high an amount"),
    (SMALL.replace("c;20", "c;10000000000000.001"), 14, "too high an amount"),
    (SMALL.replace("c;20", "c;"), 14, "'' is not an amount of money"),
    (SMALL.replace("category", "lot"), 12, "the lot is not a whole number"),
    (SMALL.replace("budget;100.50", "budget;nan"), 6, "'nan' is not an amount of money"),
    (SMALL.replace("budget;100.50", "budget;0"), 6, "the budget is zero"),
    (SMALL.replace("budget;100.50", "budget;0.009"), 6, "the budget is zero"),
    (SMALL.replace("budget;100.50\n", ""), 1, "does not give 'budget'"),
    (SMALL.replace("budget;100.50", "budget;"), 6, "does not give 'budget'"),
    (SMALL.replace("budget;100.50", "budget;100.50\nbudget;1000"), 7, "'budget' is given twice"),
    (SMALL.replace("num_votes;3", "num_votes;many"), 5, "'num_votes' is not a whole number"),
    (SMALL.replace("num_votes;3", "num_votes;3.5"), 5, "'num_votes' is not a whole number"),
    (SMALL.replace("num_votes;3", "num_votes;-3"), 5, "'num_votes' is not a whole number"),
    (SMALL.replace("rule;", "max_length;0\nrule;"), 8, "'max_length' is zero"),
    (SMALL.replace("rule;", "max_length;²\nrule;"), 8, "'max_length' is not a whole number"),
    (SMALL.replace("rule;", "projects;3\nrule;"), 8, "'projects' has the name of a section"),
    (SMALL.replace("rule;", ";3\nrule;"), 8, "a value has no key"),
    (SMALL.replace("approval", "shouting"), 7, "the vote type 'shouting' is not known"),
    (SMALL.replace("approval", "choose-1"), 17, "the ballot names more than one project"),
    (SMALL.replace("approval", "cumulative"), 15, "need a column 'points'"),
    (SMALL.replace("v2;a;", "v2;x;"), 18, "the ballot names 'x', which is no project"),
    (SMALL.replace("v2;a;", "v2;a,;"), 18, "the ballot names '', which is no project"),
    (SMALL.replace("v2;a;", "v2;A;"), 18, "the ballot names 'A', which is no project"),
    (SMALL.replace("rule;", "budget_per_category;1\nrule;"), 8, "gives 1 values for 0 names"),
    (SMALL.replace("rule;", "categories;a,a\nbudget_per_category;1,2\nrule;"), 9, "for 1 names"),
    (SMALL.replace("rule;", "categories;a\nbudget_per_category;x\nrule;"), 9, "'x' is not an"),
    (SMALL.replace("rule;", "exclusive_groups;a,b|x\nrule;"), 8, "'x', which is no project"),
    (SMALL.replace("rule;greedy", "counting_rule;{}"), 8, "is not a rule"),
    (SMALL.replace("Boom", '"Boom'), 13, "a cell does not end"),
    (SMALL.replace("Feest", '"Feest'), 14, "a cell does not end"),
    (SMALL.replace("32\n", '"32\n'), 19, "a cell does not end"),
    (OVER_MANY_LINES, 14, "a cell does not end"),
    (SMALL.replace("Feest", "x" * 10_000_000), 14, "the line has 10,000,"),
    (SMALL.replace("b,c", "a," * 5_000_000), 19, "the line has 10,000,"),
    (SMALL.replace("Boom", "Bo\0om"), 13, "NUL byte"),
    (SMALL.replace("Boom", "Bo\rom"), 13, "a carriage return stands alone"),
    (SMALL.replace("v2;a", "v2\r;a"), 18, "a carriage return stands alone"),
    (SMALL.replace("\n", "\r"), 1, "the lines end in carriage returns"),
    (POINTS, 17, "the ballot names 2 projects and gives 1 points"),
    (POINTS.replace(";30", ";2,x"), 17, "'x' is not a number of points"),
    (POINTS.replace(";30", ";2,-1"), 17, "'-1' is not a number of points"),
    (POINTS.replace(";30", ";2,1e3"), 17, "'1e3' is not a number of points"),
    (POINTS.replace(";30", ";2,9999999999"), 17, "'9999999999' is not a number of points"),
    (POINTS.replace(";30", ";2,0.1234567"), 17, "'0.1234567' has more than six decimals"),
    (POINTS.replace("a;31", ";31"), None, "names 2 projects and gives 1 points"),
    (POINTS.replace("rule;", "max_points;-1\nrule;"), None, "names 2 projects and gives 1 points"),
    (
        a_file("scoring", ("a",), points=("1",), default_score="0.5"),
        14,
        "'default_score' is not zero",
    ),
    (a_file("scoring", ("a",), points=("1",), max_points="veel"), 14, "not a number of points"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "problem"), BAD, ids=range(len(BAD)))
def test_a_file_that_is_not_an_election_is_refused_with_its_line(text, line, problem):
    with pytest.raises(UnreadableElection) as refused:
        parse(text)

    assert problem in str(refused.value)
    assert str(refused.value).startswith("small.pb")
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200
    assert line is None or refused.value.line == line


def test_how_long_a_cell_may_be_does_not_depend_on_what_ran_before():
    before = csv.field_size_limit(100_000_000)  # As our own recount sets it.
    try:
        with pytest.raises(UnreadableElection, match="line 14: a cell does not end"):
            parse(OVER_MANY_LINES)
    finally:
        csv.field_size_limit(before)


def test_text_that_is_not_utf_8_is_refused_with_its_line():
    with pytest.raises(UnreadableElection, match="line 13: the text is not UTF-8"):
        pabulib.parse(SMALL.replace("Boom", "Café").encode("latin-1"), "small.pb")


def test_text_in_two_bytes_a_sign_is_refused():
    with pytest.raises(UnreadableElection, match="line 1: the text is not UTF-8"):
        pabulib.parse(SMALL.encode("utf-16"), "small.pb")


@pytest.mark.parametrize("name", ["none.pb", ".", "x" * 300])
def test_a_file_that_cannot_be_opened_is_refused(tmp_path, name):
    with pytest.raises(UnreadableElection, match="cannot be read"):
        pabulib.read(tmp_path / name)


@pytest.mark.parametrize("name", ["1\n2", "1\r2", "1\x1b[31m", "1\N{LINE SEPARATOR}2", "\udcff"])
def test_a_refusal_is_one_line_whatever_the_file_holds(name):
    sentence = str(UnreadableElection(name, 3, f"the ballot names '{name}'"))

    assert sentence.isprintable()
    assert sentence.startswith("1" if name.startswith("1") else "\\udcff")


def test_a_rule_that_is_nested_without_end_is_refused_at_its_line():
    text = SMALL.replace("rule;greedy", f"rule;greedy\n{RULE_KEY};{'[' * 100_000}")

    with pytest.raises(
        UnreadableElection, match=r"line \d+: .* is not a rule: it is nested too deep"
    ):
        parse(text)


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


def test_a_last_ballot_that_lost_its_end_is_seen_by_the_votes_of_the_file():
    text = SMALL.replace(";age", "").replace("v1;a,b;30", "v1;a,b").replace("v2;a;31", "v2;a")

    file = parse(text.replace("v3;b,c;32\n", "v3;b"))

    assert file.ballots[-1] == ("b",)
    assert "projects with another number of votes in the file than on the ballots: c" in file.faults


def test_three_hundred_broken_files_are_refused_or_read_and_written_as_they_are():
    read = _how_many_are_read(300, tuple(seed.encode() for seed in SEEDS))

    assert 20 < read < 280


@pytest.mark.nightly
@pytest.mark.shared
def test_a_hundred_thousand_broken_files_are_refused_or_read_and_written_as_they_are(capsys):
    real = (path for path in sorted(shared_file(PABULIB).glob("*.pb")))
    small = (path.read_bytes() for path in real if path.stat().st_size < 16_000)
    seeds = (*(seed.encode() for seed in SEEDS), *small)

    read = _how_many_are_read(100_000, seeds)

    with capsys.disabled():
        sys.stdout.write(f"\n100,000 broken files of {len(seeds)}: {read:,} read, rest refused\n")
    assert 10_000 < read < 60_000


def _how_many_are_read(number, seeds):
    chance = random.Random(2026)  # noqa: S311 - the same files in every run
    return sum(holds_an_election(broken(seeds, chance)) for _ in range(number))
