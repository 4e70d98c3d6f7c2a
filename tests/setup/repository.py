"""What is in this repository: its root and its files, with or without git."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LEFT_BEHIND = {  # where there is no git to tell which files are the project's own
    ".git",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "demo",
    "instance",
    "node_modules",
}


def files() -> list[Path]:
    """Return the files that are or may be committed, relative to the root, in order."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return sorted(walk(ROOT))
    named = {Path(name) for name in listed.stdout.split("\0") if name}
    return sorted(path for path in named if (ROOT / path).is_file())


def walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, without what tools leave behind."""
    for path in folder.iterdir():
        if path.is_dir():
            if path.name not in LEFT_BEHIND:
                yield from walk(path)
        else:
            yield path.relative_to(ROOT)


def text(path: Path) -> str:
    """Return what a file of the repository says; nothing for pictures, fonts and archives."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
