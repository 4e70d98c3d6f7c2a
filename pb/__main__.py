"""The command line: every room's commands under one name, ``pb``."""

import os

import click
from flask import Flask

from pb.accounts.commands import staff
from pb.app import create_app
from pb.ballots.backup_commands import backup, restore
from pb.ballots.commands import rehearse, tick
from pb.ballots.watch_commands import watch_ledger
from pb.database.commands import migrate
from pb.foundation.clock import system_clock
from pb.foundation.settings import SettingMissing, Settings
from pb.results.check_commands import bundle, destroy_link, verify_bundle
from pb.results.commands import compare, pabulib_files, tally
from pb.tokens.commands import letters, mint
from pb.tokens.key_commands import key
from pb.trials.commands import bench, demo, replay
from pb.web.commands import REFUSED, refusals_shown, say


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pb-stem", prog_name="pb")
def program() -> None:
    """Run neighbourhood-budget rounds: votes by letter, counts anyone can recompute."""


COMMANDS = (
    demo, replay, bundle, verify_bundle, watch_ledger, tally, compare, pabulib_files, key, mint,
    letters, staff, migrate, tick, backup, restore, bench,
)  # fmt: skip
key.add_command(rehearse)
key.add_command(destroy_link)
for command in COMMANDS:
    program.add_command(command)


def app_of_installation() -> Flask:
    """Return the app of this installation; ends with one line when it is not set up."""
    try:
        return create_app(Settings.from_environment(os.environ), system_clock)
    except SettingMissing as missing:
        say(str(missing))
        raise SystemExit(REFUSED) from None


def main() -> None:
    """Run a command: 0 done, 1 refused with one line, 2 unreadable input or wrong use."""
    with refusals_shown():
        program(obj=app_of_installation)


if __name__ == "__main__":
    main()
