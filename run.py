#!/usr/bin/env python3
"""Set pb up and start it. Needs Python 3.11 or later, and nothing else.

python3 run.py demo [--port N] [--no-serve] [--fresh]   a filled town to look around in
python3 run.py serve                                    the service, set by PB_… variables
python3 run.py pb …                                     any command of pb; pb --help lists them
python3 run.py check                                    style and types
python3 run.py test                                     style, types and tests
python3 run.py test …                                   only pytest, with these arguments

The first start installs what a lock file lists, with hashes, into .venv beside this file.
Later starts see by a stamp in .venv that nothing changed, and begin at once.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

# What Python 3.6 can read stands here, so that an old Python hears what is wrong from main().
OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "pb-stamp"  # The digest of every lock file that was installed, one a line.
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

TO_RUN = ROOT / "requirements.lock"
TO_DEVELOP = ROOT / "requirements-dev.lock"  # Holds all of TO_RUN too; a test compares them.
LOCKS = {"demo": TO_RUN, "serve": TO_RUN, "pb": TO_RUN, "check": TO_DEVELOP, "test": TO_DEVELOP}
# The whole suite takes all cores; a file stays together, so that its fixtures are made once.
EVERY_CORE = ("-n", "logical", "--dist", "loadfile")
CHECKS = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
SERVER = ["gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "wsgi:app"]
MODULES = {"demo": ["pb", "demo"], "pb": ["pb"], "serve": SERVER}
# Web processes that stay keep no docstrings in memory, nor the columns of every line of code:
# some 5 and 2 MB less each.
OPTIONS = {"serve": ["-OO", "-X", "no_debug_ranges"]}


class NotSetUp(Exception):
    """The packages could not be installed; the message says what to do."""


def main(arguments: "list[str]") -> int:
    """Do what the arguments ask for and return the exit code."""
    if sys.version_info < OLDEST_PYTHON:
        version = ".".join(str(part) for part in sys.version_info[:2])
        return say(f"pb needs Python 3.11 or later; this is Python {version}.")
    if not arguments or arguments[0] not in LOCKS:
        print(__doc__)
        return 0 if arguments in ([], ["help"], ["-h"], ["--help"]) else 2
    command, rest = arguments[0], arguments[1:]
    try:
        set_up(LOCKS[command])
        return start(command, rest)
    except NotSetUp as failure:
        return say(str(failure))
    except KeyboardInterrupt:
        return 130


def start(command: str, rest: "list[str]") -> int:
    """Run one of the commands in LOCKS, once its packages are there."""
    if command in MODULES:
        return become([*MODULES[command], *rest], OPTIONS.get(command, []))
    os.chdir(ROOT)
    if command == "test" and rest:
        return become(["pytest", *rest])
    for check in CHECKS:
        say(" ".join(check))
        code = subprocess.call([str(PYTHON), "-P", "-m", *check])
        if code:
            say(f"{check[0]} found something; nothing after it was run.")
            return code
    return 0 if command == "check" else become(["pytest", "-q", *EVERY_CORE])


# --- set-up, a ladder: the stamp, uv, pip, or one line that says what is missing -------------


def set_up(lock: Path) -> None:
    """Bring .venv in line with a lock file; at once if its stamp says that it is."""
    usable = is_usable()
    if usable and digest(lock) in stamped():
        return
    uv, has_pip = shutil.which("uv"), importlib.util.find_spec("ensurepip") is not None
    if not uv and not has_pip:
        raise NotSetUp(
            "pb needs uv, or Python's own ensurepip, to install its packages: "
            "on Debian and Ubuntu, apt install python3-venv; elsewhere, install uv."
        )
    if VENV.exists() and not usable:
        say(".venv is broken or belongs to another Python; building it again.")
        shutil.rmtree(VENV)
    STAMP.unlink(missing_ok=True)
    if not (uv and install_with_uv(uv, lock)) and not (has_pip and install_with_pip(lock)):
        raise NotSetUp("The packages could not be installed: the reason stands above.")
    also = [digest(TO_RUN)] if lock == TO_DEVELOP else []
    STAMP.write_text("\n".join([digest(lock), *also]) + "\n", encoding="ascii")


def is_usable() -> bool:
    """Tell whether .venv has an interpreter, of the Python that reads this."""
    try:
        lines = (VENV / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    values = dict(line.replace(" ", "").split("=", 1) for line in lines if "=" in line)
    version = values.get("version") or values.get("version_info") or ""  # venv's word, uv's word
    same = version.split(".")[:2] == [str(part) for part in sys.version_info[:2]]
    return same and PYTHON.exists()


def stamped() -> "list[str]":
    """Return the digests of the lock files that .venv holds."""
    return STAMP.read_text(encoding="ascii").split() if STAMP.exists() else []


def digest(lock: Path) -> str:
    """Return what a lock file's stamp says."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def install_with_uv(uv: str, lock: Path) -> bool:
    """Install a lock file with uv and tell whether that worked."""
    say(f"installing {lock.name} with uv …")
    made = VENV.exists() or call([uv, "venv", "--python", sys.executable, str(VENV)]) == 0
    install = [uv, "pip", "install", "--python", str(PYTHON), "--require-hashes", "-r", str(lock)]
    return made and call(install) == 0


def install_with_pip(lock: Path) -> bool:
    """Install a lock file with pip and tell whether that worked."""
    say(f"installing {lock.name} with pip; this takes a minute …")
    if not VENV.exists() and call([sys.executable, "-m", "venv", "--without-pip", str(VENV)]):
        return False
    knows_pip = subprocess.call([str(PYTHON), "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    if not knows_pip and call([str(PYTHON), "-m", "ensurepip"]):
        return False
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--no-compile"]
    return call([*pip, "--require-hashes", "-r", str(lock)]) == 0


# --- starting programs -------------------------------------------------------------------------


def call(command: "list[str]") -> int:
    """Run a step of the set-up, its output on standard error, and return its exit code."""
    return subprocess.call(command, stdout=sys.stderr)


def become(module: "list[str]", options: "list[str] | None" = None) -> int:
    """Hand over to a Python module of .venv, which sees this project and the same folder.

    options: of Python itself. Signals and the exit code are then the module's own. Windows
    cannot hand over, so there it is waited for.
    """
    command = [str(PYTHON), "-P", *(options or []), "-m", *module]
    before = os.environ.get("PYTHONPATH")
    path = str(ROOT) if not before else str(ROOT) + os.pathsep + before
    environment = dict(os.environ, PYTHONPATH=path)
    if os.name == "nt":
        return subprocess.call(command, env=environment)
    return os.execve(command[0], command, environment)


def say(sentence: str) -> int:
    """Tell the person at the keyboard; standard output is the command's. Returns 1."""
    print(f"pb: {sentence}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
