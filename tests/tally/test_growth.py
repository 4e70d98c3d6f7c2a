"""A larger electorate takes time in proportion, and a million ballots fit in memory."""

import json
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SIZES = tuple(10_000 * 2**step for step in range(8))
PLANS = 60
MOST_MEMORY_MB = 1_500
#: What a doubling may take: twice the time, and what another process on the machine disturbs.
TWICE = 2.0 * 1.15

PROGRAM = """
import json, sys, time
from pathlib import Path
from pb.tally.count import count
from pb.tally.rules import PRESETS
from tests.tally.test_growth import an_electorate
election = an_electorate(int(sys.argv[1]))
start = time.process_time()
outcome = count(election, PRESETS["equal_shares"])
seconds = time.process_time() - start
status = Path("/proc/self/status").read_text()
memory = int(status.partition("VmHWM:")[2].split()[0]) // 1024
print(json.dumps({
    "ballots": election.voters, "different": len(election.ballots), "seconds": round(seconds, 2),
    "memory_mb": memory, "funded": len(outcome.selected),
}))
"""


def an_electorate(ballots):
    """An election with always the same plans, and so many ballots of one to five of them."""
    from tests.tally.elections import an_election

    chance = random.Random(7)  # noqa: S311 - an election, not a secret
    names = [f"p{number:02}" for number in range(PLANS)]
    costs = {name: chance.randint(20, 400) * 100 for name in names}
    loved = [1 / (place + 6) for place in range(PLANS)]

    def drawn():
        for _ in range(ballots):
            yield tuple(sorted(set(chance.choices(names, loved, k=chance.randint(1, 5)))))

    return an_election(drawn(), costs, 500_000)


@pytest.mark.nightly
def test_twice_the_ballots_take_at_most_twice_the_time_up_to_a_million(record_property):
    found = []
    for size in SIZES:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(size)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(json.loads(done.stdout))
        print(found[-1])  # noqa: T201 - the figures for docs/measurements.md, with -s
    record_property("growth", found)

    for smaller, larger in pairwise(found):
        assert larger["seconds"] <= TWICE * smaller["seconds"], (smaller, larger)
    assert max(each["memory_mb"] for each in found) <= MOST_MEMORY_MB
