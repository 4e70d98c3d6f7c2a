"""How a trial starts another process of pb: this Python, this pb, nothing inherited by chance."""

import os
import sys
from pathlib import Path


def own_program(module: str, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
    """Return the command that runs a module of pb with this Python. options: of Python itself."""
    return [sys.executable, "-P", *options, "-m", module, *arguments]


def own_environment() -> dict[str, str]:
    """Return an environment in which another process finds this very pb."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started and that still run; none where Linux is not."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in found.read_text().split()] if found.exists() else []
