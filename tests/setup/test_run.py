"""The ladder of run.py, on a small checkout of its own and without a network."""

import ast
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import pytest

import run
from tests.setup.repository import ROOT

PB = """
import json, os, sys, time
print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), "path": sys.path,
                  "prefix": sys.prefix}), flush=True)
if "wait" in sys.argv:
    time.sleep(60)
sys.exit(int(sys.argv[-1]) if "exit" in sys.argv else 0)
"""

TOOL = """
import sys
left_out = ["without docstrings"] if sys.flags.optimize == 2 else []
print({name!r}, *sys.argv[1:], *left_out, flush=True)
sys.exit({code})
"""

UV = """#!{python}
# Stands in for uv: notes what it was asked, makes a bare .venv, and copies tools into it.
import pathlib, shutil, subprocess, sys
folder = pathlib.Path(__file__).parent
with (folder / "asked").open("a") as asked:
    print(*sys.argv[1:], file=asked)
if (folder / "broken").exists():
    sys.exit("no connection")
if sys.argv[1] == "venv":
    subprocess.run([{python!r}, "-m", "venv", "--without-pip", sys.argv[-1]], check=True)
else:
    python = pathlib.Path(sys.argv[sys.argv.index("--python") + 1])
    (packages,) = python.parents[1].glob("lib/python*/site-packages")
    for tool in (folder / "tools").glob("*.py"):
        shutil.copy(tool, packages)
"""


