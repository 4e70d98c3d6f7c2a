"""What tests share: two real stores, a clock that tests move, and browsers that inspect."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from pb.accounts import service as accounts
from pb.accounts.domain import Role
from pb.app import create_app
from pb.database.base import db
from pb.database.migrations import upgrade_all
from pb.foundation.settings import Settings
from tests.builders import START
from tests.pages import Browser

pytest_plugins = ["tests.no_skips", "tests.postgresql"]

PASSWORD = "een lang wachtwoord"

# Every commit waits for the disk, as it must; where memory can stand in for one, tests use that.
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk in memory, where the machine has one
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


class MovedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, moment: datetime) -> None:
        self.now = moment

    def advance(self, **timedelta_arguments: float) -> None:
        self.now += timedelta(**timedelta_arguments)


def settings_in(folder: Path, **changes: object) -> Settings:
    """Return settings for two SQLite stores in a folder."""
    settings = Settings(
        secret_key="a secret for tests only",
        database_url=f"sqlite:///{folder}/participation.db",
        ballot_database_url=f"sqlite:///{folder}/ballots.db",
        key_directory=folder / "keys",
        cheap_passphrases=True,
    )
    return replace(settings, **changes)


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two empty SQLite stores, migrated once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("migrated")
    upgrade_all(settings_in(folder))
    return folder


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that uses the stores on SQLite and on PostgreSQL.

    ``PB_TEST_STORES=sqlite`` runs the half of them, while something is being written.
    """
    if "store_kind" in metafunc.fixturenames:
        kinds = os.environ.get("PB_TEST_STORES", "sqlite,postgresql").split(",")
        metafunc.parametrize("store_kind", kinds, scope="session")


@pytest.fixture
def settings(
    store_kind: str, tmp_path: Path, migrated_folder: Path, request: pytest.FixtureRequest
) -> Settings:
    """The settings of one installation with empty, migrated stores of the asked kind."""
    (tmp_path / "keys").mkdir(mode=0o700)
    if store_kind == "sqlite":
        for name in ("participation.db", "ballots.db"):
            shutil.copy(migrated_folder / name, tmp_path / name)
        return settings_in(tmp_path)
    urls = request.getfixturevalue("postgresql_stores")
    return settings_in(tmp_path, database_url=urls[0], ballot_database_url=urls[1])


@pytest.fixture
def clock() -> MovedClock:
    """The clock of the app; tests move it."""
    return MovedClock()


@pytest.fixture
def web_app(settings: Settings, clock: MovedClock) -> Iterator[Flask]:
    """The app, without a context pushed: for tests that open pages from several threads."""
    app = create_app(settings, clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PB_CHEAP_PASSWORDS=True)
    app.test_client_class = Browser
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def app(web_app: Flask) -> Iterator[Flask]:
    """The app with a context, so that tests can call services directly."""
    with web_app.app_context():
        yield web_app


@pytest.fixture
def resident(web_app: Flask) -> FlaskClient:
    """Somebody without an account."""
    return web_app.test_client()


@pytest.fixture
def sign_in(web_app: Flask, clock: MovedClock) -> Callable[..., FlaskClient]:
    """Return a client that signed in with a new account of these roles."""

    def client_with(*roles: Role, email: str = "") -> FlaskClient:
        email = email or f"{'-'.join(roles)}@dorrewold.example"
        with web_app.app_context():
            accounts.add(
                name=f"Iemand ({', '.join(roles)})",
                email=email,
                label=roles[0].value,
                roles=frozenset(roles),
                password=PASSWORD,
                now=clock.now,
            )
        client = web_app.test_client()
        answer = client.post("/beheer/aanmelden", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    return client_with


@pytest.fixture
def count_statements(app: Flask) -> Iterator[Callable[[], list[str]]]:
    """Return a function that gives the SQL statements run since it was last asked."""
    statements: list[str] = []

    def remember(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    for engine in db.engines.values():
        sa.event.listen(engine, "before_cursor_execute", remember)

    def taken() -> list[str]:
        found = [each for each in statements if not each.startswith(("BEGIN", "PRAGMA"))]
        statements.clear()
        return found

    yield taken
    for engine in db.engines.values():
        sa.event.remove(engine, "before_cursor_execute", remember)
