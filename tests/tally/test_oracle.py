"""We count real elections as another tool does: the same projects, bought in the same order.

The answers were recorded once; oracle/README.md says by what, from what and how. Here our engine
is asked as a citizen would ask it, on the command line, with ties by project id.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from pb.tally.__main__ import main
from tests.tally.elections import PABULIB, shared_file

ORACLE = Path(__file__).parent / "oracle"
ANSWERS = json.loads((ORACLE / "pabutools.json").read_text(encoding="utf-8"))["files"]

#: All variants of one of these take our own engine over a second, so they are for the night.
SLOW = (
    *("Hungary_Budapest", "Poland_Czestochowa", "Poland_Krakow_2024", "Poland_Warszawa_2022"),
    *("Poland_Warszawa_2023", "Poland_Wieliczka", "Poland_Wroclaw", "US_Stanford_Dataset_South"),
    *(f"Netherlands_Amsterdam_{number}" for number in (166, 179, 212, 252, 285, 309, 332)),
    *(f"Netherlands_Amsterdam_{number}" for number in (417, 509, 621, 622, 631)),
)

EQUAL_SHARES = ("--rule", "equal_shares")
NOT_COMPLETED = (*EQUAL_SHARES, "--switch", "completion=none")
MOST_VOTES = (
    *("--rule", "most_votes", "--switch", "areas=together", "--switch", "theme_ceilings=false"),
    *("--switch", "remainder=none", "--switch", "minimum_votes=1"),
)
#: How our command line is asked for what a variant of the record holds. ``greedy`` is for files
#: whose score is the votes; for the others our most votes is ``greedy_score``.
COMMANDS = {
    "greedy": MOST_VOTES,
    "greedy_score": MOST_VOTES,
    "mes_add1": NOT_COMPLETED,
    "mes_add1_completed": EQUAL_SHARES,
    "mes_cardinality": (*NOT_COMPLETED, "--switch", "utility=cardinality"),
    "mes_points": (*NOT_COMPLETED, "--switch", "utility=points"),
    "mes_single": (*NOT_COMPLETED, "--switch", "add1=false"),
    "phragmen": ("--rule", "phragmen"),
}
FOR_SCORES = {"greedy_score", "mes_points"}


def variants_of(name):
    """Return what can be compared for a file: all but greedy by votes where scores count."""
    answers = ANSWERS[name]
    return [each for each in answers if not (each == "greedy" and "greedy_score" in answers)]


def each_file():
    """Return the names of all files; those that are slow are for the night."""
    return [
        pytest.param(name, marks=pytest.mark.nightly if name.startswith(SLOW) else [])
        for name in sorted(ANSWERS)
    ]


def counted(name, variant, capsys):
    """Return what our command line counts for a file: what it bought, and of that the last."""
    path = shared_file(PABULIB / name)
    command = [str(path), *COMMANDS[variant], "--order", "id", "--format", "json"]
    ended = main(command)
    written = capsys.readouterr()
    assert (ended, written.err) == (0, "")
    result = json.loads(written.out)
    return {key: result[key] for key in ("selected", "completed", "increments")}


def recorded(name, variant):
    """Return the same of the record, where it has an answer."""
    answers = ANSWERS[name]
    selected = answers[variant]["selected"]
    before = answers["mes_add1"]["selected"] if variant == "mes_add1_completed" else selected
    chain = "mes_add1" if variant == "mes_add1_completed" else variant
    increments = 0 if variant == "mes_single" else answers[chain].get("increments")
    completed = selected[len(before) :]
    return {"selected": selected, "completed": completed, "increments": increments}


@pytest.mark.shared
@pytest.mark.parametrize("name", each_file())
def test_an_election_is_counted_as_another_tool_counts_it(name, capsys):
    asked = [variant for variant in variants_of(name) if "selected" in ANSWERS[name][variant]]

    ours = {variant: counted(name, variant, capsys) for variant in asked}

    assert ours == {variant: recorded(name, variant) for variant in asked}


@pytest.mark.shared
def test_every_election_at_hand_was_put_to_the_other_tool():
    with shared_file(PABULIB / "index.csv").open(encoding="utf-8", newline="") as index:
        kinds = {row["file"]: row["vote_type"] for row in csv.DictReader(index)}

    assert ANSWERS.keys() == kinds.keys()
    for name, kind in kinds.items():
        left_out = FOR_SCORES if kind in ("approval", "choose-1") else set()
        assert set(ANSWERS[name]) == set(COMMANDS) - left_out, name


def test_completion_in_the_record_only_adds_to_what_shares_bought():
    for name, answers in ANSWERS.items():
        bought = answers["mes_add1"].get("selected", [])
        completed = answers["mes_add1_completed"].get("selected", [])
        assert completed[: len(bought)] == bought, name


@pytest.mark.shared
@pytest.mark.nightly
@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("Netherlands_Amsterdam_588.pb", "mes_add1"),
        ("Netherlands_Amsterdam_588.pb", "phragmen"),
        ("Netherlands_Assen_2024.pb", "mes_cardinality"),
        ("Switzerland_Zurich_D10.pb", "greedy_score"),
        ("Switzerland_Zurich_S5R.pb", "mes_points"),
    ],
)
def test_the_other_tool_still_answers_what_was_recorded(name, variant):
    script = ORACLE / "ask_pabutools.py"
    command = [sys.executable, str(script), str(shared_file(PABULIB / name)), variant]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    # Without pabutools the script ends with a line that says so.
    assert done.returncode == 0, done.stderr
    answers = {each["variant"]: each for each in map(json.loads, done.stdout.splitlines())}
    assert answers[variant]["selected"] == ANSWERS[name][variant]["selected"]
    assert answers[variant].get("increments") == ANSWERS[name][variant].get("increments")
