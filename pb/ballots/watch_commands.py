"""The command line's door for observers: ``pb watch``, which needs no installation of its own."""

import sys
import urllib.request
import zipfile
from pathlib import Path
from urllib.error import URLError

import click

from pb.ballots.notes import NoteRefused, Verifier
from pb.ballots.watching import LedgerChanged, Source, SourceUnreadable, watch
from pb.web.commands import REFUSED, UNREADABLE, say, say_json

PATIENCE = 60  # seconds
LARGEST = 1 << 30  # bytes


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


def source_of(name: str) -> Source:
    """Return what fetches a published file from an address, a folder or a bundle."""
    if name.startswith(("https://", "http://")):
        return lambda file: _fetched(f"{name.rstrip('/')}/{file}")
    path = Path(name)
    if path.is_dir():
        return lambda file: (path / file).read_bytes()
    return lambda file: _unpacked(path, file)


def _fetched(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - http(s)
            content: bytes = answer.read(LARGEST)
    except (URLError, ValueError, TimeoutError) as failure:
        raise SourceUnreadable(f"{address}: {failure}") from failure
    return content


def _unpacked(path: Path, file: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(file).file_size > LARGEST:
                raise SourceUnreadable(f"{file} in {path} is too large.")
            return archive.read(file)
    except (zipfile.BadZipFile, KeyError, NotImplementedError) as failure:
        raise SourceUnreadable(f"{path} is no bundle.") from failure
