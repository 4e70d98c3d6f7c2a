"""``pb pabulib``: elections in files are checked and converted, without a store."""

import json

import pytest
from click.testing import CliRunner

from pb.__main__ import program
from pb.tally import pabulib
from tests.tally.pabulib_files import SMALL, a_file

VOTES_OF_A = "2 in the file, 1 on the ballots; 1 more are repeats on one ballot"


def run(*arguments):
    return CliRunner().invoke(program, ["pabulib", *map(str, arguments)])


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "sound.pb"
    path.write_text(a_file(), encoding="utf-8")
    return path


@pytest.fixture
def odd(tmp_path):
    path = tmp_path / "odd.pb"
    text = a_file(votes=("a,a", "b"), columns=";votes", cells=(";2", ";1", ";0"))
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.pb"
    path.write_text(SMALL.partition("v3;")[0], encoding="utf-8")
    return path


def test_a_sound_file_ends_with_zero(sound):
    done = run("check", sound)

    assert (done.exit_code, done.stdout) == (0, "sound.pb: sound\n")


def test_a_file_with_faults_says_them_and_ends_with_one(odd):
    done = run("check", odd)

    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "odd.pb: not as the format asks",
        "  fault       1 ballot names a project more than once; it counts once, as first written",
        "  fault       projects with another number of votes in the file than on the ballots: a",
        f"  difference  the votes of project a: {VOTES_OF_A}",
    ]


def test_a_folder_is_checked_file_by_file_and_ends_as_its_worst_file(sound, odd, broken):
    done = run("check", sound.parent)

    assert done.exit_code == 2
    assert "sound.pb: sound" in done.stdout
    assert "odd.pb: not as the format asks" in done.stdout
    assert done.stderr.startswith("broken.pb, line 18: 'num_votes' says 3 but there are 2")


def test_programs_read_what_was_found_as_json(sound, odd, broken):
    done = run("check", "--format", "json", broken, odd, sound)

    first, second, third = json.loads(done.stdout)
    assert first["error"].startswith("broken.pb, line 18")
    assert second["differences"][0] == {
        "project": "a", "column": "votes", "in_file": "2", "on_ballots": "1", "repeats": 1,
    }  # fmt: skip
    assert third == {
        "file": "sound.pb", "sound": True, "remarks": [], "faults": [], "differences": [],
        "error": None,
    }  # fmt: skip


def test_a_folder_without_elections_is_refused(tmp_path):
    done = run("check", tmp_path)

    assert (done.exit_code, done.stdout) == (2, "")
    assert "there is no file in Pabulib format" in done.stderr


def test_a_converted_file_is_the_same_election_as_the_format_asks_it(odd, tmp_path):
    out = tmp_path / "new.pb"

    done = run("convert", odd, out)

    assert done.exit_code == 0
    assert "it counts once, as first written" in done.stderr
    assert pabulib.to_election(pabulib.read(out)) == pabulib.to_election(pabulib.read(odd))
    assert run("check", out).exit_code == 0


def test_what_a_file_says_about_voters_is_left_out(tmp_path):
    file, out = tmp_path / "small.pb", tmp_path / "new.pb"
    file.write_text(SMALL, encoding="utf-8")

    done = run("convert", file, out)

    assert done.stderr.splitlines()[-1] == "left out, for it is about voters: age"
    assert "age" not in out.read_text(encoding="utf-8")


def test_a_file_is_only_written_over_by_force(odd, sound):
    before = sound.read_bytes()

    assert run("convert", odd, sound).exit_code == 1
    assert sound.read_bytes() == before
    assert run("convert", odd, sound, "--force").exit_code == 0
    assert sound.read_bytes() != before


def test_a_plain_file_has_no_keys_of_our_own(tmp_path):
    file, out = tmp_path / "own.pb", tmp_path / "new.pb"
    file.write_text(a_file(exclusive_groups="a,b"), encoding="utf-8")

    assert run("convert", "--plain", file, out).exit_code == 0
    assert "exclusive_groups" not in out.read_text(encoding="utf-8")


def test_an_election_is_written_as_json(tmp_path):
    text = a_file(
        "scoring",
        ("b,a", ""),
        points=("1,0.5", ""),
        columns=";category",
        cells=(";x", ";", ";"),
        max_points="2",
        min_project_cost="5",
        categories="x",
        max_sum_cost_per_category="15.5",
        exclusive_groups="a,b",
    )
    file = tmp_path / "points.pb"
    file.write_text(text, encoding="utf-8")

    done = run("convert", file, "--format", "json")

    election = json.loads(done.stdout)
    assert done.exit_code == 0
    assert election["ballots"] == [
        {"choices": [], "voters": 1},
        {"choices": ["a", "b"], "voters": 1, "points": [5, 10]},
    ]
    assert (election["points_scale"], election["exclusive_groups"]) == (10, [["a", "b"]])
    assert election["limits"] == {
        "points_per_project": 20,
        "maximum_cost_by_theme": {"x": "15.50"},
        "minimum_project_cost": "5",
    }
    assert election["projects"][0] == {
        "id": "a", "name": "a", "cost": "10", "withdrawn": False, "area": "", "themes": ["x"],
        "lot": 0,
    }  # fmt: skip


def test_a_broken_file_is_not_converted(broken, tmp_path):
    done = run("convert", broken, tmp_path / "new.pb")

    assert done.exit_code == 2
    assert done.stderr.startswith("broken.pb, line 18")
    assert not (tmp_path / "new.pb").exists()


def test_a_folder_that_is_not_there_cannot_be_written_in(sound, tmp_path):
    done = run("convert", sound, tmp_path / "none" / "new.pb")

    assert done.exit_code == 1
    assert "No such file or directory" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["new.pb", "--format", "json"]])
def test_json_goes_to_standard_output_and_pb_to_a_file(sound, arguments):
    assert run("convert", sound, *arguments).exit_code == 2
