"""``pb tally`` and ``pb compare``: an election in a file is counted without a store."""

import json

import pytest
from click.testing import CliRunner

from pb.__main__ import program
from pb.tally import recount
from pb.tally.report import Wish, count_file
from pb.tally.rules import PRESETS
from tests.trials.elections import SMALL, an_election, write


def run(*arguments):
    return CliRunner().invoke(program, [str(each) for each in arguments])


@pytest.mark.parametrize("preset", PRESETS)
def test_the_json_of_a_file_is_its_result_file_to_the_byte(preset):
    done = run("tally", SMALL, "--rule", preset, "--format", "json")

    assert done.exit_code == 0
    assert done.stdout == count_file(SMALL, Wish(preset=preset)).outcome.to_json()


def test_without_a_rule_the_file_says_how_it_is_counted_in_both_programs():
    done = run("tally", SMALL, "--format", "json")

    assert done.stdout.encode() == recount.recount(SMALL)
    assert json.loads(done.stdout)["rule"]["family"] == "most_votes"


def test_switches_seed_and_order_are_those_of_the_rule():
    done = run(
        *("tally", SMALL, "--rule", "equal_shares", "--switch", "completion=none"),
        *("--switch", "utility=cardinality", "--seed", "1953", "--order", "id", "--format", "json"),
    )
    result = json.loads(done.stdout)

    assert result["seed"] == "1953"
    assert result["rule"]["tie_order"] == ["id"]
    assert (result["rule"]["completion"], result["rule"]["utility"]) == ("none", "cardinality")


def test_the_text_explains_project_by_project_when_asked():
    plain, explained = run("tally", SMALL).stdout, run("tally", SMALL, "--explain").stdout

    assert "Stap voor stap:" in plain
    assert "Waarom wel, waarom niet:" in explained
    assert "was het gekozen." in explained


def test_a_folder_gives_a_line_per_file_and_goes_on_after_a_bad_one(tmp_path):
    (tmp_path / "a.pb").write_text("META\n", encoding="utf-8")
    (tmp_path / "b.pb").write_text(an_election(), encoding="utf-8")
    (tmp_path / "c.pb").write_text(an_election("ordinal"), encoding="utf-8")
    done = run("tally", tmp_path, "--format", "json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.exit_code == 2
    assert [line["file"] for line in lines] == ["a.pb", "b.pb", "c.pb"]
    assert "error" in lines[0]
    assert lines[2]["format"] == "pb-tally/1"
    assert done.stderr.splitlines() == ["1: a.pb", "2: b.pb", "3: c.pb"]


@pytest.mark.parametrize(
    ("switch", "said"),
    [("colour=red", "has no switch 'colour'"), ("add1", "name=value"), ("add1=x", "true or false")],
)
def test_a_switch_that_there_is_not_is_refused_with_one_line(switch, said):
    done = run("tally", SMALL, "--rule", "equal_shares", "--switch", switch)

    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["tally", "compare"])
def test_a_file_that_is_no_election_ends_with_two_and_one_line(tmp_path, command):
    path = write(tmp_path, an_election(costs=("1000", "-5", "3000")))
    done = run(command, path)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("proef.pb, line 12")
    assert len(done.stderr.splitlines()) == 1


def test_both_default_rules_are_shown_side_by_side():
    done = run("compare", SMALL)

    assert done.exit_code == 0
    assert "most_votes" in done.stdout
    assert "equal_shares" in done.stdout
    assert "met een gekozen plan" in done.stdout


def test_both_default_rules_are_compared_as_json():
    compared = json.loads(run("compare", SMALL, "--format", "json").stdout)

    assert list(compared) == ["most_votes", "equal_shares"]
    for name, result in compared.items():
        assert result == count_file(SMALL, Wish(preset=name)).outcome.document()
