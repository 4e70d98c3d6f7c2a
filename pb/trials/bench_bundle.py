"""The benchmark of a large round: minting, casting, the bundle, and its check by others.

Every stage runs in a process of its own, which tells its seconds and the most memory it held.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from pb.ballots.domain import BallotContent
from pb.results import service as results
from pb.trials import staging
from pb.trials.casting import cast_all
from pb.trials.installation import installed, settings_in
from pb.trials.measured_round import PLANS, measured_framework, measured_plans
from pb.trials.processes import own_environment, own_program
from pb.trials.server import FOR_BENCHMARKS
from pb.trials.staging import Progress

SLUG = "groot"
BUNDLE, WORDS = "bundel.zip", "sleutelhouders.json"
VERIFY = Path(__file__).resolve().parents[1] / "results" / "verify.py"
# What a stage may take: seconds and MB. The bundle is made in the act of counting.
MOST = {
    "mint": (60, 500), "bundle": (20, 500), "verify": (15, 500), "verify_alone": (180, 500),
}  # fmt: skip

CHECK = """
import runpy, sys, time
sys.argv = sys.argv[1:]
start = time.perf_counter()
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as ended:
    code = ended.code or 0
print("\\x00", time.perf_counter() - start, code, open("/proc/self/status").read())
"""


def bench(letters: int, ballots: int, progress: Progress) -> dict[str, dict[str, float]]:
    """Measure a round with so many letters and ballots; return figures per stage."""
    with TemporaryDirectory(prefix="pb-bundle-") as folder:
        found = {}
        for stage in ("mint", "cast", "bundle"):
            progress(stage, 0, 0)
            command = own_program("pb.trials.bench_bundle", stage, folder, str(letters),
                                  str(ballots))  # fmt: skip
            done = subprocess.run(  # noqa: S603 - our own
                command, env=own_environment(), capture_output=True, text=True, check=True
            )
            found[stage] = json.loads(done.stdout)
        found["verify"] = _checked(Path(folder) / BUNDLE, [])
        found["verify_alone"] = _checked(Path(folder) / BUNDLE, ["-I", "-S"])
    return found


def written(found: dict[str, dict[str, float]]) -> str:
    """Return the figures as lines, each with what it may be."""
    lines = []
    for stage, figures in found.items():
        told = ", ".join(f"{name} {value:,.6g}" for name, value in figures.items())
        most = MOST.get(stage)
        verdict = ""
        if most:
            holds = figures["seconds"] <= most[0] and figures["memory_mb"] <= most[1]
            verdict = f"  (≤ {most[0]} s, ≤ {most[1]} MB: {'ok' if holds else 'MISSED'})"
        lines.append(f"{stage:<14}{told}{verdict}")
    return "\n".join(lines) + "\n"


def _checked(bundle: Path, options: list[str]) -> dict[str, float]:
    """Check the bundle as somebody does who has Python only, or what is installed here."""
    command = [sys.executable, *options, "-c", CHECK, str(VERIFY), str(bundle)]
    done = subprocess.run(  # noqa: S603 - our own
        command, capture_output=True, text=True, check=True
    )
    seconds, code, status = done.stdout.rpartition("\x00")[2].split(maxsplit=2)
    memory = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    return {"seconds": float(seconds), "memory_mb": memory, "exit_code": int(code)}


def _mint(folder: Path, letters: int, _ballots: int) -> dict[str, float]:
    framework, plans = measured_framework(), measured_plans()
    with installed(settings_in(folder, **FOR_BENCHMARKS)):
        links = staging.send_plans(SLUG, framework, plans)
        staging.publish_list(SLUG, framework, plans, links)
        holders = staging.make_keys(SLUG, framework)
        (folder / WORDS).write_text(json.dumps(list(holders.pair())), encoding="utf-8")
        start = time.perf_counter()
        printables = staging.mint(SLUG, framework, letters)
        seconds = time.perf_counter() - start
        staging.prepare(SLUG, framework)
    codes = "\n".join(each.code.revealed() for each in printables)
    (folder / "codes").write_text(codes, encoding="ascii")
    return {"seconds": seconds, "letters": letters}


def _cast(folder: Path, _letters: int, ballots: int) -> dict[str, float]:
    """Cast ballots of five plans each."""
    from pb.tokens.domain import Code, Printable

    chance = Random(1)  # noqa: S311 - a benchmark
    # As in real rounds some plans are loved and many are not; all alike would tie without end.
    loved = [1 / (place + 10) for place in range(PLANS)]
    codes = (folder / "codes").read_text(encoding="ascii").split("\n")
    letters = [Printable("", Code(code), "") for code in chance.sample(codes, ballots)]

    def content() -> BallotContent:
        chosen: set[int] = set()
        while len(chosen) < 5:
            chosen.update(chance.choices(range(1, PLANS + 1), loved))
        return BallotContent(tuple(sorted(chosen)))

    with installed(settings_in(folder, **FOR_BENCHMARKS)) as app:
        now = measured_framework().dates.voting_opens + timedelta(hours=1)
        start = time.perf_counter()
        waiting: Iterable[Any] = ((letter, content()) for letter in letters)
        cast_all(app, SLUG, waiting, now=now, progress=lambda _done: None)
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "ballots": ballots, "per_second": ballots / seconds}


def _bundle(folder: Path, _letters: int, _ballots: int) -> dict[str, float]:
    framework = measured_framework()
    with installed(settings_in(folder, **FOR_BENCHMARKS)):
        words = json.loads((folder / WORDS).read_text(encoding="utf-8"))
        typed = [(number, passphrase) for number, passphrase in words]
        closed = framework.dates.voting_closes
        results.propose(SLUG, by=staging.COUNTER, now=closed)
        start = time.perf_counter()
        results.confirm(SLUG, typed, by=staging.MANAGER, now=closed)
        seconds = time.perf_counter() - start
        results.publish(SLUG, "Gemeten.", by=staging.COUNCIL, now=framework.dates.result_by)
        content = results.bundle(SLUG)
    (folder / BUNDLE).write_bytes(content)
    return {"seconds": seconds, "bytes": len(content)}


STAGES: dict[str, Callable[[Path, int, int], dict[str, float]]] = {
    "mint": _mint, "cast": _cast, "bundle": _bundle,
}  # fmt: skip

if __name__ == "__main__":
    _, wanted, in_folder, many_letters, many_ballots = sys.argv
    figures = STAGES[wanted](Path(in_folder), int(many_letters), int(many_ballots))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    figures["memory_mb"] = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    print(json.dumps(figures))  # noqa: T201 - the parent reads it
