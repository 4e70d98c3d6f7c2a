"""The drill before every round (T25): a machine is lost while people vote, and another one serves.

Everything goes by the commands of an operator: ``pb backup`` in the middle of voting, ``pb watch``
by an observer, and on an empty folder ``pb migrate``, ``pb restore`` and gunicorn. ``-m nightly``
takes the size of a city, and ``-rP`` shows the seconds.
"""

import base64
import json
import shutil
import subprocess
import threading
import time
import urllib.request
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from pb.ballots import publication, sealing
from pb.ballots.domain import BallotContent
from pb.ballots.envelope import tracking_code
from pb.ballots.ledger import leaves_of
from pb.ballots.watching import LEDGER, watch
from pb.database.base import ballot_reading
from pb.trials import load, staging
from pb.trials.casting import cast_all
from pb.trials.installation import installed, settings_in
from pb.trials.measured_round import measured_framework, measured_plans
from pb.trials.processes import own_environment, own_program
from tests.setup.test_serve import gunicorn

SLUG = "oefening"
BALLOT_PAGE = f"/ronde/{SLUG}/stemmen"
MOST_SECONDS = 30 * 60  # voting.md 7
SECRET = "only for this drill, and long"
HOUR = timedelta(hours=1)


def a_town(folder, letters):
    """A round in its voting; return its framework and the letters."""
    framework, plans = measured_framework(), measured_plans()
    with installed(settings_in(folder, secret_key=SECRET)):
        links = staging.send_plans(SLUG, framework, plans)
        staging.publish_list(SLUG, framework, plans, links)
        staging.make_keys(SLUG, framework)
        printables = staging.mint(SLUG, framework, letters)
        staging.prepare(SLUG, framework)
        sealing.catch_up(SLUG, framework.dates.voting_opens)
    return framework, printables


def vote(app, printables, now):
    """Every letter casts a ballot of its own."""
    ballots = (
        (letter, BallotContent((1 + place % 80, 85))) for place, letter in enumerate(printables)
    )
    assert cast_all(app, SLUG, ballots, now=now, progress=lambda _: None) == len(printables)


def leaves_in_store():
    with ballot_reading() as connection:
        found = connection.execute(sa.text("SELECT ballot_key, leaf FROM ballots"))
        return dict(found.all())


def observe(kept):
    """Keep what is published, as ``pb watch`` does."""
    files = publication.published(SLUG)
    return watch(lambda name: getattr(files, name.partition(".")[0]), kept)


def environment(folder):
    """What an operator sets on a machine."""
    return own_environment() | {
        "PB_SECRET_KEY": SECRET,
        "PB_DATABASE_URL": f"sqlite:///{folder}/participation.db",
        "PB_BALLOT_DATABASE_URL": f"sqlite:///{folder}/ballots.db",
        "PB_KEY_DIRECTORY": str(folder / "keys"),
        "PB_SECURE_COOKIES": "no",
        "PB_BIND": "127.0.0.1:0",
    }


def operator(folder, *words):
    """Run a command of pb on a machine; return what it said."""
    done = subprocess.run(
        own_program("pb", *words),
        env=environment(folder), cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("letters", "before", "during", "after"),
    [(240, 60, 40, 40), pytest.param(100_000, 28_000, 1_000, 1_000, marks=pytest.mark.nightly)],
)
def test_a_lost_machine_is_replaced_within_half_an_hour(tmp_path, letters, before, during, after):
    lost, safe, fresh = (tmp_path / name for name in ("lost", "safe", "fresh"))
    for folder in (lost, safe, fresh):
        folder.mkdir()
    framework, printables = a_town(lost, letters)
    shutil.copytree(lost / "keys", safe / "keys")
    public = operator(lost, "backup", "--new-key", str(safe / "key")).strip()
    early, late = printables[:before], printables[before + during : before + during + after]
    meanwhile = printables[before : before + during]
    opened = framework.dates.voting_opens
    with installed(settings_in(lost, secret_key=SECRET)) as app:
        vote(app, early, opened + HOUR)
        sealing.catch_up(SLUG, opened + 2 * HOUR)
        known = leaves_in_store()
        # People go on voting while the backup is made.
        voters = threading.Thread(target=vote, args=(app, meanwhile, opened + 3 * HOUR))
        voters.start()
        started = time.perf_counter()
        operator(lost, "backup", str(safe / "backup"), "--to", public)
        backup_seconds = time.perf_counter() - started
        voters.join()
        vote(app, late, opened + 3 * HOUR)
        sealing.catch_up(SLUG, opened + 4 * HOUR)
        observe(safe / "kept")
        everything = leaves_in_store()
    published = (safe / "kept" / LEDGER).read_bytes()
    shutil.rmtree(lost)

    started = time.perf_counter()
    shutil.copytree(safe / "keys", fresh / "keys")
    operator(fresh, "migrate")
    said = operator(
        fresh, "restore", str(safe / "backup"), "--key", str(safe / "key"),
        "--ledger", f"{SLUG}={safe / 'kept'}", "--format", "json",
    )  # fmt: skip
    restored_seconds = time.perf_counter() - started
    with gunicorn(fresh, environment(fresh)) as (_, address, _):
        with urllib.request.urlopen(f"{address}{BALLOT_PAGE}", timeout=MOST_SECONDS) as page:  # noqa: S310 - loopback
            assert page.status == 200
        serving_seconds = time.perf_counter() - started
        again = load.work(
            load.Job(
                kind="journey", port=urlsplit(address).port, path=BALLOT_PAGE, seconds=60,
                codes=(late[0].code.revealed(), printables[-1].code.revealed()), connections=1,
            )
        )  # fmt: skip
        voted_seconds = time.perf_counter() - started
        ledger = f"{address}/ronde/{SLUG}/controle/logboek/{LEDGER}"
        with urllib.request.urlopen(ledger, timeout=MOST_SECONDS) as file:  # noqa: S310 - loopback
            now_published = file.read()
    with installed(settings_in(fresh, secret_key=SECRET)):
        left = leaves_in_store()

    print(  # noqa: T201 - the figures of the drill
        f"\n{letters:,} letters, {len(everything):,} ballots: backup in {backup_seconds:.1f} s, "
        f"restored after {restored_seconds:.1f} s, serving after {serving_seconds:.1f} s, "
        f"a vote cast after {voted_seconds:.1f} s"
    )
    assert serving_seconds <= MOST_SECONDS
    assert (len(again.times), again.failures) == (2, 0), "who lost a ballot votes again, and others"
    assert now_published.startswith(published), "the ledger never becomes shorter"
    missing = json.loads(said)[SLUG]["missing"]
    sealed = leaves_of(published.splitlines())
    held = set(left.values())
    assert missing == sorted(tracking_code(leaf) for leaf in sealed if leaf not in held)
    assert set(known.items()) <= set(left.items()), "what was in before the backup is still there"
    assert len(late) <= len(missing) <= len(late) + len(meanwhile)
    (told,) = (
        fact["missing"]
        for fact in map(json.loads, now_published.splitlines())
        if fact.get("k") == "restored"
    )
    assert {tracking_code(base64.b64decode(leaf)) for leaf in told} == set(missing)
