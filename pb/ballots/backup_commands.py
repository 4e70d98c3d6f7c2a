"""The command line's door to backups: ``pb backup`` and ``pb restore``."""

import sys
from pathlib import Path

import click
from nacl.public import PrivateKey

from pb.ballots import restoring, sealing
from pb.ballots.sources import source_of
from pb.ballots.watching import LedgerChanged, SourceUnreadable, published_ledger
from pb.database.backup import BackupUnreadable, StoresNotEmpty, read_backup, write_backup
from pb.web.clock import now
from pb.web.commands import REFUSED, UNREADABLE, in_app, say, say_json, write_new

KEY_BYTES = 32


@click.command()
@click.argument("out", metavar="OUT", required=False, type=click.Path(path_type=Path))
@click.option("--to", "recipient", metavar="HEX", help="The public half of the backup key.")
@click.option(
    "--new-key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Make a backup key: its private half goes to this new file, which leaves this machine.",
)
@in_app
def backup(out: Path | None, recipient: str | None, new_key: Path | None) -> None:
    """Write both stores to a new, encrypted file; every quarter of an hour while voting is open.

    Copy the file elsewhere. Never copy the database files themselves: their pages tell the order
    of voting. The key files of the rounds are not in it; keep a copy of those apart.
    """
    if new_key is not None:
        key = PrivateKey.generate()
        _write(new_key, bytes(key).hex().encode() + b"\n")
        click.echo(bytes(key.public_key).hex())
        return
    if out is None or recipient is None:
        raise click.UsageError("Name the new file, and the key with --to; --new-key makes one.")
    try:
        written = write_backup(out, _key(recipient))
    except OSError as failure:
        say(f"{out} cannot be written: {failure.strerror}.")
        sys.exit(REFUSED)
    click.echo(f"{out}: {written.rows:,} rows, {written.size:,} bytes")


@click.command()
@click.argument("file", metavar="BACKUP", type=click.Path(path_type=Path))
@click.option(
    "--key", "key_file", required=True, type=click.Path(path_type=Path), metavar="FILE",
    help="The file with the private half of the backup key.",
)  # fmt: skip
@click.option(
    "--ledger",
    "ledgers",
    multiple=True,
    metavar="ROUND=SOURCE",
    help="Where an observer keeps the ledger of a round: a folder of pb watch, or an address. "
    "Needed for every round whose voting had begun.",
)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
@in_app
def restore(file: Path, key_file: Path, ledgers: tuple[str, ...], shape: str) -> None:
    """Fill empty, migrated stores from a backup, and tell which ballots are missing since.

    A ledger never becomes shorter: its published lines are taken over, and an event names the
    ballots that were lost. Exit 0: done. 1: refused, nothing was changed. 2: unreadable.
    """
    sources = dict(each.partition("=")[::2] for each in ledgers)
    try:
        published = {slug: published_ledger(source_of(name)) for slug, name in sources.items()}
        private_key = _key(key_file.read_text(encoding="ascii").strip())
        read_backup(
            file, private_key, lambda stored: restoring.refuse_unless_given(stored, published)
        )
    except LedgerChanged as changed:
        say(str(changed))
        sys.exit(REFUSED)
    except StoresNotEmpty as refused:
        say(str(refused))
        sys.exit(REFUSED)
    except (BackupUnreadable, SourceUnreadable, OSError, UnicodeDecodeError) as unreadable:
        say(str(unreadable))
        sys.exit(UNREADABLE)
    found = {}
    # Also where voting began after the backup: what was published holds there as well.
    for slug in sorted(published):
        lines, notes = published[slug]
        found[slug] = restoring.take_over(slug, lines, notes, now())
        sealing.catch_up(slug, now())
    if shape == "json":
        say_json({
            slug: {"taken_over": each.taken_over, "missing": each.missing}
            for slug, each in found.items()
        })  # fmt: skip
        return
    for slug, each in found.items():
        click.echo(f"{slug}: {each.taken_over} lines taken over, {len(each.missing)} ballots lost")
        for code in each.missing:
            click.echo(f"  {code}")


def _key(written: str) -> bytes:
    """Return the 32 bytes of a key."""
    try:
        key = bytes.fromhex(written)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise click.UsageError("A key is 64 hexadecimal figures.")
    return key


def _write(path: Path, content: bytes) -> None:
    try:
        write_new(path, content)
    except OSError as failure:
        say(f"{path} cannot be written: {failure.strerror}.")
        sys.exit(REFUSED)
