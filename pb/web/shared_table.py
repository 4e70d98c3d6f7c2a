"""Memory that a server's processes share, with a key of its own; nothing of it is on a disk.

The web server makes a table before its workers, so that they count together. The file that is
held open is empty and only tells whose turn it is.
"""

import hmac
import mmap
import os
import secrets
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager


class SharedTable:
    """Bytes in memory for this process and those that are forked from it. size: in bytes."""

    def __init__(self, size: int) -> None:
        self._key = secrets.token_bytes(32)
        self._memory = mmap.mmap(-1, size)
        self._thread = threading.Lock()
        self._file, path = tempfile.mkstemp(prefix="pb-turn-")
        os.unlink(path)  # noqa: PTH108 - the name goes, the file stays open
        weakref.finalize(self, os.close, self._file)

    def keyed(self, text: str) -> bytes:
        """Return the hash that stands for a text, for as long as this server runs."""
        return hmac.digest(self._key, text.encode(), "sha256")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until no other thread and no other process counts; a dead one holds nobody up."""
        with self._thread:
            os.lockf(self._file, os.F_LOCK, 0)
            try:
                yield
            finally:
                os.lockf(self._file, os.F_ULOCK, 0)
