"""The wheel carries everything: it serves pages from a folder that is not the checkout."""

import json
import subprocess
import sys
import zipfile

import pytest

from tests.setup.repository import ROOT, files

BESIDE = ("templates", "static", "migrations")  # beside pb/ in a checkout, inside it in a wheel

SERVE_ONE_PAGE = """
import json, pathlib, sys
import pb
from pb.app import create_app
from pb.database.migrations import upgrade_all
from pb.foundation.clock import system_clock
from pb.foundation.settings import Settings

stores, style = pathlib.Path(sys.argv[1]), sys.argv[2]
settings = Settings(
    secret_key="only for this test, and long",
    database_url=f"sqlite:///{stores / 'participation.sqlite'}",
    ballot_database_url=f"sqlite:///{stores / 'ballots.sqlite'}",
    key_directory=stores / "keys",
)
upgrade_all(settings)
resident = create_app(settings, system_clock).test_client()
page, sheet = resident.get("/"), resident.get(style)
print(json.dumps({
    "package": pb.__file__, "page": page.status_code, "begins": page.text[:15],
    "sheet": sheet.status_code, "length": len(sheet.data),
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel without a network: hatchling is here already."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    built = subprocess.run(
        [*command, "--directory", folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("pb_stem-*-py3-none-any.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Unpack the wheel, which is all that installing it without its dependencies does."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_serves_a_page_and_its_style_from_anywhere(installed, tmp_path):
    style = next(path for path in files() if path.parts[0] == "static" and path.suffix == ".css")
    done = subprocess.run(
        [sys.executable, "-P", "-c", SERVE_ONE_PAGE, tmp_path, f"/{style.as_posix()}"],
        cwd="/",
        env={"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "package": str(installed / "pb" / "__init__.py"),
        "page": 200,
        "begins": "<!doctype html>",
        "sheet": 200,
        "length": (ROOT / style).stat().st_size,
    }


def test_the_wheel_holds_every_file_of_the_service(installed):
    wanted = [path for path in files() if path.parts[0] == "pb"]
    wanted += ["pb" / path for path in files() if path.parts[0] in BESIDE]

    assert [str(path) for path in wanted if not (installed / path).is_file()] == []


def test_the_wheel_holds_nothing_else(installed):
    (about,) = installed.glob("*.dist-info")
    held = {path.relative_to(installed) for path in installed.rglob("*") if path.is_file()}
    wanted = {path for path in files() if path.parts[0] == "pb"}
    wanted |= {"pb" / path for path in files() if path.parts[0] in BESIDE}

    assert {path for path in held - wanted if path.parts[0] != about.name} == set()


def test_the_wheel_names_its_command_its_licence_and_its_python(installed):
    (about,) = installed.glob("*.dist-info")
    metadata = (about / "METADATA").read_text(encoding="utf-8").splitlines()

    assert "pb = pb.__main__:main" in (about / "entry_points.txt").read_text(encoding="utf-8")
    assert (about / "licenses" / "LICENSE").is_file()
    assert "License-Expression: EUPL-1.2" in metadata
    assert "Requires-Python: >=3.11" in metadata
