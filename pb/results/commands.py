"""The command line's door to elections in files, without a store: count, check and convert."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from pb.tally import pabulib
from pb.tally.errors import CountRefused, UnreadableElection, UnwritableElection
from pb.tally.pabulib_check import CheckedFile, check
from pb.tally.pabulib_writer import write_again
from pb.tally.plain_election import plain
from pb.tally.report import count_file
from pb.tally.rules import RuleName
from pb.web.commands import DONE, REFUSED, UNREADABLE, say, say_json


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--rule",
    "rule_name",
    type=click.Choice([rule.value for rule in RuleName]),
    help="Count by this rule; without it, by the rule that the file declares.",
)
@click.option("--order", type=click.Choice(["id"]), help="Break every tie by project id alone.")
@click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def tally(file: Path, rule_name: str | None, order: str | None, shape: str) -> None:
    """Count an election in Pabulib format (FILE.pb), exactly, without a store."""
    try:
        click.echo(
            count_file(
                file,
                RuleName(rule_name) if rule_name else None,
                ties_by_id=order == "id",
                shape=shape,
            ),
            nl=False,
        )
    except UnreadableElection as failure:
        say(str(failure))
        sys.exit(UNREADABLE)
    except CountRefused as refusal:
        say(str(refusal))
        sys.exit(REFUSED)


@click.group(name="pabulib")
def pabulib_files() -> None:
    """Check and convert elections in Pabulib format (.pb), without a store."""


@pabulib_files.command(name="check")
@click.argument(
    "paths", metavar="FILE|DIR...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def check_files(paths: tuple[Path, ...], shape: str) -> None:
    """Compare files with their own ballots and with what the format asks.

    Ends with 0 when all are sound, 1 when something is otherwise, 2 when a file is unreadable.
    """
    worst = DONE
    shown: list[dict[str, object]] = []
    for path in _elections(paths):
        try:
            checked = check(pabulib.read(path))
        except UnreadableElection as failure:
            worst = UNREADABLE
            if shape == "json":
                shown.append({"file": path.name, "sound": False, "error": str(failure)})
            else:
                say(str(failure))
            continue
        worst = max(worst, DONE if checked.is_sound else REFUSED)
        if shape == "json":
            shown.append(checked.as_dict() | {"error": None})
        else:
            click.echo("\n".join(_lines(checked)))
    if shape == "json":
        say_json(shown)
    sys.exit(worst)


@pabulib_files.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("out", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format", "shape", type=click.Choice(["pb", "json"]), default="pb", show_default=True
)
@click.option("--force", is_flag=True, help="Write over OUT when it is there already.")
@click.option(
    "--plain",
    "is_plain",
    is_flag=True,
    help="Leave out the keys that only pb reads: the exact rule, exclusive groups and lots.",
)
def convert(file: Path, out: Path | None, shape: str, *, force: bool, is_plain: bool) -> None:
    """Write FILE again as OUT, as the format asks it; or as JSON, on standard output.

    Nothing about voters is taken over: their ballots are, grouped and numbered anew.
    """
    if (out is None) is (shape == "pb"):
        raise click.UsageError("OUT belongs to the format pb; JSON goes to standard output")
    try:
        read = pabulib.read(file)
        if out is None:
            values = plain(pabulib.to_election(read), read.rule, read.meta)
            click.echo(json.dumps(values, ensure_ascii=False, indent=1))
            return
        _write_new(out, write_again(read, own_keys=not is_plain).encode(), force=force)
    except UnreadableElection as failure:
        say(str(failure))
        sys.exit(UNREADABLE)
    except (UnwritableElection, OSError) as refusal:
        say(f"{out}: {getattr(refusal, 'strerror', None) or refusal}")
        sys.exit(REFUSED)
    for note in read.notes:
        say(note)
    if read.voter_columns:
        say(f"left out, for it is about voters: {', '.join(read.voter_columns)}")


def _elections(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield each file, and of each folder the files in Pabulib format."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(path.rglob("*.pb"))
        if not found:
            say(f"{path}: there is no file in Pabulib format")
            sys.exit(UNREADABLE)
        yield from found


def _lines(checked: CheckedFile) -> Iterator[str]:
    """Yield what is said of a file that could be read."""
    yield f"{checked.name}: {'sound' if checked.is_sound else 'not as the format asks'}"
    yield from (f"  fault       {fault}" for fault in checked.faults)
    yield from (f"  difference  {each.sentence()}" for each in checked.differences)
    yield from (f"  remark      {remark}" for remark in checked.remarks)


def _write_new(out: Path, content: bytes, *, force: bool) -> None:
    """Write a file; over one that is there only when forced to. Raises OSError."""
    with out.open("wb" if force else "xb") as file:
        file.write(content)
