"""Watching a ledger from outside: keep what was seen, and notice when it does not come back.

For observers, who need no account and trust nobody: the ledger that is published now must begin
with the one that was kept, every checkpoint must be signed and fit, and every seal must hold enough
ballots, sorted. Pure, but for the files of the one who watches.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pb.ballots.ledger import BALLOT, SMALLEST_SEAL
from pb.ballots.merkle import GrowingTree
from pb.ballots.notes import Checkpoint, NoteRefused, Verifier, open_note

LEDGER, CHECKPOINTS, KEY = "ledger.jsonl", "checkpoints.jsonl", "log.key"

# Returns one of the published files. Raises SourceUnreadable.
Source = Callable[[str], bytes]


class SourceUnreadable(Exception):
    """What is published cannot be had or read; says nothing about the ledger."""


class LedgerChanged(Exception):
    """The ledger is not what it must be: what is published now is proof, keep it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was seen. size: lines now. added: since the last time. ballots: lines of ballots."""

    size: int
    added: int
    ballots: int
    checkpoints: int


def watch(source: Source, kept: Path, verifier: Verifier | None = None) -> Watched:
    """Compare what is published with what was kept in a folder, and keep it.

    verifier: the log key, from a letter's round or a config; without it the first one that is
    seen is kept and must stay. Nothing is kept when something is wrong.
    Raises SourceUnreadable, LedgerChanged.
    """
    ledger, notes = source(LEDGER), source(CHECKPOINTS)
    before = (kept / LEDGER).read_bytes() if (kept / LEDGER).exists() else b""
    if not ledger.startswith(before):
        raise LedgerChanged(_what_changed(before, ledger))
    known = _known_key(kept, verifier) or _key_of(source)
    lines = _lines(ledger)
    checkpoints = list(_checkpoints(notes, known))
    _refuse_unless_fits(lines, checkpoints)
    for note in _lines((kept / CHECKPOINTS).read_bytes() if (kept / CHECKPOINTS).exists() else b""):
        if note not in _lines(notes):
            raise LedgerChanged("A checkpoint that was published before is gone.")
    kept.mkdir(parents=True, exist_ok=True)
    (kept / KEY).write_text(known.written() + "\n", encoding="utf-8")
    for name, content in ((LEDGER, ledger), (CHECKPOINTS, notes)):
        draft = kept / f".{name}"
        draft.write_bytes(content)
        draft.replace(kept / name)
    return Watched(
        size=len(lines),
        added=len(lines) - len(_lines(before)),
        ballots=sum(line.startswith(BALLOT) for line in lines),
        checkpoints=len(checkpoints),
    )


def published_ledger(source: Source) -> tuple[list[bytes], list[str]]:
    """Return the lines and the checkpoints of a source, after all was checked.

    The key is the one that was kept there, or the one that the config names.
    Raises SourceUnreadable, LedgerChanged.
    """
    lines, notes = _lines(source(LEDGER)), source(CHECKPOINTS)
    try:
        verifier = Verifier.read(source(KEY).decode().strip())
    except (OSError, SourceUnreadable, NoteRefused, UnicodeDecodeError):
        verifier = _key_of(source)
    _refuse_unless_fits(lines, list(_checkpoints(notes, verifier)))
    return lines, [json.loads(line)["note"] for line in _lines(notes)]


def _refuse_unless_fits(lines: Sequence[bytes], checkpoints: Sequence[Checkpoint]) -> None:
    """Raise LedgerChanged unless the checkpoints fit the lines, and every seal is whole."""
    sizes = [0, *(each.size for each in checkpoints)]
    if any(after <= before for before, after in pairwise(sizes)):
        raise LedgerChanged("The checkpoints do not grow.")
    if sizes[-1] != len(lines):
        raise LedgerChanged(f"The last checkpoint is over {sizes[-1]} of the {len(lines)} lines.")
    tree = GrowingTree()
    for checkpoint, (start, end) in zip(checkpoints, pairwise(sizes), strict=True):
        for line in lines[start:end]:
            tree.append(line)
        if tree.root() != checkpoint.root:
            raise LedgerChanged(f"The checkpoint after {end} lines does not fit these lines.")
        ballots = [line for line in lines[start:end] if line.startswith(BALLOT)]
        if lines[end - len(ballots) : end] != sorted(ballots):
            raise LedgerChanged(f"The ballots before line {end} are not sorted.")
        is_last = not any(line.startswith(BALLOT) for line in lines[end:])
        if ballots and len(ballots) < SMALLEST_SEAL and not is_last:
            raise LedgerChanged(f"The seal before line {end} holds too few ballots.")


def _checkpoints(notes: bytes, verifier: Verifier) -> Iterator[Checkpoint]:
    """Yield the checkpoints of a file, after their signatures were checked."""
    for line in _lines(notes):
        try:
            note = json.loads(line)["note"]
        except (ValueError, KeyError, TypeError) as failure:
            raise SourceUnreadable(f"{CHECKPOINTS} cannot be read.") from failure
        if not isinstance(note, str):
            raise SourceUnreadable(f"{CHECKPOINTS} cannot be read.")
        try:
            checkpoint = Checkpoint.read(open_note(note, [verifier]))
        except NoteRefused as refused:
            raise LedgerChanged(f"A checkpoint is not signed by the log key: {refused}.") from None
        if checkpoint.origin != verifier.name:
            raise LedgerChanged(f"A checkpoint is of another ledger: {checkpoint.origin}.")
        yield checkpoint


def _known_key(kept: Path, verifier: Verifier | None) -> Verifier | None:
    """Return the key that was kept or given. Raises LedgerChanged when these differ."""
    if not (kept / KEY).exists():
        return verifier
    try:
        known = Verifier.read((kept / KEY).read_text(encoding="utf-8").strip())
    except (NoteRefused, UnicodeDecodeError):
        raise SourceUnreadable(f"{kept / KEY} holds no key.") from None
    if verifier is not None and verifier != known:
        raise LedgerChanged("The key that you gave is not the one that was kept.")
    return known


def _key_of(source: Source) -> Verifier:
    """Return the log key that the config names."""
    try:
        return Verifier.read(json.loads(source("config.json"))["keys"]["log"])
    except (ValueError, KeyError, TypeError, NoteRefused) as failure:
        raise SourceUnreadable("config.json names no log key.") from failure


def _what_changed(before: bytes, now: bytes) -> str:
    """Return in a sentence where a ledger is not what it was."""
    old, new = before.split(b"\n")[:-1], now.split(b"\n")
    for number, line in enumerate(old, 1):
        if number > len(new) - 1:
            return f"The ledger shrank: {len(old)} lines were seen, {len(new) - 1} are left."
        if new[number - 1] != line:
            return f"Line {number} of the ledger is not what it was."
    return "The ledger is not what it was."


def _lines(content: bytes) -> list[bytes]:
    if content and not content.endswith(b"\n"):
        raise SourceUnreadable("A file ends in the middle of a line.")
    return content.split(b"\n")[:-1]
