import re
from pathlib import Path

from tests.setup.repository import ROOT, files, text

# Written in two halves, so that this file does not hold what it looks for.
PACKAGE_HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb." + "debian.org",
]
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:work|farm|root|Users|home/\w+)/\w")
SHARED_FOLDER = re.compile(r"\.\./sha" + r"red\b|\bparents?(\[\d+\])?\s*/\s*[\"']sha" + r"red[\"']")


def test_no_file_names_the_host_of_a_package_index():
    found = [(str(path), host) for path in files() for host in PACKAGE_HOSTS if host in text(path)]

    assert found == []


def test_no_file_names_a_path_of_one_machine():
    found = [(str(path), MACHINE_PATH.findall(text(path))) for path in files()]

    assert [(path, paths) for path, paths in found if paths] == []


def test_only_tests_marked_for_it_read_the_folder_beside_the_clone():
    found = [path for path in files() if SHARED_FOLDER.search(text(path))]
    marked = [path for path in found if path.parts[0] == "tests" and "mark.shared" in text(path)]

    assert set(found) - set(marked) - {Path("tests/conftest.py")} == set()


def test_every_catalogue_of_words_has_its_compiled_form():
    catalogues = [path for path in files() if path.suffix == ".po"]
    compiled = {path for path in files() if path.suffix == ".mo"}

    assert [path for path in catalogues if path.with_suffix(".mo") not in compiled] == []


def test_what_set_up_leaves_behind_is_not_part_of_the_repository():
    tops = {path.parts[0] for path in files()}

    assert not tops & {".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", "uv.lock"}


def test_the_guard_of_main_runs_the_test_command_of_the_readme():
    command = "python3 run.py test"

    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
