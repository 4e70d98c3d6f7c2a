"""The benchmark of casting: what one ballot costs the processor, from choosing to receipt.

The pages are served by gunicorn, as in production, and one visitor at a time walks the whole
way. What counts is the processor time of the web processes, which does not depend on what else
the machine does. Measured twice: with few ballots in the box and with as many as there are
letters; what a ballot costs must not grow with them.
"""

import shutil
import statistics
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from pb.ballots.domain import BallotContent
from pb.tokens.domain import Printable
from pb.trials import staging
from pb.trials.bench import MEMORY_DISK
from pb.trials.casting import cast_all
from pb.trials.http_client import Connection, wait_for
from pb.trials.installation import installed, settings_in
from pb.trials.load import MOST_CHOICES, Job, journeys, percentile
from pb.trials.measured_round import PLANS, measured_framework, measured_plans
from pb.trials.processes import children_of
from pb.trials.server import FOR_BENCHMARKS, served
from pb.trials.staging import Progress

SLUG = "stem"
ADDRESS = f"/ronde/{SLUG}/stemmen"
# The first visitors find workers that have made no page yet; they are walked and not measured.
WARMING = 40
# What a ballot may take: ms of a processor, and times as much with many ballots as with few.
MOST_P95_MS, MOST_GROWTH = 30, 1.2


def bench(letters: int, few: int, measured: int, progress: Progress) -> dict[str, dict[str, float]]:
    """Measure the last ballots up to ``few``, and up to as many as there are letters.

    measured: the number of journeys on which each figure rests.
    Returns: per number of ballots in the box at the end, the figures of one ballot.
    """
    memory = MEMORY_DISK if MEMORY_DISK.is_dir() else None
    with (
        TemporaryDirectory(prefix="pb-cast-", dir=memory) as filled,
        TemporaryDirectory(prefix="pb-cast-") as on_disk,
    ):
        codes = _prepare(Path(filled), letters, progress)
        walkers = measured + WARMING
        cast, found = 0, {}
        for ballots in (few, letters):
            _fill(Path(filled), codes[cast : ballots - walkers], progress)
            cast = ballots - walkers
            # What is measured happens in a copy on the disk, always with the same last letters.
            place = Path(on_disk) / str(ballots)
            shutil.copytree(filled, place)
            found[str(ballots)] = _measure(place, codes[-walkers:], measured)
            shutil.rmtree(place)
            progress("measured", ballots, letters)
    return found


def _prepare(folder: Path, letters: int, progress: Progress) -> Sequence[Printable]:
    framework, plans = measured_framework(), measured_plans()
    with installed(settings_in(folder, **FOR_BENCHMARKS)):
        links = staging.send_plans(SLUG, framework, plans, progress)
        staging.publish_list(SLUG, framework, plans, links, progress)
        staging.make_keys(SLUG, framework)
        printables = staging.mint(SLUG, framework, letters, progress)
        staging.prepare(SLUG, framework)
    return printables


def _fill(folder: Path, letters: Sequence[Printable], progress: Progress) -> None:
    """Cast a ballot with each of the letters, through the service."""
    chance = Random(1)  # noqa: S311 - a benchmark
    numbers = range(1, PLANS + 1)
    waiting = (
        (letter, BallotContent(tuple(sorted(chance.sample(numbers, MOST_CHOICES)))))
        for letter in letters
    )
    with installed(settings_in(folder, **FOR_BENCHMARKS)) as app:
        cast_all(
            app, SLUG, waiting, now=measured_framework().dates.voting_opens + timedelta(hours=1),
            progress=lambda done: progress("ballots", done, len(letters)),
        )  # fmt: skip


def _measure(folder: Path, letters: Sequence[Printable], measured: int) -> dict[str, float]:
    """Let one visitor after the other vote; return what that cost the web processes."""
    codes = tuple(each.code.revealed() for each in letters)
    spent: list[float] = []
    with served("pages", folder) as (port, pid):
        wait_for(port, ADDRESS)
        connection = Connection(port)
        job = Job(kind="journey", port=port, path=ADDRESS, seconds=0, codes=codes)
        left = iter(codes)
        acts = journeys(connection, job, lambda: next(left, None))
        next(acts)
        workers = children_of(pid)
        before = sum(map(processor_time, workers))
        for answers in acts:
            refuse_failures([answer.status for answer in answers])
            after = sum(map(processor_time, workers))
            spent.append(after - before)
            before = after
        connection.close()
    return figures_of(spent[-measured:])


def processor_time(pid: int) -> float:
    """Return how long another process worked so far, all its threads together, in seconds.

    The number is that of its clock, as clock_getcpuclockid(3) makes it.
    """
    return time.clock_gettime((~pid << 3) | 2)


def refuse_failures(statuses: Sequence[int]) -> None:
    """Raise RuntimeError unless a journey ended in a receipt: no figure may rest on refusals."""
    if statuses[-1] != HTTPStatus.OK or max(statuses) >= HTTPStatus.BAD_REQUEST:
        raise RuntimeError(f"The pages of a journey answered {statuses}.")


def figures_of(spent: Sequence[float]) -> dict[str, float]:
    """Return what a ballot costs, in ms of a processor. spent: seconds per ballot."""
    return {
        "journeys": len(spent),
        "p50_ms": percentile(spent, 0.5),
        "p95_ms": percentile(spent, 0.95),
        "mean_ms": 1000 * statistics.fmean(spent),
    }


def growth(found: Mapping[str, Mapping[str, float]], figure: str) -> float:
    """Return how many times as much a ballot costs with many in the box as with few."""
    few, many = (figures[figure] for figures in found.values())
    return many / few


def written(found: Mapping[str, Mapping[str, float]]) -> str:
    """Return the figures as lines, each with what it may be."""
    lines = ["One ballot, five requests from choosing to receipt: ms of a processor"]
    for ballots, figures in found.items():
        verdict = "ok" if figures["p95_ms"] <= MOST_P95_MS else "MISSED"
        lines.append(
            f"with {int(ballots):>7,} ballots  median {figures['p50_ms']:.1f}"
            f"   mean {figures['mean_ms']:.1f}   95 % within {figures['p95_ms']:.1f}"
            f"   (≤ {MOST_P95_MS}: {verdict}; {figures['journeys']:.0f} journeys)"
        )
    median, p95 = growth(found, "p50_ms"), growth(found, "p95_ms")
    verdict = "ok" if max(median, p95) <= MOST_GROWTH else "MISSED"
    lines.append(
        f"times as dear: {median:.3f} by the median, {p95:.3f} by the 95 %"
        f"   (≤ {MOST_GROWTH}: {verdict})"
    )
    return "\n".join(lines) + "\n"