class Checkout:
    """A folder with run.py and what it needs, a PATH of its own, and perhaps uv on it."""

    def __init__(self, folder):
        self.root = folder / "checkout"
        self.bin = folder / "bin"
        self.elsewhere = folder / "elsewhere"
        for made in (self.root / "pb", self.bin / "tools", self.elsewhere):
            made.mkdir(parents=True)
        shutil.copy(ROOT / "run.py", self.root)
        (self.root / "pb" / "__main__.py").write_text(PB)
        (self.root / "requirements.lock").write_text("")
        (self.root / "requirements-dev.lock").write_text("# the same and more\n")
        for name in ("ruff", "mypy", "pytest", "gunicorn"):
            self.tool(name)
        self.venv = self.root / ".venv"
        self.environment = {"PATH": str(self.bin), "HOME": str(folder)}

    def tool(self, name, code=0):
        (self.bin / "tools" / f"{name}.py").write_text(TOOL.format(name=name, code=code))

    def with_uv(self, broken=False):
        (self.bin / "uv").write_text(UV.format(python=sys.executable))
        (self.bin / "uv").chmod(0o755)
        if broken:
            (self.bin / "broken").touch()
        return self

    def command(self, *arguments, ensurepip=True):
        if ensurepip:
            return [sys.executable, str(self.root / "run.py"), *arguments]
        program = "; ".join(  # as on Debian, which packs ensurepip apart
            [
                "import runpy, sys",
                "sys.modules['ensurepip'] = None",
                f"sys.argv = ['run.py', *{list(arguments)!r}]",
                f"runpy.run_path({str(self.root / 'run.py')!r}, run_name='__main__')",
            ]
        )
        return [sys.executable, "-c", program]

    def start(self, *arguments, ensurepip=True):
        return subprocess.run(
            self.command(*arguments, ensurepip=ensurepip),
            cwd=self.elsewhere,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def asked_of_uv(self):
        asked = self.bin / "asked"
        return asked.read_text().splitlines() if asked.exists() else []


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


# --- the ladder --------------------------------------------------------------------------------


def test_the_first_start_installs_the_lock_with_its_hashes_and_then_runs(checkout):
    first = checkout.with_uv().start("demo", "--port", "8123")

    made, installed = checkout.asked_of_uv()
    assert made.startswith("venv ")
    assert installed.startswith("pip install ")
    assert installed.endswith(f"--require-hashes -r {checkout.root / 'requirements.lock'}")
    assert json.loads(first.stdout)["arguments"] == ["demo", "--port", "8123"]
    assert first.returncode == 0
    assert "pb: installing requirements.lock with uv" in first.stderr


def test_the_second_start_needs_no_installer_and_says_nothing(checkout):
    checkout.with_uv().start("demo")
    (checkout.bin / "uv").unlink()
    before = time.monotonic()
    second = checkout.start("demo", ensurepip=False)

    assert json.loads(second.stdout)["arguments"] == ["demo"]
    assert second.stderr == ""
    assert time.monotonic() - before < 2


def test_a_changed_lock_is_installed_again(checkout):
    checkout.with_uv().start("demo")
    (checkout.root / "requirements.lock").write_text("# newer\n")
    checkout.start("demo")

    assert [line.split()[0] for line in checkout.asked_of_uv()] == ["venv", "pip", "pip"]


def test_a_demonstration_after_the_tests_installs_nothing(checkout):
    checkout.with_uv().start("test", "tests/some")
    checkout.start("demo")

    (_, installed) = checkout.asked_of_uv()
    assert installed.endswith("requirements-dev.lock")


def test_the_tests_after_a_demonstration_install_what_is_missing(checkout):
    checkout.with_uv().start("demo")
    checkout.start("check")
    checkout.start("demo")

    assert [line.split("/")[-1] for line in checkout.asked_of_uv()[1:]] == [
        "requirements.lock",
        "requirements-dev.lock",
    ]


def test_without_uv_and_ensurepip_one_line_says_what_to_install(checkout):
    start = checkout.start("demo", ensurepip=False)

    assert start.returncode == 1
    assert start.stdout == ""
    (line,) = start.stderr.splitlines()
    assert "apt install python3-venv" in line
    assert "install uv" in line
    assert not checkout.venv.exists()


def test_a_failed_installation_leaves_no_stamp(checkout):
    start = checkout.with_uv(broken=True).start("demo", ensurepip=False)

    assert start.returncode == 1
    assert start.stderr.splitlines()[-1].startswith("pb: The packages could not be installed")
    assert not (checkout.venv / "pb-stamp").exists()


needs_ensurepip = pytest.mark.skipif(
    importlib.util.find_spec("ensurepip") is None, reason="this Python has no ensurepip"
)


def write_wheel(folder):
    """Write the smallest wheel there is and return its digest."""
    wheel = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "")
        about = "tiny-1.0.dist-info/"
        archive.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        tag = "Wheel-Version: 1.0\nGenerator: pb\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(about + "WHEEL", tag)
        archive.writestr(about + "RECORD", "tiny.py,,\n")
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@needs_ensurepip
def test_where_uv_is_missing_or_fails_pip_installs_and_checks_the_hashes(checkout):
    right = write_wheel(checkout.root)
    lock = checkout.root / "requirements.lock"
    offline = f"--no-index\n--find-links {checkout.root}\n"

    lock.write_text(f"{offline}tiny==1.0 --hash=sha256:{'0' * 64}\n")
    refused = checkout.with_uv(broken=True).start("demo")
    lock.write_text(f"{offline}tiny==1.0 --hash=sha256:{right}\n")
    accepted = checkout.start("demo")

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert json.loads(accepted.stdout)["arguments"] == ["demo"]
    assert len(list(checkout.venv.glob("lib/python*/site-packages/tiny.py"))) == 1


# --- what may already lie there ----------------------------------------------------------------


def test_a_folder_made_by_hand_is_kept_filled_and_stamped(checkout):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout.venv], check=True)
    (checkout.venv / "by-hand").touch()
    start = checkout.with_uv().start("demo")

    (installed,) = checkout.asked_of_uv()
    assert installed.startswith("pip install ")
    assert (checkout.venv / "by-hand").exists()
    assert (checkout.venv / "pb-stamp").exists()
    assert start.returncode == 0


def of_another_python(venv):
    configuration = venv / "pyvenv.cfg"
    here = "{}.{}.".format(*sys.version_info)
    configuration.write_text(configuration.read_text().replace(here, "3.8."))


def without_interpreter(venv):
    for link in (venv / "bin").glob("python*"):
        link.unlink()
    (venv / "bin" / "python").symlink_to("/nowhere/python")


def without_configuration(venv):
    (venv / "pyvenv.cfg").unlink()


