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
