"""The command line's door to rounds: let the clock write what it did into the public log."""

import click

from pb.rounds import service
from pb.web.clock import now
from pb.web.commands import in_app


@click.command()
@in_app
def tick() -> None:
    """Write the states that the clock opened into the public logs; run it every minute."""
    for voting_round in service.list_all(now()):
        service.record_clock(voting_round.slug, now())
