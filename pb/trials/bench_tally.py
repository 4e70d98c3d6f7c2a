"""The benchmark of the count: our engine beside pabutools, file by file, in one run.

Every figure is process time in a process of its own. Pabutools is the reference library of the
field; it is no part of this project and is measured when there is a Python that has it.
"""

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pb.tally import pabulib
from pb.tally.arrays import Arrays
from pb.tally.count import count
from pb.tally.declared_rule import asked_rule
from pb.tally.errors import CountRefused, UnreadableElection
from pb.tally.rules import with_switches, with_ties_by_id
from pb.tally.tallied import tally
from pb.trials.processes import own_environment, own_program

#: Seconds of process time after which pabutools is given up, reading included.
PATIENCE = 60

#: A count that ends within a second is made this often by both, and the quickest run is told:
#: what else the machine does is a larger part of a millisecond than of a second.
RUNS, A_SECOND = 10, 1.0

#: Runs in the Python that has pabutools, so it may import nothing of this project. Under a limit
#: the clock of a process moves in steps of milliseconds; that of its only thread does not.
ASK_PABUTOOLS = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares
from pabutools.tiebreaking import lexico_tie_breaking
from pabutools.election import ApprovalBallot, ApprovalProfile
reads, counts = [], []
began = time.thread_time()
while len(counts) < int(sys.argv[3]) and time.thread_time() - began < float(sys.argv[4]):
    start = time.thread_time()
    instance, profile = parse_pabulib(sys.argv[1])
    if not hasattr(profile, "approval_score"):
        profile = ApprovalProfile(ApprovalBallot(list(ballot)) for ballot in profile)
    read = time.thread_time()
    bought = method_of_equal_shares(
        instance, profile, Cost_Sat, tie_breaking=lexico_tie_breaking, voter_budget_increment=1
    )
    reads.append(read - start)
    counts.append(time.thread_time() - read)
