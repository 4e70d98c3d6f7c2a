"""The commands as programs call them: what they print, and how they end."""

import json

import pytest
from click.testing import CliRunner

from pb.trials import commands
from tests.trials.elections import SMALL, an_election, write


@pytest.fixture
def run():
    """Run a command and return what it printed and how it ended."""

    def invoke(command, *arguments):
        return CliRunner().invoke(command, [str(each) for each in arguments])

    return invoke


def test_a_replay_prints_json_and_ends_with_0(run):
    ended = run(commands.replay, SMALL, "--format", "json")
    printed = json.loads(ended.stdout)

    assert ended.exit_code == 0
    assert printed["ballots"] == printed["accepted"] == 12
    assert printed["votes_equal"] is True
    assert printed["selected_in_file"] == ["11", "13", "16"]
    assert set(printed["seconds"]) >= {"mint", "cast", "count"}


def test_a_file_that_marks_nothing_has_no_selection(run, tmp_path):
    path = write(tmp_path, an_election())
    printed = json.loads(run(commands.replay, path, "--format", "json").stdout)

    assert printed["selected_in_file"] is None


def test_a_replay_for_a_person_tells_the_outcome(run):
    told = run(commands.replay, SMALL).stdout

    assert "every total equals the file" in told
    assert "12 stands 1 times more" in told


def test_a_replay_can_be_kept_in_a_folder(run, tmp_path):
    folder = tmp_path / "kept"

    assert run(commands.replay, SMALL, "--folder", folder).exit_code == 0
    assert {"participation.db", "ballots.db", "uitslag.pb", "uitslag.csv", "uitslag.json"} <= {
        path.name for path in folder.iterdir()
    }


def test_a_folder_with_something_in_it_is_refused(run, tmp_path):
    (tmp_path / "letter.txt").touch()
    ended = run(commands.replay, SMALL, "--folder", tmp_path)

    assert ended.exit_code == 1
    assert "is not empty" in ended.stderr


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: text.index("VOTES")],
        lambda text: text.replace("META", "MEAT"),
        lambda text: text.replace("2;2000", "1;2000"),
        lambda text: text.replace("1;1000", "1;-1000"),
        lambda text: text.replace("1;1000", "1;a lot"),
        lambda text: text.replace("1;1,2", "1;1,77"),
        lambda _text: "",
    ],
    ids=["cut short", "header", "twice", "negative", "no number", "unknown", "empty"],
)
def test_a_file_that_cannot_be_read_ends_with_2_and_one_line(run, tmp_path, spoil):
    ended = run(commands.replay, write(tmp_path, spoil(an_election())))

    assert ended.exit_code == 2
    assert ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1
    assert ended.stderr.startswith("proef.pb")


def test_a_file_in_another_encoding_ends_with_2(run, tmp_path):
    path = tmp_path / "proef.pb"
    path.write_bytes(an_election().replace("Plan 1", "Café").encode("latin-1"))

    assert run(commands.replay, path).exit_code == 2


def test_a_file_that_is_not_there_ends_with_2(run, tmp_path):
    ended = run(commands.replay, tmp_path / "nothing.pb")

    assert ended.exit_code == 2
    assert len(ended.stderr.strip().splitlines()) == 1


def test_an_election_that_no_framework_can_hold_ends_with_1(run, tmp_path):
    text = an_election(neighborhoods="Noord", budget_per_neighborhood="9000")
    ended = run(commands.replay, write(tmp_path, text))

    assert ended.exit_code == 1
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("command", [commands.demo, commands.replay, commands.bench, commands.web])
def test_every_command_explains_itself(run, command):
    assert "Usage:" in run(command, "--help").stdout
