"""The command line's door to voting tokens: ``pb mint`` and ``pb letters``.

Codes are made here and not on a page of the website: so they never pass through a browser, a
proxy or a download folder. ``pb mint`` writes five files into a new folder; who runs it hands
the print file to the printer and destroys it, and keeps the rest.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from nacl.public import PublicKey

from pb.accounts.actor import OPERATOR
from pb.database.base import current_settings
from pb.foundation.errors import N_, Unacceptable
from pb.foundation.language import OFFERED
from pb.rounds import service as rounds
from pb.tokens import service
from pb.tokens.domain import (
    CodeMistyped,
    Letter,
    Minted,
    Printable,
    RollEntry,
    TokenStatus,
    parse,
    roll_text,
)
from pb.tokens.letters import LANGUAGES, LetterFacts, write_letters, write_print_file
from pb.tokens.order import LetterOrder, OrderDiffers, OrderMissing, parse_share
from pb.web.clock import now
from pb.web.commands import in_app, progress, say, say_json, write_new
from pb.web.formats import moment

ROLL, SPARES, LETTERS, FACTS = "roll.txt", "spares.txt", "letters.jsonl", "mint.json"
PRINT_SEALED, PRINT_CLEAR = "print.sealed", "print.jsonl"
MOST_HELP_PLACES = 4

FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the answer.",
)


class FolderNotEmpty(Unacceptable):
    """Codes would be written among other files."""

    sentence = N_("De map %(folder)s is niet leeg. Kies een nieuwe map.")


class PrintFileUnreadable(Unacceptable):
    """A print file is not one of ours, or is sealed to a printer's key."""

    sentence = N_(
        "Dit is geen leesbaar printbestand. Alleen de drukker kan een verzegeld bestand openen."
    )


class PrinterKeyUnreadable(Unacceptable):
    """A file does not hold a public key of 32 bytes."""

    sentence = N_(
        "Dit is geen sleutel van een drukker: 32 bytes, als base64 of als 64 cijfers a-f."
    )


@click.command()
@click.option("--round", "slug", required=True, help="The short address of the round.")
@click.option(
    "--area",
    "areas",
    multiple=True,
    metavar="ID=NUMBER",
    help="How many letters an area gets; must be what two colleagues confirmed. "
    "Without it, what they confirmed is made.",
)
@click.option("--spare", metavar="SHARE", help="Spare letters per area, such as 3%; as confirmed.")
@click.option(
    "--folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A new or empty folder, on a disk that is not copied elsewhere.",
)
@click.option(
    "--printer-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The printer's public key (X25519); then only the printer can read the codes.",
)
@FORMAT
@in_app
def mint(
    slug: str,
    areas: tuple[str, ...],
    spare: str | None,
    folder: Path,
    printer_key: Path | None,
    form: str,
) -> None:
    """Make the voting codes of a round, once.

    Two colleagues first agree on the numbers at /beheer/ronde/SLUG/stemcodes. Writes roll.txt
    (public), spares.txt, letters.jsonl and mint.json, and the codes for the printer: print.sealed
    with --printer-key, else print.jsonl, which only you can read. The codes are nowhere else.
    """
    key = read_public_key(printer_key) if printer_key else None
    order = agreed_order(slug, areas, spare)
    refuse_full_folder(folder)
    total = order.total + sum(count for _, count in order.spares)

    def keep(minted: Minted) -> None:
        write_files(folder, minted, key)

    with progress("Codes", total) as advance:
        done = 0

        def show(made: int, _total: int) -> None:
            nonlocal done
            advance(made - done)
            done = made

        minting = service.mint(slug, by=OPERATOR, now=now(), keep=keep, progress=show)
    facts = {
        "round": service.round_id(slug),
        "letters": dict(order.letters),
        "spares": dict(order.spares),
        "roll_sha256": (minting.roll.hash or b"").hex(),
        "fingerprint": minting.roll.shown_fingerprint,
        "print_file": PRINT_SEALED if key else PRINT_CLEAR,
    }
    write_new(folder / FACTS, (json.dumps(facts, indent=2) + "\n").encode())
    if form == "json":
        say_json({**facts, "folder": str(folder)})
        return
    click.echo(f"{order.total} letters and {total - order.total} spares in {folder}")
    click.echo(f"Fingerprint: {minting.roll.shown_fingerprint}")
    if not key:
        say(f"{folder / PRINT_CLEAR} holds the codes. Print the letters, then destroy it.")


@click.command()
@click.option("--round", "slug", required=True, help="The short address of the round.")
@click.option(
    "--print-file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="print.jsonl, as pb mint wrote it.",
)
@click.option(
    "--folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the PDF files go; made when it is missing.",
)
@click.option(
    "--per-file",
    default=500,
    show_default=True,
    type=click.IntRange(1, 500),
    help="Letters in one file.",
)
@FORMAT
@in_app
def letters(slug: str, print_file: Path, folder: Path, per_file: int, form: str) -> None:
    """Set the voting letters as PDF files that can be read aloud (PDF/UA), one page each.

    Letters go in the order of their numbers; whoever addresses them needs nothing else.
    """
    printables = read_print_file(print_file)
    facts = letter_facts(slug)
    with progress("Letters", len(printables)) as advance:
        done = 0

        def show(written: int, _total: int) -> None:
            nonlocal done
            advance(written - done)
            done = written

        files = write_letters(printables, facts, folder, per_file=per_file, progress=show)
    if form == "json":
        say_json({"letters": len(printables), "files": [str(path) for path in files]})
        return
    for path in files:
        click.echo(path)
    say("These files hold the codes. Destroy them when the letters are printed.")


