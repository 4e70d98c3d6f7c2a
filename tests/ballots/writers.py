"""Processes that vote until they are killed: ``python -m tests.ballots.writers FOLDER``.

The nursery makes the app once and votes once, so that all it starts are quick; then it closes
the store, for they must not share a connection. For each line on its standard input it starts
four writers, names them ("started"), and waits until all are killed ("gone"). A writer says what
it begins and what was acknowledged, one line each, written straight to the pipe; so the test
knows exactly which promises were made.
"""

import json
import os
import secrets
import sys
from pathlib import Path

from pb.ballots import service
from pb.ballots.domain import BallotContent, VotedBefore
from pb.database.base import db
from pb.foundation.settings import Settings
from tests.ballots.boxes import MIDWAY, SLUG, store_app

WRITERS = 4


def nurse(app, codes):
    with app.app_context():
        vote_loudly(codes)
        for engine in db.engines.values():
            engine.dispose()
    for _ in sys.stdin:
        writers = []
        for _ in range(WRITERS):
            writer = os.fork()
            if writer == 0:
                vote_until_killed(app, codes)
            writers.append(writer)
        tell("started", *writers)
        for writer in writers:
            os.waitpid(writer, 0)
        tell("gone")


def vote_until_killed(app, codes):
    with app.app_context():
        while True:
            vote_loudly(codes)


def vote_loudly(codes):
    """Vote with some letter, and say so before and after."""
    number, submission = secrets.randbelow(len(codes)), secrets.token_bytes(16)
    tell("begun", number, submission.hex())
    receipt = vote(codes[number], submission)
    tell("acknowledged", number, submission.hex(), receipt.tracking_code, receipt.version)


def vote(code, submission):
    """Vote with a letter, asking how often it voted before, as a page would."""
    expected = 0
    content = BallotContent((secrets.randbelow(6) + 1,))
    while True:
        try:
            return service.cast(
                SLUG,
                code,
                content,
                submission=submission,
                expected_version=expected,
                now=MIDWAY,
            )
        except VotedBefore as refusal:
            expected = refusal.version


def tell(*words):
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    settings = Settings(
        secret_key="a secret for tests only",
        database_url=f"sqlite:///{folder}/participation.db",
        ballot_database_url=f"sqlite:///{folder}/ballots.db",
        key_directory=folder / "keys",
    )
    nurse(store_app(settings), json.loads((folder / "codes.json").read_text()))
