"""Letters on paper: one A4 with the code, the QR code and everything a resident must know.

The letters are PDF/UA-1 files (tagged, readable aloud), set by typst from
``templates/tokens/letter.typ`` with the fonts in ``static/fonts/letters`` and no others.
Each file is made in a process of its own, because typst keeps what it set in memory.
"""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from itertools import groupby
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import qrcode
import typst
from nacl.public import PublicKey, SealedBox
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_8BIT_BYTE, QRData

from pb.tokens.domain import LetterDoesNotFit, LetterUnprintable, Printable, in_groups

MOST_PER_FILE: Final = 500
MOST_PROCESSES: Final = 4  # Each takes some 550 MB while it sets 500 letters.
LANGUAGES: Final = ("en", "tr", "ar", "pl")

# White around the QR code, in modules; ISO/IEC 18004 asks four.
QUIET_ZONE: Final = 4
# One of the eight masks of ISO/IEC 18004. All can be read; trying each costs eight times more.
MASK: Final = 2
# What the template complains when the texts are too long for one page.
DOES_NOT_FIT: Final = "A letter does not fit on one page."
# What typst complains when no font has a symbol.
NO_SHAPE: Final = "could not be displayed with"


class _Row(NamedTuple):
    """One letter in clear, for the process that sets it; goes through a pipe, never a disk."""

    serial: str
    code: tuple[str, str]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What all letters of one neighbourhood have in common. Texts are printed as they are.

    opens, closes: "maandag 7 september 2026, 9.00 uur".
    site_address: what residents type, short and without "https://".
    fingerprint: the 20 symbols of the round, from ``round_fingerprint``.
    help_places: where a resident votes on paper or with help; two to four short lines.
    languages: which other languages the pages are offered in, out of LANGUAGES.
    """

    municipality: str
    round_title: str
    neighbourhood: str
    opens: str
    closes: str
    site_address: str
    contact_phone: str
    contact_hours: str
    fingerprint: str
    help_places: tuple[str, ...]
    languages: tuple[str, ...] = LANGUAGES


def write_letters(
    printables: Sequence[Printable],
    letter_facts: LetterFacts,
    folder: Path,
    per_file: int = MOST_PER_FILE,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write one page per letter into PDF files and return the files in order.

    folder: is made, for its owner only, when it is missing. Files are for their owner only.
    per_file: letters in one file, at most 500; more would take gigabytes of memory.
    progress: is told how many letters are written, out of how many.
    Files are named after the first and last letter number, and as a sample when letters between
    them are missing. They appear whole or not at all;
    when anything fails, none appears. Raises LetterDoesNotFit
    and LetterUnprintable.
    """
    if not 1 <= per_file <= MOST_PER_FILE:
        raise ValueError(f"A file holds 1 to {MOST_PER_FILE} letters.")
    if len({each.serial for each in printables}) != len(printables):
        raise ValueError("Two letters have the same number.")
    parts = [printables[start : start + per_file] for start in range(0, len(printables), per_file)]
    names = [_file_name(part) for part in parts]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".making-", dir=folder) as workshop:
        made = [Path(workshop, name) for name in names]
        _make_all(parts, made, letter_facts, progress)
        return [path.replace(folder / path.name) for path in made]


def write_print_file(printables: Iterable[Printable], printer_public_key: bytes) -> bytes:
    """Return the file for a printing house that sets the letters itself: only it can open it.

    printer_public_key: 32 bytes, X25519.
    Returns: a sealed box with one line of JSON per letter: serial, code and url.
    """
    lines = (
        json.dumps({"serial": each.serial, "code": each.code.grouped(), "url": each.url})
        for each in printables
    )
    content = "".join(line + "\n" for line in lines).encode()
    return SealedBox(PublicKey(printer_public_key)).encrypt(content)