def agreed_order(slug: str, areas: tuple[str, ...], spare: str | None) -> LetterOrder:
    """Return the confirmed order, if what was typed does not differ from it.

    Raises OrderMissing, OrderDiffers, ShareUnreadable.
    """
    roll = service.find_roll(slug)
    if roll is None:
        raise OrderMissing
    if areas and tuple(sorted(read_area(each) for each in areas)) != roll.order.letters:
        raise OrderDiffers
    if spare is not None and parse_share(spare) != roll.order.spare_permille:
        raise OrderDiffers
    return roll.order


def read_area(written: str) -> tuple[str, int]:
    """Return the area and the number of ``A1=2270``. Ends with code 2 when it is not one."""
    area, _, count = written.partition("=")
    if not area or not count.isdecimal():
        raise click.BadParameter(f"{written!r} is not ID=NUMBER, such as A1=2270")
    return area, int(count)


def write_files(folder: Path, minted: Minted, printer_key: bytes | None) -> None:
    """Write everything that a minting makes; the codes first, and all on disk at the end."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if printer_key:
        write_new(folder / PRINT_SEALED, write_print_file(minted.printables, printer_key))
    else:
        write_new(folder / PRINT_CLEAR, b"".join(print_lines(minted.printables)))
    write_new(folder / ROLL, roll_text(minted.roll).encode())
    write_new(folder / SPARES, b"".join(spare_lines(minted.roll)))
    write_new(folder / LETTERS, b"".join(letter_lines(minted.letters)))


def print_lines(printables: Iterable[Printable]) -> Iterator[bytes]:
    """Yield a line per letter with its code, as ``pb letters`` reads it."""
    for each in printables:
        line = {"serial": each.serial, "code": each.code.grouped(), "url": each.url}
        yield json.dumps(line).encode() + b"\n"


def spare_lines(roll: Iterable[RollEntry]) -> Iterator[bytes]:
    """Yield the keys of the spare letters, in the order of the keys."""
    for entry in roll:
        if entry.status is TokenStatus.SPARE:
            yield base64.b64encode(entry.ballot_key) + b"\n"


def letter_lines(kept: Iterable[Letter]) -> Iterator[bytes]:
    """Yield a line per letter, as the desk needs it to replace one."""
    for each in kept:
        line = {
            "serial": each.serial, "batch": each.batch, "area": each.area,
            "sealed": base64.b64encode(each.sealed).decode(),
        }  # fmt: skip
        yield json.dumps(line).encode() + b"\n"


def read_print_file(path: Path) -> list[Printable]:
    """Return the letters of a print file. Raises PrintFileUnreadable."""
    found = []
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                plain = json.loads(line)
                address, _, _ = plain["url"].partition("#")
                found.append(Printable(plain["serial"], parse(plain["code"]), address))
    except (ValueError, KeyError, TypeError, CodeMistyped):
        raise PrintFileUnreadable from None
    if not found:
        raise PrintFileUnreadable
    return found


def letter_facts(slug: str) -> LetterFacts:
    """Return what all letters of a round have in common. Raises OrderMissing, RollMissing."""
    settings = current_settings()
    framework = rounds.get(slug, now()).framework
    roll = service.checked_roll(slug)
    offered = {language.code for language in OFFERED}
    return LetterFacts(
        municipality=settings.municipality_name,
        round_title=framework.title,
        neighbourhood=framework.neighbourhood,
        opens=moment(framework.dates.voting_opens),
        closes=moment(framework.dates.voting_closes),
        site_address=settings.public_address.split("://", 1)[-1],
        contact_phone=framework.contact.phone,
        contact_hours=framework.contact.hours,
        fingerprint=roll.fingerprint,
        help_places=tuple(
            f"{desk.place}, {desk.when}" for desk in framework.desks[:MOST_HELP_PLACES]
        ),
        languages=tuple(
            code for code in LANGUAGES if code in framework.languages and code in offered
        ),
    )


def read_public_key(path: Path) -> bytes:
    """Return the 32 bytes of a public key, written raw, in base64 or in hexadecimal figures."""
    content = path.read_bytes()
    for reading in (bytes, lambda raw: bytes.fromhex(raw.decode()), base64.b64decode):
        try:
            key: bytes = reading(content if reading is bytes else content.strip())
            return bytes(PublicKey(key))
        except (ValueError, TypeError):
            continue
    raise PrinterKeyUnreadable


def refuse_full_folder(folder: Path) -> None:
    """Raise FolderNotEmpty when the folder holds anything."""
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmpty(folder=str(folder))
