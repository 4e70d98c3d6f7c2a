"""Counting from the command line: what is written, and how it ends."""

import json

import pytest

from pb.tally import pabulib
from pb.tally.__main__ import main
from pb.tally.count import count
from pb.tally.outcome import Outcome
from pb.tally.report import Wish, count_file, side_by_side
from pb.tally.rules import PRESETS
from tests.tally.elections import EXAMPLES

SMALL = (EXAMPLES / "small.pb").read_text(encoding="utf-8")


@pytest.fixture
def small(tmp_path):
    file = tmp_path / "small.pb"
    file.write_text(SMALL, encoding="utf-8")
    return file


def as_json(capsys):
    return json.loads(capsys.readouterr().out)


def test_the_outcome_is_written_as_the_result_file(small, capsys):
    assert main([str(small), "--format", "json"]) == 0

    text = capsys.readouterr().out
    written = json.loads(text)
    file = pabulib.read(small)
    assert text == count(pabulib.to_election(file), file.rule).to_json()
    assert written["selected"] == ["b", "a"]
    assert (written["cost"], written["budget"]) == ("90.25", "100.50")
    assert {name: each["votes"] for name, each in written["projects"].items()} == {
        "a": 2,
        "b": 2,
        "c": 1,
    }
    assert written["rule"]["family"] == "most_votes"
    assert (written["endowment"], written["increments"], written["completed"]) == (None, None, [])
    assert written["ties"] == [
        {
            "stage": "votes",
            "winner": "b",
            "rival": "a",
            "criterion": "lower_cost",
            "changes_outcome": False,
        }
    ]
    assert written["input_sha256"] == file.input_sha256
    assert Outcome.from_document(written).title == "Klein"


def test_the_rule_its_switches_and_the_tie_order_can_be_chosen(small, capsys):
    command = [
        *(str(small), "--format", "json", "--rule", "equal_shares", "--order", "id"),
        *("--switch", "completion=none", "--switch", "step = 0.50"),
    ]

    assert main(command) == 0

    written = as_json(capsys)
    assert written["rule"]["family"] == "equal_shares"
    assert written["rule"]["tie_order"] == ["id"]
    assert (written["rule"]["completion"], written["rule"]["step"]) == ("none", "0.50")
    assert written["selected"][0] == "a"
    assert written["start_endowment"] == "67/2"


@pytest.mark.parametrize("rule", PRESETS)
def test_every_preset_can_be_asked_for(small, capsys, rule):
    rest = "rule;greedy\nleftover_budget;Fund additional projects"
    small.write_text(SMALL.replace("rule;greedy", rest), encoding="utf-8")

    assert main([str(small), "--rule", rule, "--format", "json"]) == 0

    assert as_json(capsys)["rule"]["name"] == rule


def test_a_switch_can_be_set_on_the_rule_of_the_file(small, capsys):
    assert main([str(small), "--switch", "minimum_votes=2", "--format", "json"]) == 0

    assert as_json(capsys)["projects"]["c"]["reason"] == "too_few_votes"


def test_lots_can_be_drawn_by_a_seed(small, capsys):
    winners = set()
    for seed in "0123456":
        assert (
            main([str(small), "--switch", "tie_order=lot", "--seed", seed, "--format", "json"]) == 0
        )
        written = as_json(capsys)
        assert written["seed"] == seed
        winners.add(written["selected"][0])

    assert winners == {"a", "b"}


