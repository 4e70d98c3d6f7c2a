"""The command line's door to rounds and their ballot boxes: let both follow the clock."""

import click

from pb.ballots import sealing
from pb.rounds import service as rounds
from pb.web.clock import now
from pb.web.commands import in_app


@click.command()
@in_app
def tick() -> None:
    """Write what the clock did into public logs and ledgers; run it every minute."""
    for voting_round in rounds.list_all(now()):
        rounds.record_clock(voting_round.slug, now())
        sealing.catch_up(voting_round.slug, now())
