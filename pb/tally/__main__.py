"""Counts Pabulib files: ``python -m pb.tally FILE.pb``.

Ends with 0 when the count is done, 1 when it was refused, and 2 when a file is not readable.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pb.tally.errors import CountRefused, UnreadableElection
from pb.tally.report import Wish, as_line, count_file, count_folder, written
from pb.tally.rules import PRESETS

DONE, REFUSED, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Count the file or folder that the arguments name, and return the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        wish = Wish(
            preset=asked.rule,
            switches=switches_in(asked.switch),
            ties_by_id=asked.order == "id",
            seed=asked.seed,
        )
        if asked.file.is_dir():
            return count_all(asked.file, wish, sys.stdout.write)
        counted = count_file(asked.file, wish)
    except UnreadableElection as error:
        sys.stderr.write(f"{error}\n")
        return UNREADABLE
    except CountRefused as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    if asked.format == "json":
        sys.stdout.write(counted.outcome.to_json())
    else:
        sys.stdout.write(written(counted, explained=asked.explain))
    return DONE


def count_all(folder: Path, wish: Wish, write: Callable[[str], object]) -> int:
    """Count every file of a folder, a line of JSON each, and return the worst exit status."""
    worst = DONE
    for number, (path, found) in enumerate(count_folder(folder, wish), start=1):
        write(as_line(path, found) + "\n")
        sys.stderr.write(f"{number}: {path.name}\n")
        if isinstance(found, UnreadableElection):
            worst = UNREADABLE
        elif isinstance(found, CountRefused):
            worst = max(worst, REFUSED)
    return worst


def switches_in(written_as: Sequence[str]) -> dict[str, str]:
    """Return switches from texts such as ``completion=none``. Raises CountRefused."""
    switches = {}
    for text in written_as:
        name, equals, value = text.partition("=")
        if not equals:
            raise CountRefused(f"a switch is written as name=value, not '{text[:40]}'")
        switches[name.strip()] = value.strip()
    return switches


def _parser() -> argparse.ArgumentParser:
    """Return the arguments that are understood."""
    parser = argparse.ArgumentParser(
        prog="python -m pb.tally", description="Count a Pabulib file and explain the outcome."
    )
    parser.add_argument("file", type=Path, metavar="FILE.pb|DIR", help="what to count")
    parser.add_argument(
        "--rule",
        choices=list(PRESETS),
        help="the rule to count by (the file's own rule when left out)",
    )
    parser.add_argument(
        "--switch", action="append", default=[], metavar="NAME=VALUE", help="set one switch"
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to write")
    parser.add_argument("--explain", action="store_true", help="say why, project by project")
    parser.add_argument("--seed", help="draw the lots by this seed")
    parser.add_argument(
        "--order",
        choices=["rule", "id"],
        default="rule",
        help="break ties as the rule says, or by project id alone",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
