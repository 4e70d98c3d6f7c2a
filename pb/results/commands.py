"""The command line's door to elections in files, without a store: count, check and convert."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from pb.tally import pabulib
from pb.tally.__main__ import count_all, switches_in
from pb.tally.errors import CountRefused, UnreadableElection, UnwritableElection
from pb.tally.pabulib_check import CheckedFile, check
from pb.tally.pabulib_writer import write_again
from pb.tally.plain_election import plain
from pb.tally.report import BOTH_DEFAULTS, Wish, count_file, side_by_side, written
from pb.tally.rules import PRESETS
from pb.web.commands import DONE, REFUSED, UNREADABLE, say, say_json

SHAPES = click.Choice(["text", "json"])


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.pb|DIR")
@click.option(
    "--rule",
    type=click.Choice(list(PRESETS)),
    help="Count by this rule; without it, by the rule that the file declares.",
)
@click.option(
    "--switch", "switches", multiple=True, metavar="NAME=VALUE", help="Set one switch of the rule."
)
@click.option("--format", "shape", type=SHAPES, default="text", show_default=True)
@click.option("--explain", is_flag=True, help="Say why, project by project.")
@click.option("--seed", help="Draw the lots by this seed.")
@click.option("--order", type=click.Choice(["id"]), help="Break every tie by project id alone.")
def tally(
    file: Path,
    rule: str | None,
    switches: tuple[str, ...],
    shape: str,
    explain: bool,
    seed: str | None,
    order: str | None,
) -> None:
    """Count an election in Pabulib format, exactly, without a store.

    Of a folder every file is counted, a line of JSON each. JSON of one file is its result file.
    """
    with failures_shown():
        wish = Wish(
            preset=rule, switches=switches_in(switches), ties_by_id=order == "id", seed=seed
        )
        if file.is_dir():
            sys.exit(count_all(file, wish, _write))
        counted = count_file(file, wish)
        if shape == "json":
            _write(counted.outcome.to_json())
        else:
            _write(written(counted, explained=explain))


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.pb")
@click.option("--format", "shape", type=SHAPES, default="text", show_default=True)
def compare(file: Path, shape: str) -> None:
    """Count an election by both default rules and show the outcomes side by side."""
    with failures_shown():
        counted = {name: count_file(file, Wish(preset=name)) for name in BOTH_DEFAULTS}
        outcomes = {name: each.outcome for name, each in counted.items()}
        if shape == "json":
            say_json({name: outcome.document() for name, outcome in outcomes.items()})
        else:
            _write(side_by_side(outcomes, counted[BOTH_DEFAULTS[0]].election))


@click.group(name="pabulib")
def pabulib_files() -> None:
    """Check and convert elections in Pabulib format (.pb), without a store."""


@pabulib_files.command(name="check")
@click.argument(
    "paths", metavar="FILE|DIR...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--format", "shape", type=SHAPES, default="text", show_default=True)
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


@contextmanager
def failures_shown() -> Iterator[None]:
    """Turn what cannot be read or counted into one line and its exit code."""
    try:
        yield
    except UnreadableElection as failure:
        say(str(failure))
        sys.exit(UNREADABLE)
    except CountRefused as refusal:
        say(str(refusal))
        sys.exit(REFUSED)


def _write(text: str) -> None:
    click.echo(text, nl=False)
