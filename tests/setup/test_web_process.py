"""What a web process takes into memory: what pages need, and nothing that only a command needs."""

import json
import subprocess
import sys

from pb.database.migrations import upgrade_all
from pb.foundation.settings import Settings
from tests.setup.repository import ROOT

PROGRAM = """
import json, sys
import wsgi
client = wsgi.app.test_client()
assert client.get("/").status_code == 200
assert client.get("/privacy").status_code == 200
from babel import localedata
print(json.dumps([
    sorted({name.partition(".")[0] for name in sys.modules}), sorted(localedata._cache)
]))
"""
# Migrations, letters, the printer's and the counter's tools, wrong codes, and whatever tests use.
NOT_FOR_PAGES = {
    "alembic", "cryptography", "limits", "mako", "numpy", "PIL", "pygments", "pypdf", "pytest",
    "qrcode", "typst", "hypothesis",
}  # fmt: skip


def modules_and_languages_of_a_web_process(tmp_path):
    environment = {
        "PB_SECRET_KEY": "only for this test, and long",
        "PB_DATABASE_URL": f"sqlite:///{tmp_path / 'participation.sqlite'}",
        "PB_BALLOT_DATABASE_URL": f"sqlite:///{tmp_path / 'ballots.sqlite'}",
        "PB_KEY_DIRECTORY": str(tmp_path / "keys"),
        "PYTHONPATH": str(ROOT),
    }
    upgrade_all(Settings.from_environment(environment))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True, text=True
    )
    modules, languages = json.loads(done.stdout)
    return set(modules), languages


def test_pages_are_served_without_what_only_commands_need(tmp_path):
    modules, languages = modules_and_languages_of_a_web_process(tmp_path)

    assert "flask" in modules
    assert modules & NOT_FOR_PAGES == set()
    assert languages == [], "all that Babel knows of a language takes megabytes (docs/adr/0016)"
