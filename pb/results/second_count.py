"""The second count: a program that shares no code with the first counts the same file.

It stands in one file, ``pb/tally/recount.py``, which anybody can take home.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from pb.tally.outcome import Outcome
from pb.tally.recount import Refused, Unreadable, recount


def agrees(file: bytes, outcome: Outcome) -> bool:
    """Tell whether the second program makes the same result file of a Pabulib file, to the byte.

    It takes a minute when there are very many ballots.
    """
    with TemporaryDirectory(prefix="pb-telling-") as folder:
        path = Path(folder) / "stemmen.pb"
        path.write_bytes(file)
        try:
            return recount(path) == outcome.to_json().encode()
        except (Unreadable, Refused):
            return False