print(json.dumps({
    "read": min(reads), "count": min(counts),
    "memory_mb": next(
        int(line.split()[1]) // 1024
        for line in open("/proc/self/status") if line.startswith("VmHWM")
    ),
    "selected": sorted(str(project) for project in bought),
}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was measured of one file. Times are process seconds, memory is the peak in MB.

    count: by equal shares without completion, ties by id, from the election to the selection.
    explained: reading and counting with every explanation, by equal shares with completion.
    theirs: the same count by pabutools (read, count, memory); None when it did not end in time
        or is not there. agrees: whether both select the same; None when there is one answer.
    """

    file: str
    projects: int
    ballots: int
    groups: int
    steps: int
    runs: int
    exact: int
    read: float
    count: float
    explained: float
    memory_mb: int
    theirs: dict[str, float] | None = None
    agrees: bool | None = None

    @property
    def ratio(self) -> float | None:
        """How many times longer pabutools took for the count."""
        return self.theirs["count"] / max(self.count, 1e-6) if self.theirs else None


def bench(paths: Sequence[Path], python: str | None) -> Iterator[Row]:
    """Measure every file, the smallest first. python: the one that has pabutools, or None."""
    for path in sorted(paths, key=lambda each: (each.stat().st_size, each.name)):
        ours = _asked(own_program("pb.trials.bench_tally", str(path)), own_environment())
        if ours is None:
            continue
        selected = ours.pop("selected")
        theirs = None
        if python is not None:
            limits = [str(each) for each in (PATIENCE, RUNS, A_SECOND)]
            command = [python, "-c", ASK_PABUTOOLS, str(path), *limits]
            theirs = _asked(command, None)
        agrees = None if theirs is None else sorted(selected) == theirs.pop("selected")
        yield Row(**ours, theirs=theirs, agrees=agrees)


def python_with_pabutools() -> str | None:
    """Return this Python when pabutools is installed in it."""
    return sys.executable if importlib.util.find_spec("pabutools") else None


def written(rows: Sequence[Row]) -> str:
    """Return the table of all files and the sums over those on which both ended."""
    ours = "   read   count    all   MB"
    heading = f"{'election':<44}{'m':>5}{'n':>8}{'groups':>8}{'steps':>8}{'runs':>6}{'exact':>6}"
    lines = [f"{heading}{ours} |    read    count    MB  ratio"]
    for row in rows:
        line = (
            f"{row.file[:43]:<44}{row.projects:>5}{row.ballots:>8}{row.groups:>8}{row.steps:>8}"
            f"{row.runs:>6}{row.exact:>6}{row.read:>7.2f}{row.count:>8.4f}{row.explained:>7.2f}"
            f"{row.memory_mb:>5} | "
        )
        if row.theirs:
            theirs, differs = row.theirs, "" if row.agrees else "  DIFFERS"
            line += f"{theirs['read']:>7.2f}{theirs['count']:>9.4f}{theirs['memory_mb']:>6.0f}"
            line += f"{row.ratio:>7.0f}{differs}"
        lines.append(line)
    both = [row for row in rows if row.theirs]
    lines.append("")
    lines.append(f"All {len(rows)} files: {sum(row.count for row in rows):.1f} s for the counts,")
    lines[-1] += f" the longest with everything {max(row.explained for row in rows):.1f} s,"
    lines[-1] += f" peak {max(row.memory_mb for row in rows)} MB"
    if both:
        theirs_sum = sum(row.theirs["count"] for row in both if row.theirs)
        ours_sum = sum(row.count for row in both)
        whole = [
            (row.theirs["read"] + row.theirs["count"]) / (row.read + row.count)
            for row in both
            if row.theirs
        ]
        lines.append(
            f"The {len(both)} on which pabutools ended within {PATIENCE} s: {theirs_sum:.1f} s "
            f"against {ours_sum:.2f} s, {theirs_sum / ours_sum:.0f} times; "
            f"the least gain on a file {min(row.ratio or 0 for row in both):.1f} times, "
            f"with reading {min(whole):.1f} times; "
            f"{sum(bool(row.agrees) for row in both)} of {len(both)} selections are the same"
        )
    return "\n".join(lines) + "\n"


def _asked(command: list[str], environment: dict[str, str] | None) -> dict[str, Any] | None:
    """Return what a process printed as JSON, or None when it failed or was given up."""
    try:
        found = subprocess.run(  # noqa: S603 - our own programs
            command, env=environment, capture_output=True, text=True, check=True
        )
    except subprocess.CalledProcessError:
        return None
    answer: dict[str, Any] = json.loads(found.stdout)
    return answer


def measure(path: Path) -> dict[str, Any]:
    """Measure our engine on one file, in this process, which should have done nothing before."""
    count(pabulib.to_election(pabulib.parse(WARM_UP, "warm-up")), asked_rule("equal_shares", {}))
    rule = asked_rule("equal_shares", {})
    plain = with_ties_by_id(with_switches(rule, {"completion": "none"}))
    reads, counts = list[float](), list[float]()
    began = time.process_time()
    while len(counts) < RUNS and time.process_time() - began < A_SECOND:
        start = time.process_time()
        election = pabulib.to_election(pabulib.read(path))
        read = time.process_time()
        arrays = Arrays.of(election, plain)
        tallied = tally(arrays, plain)
        reads.append(read - start)
        counts.append(time.process_time() - read)
    counted = time.process_time()
    count(pabulib.to_election(pabulib.read(path)), rule)
    explained = time.process_time() - counted
    shares = tallied.shares
    return {
        "file": path.stem,
        "projects": len(election.projects),
        "ballots": election.voters,
        "groups": len(arrays.electorate.sizes),
        "steps": shares.raised.increments if shares else 0,
        "runs": shares.raised.runs if shares else 0,
        "exact": shares.raised.fallbacks if shares else 0,
        "read": min(reads),
        "count": min(counts),
        "explained": explained,
        "memory_mb": _peak_memory(),
        "selected": sorted(tallied.funded),
    }


def _peak_memory() -> int:
    """Return the most memory this program held, in MB.

    From Linux's own page about it: what getrusage says begins with the memory of its parent.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


# What a first call does once in a process (loading, compiling) is no part of a count.
WARM_UP = b"""META
key;value
num_projects;1
num_votes;1
budget;1
vote_type;approval
rule;greedy
PROJECTS
project_id;cost
1;1
VOTES
voter_id;vote
1;1
"""

if __name__ == "__main__":
    try:
        print(json.dumps(measure(Path(sys.argv[1]))))  # noqa: T201
    except (UnreadableElection, CountRefused):
        sys.exit(1)
