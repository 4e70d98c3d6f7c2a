"""Counts failures in memory, for this process and those that are forked from it.

The web server makes the table before its workers, so that they count together. A place in the
table holds a keyed hash, a number and when it ends. The key lives in that memory only, and
nothing is written to a file: the one that is held open is empty and only tells whose turn it is.
"""

import hmac
import mmap
import os
import secrets
import struct
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PLACE = struct.Struct("<16sId4x")  # the hash, how often, until when; 32 bytes
PLACES = 8_192
NEIGHBOURS = 8  # places that are looked at for one hash
SWEPT_EVERY = 60  # seconds; what is over leaves the memory when somebody fails after that


class FailureTable:
    """How often something failed lately. clock: seconds that only go up, in every process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._memory = mmap.mmap(-1, PLACES * PLACE.size)
        self._swept = 0.0
        self._thread = threading.Lock()
        self._file, path = tempfile.mkstemp(prefix="pb-turn-")
        os.unlink(path)  # noqa: PTH108 - the name goes, the file stays open
        weakref.finalize(self, os.close, self._file)

    def keyed(self, text: str) -> bytes:
        """Return the hash that stands for a text, for as long as this server runs."""
        return hmac.digest(self._key, text.encode(), "sha256")

    def count(self, what: str, seconds: float) -> int:
        """Count one failure; return how many there are since the first, kept for ``seconds``."""
        with self._turn():
            mark, now = self.keyed(what)[:16], self._clock()
            self._sweep(now)
            place, seen, ends = self._find(mark, now)
            PLACE.pack_into(self._memory, place, mark, seen + 1, ends if seen else now + seconds)
        return seen + 1

    def counted(self, what: str) -> int:
        """Return how many failures there are, without counting anything."""
        with self._turn():
            return self._find(self.keyed(what)[:16], self._clock())[1]

    def _find(self, mark: bytes, now: float) -> tuple[int, int, float]:
        """Return the place of a mark, how often it was counted, and until when.

        What was never counted gets the place among its neighbours that ends first: an empty
        one, one that is over, or in a crowd the oldest.
        """
        start, ending = int.from_bytes(mark[:4]), []
        for step in range(NEIGHBOURS):
            place = (start + step) % PLACES * PLACE.size
            kept, seen, ends = PLACE.unpack_from(self._memory, place)
            if kept == mark and ends > now:
                return place, seen, ends
            ending.append((ends, place))
        return min(ending)[1], 0, 0.0

    def _sweep(self, now: float) -> None:
        """Wipe out what is over, now and then."""
        if now < self._swept + SWEPT_EVERY:
            return
        self._swept = now
        for number, (_, seen, ends) in enumerate(PLACE.iter_unpack(self._memory)):
            if seen and ends <= now:
                PLACE.pack_into(self._memory, number * PLACE.size, bytes(16), 0, 0.0)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until no other thread and no other process counts; a dead one holds nobody up."""
        with self._thread:
            os.lockf(self._file, os.F_LOCK, 0)
            try:
                yield
            finally:
                os.lockf(self._file, os.F_ULOCK, 0)


class _Shared:
    """The table that was made before the workers, if any."""

    table: FailureTable | None = None


def share_with_children() -> None:
    """Let every app of this process, and of those forked from it, count in one table."""
    _Shared.table = FailureTable()


def table_of_this_server() -> FailureTable:
    """Return the table that is shared, or else a new one."""
    return _Shared.table or FailureTable()
