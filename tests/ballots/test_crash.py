"""Kill -9 in the middle of casting (T4): every acknowledged ballot is there, none is doubled."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from pb.ballots import service, storage
from pb.ballots.envelope import tracking_code
from pb.database.base import ballot_reading
from tests.ballots.boxes import CLOSES, MIDWAY, SLUG, an_open_box, cast, key_of
from tests.ceremonies import count_key

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def nursery(tmp_path):
    """A process that starts writers on demand; see ``writers.py``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.ballots.writers", str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    yield process
    process.stdin.close()
    process.stdout.close()
    process.kill()
    process.wait()


def cycle(nursery, least):
    """Let four processes vote, kill them somewhere in between, and return what they said.

    least: so many ballots were acknowledged before the first of them is killed.
    """
    nursery.stdin.write(b"go\n")
    nursery.stdin.flush()
    acknowledged, enough, said, writers = 0, least + secrets.randbelow(20), [], []
    while (line := nursery.stdout.readline().split()) != [b"gone"]:
        if line[0] == b"started":
            writers = [int(word) for word in line[1:]]
            continue
        said.append([word.decode() for word in line])
        acknowledged += line[0] == b"acknowledged"
        if acknowledged >= enough and writers:
            time.sleep(secrets.randbelow(10) / 1000)
            for writer in writers:
                os.kill(writer, signal.SIGKILL)
            writers = []
    return said


def kept():
    """Return version and tracking code of every ballot ever kept, by letter, and the pending."""
    found = {}
    with ballot_reading() as connection:
        for table in (storage.ballots, storage.superseded):
            query = sa.select(table.c.ballot_key, table.c.version, table.c.leaf)
            for key, version, leaf in connection.execute(query):
                found.setdefault(key, []).append((version, tracking_code(leaf)))
        waiting = set(connection.scalars(sa.select(storage.pending.c.leaf)))
        whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    return found, waiting, whole


@pytest.mark.parametrize(
    ("cycles", "least", "letters"),
    [(200, 5, 40), pytest.param(1_000, 100, 400, marks=pytest.mark.nightly)],
)
def test_killing_the_writers_loses_and_doubles_nothing(
    only_sqlite, stores, tmp_path, cycles, least, letters, request
):
    codes = an_open_box(letters=letters).codes()
    (tmp_path / "codes.json").write_text(json.dumps(codes))
    nursery = request.getfixturevalue("nursery")
    keys = [key_of(code) for code in codes]
    begun, acknowledged = {}, {}

    for _ in range(cycles):
        for word, number, submission, *receipt in cycle(nursery, least):
            if word == "begun":
                begun[submission] = int(number)
            else:
                acknowledged[submission] = (int(number), receipt[0], int(receipt[1]))
    found, waiting, whole = kept()

    assert whole == "ok"
    assert len(acknowledged) >= least * cycles
    for number, code, version in acknowledged.values():
        assert (version, code) in found[keys[number]]
    for versions in found.values():
        assert sorted(version for version, _ in versions) == list(range(1, len(versions) + 1))
    assert len(waiting) == sum(len(versions) for versions in found.values())
    again = retried(begun, acknowledged, codes)
    assert again == len(kept()[1]) - len(waiting)
    # pytest -rP shows it; docs/measurements.md holds it.
    print(f"{cycles} kills, {len(acknowledged)} acknowledged, {len(begun)} begun, {again} new")  # noqa: T201 - pytest -rP
    assert len(service.opened(SLUG, CLOSES, count_key(SLUG))) == len(kept()[0])


def retried(begun, acknowledged, codes):
    """Send again what was never acknowledged; return how many of these were not in yet."""
    new = 0
    for submission in begun.keys() - acknowledged.keys():
        code = codes[begun[submission]]
        again = {"submission": bytes.fromhex(submission), "now": MIDWAY}
        versions = found_versions(code)
        receipt = cast(code, 1, **again, expected_version=versions)
        new += receipt.version == versions + 1
        assert cast(code, 1, **again) == receipt, "a third time gives the same receipt"
    return new


def found_versions(code):
    with ballot_reading() as connection:
        ballot = storage.find_ballot(connection, SLUG, key_of(code))
    return ballot.version if ballot else 0