@pytest.mark.parametrize("damage", [of_another_python, without_interpreter, without_configuration])
def test_a_folder_that_cannot_work_is_built_again_and_that_is_said(checkout, damage):
    checkout.with_uv().start("demo")
    damage(checkout.venv)
    start = checkout.start("demo")

    assert ".venv is broken or belongs to another Python; building it again." in start.stderr
    assert json.loads(start.stdout)["arguments"] == ["demo"]
    assert [line.split()[0] for line in checkout.asked_of_uv()] == ["venv", "pip"] * 2


# --- what is started ---------------------------------------------------------------------------


def test_a_command_keeps_the_folder_and_sees_the_checkout_first(checkout):
    seen = json.loads(checkout.with_uv().start("pb", "tally", "election.pb").stdout)

    assert seen["arguments"] == ["tally", "election.pb"]
    assert seen["folder"] == str(checkout.elsewhere)
    assert seen["path"][0] == str(checkout.root)
    assert seen["prefix"] == str(checkout.venv)


def test_the_exit_code_of_a_command_is_passed_on(checkout):
    assert checkout.with_uv().start("pb", "exit", "7").returncode == 7


def test_a_signal_reaches_the_command_itself(checkout):
    checkout.with_uv().start("pb")
    with subprocess.Popen(
        checkout.command("pb", "wait"), env=checkout.environment, stdout=subprocess.PIPE
    ) as started:
        started.stdout.readline()
        started.terminate()

        assert started.wait(timeout=10) == -signal.SIGTERM


def test_the_server_gets_its_configuration_and_keeps_no_docstrings(checkout):
    started = checkout.with_uv().start("serve", "--bind", "127.0.0.1:8124").stdout.strip()

    asked = f"--config {checkout.root / 'gunicorn.conf.py'} wsgi:app --bind 127.0.0.1:8124"
    assert started == f"gunicorn {asked} without docstrings"


def test_all_checks_come_before_the_tests_whose_line_is_the_last(checkout):
    done = checkout.with_uv().start("test")

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "ruff check .",
        "ruff format --check .",
        "mypy",
        "pytest -q -n logical --dist loadfile",
    ]


def test_with_arguments_only_the_tests_run(checkout):
    done = checkout.with_uv().start("test", "tests/rounds", "-x")

    assert done.stdout.splitlines() == ["pytest tests/rounds -x"]


def test_the_checks_alone_leave_out_the_tests(checkout):
    done = checkout.with_uv().start("check")

    assert done.stdout.splitlines() == ["ruff check .", "ruff format --check .", "mypy"]


def test_nothing_runs_after_a_check_that_failed(checkout):
    checkout.tool("mypy", code=3)
    done = checkout.with_uv().start("test")

    assert done.returncode == 3
    assert done.stdout.splitlines()[-1] == "mypy"
    assert "mypy found something; nothing after it was run." in done.stderr


def test_the_exit_code_of_the_tests_is_passed_on(checkout):
    checkout.tool("pytest", code=5)

    assert checkout.with_uv().start("test").returncode == 5


# --- what is said ------------------------------------------------------------------------------


def test_an_old_python_hears_which_one_is_needed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))

    assert run.main(["demo"]) == 1
    assert capsys.readouterr().err == "pb: pb needs Python 3.11 or later; this is Python 3.10.\n"


def test_an_old_python_can_read_the_file():
    source = (ROOT / "run.py").read_text(encoding="utf-8")

    ast.parse(source, feature_version=(3, 6))
    assert "from __future__" not in source


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--help"], 0), (["dmeo"], 2)])
def test_whoever_asks_or_mistypes_is_told_the_commands(capsys, arguments, code):
    assert run.main(arguments) == code

    told = capsys.readouterr().out
    assert all(f"run.py {command}" in told for command in run.LOCKS)


def test_an_interruption_ends_quietly(monkeypatch, capsys):
    def interrupt(lock):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "set_up", interrupt)

    assert run.main(["demo"]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission")
def test_run_can_be_started_by_its_name():
    assert os.access(ROOT / "run.py", os.X_OK)
