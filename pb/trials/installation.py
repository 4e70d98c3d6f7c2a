"""An installation of its own for a trial: two SQLite stores and keys in one folder."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from pb.app import create_app
from pb.database.base import db
from pb.foundation.clock import Clock, system_clock
from pb.foundation.settings import Settings

PARTICIPATION, BALLOTS, KEYS = "participation.db", "ballots.db", "keys"


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Return settings for stores and keys that lie in a folder.

    Passphrases of officers cost hardly any work: they are random, and nothing here is secret.
    secret_key in ``changes`` when more than one process must know it; otherwise a fresh one.
    """
    values: dict[str, Any] = {
        "secret_key": secrets.token_urlsafe(32),
        "database_url": f"sqlite:///{folder / PARTICIPATION}",
        "ballot_database_url": f"sqlite:///{folder / BALLOTS}",
        "key_directory": folder / KEYS,
        "cheap_passphrases": True,
    }
    return Settings(**{**values, **changes})


@contextmanager
def installed(settings: Settings, clock: Clock = system_clock) -> Iterator[Flask]:
    """Make the stores where they are not there yet; yield the app inside its context."""
    from pb.database.migrations import upgrade_all  # not needed by who only serves

    settings.key_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    upgrade_all(settings)
    app = create_app(settings, clock)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
