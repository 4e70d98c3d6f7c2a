"""Counts one Pabulib file: ``python -m pb.tally FILE.pb``.

Ends with 0 when the count is done, 1 when it was refused, and 2 when the file is not readable.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pb.tally.errors import CountRefused, UnreadableElection
from pb.tally.report import count_file
from pb.tally.rules import RuleName

DONE, REFUSED, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Count the file that the arguments name, write the outcome, and return the exit status."""
    asked = _parser().parse_args(arguments)
    by_id = asked.order == "id"
    try:
        text = count_file(asked.file, asked.rule, ties_by_id=by_id, shape=asked.format)
    except UnreadableElection as error:
        sys.stderr.write(f"{error}\n")
        return UNREADABLE
    except CountRefused as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    sys.stdout.write(text)
    return DONE


def _parser() -> argparse.ArgumentParser:
    """Return the arguments that are understood."""
    parser = argparse.ArgumentParser(
        prog="python -m pb.tally", description="Count a Pabulib file and explain the outcome."
    )
    parser.add_argument("file", type=Path, metavar="FILE.pb", help="the election to count")
    parser.add_argument(
        "--rule",
        type=RuleName,
        choices=list(RuleName),
        help="the rule to count by (the file's own rule when left out)",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to write")
    parser.add_argument(
        "--order",
        choices=["rule", "id"],
        default="rule",
        help="break ties as the rule says, or by project id alone",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
