"""What an operator starts: wsgi.py under gunicorn with the configuration of this repository."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager

import pytest

from pb.database.migrations import upgrade_all
from pb.foundation.settings import Settings
from tests.setup.repository import ROOT

FAILURES, TRIES = 30, 36


@pytest.fixture
def environment(tmp_path):
    """What an operator sets for two workers, with two empty stores."""
    found = {
        "PB_WORKERS": "2",
        "PB_SECURE_COOKIES": "no",
        "PB_BIND": "127.0.0.1:0",
        "PB_SECRET_KEY": "only for this test, and long",
        "PB_DATABASE_URL": f"sqlite:///{tmp_path / 'participation.sqlite'}",
        "PB_BALLOT_DATABASE_URL": f"sqlite:///{tmp_path / 'ballots.sqlite'}",
        "PB_KEY_DIRECTORY": str(tmp_path / "keys"),
        "PYTHONPATH": str(ROOT),
    }
    upgrade_all(Settings.from_environment(found))
    return found


@pytest.mark.skipif(os.name == "nt", reason="gunicorn does not run on Windows")
def test_gunicorn_serves_a_page_and_logs_no_visit(tmp_path, environment):
    with gunicorn(tmp_path, environment) as (server, address, at_start):
        with urllib.request.urlopen(address, timeout=30) as page:  # noqa: S310 (loopback)
            assert page.status == 200
        server.terminate()
        said = at_start + server.stderr.read()

    assert server.returncode == 0, said
    assert "GET" not in said
    assert list(tmp_path.glob("**/*.ctl")) == []


@pytest.mark.skipif(os.name == "nt", reason="gunicorn does not run on Windows")
def test_two_workers_count_wrong_passwords_together(tmp_path, environment):
    with gunicorn(tmp_path, environment) as (_, address, _):
        answers = [wrong_password(f"{address}/beheer/aanmelden") for _ in range(TRIES)]

    paused = ["Wacht tien minuten" in answer for answer in answers]
    assert paused == [False] * FAILURES + [True] * (TRIES - FAILURES)


def wrong_password(address):
    """Try to sign in over connections of its own; return the page that says no."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(address, timeout=30) as page:
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.read().decode())[1]
    answers = {"csrf_token": token, "email": "teller@dorrewold.example", "password": "geraden"}
    with pytest.raises(urllib.error.HTTPError) as refused:
        browser.open(address, urllib.parse.urlencode(answers).encode(), timeout=30)
    with refused.value as page:
        return page.read().decode()


@contextmanager
def gunicorn(folder, environment):
    """Serve as an operator does; yield the server, its address and what it said at the start."""
    command = [
        sys.executable,
        "-OO",
        "-X",
        "no_debug_ranges",
        "-m",
        "gunicorn",
        "--config",
        ROOT / "gunicorn.conf.py",
        "wsgi:app",
    ]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            address, said = listening(server)
            yield server, address, said
        finally:
            server.terminate()


def test_the_service_does_not_start_without_its_settings(tmp_path):
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        env={"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode == 1
    assert "Set PB_SECRET_KEY in the environment." in started.stderr


def listening(server):
    """Wait until the server says where it listens; return that and what it said so far."""
    said = ""
    for line in server.stderr:
        said += line
        if found := re.search(r"Listening at: (http://[\d.:]+)", line):
            return found[1], said
    raise AssertionError(said)
