"""Counting a file from the command line: what is written, and how it ends."""

import json

import pytest

from pb.tally import completion
from pb.tally.__main__ import main
from tests.tally.elections import EXAMPLES

SMALL = (EXAMPLES / "small.pb").read_text(encoding="utf-8")


@pytest.fixture
def small(tmp_path):
    file = tmp_path / "small.pb"
    file.write_text(SMALL, encoding="utf-8")
    return file


def test_the_outcome_is_written_as_json(small, capsys):
    assert main([str(small), "--format", "json"]) == 0

    written = json.loads(capsys.readouterr().out)
    assert written["selected"] == ["b", "a"]
    assert (written["cost"], written["budget"]) == ("90.25", "100.50")
    assert written["votes"] == {"a": 2, "b": 2, "c": 1}
    assert written["rule"]["name"] == "most_votes"
    assert (written["endowment"], written["increments"], written["completed"]) == (None, None, [])
    assert written["ties"][0]["tied"] == ["b", "a"]
    assert written["steps"][0]["sentence"].startswith("Aantal stemmen: 2.")


def test_the_rule_and_the_tie_order_can_be_chosen(small, capsys):
    command = [str(small), "--format", "json", "--rule", "equal_shares", "--order", "id"]

    assert main(command) == 0

    written = json.loads(capsys.readouterr().out)
    assert written["rule"]["name"] == "equal_shares"
    assert written["rule"]["tie_order"] == ["id"]
    assert written["selected"][0] == "a"
    assert written["endowment"] == "67/2"


def test_the_outcome_is_written_as_dutch_text(small, capsys):
    assert main([str(small)]) == 0

    text = capsys.readouterr().out
    assert "Besteed: € 90,25" in text
    assert "Gelijk: b, a. Beslist door: lower_cost." in text


def test_an_unreadable_file_ends_with_two_and_one_line(small, capsys):
    small.write_text(SMALL.replace("c;20", "c;-20"), encoding="utf-8")

    assert main([str(small)]) == 2

    written = capsys.readouterr()
    assert written.out == ""
    assert written.err == "small.pb, line 14: the cost: '-20' is below zero\n"


def test_a_refused_count_ends_with_one(small, capsys, monkeypatch):
    monkeypatch.setattr(completion, "MOST_INCREMENTS", 0)

    assert main([str(small), "--rule", "equal_shares"]) == 1

    written = capsys.readouterr()
    assert written.out == ""
    assert "larger increment" in written.err


def test_a_rule_that_does_not_exist_is_refused(small, capsys):
    with pytest.raises(SystemExit) as ended:
        main([str(small), "--rule", "loudest"])

    assert ended.value.code == 2
    assert capsys.readouterr().out == ""
