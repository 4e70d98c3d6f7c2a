"""Counts failures in memory, for this process and those that are forked from it.

The web server makes the table before its workers, so that they count together. A place in the
table holds a keyed hash, a number and when it ends. The key lives in that memory only, and
nothing is written to a file: see ``shared_table.py``.
"""

import struct
import time
from collections.abc import Callable

from pb.web.count_table import CountTable
from pb.web.shared_table import SharedTable

PLACE = struct.Struct("<16sId4x")  # the hash, how often, until when; 32 bytes
PLACES = 8_192
NEIGHBOURS = 8  # places that are looked at for one hash
SWEPT_EVERY = 60  # seconds; what is over leaves the memory when somebody fails after that


class FailureTable(SharedTable):
    """How often something failed lately. clock: seconds that only go up, in every process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(PLACES * PLACE.size)
        self._clock = clock
        self._swept = 0.0

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


class _Shared:
    """The tables that were made before the workers, if any."""

    failures: FailureTable | None = None
    counts: CountTable | None = None


def share_with_children() -> None:
    """Let every app of this process, and of those forked from it, count in the same tables."""
    _Shared.failures = FailureTable()
    _Shared.counts = CountTable()


def table_of_this_server() -> FailureTable:
    """Return the table that is shared, or else a new one."""
    return _Shared.failures or FailureTable()


def counts_of_this_server() -> CountTable:
    """Return the table of counts that is shared, or else a new one."""
    return _Shared.counts or CountTable()
