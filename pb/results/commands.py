"""The command line's door to a count without a store: any election from a file."""

import sys
from pathlib import Path

import click

from pb.tally.errors import CountRefused, UnreadableElection
from pb.tally.report import count_file
from pb.tally.rules import RuleName
from pb.web.commands import REFUSED, UNREADABLE, say


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
