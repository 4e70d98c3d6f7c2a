"""No small change of the engine goes unnoticed: the tests are tested too."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.tally.equivalent_mutants import EQUIVALENT
from tests.tally.mutation import MODULES, mutants_of

ROOT = Path(__file__).parents[2]


def test_changes_are_made_of_every_kind():
    made = {mutant.what for mutant in mutants_of("limits")}

    assert made >= {
        "min -> max",
        "lte -> lt",
        "not (project.area in self._areas)",
        "without self._areas.clear()",
        "sub -> add in self.pool -= project.cost",
        "or -> and in self._areas or self._themes",
    }


def test_every_equivalent_mutant_is_one_that_is_made():
    made = Counter(mutant.key for module in MODULES for mutant in mutants_of(module))

    # Where a line can be changed twice in the same words, the reason holds for both changes.
    assert [key for key in EQUIVALENT if not made[key]] == []


@pytest.mark.nightly
@pytest.mark.parametrize("module", MODULES)
def test_no_small_change_of_the_engine_goes_unnoticed(module, record_property):
    # A process of its own, in which nothing has used the engine before.
    done = subprocess.run(
        [sys.executable, "-m", "tests.tally.mutation", module],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    record_property("score", done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr
