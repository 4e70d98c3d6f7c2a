"""The command line's door to checking: the bundle of a round, and ``pb verify``."""

import sys
from pathlib import Path

import click

from pb.accounts.actor import OPERATOR
from pb.results import destroying, service, verify
from pb.web.clock import now
from pb.web.commands import REFUSED, in_app, say, write_new


@click.command()
@click.argument("slug", metavar="ROUND")
@click.argument("out", metavar="OUT.zip", type=click.Path(dir_okay=False, path_type=Path))
@in_app
def bundle(slug: str, out: Path) -> None:
    """Write the bundle of a published round to a new file; ``pb verify`` checks it."""
    content = service.bundle(slug)
    try:
        write_new(out, content)
    except OSError as failure:
        say(f"{out} cannot be written: {failure.strerror}.")
        sys.exit(REFUSED)
    click.echo(f"{out}: {len(content):,} bytes")


@click.command(
    name="verify", context_settings={"ignore_unknown_options": True, "help_option_names": []}
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify_bundle(arguments: tuple[str, ...]) -> None:
    """Check a bundle: BUNDLE.zip [--key FILE] [--checkpoint FILE] [--fingerprint TEXT].

    ``pb verify --help`` shows all.
    """
    sys.exit(verify.main(list(arguments)))


@click.command(name="destroy")
@click.argument("slug", metavar="ROUND")
@in_app
def destroy_link(slug: str) -> None:
    """Destroy what leads from a letter to a vote, once the objection period is over.

    That is the revocation key, and what is sealed in each letter. It stands in the ledger and in
    the public log. Nothing brings it back: destroy backups from before it as well, the list of
    names and letter numbers, and the files of the printer.
    """
    destroying.destroy(slug, by=OPERATOR, now=now())
    click.echo(f"{slug}: the revocation key and the handles in all letters are destroyed.")
    say("Now destroy the older backups, the list of names, and the files of the printer.")
