"""Brings both stores up to date with Alembic, each by its own line of migrations.

Alembic is used directly, not through Flask-Migrate: two stores with two histories are two
calls here and a tangle there (docs/adr/0009).
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from pb.database.engine import prepare
from pb.foundation.settings import Settings

STORES = ("participation", "ballots")


def migrations_folder() -> Path:
    """Return where the migrations lie: inside the package (wheel) or beside it (checkout)."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def configuration(store: str) -> Config:
    """Return Alembic's configuration for one store: ``participation`` or ``ballots``."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder() / store))
    return config


def upgrade(store: str, url: str) -> None:
    """Run every migration that this store has not seen."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    prepare(engine)
    config = configuration(store)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()


def upgrade_all(settings: Settings) -> None:
    """Bring both stores of an installation up to date."""
    upgrade("participation", settings.database_url)
    upgrade("ballots", settings.ballot_database_url)
