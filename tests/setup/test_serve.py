"""What an operator starts: wsgi.py under gunicorn with the configuration of this repository."""

import os
import re
import subprocess
import sys
import urllib.request

import pytest

from pb.database.migrations import upgrade_all
from pb.foundation.settings import Settings
from tests.setup.repository import ROOT


@pytest.mark.skipif(os.name == "nt", reason="gunicorn does not run on Windows")
def test_gunicorn_serves_a_page_and_logs_no_visit(tmp_path):
    environment = {
        "PB_BIND": "127.0.0.1:0",
        "PB_SECRET_KEY": "only for this test, and long",
        "PB_DATABASE_URL": f"sqlite:///{tmp_path / 'participation.sqlite'}",
        "PB_BALLOT_DATABASE_URL": f"sqlite:///{tmp_path / 'ballots.sqlite'}",
        "PB_KEY_DIRECTORY": str(tmp_path / "keys"),
        "PYTHONPATH": str(ROOT),
    }
    upgrade_all(Settings.from_environment(environment))
    configuration = ROOT / "gunicorn.conf.py"
    command = [sys.executable, "-OO", "-m", "gunicorn", "--config", configuration, "wsgi:app"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            address, said = listening(server)
            with urllib.request.urlopen(address, timeout=30) as page:  # noqa: S310 (loopback)
                assert page.status == 200
        finally:
            server.terminate()
        said += server.stderr.read()

    assert server.returncode == 0, said
    assert "GET" not in said
    assert list(tmp_path.glob("**/*.ctl")) == []


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
