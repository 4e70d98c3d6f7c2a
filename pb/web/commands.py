"""What all commands share: their exit codes, the app they work in, and their progress."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import Flask

from pb.foundation.errors import Refusal

DONE, REFUSED, UNREADABLE = 0, 1, 2

Command = TypeVar("Command", bound=Callable[..., Any])


def in_app(command: Command) -> Command:
    """Run a command inside the app of this installation, made when it is needed."""

    @wraps(command)
    def inside(*args: Any, **kwargs: Any) -> Any:
        make_app: Callable[[], Flask] = click.get_current_context().find_root().obj
        with make_app().test_request_context():
            return command(*args, **kwargs)

    return inside  # type: ignore[return-value] # the same arguments and result


def say(line: str) -> None:
    """Print a line for the person at the terminal, beside the output that programs read."""
    click.echo(line, err=True)


def say_json(value: object) -> None:
    """Print a value for programs, as JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def refusals_shown() -> Iterator[None]:
    """Turn a refusal into one line on standard error and exit code 1."""
    try:
        yield
    except Refusal as refusal:
        say(str(refusal))
        sys.exit(REFUSED)


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show progress on standard error, when a person watches; yields ``advance(by)``."""
    with click.progressbar(
        length=total, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        yield bar.update


def write_new(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read, and return when it is on disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def ask_two_officers(file: Path | None) -> list[tuple[int, str]]:
    """Return what two officers type, hidden; or what a file holds.

    file: a line each of a number and a passphrase, such as ``1 k7dwm-…``.
    """
    if file:
        return read_passphrases(file)
    typed = []
    for who in ("First", "Second"):
        number = click.prompt(f"{who} officer (1, 2 or 3)", type=click.IntRange(1, 3), err=True)
        words = f"Passphrase of officer {number}"
        typed.append((number, click.prompt(words, hide_input=True, err=True)))
    return typed


def read_passphrases(file: Path) -> list[tuple[int, str]]:
    """Return numbers and passphrases of a file. Ends with code 2 when it holds something else."""
    wrong = click.BadParameter(f"{file} does not hold lines of a number and a passphrase")
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise wrong from None
    typed = []
    for line in lines:
        number, _, passphrase = line.partition(" ")
        if number not in {"1", "2", "3"} or not passphrase.strip():
            raise wrong
        typed.append((int(number), passphrase))
    return typed


PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lines such as '1 passphrase', instead of asking. Destroy the file afterwards.",
)
