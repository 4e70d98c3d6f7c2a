"""What each kind of database needs before its first connection.

SQLite: write-ahead log, every commit on disk before it is acknowledged, deleted choices
overwritten, and writers that wait in line outside the database. Its own busy back-off is
unfair: under load the slowest writer waits a hundred times the median.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

WRITE = "pb_write"

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
)

_queues: dict[str, threading.Lock] = {}


def prepare(engine: sa.Engine) -> None:
    """Set up an engine. Must run before its first connection."""
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # We say BEGIN ourselves, below.
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writers_queue(engine: sa.Engine) -> Iterator[None]:
    """Let one writer at a time into a SQLite store, across threads and processes.

    Other databases order their writers themselves. A store in memory needs no file lock.
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite":
        yield
        return
    if not path or path == ":memory:":
        raise RuntimeError("A store needs a file: one in memory would vanish between threads.")
    with (
        _queues.setdefault(path, threading.Lock()),
        Path(f"{path}.lock").open("w", encoding="ascii") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