def qr_drawing(content: str) -> str:
    """Return a QR code as an SVG drawing in one black path, with white around it."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(QRData(content.encode(), mode=MODE_8BIT_BYTE))
    code.make(fit=True)
    rows = code.get_matrix()
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(
        f"M{left + QUIET_ZONE} {top + QUIET_ZONE}h{width}v1h-{width}z"
        for top, row in enumerate(rows)
        for left, width in _black_runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path d="{path}"/></svg>'
    )


def _make_all(
    parts: Sequence[Sequence[Printable]],
    paths: Sequence[Path],
    facts: LetterFacts,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Make all files, a few at a time, and stop at the first complaint."""
    total, written = sum(len(part) for part in parts), 0
    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_PROCESSES)) as desks:
        work = {
            desks.submit(_make_in_own_process, path, facts, part): len(part)
            for path, part in zip(paths, parts, strict=True)
        }
        try:
            for done in as_completed(work):
                _refuse_because_of(done.result())
                written += work[done]
                if progress:
                    progress(written, total)
        except BaseException:
            desks.shutdown(wait=False, cancel_futures=True)
            raise


def _make_in_own_process(path: Path, facts: LetterFacts, part: Sequence[Printable]) -> str:
    """Make one file in a fresh process, so that memory stays what one file takes.

    Not in a pool: a pool waits for ever when the system kills one of its processes.
    Returns: what went wrong, or "".
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    rows = [_row(printable) for printable in part]
    process = context.Process(target=_make_file, args=(path, asdict(facts), rows, sender))
    process.start()
    sender.close()
    with receiver:
        try:
            complaint = str(receiver.recv())
        except EOFError:
            complaint = "the process ended before its letters were done"
    process.join()
    return complaint


def _make_file(path: Path, facts: dict[str, object], rows: list[_Row], answer: Connection) -> None:
    """Set one file of letters; runs in a process of its own.

    answer: gets what typst complained about, or "" when the file is there. As text, because
    the exceptions of typst and of this project do not travel between processes.
    """
    letters = [{"serial": row.serial, "code": row.code, "qr": qr_drawing(row.url)} for row in rows]
    facts |= {"fingerprint": in_groups(str(facts["fingerprint"]))}
    try:
        document = typst.compile(
            _shelf("templates") / "tokens" / "letter.typ",
            font_paths=typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[_shelf("static") / "fonts" / "letters"],
            ),
            sys_inputs={"data": json.dumps({"facts": facts, "letters": letters})},
            pdf_standards="ua-1",
        )
    except typst.TypstError as error:
        answer.send(error.message)
        return
    _write_for_owner_only(path, document)
    answer.send("")


def _refuse_because_of(complaint: str) -> None:
    """Raise what fits a complaint of typst; nothing when there is none."""
    if DOES_NOT_FIT in complaint:
        raise LetterDoesNotFit
    if NO_SHAPE in complaint:
        raise LetterUnprintable
    if complaint:
        raise RuntimeError(f"The letters could not be set: {complaint}")


def _row(printable: Printable) -> _Row:
    """Return a letter in clear, with its code in two rows of three groups."""
    groups = printable.code.grouped()
    return _Row(printable.serial, (groups[:14], groups[15:]), printable.url)


def _file_name(part: Sequence[Printable]) -> str:
    """Return a name that tells the printer which letters are inside, and nothing else."""
    first, last = part[0].serial[:6], part[-1].serial[:6]
    is_run = int(last) - int(first) == len(part) - 1
    return f"letters-{first}-{last}.pdf" if is_run else f"letters-{first}-{last}-sample.pdf"


def _write_for_owner_only(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read, and do not return before it is on disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _black_runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield where each run of black modules starts and how long it is."""
    place = 0
    for is_black, run in groupby(row):
        width = len(list(run))
        if is_black:
            yield place, width
        place += width


def _shelf(name: str) -> Path:
    """Return a top-level folder: beside pb/ in a checkout, inside it in a wheel."""
    package = Path(__file__).parents[1]
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
