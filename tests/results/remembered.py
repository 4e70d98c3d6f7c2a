"""Rounds that many tests begin with: built once through the services, then copied as files."""

import shutil
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from pb.database.base import BALLOTS, db, session
from pb.foundation.settings import Settings
from tests.results.votes import Voted

STORES = ("participation.db", "ballots.db")

_kept: dict[Path, Voted] = {}


def remembered(app: Flask, keep_in: Path, build: Callable[[], Voted]) -> Voted:
    """Return the round that ``build`` makes; only the first time is it really built.

    On another store than SQLite it is built every time.
    """
    settings: Settings = app.extensions["settings"]
    if not settings.database_url.startswith("sqlite"):
        return build()
    here, kept = settings.key_directory.parent, keep_in / build.__name__
    if kept not in _kept:
        _kept[kept] = build()
        session().rollback()
        for bind in (None, BALLOTS):
            with db.engines[bind].connect() as connection:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        _copy(here, kept)
    else:
        session().close()
        for engine in db.engines.values():
            engine.dispose()
        _copy(kept, here)
    return _kept[kept]


def _copy(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for name in STORES:
        shutil.copy(source / name, target / name)
    shutil.copytree(source / "keys", target / "keys", dirs_exist_ok=True)
