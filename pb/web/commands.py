"""What all commands share: their exit codes, the app they work in, and their progress."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
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
