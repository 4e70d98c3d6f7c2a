"""Counts in memory until a moment, and then hands the numbers over without what was counted.

A place in the table holds a keyed hash of what is counted, one of the group it belongs to, a
number and when it ends. Once it ended, whoever asks gets the numbers of each group, and the
place is wiped. So a total can leave this memory, but never of whom it was.
"""

import struct
from datetime import datetime

from pb.web.shared_table import SharedTable

PLACE = struct.Struct("<12s8sId")  # what, its group, how often, until when; 32 bytes
NEXT_END = struct.Struct("<d")  # stands before the places: when the first of them ends
PLACES = 16_384
NEIGHBOURS = 8  # places that are looked at for one hash


class CountTable(SharedTable):
    """How often something happened up to a moment."""

    def __init__(self) -> None:
        super().__init__(NEXT_END.size + PLACES * PLACE.size)
        self._groups: dict[str, bytes] = {}

    def group(self, name: str) -> bytes:
        """Return the hash under which ``take_ended`` gives the numbers of a group: a few names."""
        if name not in self._groups:
            self._groups[name] = self.keyed(f"group {name}")[:8]
        return self._groups[name]

    def count(self, group: str, what: str, *, until: datetime) -> int:
        """Count once; return how often by now.

        until: when the number is handed over; the first count of a thing decides.
        """
        mark, ends = self.keyed(f"{group} {what}")[:12], until.timestamp()
        with self._turn():
            place, seen, known_end = self._find(mark)
            ends = known_end if seen else ends
            PLACE.pack_into(self._memory, place, mark, self.group(group), seen + 1, ends)
            first = self._next_end()
            NEXT_END.pack_into(self._memory, 0, min(first, ends) if first else ends)
        return seen + 1

    def take_ended(self, now: datetime) -> dict[bytes, list[int]]:
        """Return the numbers that ended, by the hash of their group, and forget them.

        Costs next to nothing while none ended.
        """
        moment, found = now.timestamp(), dict[bytes, list[int]]()
        if not 0 < self._next_end() <= moment:
            return found
        with self._turn():
            first = 0.0
            for number in range(PLACES):
                place = NEXT_END.size + number * PLACE.size
                _, group, seen, ends = PLACE.unpack_from(self._memory, place)
                if seen and ends <= moment:
                    found.setdefault(group, []).append(seen)
                    self._memory[place : place + PLACE.size] = bytes(PLACE.size)
                elif seen:
                    first = min(first, ends) if first else ends
            NEXT_END.pack_into(self._memory, 0, first)
        return {group: sorted(numbers) for group, numbers in found.items()}

    def _next_end(self) -> float:
        """Return when the first place ends; 0 when there is none."""
        (ends,) = NEXT_END.unpack_from(self._memory, 0)
        return float(ends)

    def _find(self, mark: bytes) -> tuple[int, int, float]:
        """Return the place of a mark, how often it was counted, and until when.

        What was never counted gets an empty place, or in a crowd that of the lowest number:
        who is seen often stays.
        """
        start, crowd = int.from_bytes(mark[:4]), []
        for step in range(NEIGHBOURS):
            place = NEXT_END.size + (start + step) % PLACES * PLACE.size
            kept, _, seen, ends = PLACE.unpack_from(self._memory, place)
            if kept == mark and seen:
                return place, seen, ends
            crowd.append((seen, place))
        return min(crowd)[1], 0, 0.0
