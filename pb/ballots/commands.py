"""The command line's door to ballot boxes: ``pb tick`` and ``pb key rehearse``."""

from pathlib import Path

import click

from pb.accounts.actor import OPERATOR
from pb.ballots import rehearsal, sealing
from pb.rounds import service as rounds
from pb.tokens import ceremony
from pb.web.clock import now
from pb.web.commands import PASSPHRASE_FILE, ask_two_officers, in_app, say_json


@click.command()
@in_app
def tick() -> None:
    """Write what the clock did into public logs and ledgers; run it every minute."""
    for voting_round in rounds.list_all(now()):
        rounds.record_clock(voting_round.slug, now())
        sealing.catch_up(voting_round.slug, now())


@click.command()
@click.argument("slug", metavar="ROUND")
@PASSPHRASE_FILE
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@in_app
def rehearse(slug: str, file: Path | None, form: str) -> None:
    """Let two officers open a ballot that nobody cast; every officer must, before the voting."""
    rehearsal.rehearse(slug, ask_two_officers(file), by=OPERATOR, now=now())
    found = ceremony.find(slug)
    pairs = sorted(found.rehearsed)
    if form == "json":
        say_json({"round": slug, "rehearsed": pairs, "ready": found.is_rehearsed})
        return
    click.echo("Rehearsed: " + ", ".join(f"{first} and {second}" for first, second in pairs))
    click.echo("Ready for the voting." if found.is_rehearsed else "Every officer must take part.")
