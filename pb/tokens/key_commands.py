"""The command line's door to the keys that three officers hold: ``pb key``.

``pb key rehearse`` is added by the room of the ballots. Passphrases are asked for and not shown;
nothing secret is printed.
"""

import sys
from pathlib import Path

import click

from pb.accounts.actor import OPERATOR
from pb.tokens import ceremony, unlocking
from pb.tokens.domain import Code
from pb.tokens.officers import NUMBERS, SharedKey, suggestion
from pb.web.clock import now
from pb.web.commands import (
    PASSPHRASE_FILE,
    REFUSED,
    ask_two_officers,
    in_app,
    read_passphrases,
    say,
    say_json,
    write_new,
)
from pb.web.formats import moment_on_paper

FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the answer.",
)
LABELS = {1: "Griffier", 2: "Teller", 3: "Notaris"}


@click.group()
def key() -> None:
    """Make and try the keys of a round: three officers hold them, any two open."""


@key.command()
@click.argument("slug", metavar="ROUND")
@click.option(
    "--envelope",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the letter with the recovery code goes, as PDF; a new file. Print it, destroy it.",
)
@PASSPHRASE_FILE
@FORMAT
@in_app
def new(slug: str, envelope: Path, file: Path | None, form: str) -> None:
    """Hold the key ceremony: three officers choose a passphrase, then the keys are made.

    Officers who chose theirs on the page already are not asked again.
    """
    if envelope.exists():
        say(f"{envelope} is there already; name a new file.")
        sys.exit(REFUSED)
    chosen = dict(read_passphrases(file)) if file else {}
    for number in NUMBERS:
        if number not in ceremony.find(slug).officers:
            label, passphrase = _ask_officer(number, chosen)
            ceremony.appoint(slug, number, label, passphrase, by=OPERATOR, now=now())

    def keep(recovery: Code) -> None:
        write_new(
            envelope,
            ceremony.write_letter(slug, recovery, now=now(), moment=moment_on_paper(now())),
        )

    try:
        ceremony.make_keys(slug, keep=keep, by=OPERATOR, now=now())
    except OSError as failure:
        say(f"{envelope}: {failure.strerror}")
        sys.exit(REFUSED)
    tell(slug, form)
    say(f"{envelope} opens all votes. Print it, seal it in an envelope, and destroy the file.")


@key.command()
@click.argument("slug", metavar="ROUND")
@click.option("--officer", type=click.IntRange(1, 3), required=True, help="Who gets another one.")
@click.option("--label", default="", help="The function, when somebody else takes the place.")
@click.option("--recovery", is_flag=True, help="Open with the code in the envelope.")
@PASSPHRASE_FILE
@FORMAT
@in_app
def wrap(
    slug: str, officer: int, label: str, file: Path | None, form: str, *, recovery: bool
) -> None:
    """Lock the keys again with another passphrase for one officer; two officers open them."""
    opened_by = _ask_recovery() if recovery else ask_two_officers(file)
    passphrase = _ask_wanted(officer)
    ceremony.change_passphrase(
        slug, officer, passphrase, opened_by=opened_by, label=label, by=OPERATOR, now=now()
    )
    tell(slug, form)
    say("Rehearse with this officer again: pb key rehearse.")


@key.command("open")
@click.argument("slug", metavar="ROUND")
@click.option("--recovery", is_flag=True, help="Try the code in the envelope instead.")
@PASSPHRASE_FILE
@FORMAT
@in_app
def try_out(slug: str, file: Path | None, form: str, *, recovery: bool) -> None:
    """Try whether two passphrases open the keys. Nothing is kept and nothing secret is shown."""
    if recovery:
        unlocking.unlock_by_envelope(slug, _ask_recovery())
    else:
        unlocking.unlock_all(slug, ask_two_officers(file))
    tell(slug, form)
    say("This opens the count key and the revocation key.")


def tell(slug: str, form: str) -> None:
    """Print how far the ceremony of a round is."""
    found = ceremony.find(slug)
    rehearsed = [list(pair) for pair in sorted(found.rehearsed)]
    if form == "json":
        say_json(
            {
                "round": slug,
                "officers": {str(each.number): each.label for each in found.officers.values()},
                "public_keys": {each.value: found.public_keys[each].hex() for each in SharedKey},
                "rehearsed": rehearsed,
                "ready": found.is_rehearsed,
            }
        )
        return
    for officer in found.officers.values():
        click.echo(f"Officer {officer.number}: {officer.label}")
    click.echo(f"Public count key: {found.public_keys[SharedKey.COUNT].hex()}")
    pairs = ", ".join(f"{first} and {second}" for first, second in rehearsed)
    click.echo(f"Rehearsed: {pairs or 'no pair yet'}")


def _ask_officer(number: int, chosen: dict[int, str]) -> tuple[str, str]:
    """Return the function and the passphrase of one officer."""
    if chosen:
        return LABELS[number], chosen.get(number, "")
    label = click.prompt(f"Function of officer {number}", default=LABELS[number], err=True)
    return label, _ask_wanted(number)


def _ask_wanted(number: int) -> str:
    """Return a passphrase that an officer chooses, typed twice and not shown."""
    say(f"A passphrase that nobody guesses, if officer {number} wants one: {suggestion()}")
    wanted: str = click.prompt(
        f"New passphrase of officer {number}", hide_input=True, confirmation_prompt=True, err=True
    )
    return wanted


def _ask_recovery() -> str:
    """Return the code in the envelope, not shown."""
    code: str = click.prompt("Recovery code", hide_input=True, err=True)
    return code
