import os
import subprocess
import sys

from tests.setup.repository import ROOT

TESTS = """
import pytest

def test_that_passes(): pass

@pytest.mark.xfail(strict=True)
def test_of_a_known_fault(): raise ValueError

@pytest.mark.skip(reason="marked")
def test_that_is_marked(): pass

def test_that_gives_up(): pytest.skip("gave up")

@pytest.fixture
def server(): pytest.skip("no server")

def test_that_needs_a_server(server): pass
"""


def closing_line(folder, require_all):
    (folder / "test_some.py").write_text(TESTS)
    (folder / "test_whole.py").write_text("import pytest\npytest.importorskip('no_such_library')")
    environment = dict(os.environ, PYTHONPATH=str(ROOT), PB_REQUIRE_ALL=require_all)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.no_skips",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, "--continue-on-collection-errors", "."],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip().splitlines()[-1]


def test_a_skip_stays_a_skip_on_a_developers_machine(tmp_path):
    code, line = closing_line(tmp_path, require_all="")

    assert code == 0
    assert line.startswith("1 passed, 4 skipped, 1 xfailed")


def test_a_skip_fails_where_nothing_may_be_left_out(tmp_path):
    code, line = closing_line(tmp_path, require_all="1")

    assert code == 1
    assert line.startswith("1 failed, 1 passed, 1 xfailed, 3 errors")