def test_the_outcome_is_written_as_dutch_text(small, capsys):
    assert main([str(small)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "Klein",
        "Regel: custom (most_votes)",
        "Stembiljetten: 3 geldig, 0 leeg",
        "Budget: € 100,50",
        "Gekozen: 2 van 3 plannen",
        "Besteed: € 90,25",
        "Over: € 10,25",
        "Kiezers met een gekozen plan: 3 (100,0 %)",
        "",
        "  1. b Boom: € 40,25",
        '  2. a Bank; "groen": € 50',
        "",
        "Stap voor stap:",
        (
            "  1. b Boom. Aantal stemmen: 2. Er was nog € 100,50. Dit plan kost € 40,25. Dat past, "
            "dus het plan is gekozen."
        ),
        (
            '  2. a Bank; "groen". Aantal stemmen: 2. Er was nog € 60,25. Dit plan kost € 50. Dat '
            "past, dus het plan is gekozen."
        ),
        (
            "  3. c Feest. Aantal stemmen: 1. Er was nog € 10,25. Dit plan kost € 20. Dat past "
            "niet. Niet gekozen."
        ),
        'Gelijk: b Boom en a Bank; "groen". Voor ging: het plan dat minder kost.',
    ]


def test_reasons_are_written_project_by_project(small, capsys):
    assert main([str(small), "--explain"]) == 0

    text = capsys.readouterr().out
    assert "Waarom wel, waarom niet:" in text
    assert "c Feest\n    Aantal stemmen: 1. Er was nog € 10,25." in text
    assert "    Als het hoogstens € 10,25 kostte, was het gekozen.\n" in text
    assert "Stap voor stap" not in text


def test_shares_completion_and_a_comparison_are_told_in_text(small, capsys):
    command = [str(small), "--rule", "equal_shares", "--switch", "comparison=any_choice"]

    assert main(command) == 0

    text = capsys.readouterr().out
    assert "Deel per kiezer: eerst € 33,50, na " in text
    assert "Exact geteld omdat afronden niet kon: " in text
    assert "Vergeleken: 0 kiezers hebben meer aan deze regel, 0 aan de meeste stemmen." in text
    assert "Gehouden: deze regel" in text


def test_what_is_funded_from_the_remainder_or_in_part_is_marked(small, capsys):
    assert main([str(small), "--switch", "remainder=partial"]) == 0

    assert "   . c Feest: een deel, € 10,25\n" in capsys.readouterr().out
    small.write_text(
        SMALL.replace("rule;greedy", "rule;greedy-custom\nunit;Poznań").replace("c;20", "c;12"),
        encoding="utf-8",
    )
    assert main([str(small)]) == 0
    text = capsys.readouterr().out
    assert "  3. c Feest: € 12 (uit de restpot)\n" in text
    assert "Over: -€ 1,75\n" in text


def test_a_tie_that_matters_and_notes_on_the_file_are_told(small, capsys):
    small.write_text(SMALL.replace("a;50;", "a;90;").replace("v2;a;", "v2;a,a;"), encoding="utf-8")

    assert main([str(small)]) == 0

    text = capsys.readouterr().out
    assert "minder kost. Een andere volgorde gaf een andere uitslag.\n" in text
    assert "Let op: 1 ballot names a project more than once" in text


def test_an_election_without_voters_has_no_share_of_voters(small, capsys):
    small.write_text(
        SMALL.replace("v1;a,b;", "v1;;").replace("v2;a;", "v2;;").replace("v3;b,c;", "v3;;"),
        encoding="utf-8",
    )

    assert main([str(small)]) == 0

    assert "Kiezers met een gekozen plan: 0 (-)" in capsys.readouterr().out


def test_two_rules_stand_side_by_side(small):
    outcomes = {
        name: count_file(small, Wish(preset=name)).outcome
        for name in ("most_votes", "equal_shares")
    }

    lines = side_by_side(outcomes, pabulib.to_election(pabulib.read(small))).splitlines()

    assert lines[0] == "Klein"
    assert lines[2].split() == ["most_votes", "equal_shares"]
    assert [line.split() for line in lines[4:7]] == [
        ["2", "gekozen", "gekozen", "a", "Bank;", '"groen"'],
        ["2", "gekozen", "gekozen", "b", "Boom"],
        ["1", "-", "-", "c", "Feest"],
    ]
    assert [line.split() for line in lines[7:9]] == [
        ["gekozen", "2", "2"],
        ["besteed", "€", "90,25", "€", "90,25"],
    ]


# --- folders ---------------------------------------------------------------------------------


def test_every_file_of_a_folder_is_a_line_of_json(small, tmp_path, capsys):
    (tmp_path / "another.pb").write_text(SMALL.replace("Klein", "Groot"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no election", encoding="utf-8")

    assert main([str(tmp_path)]) == 0

    written = capsys.readouterr()
    lines = [json.loads(line) for line in written.out.splitlines()]
    assert [(line["file"], line["title"]) for line in lines] == [
        ("another.pb", "Groot"),
        ("small.pb", "Klein"),
    ]
    assert lines[0]["notes"] == []
    assert written.err == "1: another.pb\n2: small.pb\n"


def test_a_file_that_cannot_be_counted_is_told_in_its_place_and_the_worst_is_the_status(
    small, tmp_path, capsys
):
    broken = tmp_path / "broken.pb"
    broken.write_text("no election", encoding="utf-8")

    assert main([str(tmp_path)]) == 2

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["file"], "error" in first) == ("broken.pb", True)
    assert second["selected"] == ["b", "a"]
    broken.unlink()
    assert main([str(tmp_path), "--switch", "add1=true"]) == 1
    assert "no switch 'add1'" in capsys.readouterr().out


# --- what is refused -------------------------------------------------------------------------


def test_an_unreadable_file_ends_with_two_and_one_line(small, capsys):
    small.write_text(SMALL.replace("c;20", "c;-20"), encoding="utf-8")

    assert main([str(small)]) == 2

    written = capsys.readouterr()
    assert written.out == ""
    assert written.err == "small.pb, line 14: the cost: '-20' is below zero\n"


@pytest.mark.parametrize(
    ("switch", "sentence"),
    [
        ("completion", "a switch is written as name=value, not 'completion'"),
        ("volume=11", "a rule of most_votes has no switch 'volume'"),
        ("skip=perhaps", "the switch 'skip' is true or false"),
    ],
)
def test_a_switch_that_there_is_not_ends_with_one_and_one_line(small, capsys, switch, sentence):
    assert main([str(small), "--switch", switch]) == 1

    written = capsys.readouterr()
    assert (written.out, written.err) == ("", sentence + "\n")


def test_a_refused_count_ends_with_one(small, capsys):
    small.write_text(
        SMALL.replace("100.50", "9000000000")
        .replace("b;40.25", "b;8000000000")
        .replace("a;50", "a;8000000000"),
        encoding="utf-8",
    )

    assert main([str(small), "--rule", "equal_shares"]) == 1

    written = capsys.readouterr()
    assert written.out == ""
    assert "choose a larger step" in written.err


def test_a_rule_that_does_not_exist_is_refused(small, capsys):
    with pytest.raises(SystemExit) as ended:
        main([str(small), "--rule", "loudest"])

    assert ended.value.code == 2
    assert capsys.readouterr().out == ""
