"""What each kind of database needs before its first connection.

SQLite: write-ahead log, every commit on disk before it is acknowledged, deleted choices
overwritten, and writers that wait in line outside the database. Its own busy back-off is
unfair: under load the slowest writer waits a hundred times the median.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
    # Kilobytes for pages of each connection, of which a web process holds many; the operating
    # system keeps the rest at hand, once for all.
    "PRAGMA cache_size=-256",
)

_queues: dict[str, threading.Lock] = {}
_turn = threading.local()  # is_mine: this thread comes from the queue, and did not begin yet


def prepare(engine: sa.Engine) -> None:
    """Set up an engine. Must run before its first connection."""
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # We say BEGIN ourselves, below.
        for pragma in PRAGMAS:
            connection.execute(pragma)

    # Said here and not from an event: with one, every statement asks who else is listening.
    engine.dialect.do_begin = _begin  # type: ignore[method-assign] # its own dialect


def _begin(dbapi_connection: sa.PoolProxiedConnection) -> None:
    """Begin a transaction; one that writes takes its lock at once, since none can be added."""
    writes = _turn.__dict__.pop("is_mine", False)
    driver: Any = dbapi_connection.driver_connection
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writers_queue(engine: sa.Engine) -> Iterator[None]:
    """Let one writer at a time into a SQLite store, across threads and processes.

    The first transaction that begins in the block is the one that writes. Other databases
    order their writers themselves. A store in memory needs no file lock.
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite":
        yield
        return
    if not path or path == ":memory:":
        raise RuntimeError("A store needs a file: one in memory would vanish between threads.")
    with _queues.setdefault(path, threading.Lock()):
        file = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            _turn.is_mine = True
            yield
        finally:
            _turn.is_mine = False
            os.close(file)
