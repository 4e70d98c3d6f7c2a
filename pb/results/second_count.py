"""The second count: a program that shares no code with the first counts the same file.

It stands in one file, ``pb/tally/recount.py``, which anybody can take home. It runs as it would
there: as a process of its own. So it does not hold up the pages that others look at, and what it
says while it counts reaches no log.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pb import tally
from pb.tally.outcome import Outcome

PROGRAM = Path(tally.__path__[0]) / "recount.py"


def agrees(file: bytes, outcome: Outcome) -> bool:
    """Tell whether the second program makes the same result file of a Pabulib file, to the byte.

    It takes a minute when there are very many ballots.
    """
    with TemporaryDirectory(prefix="pb-telling-") as folder:
        path = Path(folder) / "stemmen.pb"
        path.write_bytes(file)
        command = [sys.executable, "-I", str(PROGRAM), str(path)]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own
    return done.returncode == 0 and done.stdout == outcome.to_json().encode()
