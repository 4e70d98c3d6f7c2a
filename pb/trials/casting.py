"""Casts many ballots, each with a letter of its own and each on disk before it counts as cast."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice
from secrets import token_bytes

from flask import Flask

from pb.ballots import service as ballots
from pb.ballots.domain import BallotContent
from pb.tokens.domain import Printable

# While one thread waits for the disk, the other signs and seals.
THREADS = 2
AT_ONCE = 50
SUBMISSION_BYTES = 16


def cast_all(
    app: Flask,
    slug: str,
    waiting: Iterable[tuple[Printable, BallotContent]],
    *,
    now: datetime,
    progress: Callable[[int], None],
) -> int:
    """Cast every ballot through the casting service; return how many receipts came back.

    progress: is told how many ballots are cast, now and then.
    """

    def cast_some(some: Sequence[tuple[Printable, BallotContent]]) -> int:
        with app.app_context():
            for printable, content in some:
                ballots.cast(
                    slug,
                    printable.code.revealed(),
                    content,
                    submission=token_bytes(SUBMISSION_BYTES),
                    now=now,
                )
        return len(some)

    done, rest = 0, iter(waiting)
    with ThreadPoolExecutor(THREADS) as pool:
        for number in pool.map(cast_some, iter(lambda: list(islice(rest, AT_ONCE)), [])):
            done += number
            progress(done)
    return done
