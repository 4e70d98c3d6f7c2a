"""The verifier on a city, and its own tests put to the test. Both are for the night."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.results.bundles import PROGRAMS, a_round

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """A folder with the verifier and the bundle of 100,000 letters and 30,000 ballots."""
    folder = tmp_path_factory.mktemp("city")
    drawn = a_round(
        letters=99_000, packs=(600, 400), ballots=30_000, revotes=3_000, revoked=300, paper=200,
        seals=100, smallest_seal=20, plans=60,
    )  # fmt: skip
    (folder / "bundle.zip").write_bytes(drawn.raw())
    (folder / "verify.py").write_bytes(PROGRAMS["verify.py"])
    return folder


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("isolated", "most_seconds"),
    [(["-I", "-S"], 180), (["-I"], 15)],
    ids=["standard library alone", "with the package cryptography"],
)
def test_a_city_is_verified_in_time_and_in_memory(city, isolated, most_seconds, record_property):
    program = subprocess.Popen(
        [sys.executable, *isolated, "verify.py", "bundle.zip"], cwd=city, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    seconds, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024

    record_property("seconds", round(seconds, 1))
    record_property("megabytes", round(megabytes))
    assert program.returncode == 0
    assert seconds <= most_seconds  # of a processor, the recount included
    assert megabytes <= 500


@pytest.mark.nightly
def test_at_most_one_in_twenty_small_changes_of_the_verifier_goes_unnoticed(record_property):
    done = subprocess.run(
        [sys.executable, "-m", "tests.results.verify_mutation"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    record_property("score", done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr
