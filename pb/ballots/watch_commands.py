"""The command line's door for observers: ``pb watch``, which needs no installation of its own."""

import sys
from pathlib import Path

import click

from pb.ballots.notes import NoteRefused, Verifier
from pb.ballots.sources import source_of
from pb.ballots.watching import LedgerChanged, SourceUnreadable, watch
from pb.web.commands import REFUSED, UNREADABLE, say, say_json


@click.command(name="watch")
@click.argument("source", metavar="URL|FOLDER|BUNDLE.zip")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("kept-ledger"),
    show_default=True,
    help="Where what was seen is kept, for the next time.",
)
@click.option("--key", metavar="TEXT", help="The key of the ledger, as its page shows it.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
def watch_ledger(source: str, keep: Path, key: str | None, shape: str) -> None:
    """Look whether a ledger only grew since the last time; run it from cron.

    URL is the address of the ledger's page: https://…/ronde/NAME/controle/logboek. Exit 0: it only
    grew. 1: it changed, shrank, or does not fit its checkpoints. 2: it could not be read.
    """
    try:
        seen = watch(source_of(source), keep, None if key is None else Verifier.read(key))
    except LedgerChanged as changed:
        say(f"{changed} Keep what you have, and tell others.")
        sys.exit(REFUSED)
    except (SourceUnreadable, NoteRefused, OSError) as unreadable:
        say(f"Could not look: {unreadable}")
        sys.exit(UNREADABLE)
    if shape == "json":
        say_json({
            "size": seen.size, "added": seen.added, "ballots": seen.ballots,
            "checkpoints": seen.checkpoints,
        })  # fmt: skip
    else:
        click.echo(
            f"{seen.size} lines, {seen.added} of them new; {seen.ballots} lines of ballots; "
            f"{seen.checkpoints} checkpoints, all signed and fitting."
        )
