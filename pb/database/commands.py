"""The command line's door to the stores."""

import os

import click

from pb.database.migrations import upgrade_all
from pb.foundation.settings import SettingMissing, Settings


@click.command()
def migrate() -> None:
    """Bring both stores up to date."""
    try:
        settings = Settings.from_environment(os.environ)
    except SettingMissing as missing:
        raise click.ClickException(str(missing)) from None
    upgrade_all(settings)
    click.echo("Both stores are up to date.")
