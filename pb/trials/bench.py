"""The benchmark of the web pages: what a busy closing hour asks, beside what Flask itself can.

One round with 85 plans and 100,000 letters, served by gunicorn on this machine, which the
client shares. Every figure stands beside a bare Flask view that was measured just before or
after it, in the same run.
"""

import os
import shutil
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from secrets import SystemRandom, token_hex
from tempfile import TemporaryDirectory
from typing import Any

from flask.testing import FlaskClient

from pb.app import create_app
from pb.ballots.domain import BallotContent
from pb.database.base import db
from pb.foundation.clock import system_clock
from pb.foundation.settings import Settings
from pb.tokens.domain import Printable
from pb.trials import staging
from pb.trials.casting import cast_all
from pb.trials.http_client import wait_for
from pb.trials.installation import installed, settings_in
from pb.trials.load import Job, Load, percentile, run
from pb.trials.measured_round import PLANS, measured_framework, measured_plans
from pb.trials.processes import children_of
from pb.trials.server import FOR_BENCHMARKS, served
from pb.trials.staging import Progress

SLUG = "bench"
LETTERS = 100_000
FEW, SOME, MANY = 0, 8_500, 50_000
REPEATS = 3
WORK_MEASURED = 200
ADDRESS = f"/ronde/{SLUG}/stemmen"
LIST_PAGE, PLAN_PAGE = f"/ronde/{SLUG}/plannen", f"/ronde/{SLUG}/plannen/7"
# Stores are filled where nothing waits for a disk, and measured on the disk.
MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - a folder of our own is made inside it


@dataclass(slots=True)
class Figures:
    """What was measured; see ``bench_report`` for what it must be."""

    values: dict[str, float] = field(default_factory=dict)

    def keep(self, name: str, value: float) -> None:
        """Keep a figure."""
        self.values[name] = value


@dataclass(slots=True)
class Codes:
    """The codes of the round; each is used once. cast: ballots in the stores that are filled."""

    printables: Sequence[Printable]
    used: int = 0
    cast: int = 0

    def take(self, number: int) -> list[Printable]:
        """Return letters that nobody used yet."""
        start, self.used = self.used, self.used + number
        return list(self.printables[start : self.used])

    def revealed(self, number: int) -> tuple[str, ...]:
        """Return codes that nobody used yet, for a client."""
        return tuple(each.code.revealed() for each in self.take(number))


def bench(seconds: float, progress: Progress) -> dict[str, float]:
    """Measure everything and return the figures by name."""
    figures = Figures()
    figures.keep("load_before", os.getloadavg()[0])
    memory = MEMORY_DISK if MEMORY_DISK.is_dir() else None
    with (
        TemporaryDirectory(prefix="pb-bench-", dir=memory) as filled,
        TemporaryDirectory(prefix="pb-bench-") as measured,
    ):
        settings = settings_in(Path(filled), **FOR_BENCHMARKS)
        framework = measured_framework()
        with installed(settings):
            plans = measured_plans()
            links = staging.send_plans(SLUG, framework, plans, progress)
            staging.publish_list(SLUG, framework, plans, links, progress)
            staging.make_keys(SLUG, framework)
            began = time.perf_counter()
            codes = Codes(staging.mint(SLUG, framework, LETTERS, progress))
            figures.keep("mint_seconds", time.perf_counter() - began)
            staging.prepare(SLUG, framework)
        for ballots in (FEW, SOME, MANY):
            _fill(settings, codes, ballots, progress)
            _look_inside(settings, codes, ballots, figures)
            place = Path(measured) / str(ballots)
            shutil.copytree(filled, place)
            _measure(place, codes, ballots, seconds, figures, progress)
            shutil.rmtree(place)
    _relate(figures)
    return figures.values


def _measure(
    folder: Path, codes: Codes, ballots: int, seconds: float, figures: Figures, progress: Progress
) -> None:
    """Serve the stores in ``folder`` and measure; the journey only with ``SOME`` ballots."""
    with served("bare", folder) as (bare, _), served("pages", folder) as (pages, process):
        wait_for(bare, "/cards")
        wait_for(pages, LIST_PAGE)
        found: dict[str, list[Load]] = {}
        each = seconds / REPEATS
        plan = [
            ("row", Job(kind="row", port=bare, path="/row", seconds=each)),
            ("cast", Job(kind="cast", port=pages, path=ADDRESS, seconds=each)),
            ("cards", Job(kind="get", port=bare, path="/cards", seconds=each)),
            ("list", Job(kind="get", port=pages, path=LIST_PAGE, seconds=each)),
        ]
        if ballots == SOME:
            plan += [
                ("plan", Job(kind="get", port=pages, path=PLAN_PAGE, seconds=each)),
                ("journey", Job(kind="journey", port=pages, path=ADDRESS, seconds=each)),
            ]
        steps = [step for _ in range(REPEATS) for step in plan]
        for done, (name, job) in enumerate(steps, start=1):
            found.setdefault(name, []).append(run(_with_codes(job, codes)))
            progress(f"{ballots} cast", done, len(steps))
        _keep_loads(found, ballots, figures)
        if ballots == SOME:
            _keep_memory(process, figures)


def _with_codes(job: Job, codes: Codes) -> Job:
    """Return a job with more codes than it can use."""
    if job.kind not in {"cast", "journey"}:
        return job
    enough = int(job.seconds * 500) + 100
    return Job(
        kind=job.kind, port=job.port, path=job.path, seconds=job.seconds,
        codes=codes.revealed(enough),
    )  # fmt: skip


def _keep_loads(found: dict[str, list[Load]], ballots: int, figures: Figures) -> None:
    for name, loads in found.items():
        figures.keep(f"{name}_per_second_{ballots}", statistics.median(x.per_second for x in loads))
        times = [each for load in loads for each in load.times]
        figures.keep(f"{name}_p95_ms_{ballots}", percentile(times, 0.95))
        figures.keep(f"{name}_failures_{ballots}", sum(load.failures for load in loads))
        if name == "journey":
            requests = [each for load in loads for each in load.requests]
            figures.keep("journey_requests", len(requests) / max(1, len(times)))
            figures.keep("journey_request_p50_ms", percentile(requests, 0.5))
            figures.keep("journey_request_p95_ms", percentile(requests, 0.95))


def _relate(figures: Figures) -> None:
    """Add what is compared: with the bare limits, and with an empty ballot box."""
    values = figures.values
    for name, limit in (("cast", "row"), ("list", "cards")):
        share = values[f"{name}_per_second_{SOME}"] / values[f"{limit}_per_second_{SOME}"]
        figures.keep(f"{name}_share_of_{limit}", share)
        few, many = (values[f"{name}_work_ms_{size}"] for size in (FEW, MANY))
        figures.keep(f"{name}_cost_growth", many / few - 1)


def _fill(settings: Settings, codes: Codes, ballots: int, progress: Progress) -> None:
    """Cast through the service until there are so many ballots."""
    with installed(settings) as app:
        missing = max(0, ballots - codes.cast)
        random = SystemRandom()
        waiting = [
            (letter, BallotContent(tuple(sorted(random.sample(range(1, PLANS + 1), 5)))))
            for letter in codes.take(missing)
        ]
        opens = measured_framework().dates.voting_opens
        cast_all(
            app, SLUG, waiting, now=opens + timedelta(hours=1),
            progress=lambda done: progress("ballots", done, missing),
        )  # fmt: skip
        codes.cast += missing


def _look_inside(settings: Settings, codes: Codes, ballots: int, figures: Figures) -> None:
    """Count the SQL of the pages of one visitor, and the work of casting and of the list.

    Work is processor time in this process: it does not depend on what else the machine does.
    """
    app = create_app(settings, system_clock)
    app.config["WTF_CSRF_ENABLED"] = False
    visitor = app.test_client()
    pages: dict[str, Callable[[], int]] = {
        "list": lambda: visitor.get(LIST_PAGE).status_code,
        "plan": lambda: visitor.get(PLAN_PAGE).status_code,
        "choose": lambda: visitor.get(ADDRESS).status_code,
        "cast": lambda: _cast_one(visitor, codes),
    }
    with app.app_context():
        engines = list(db.engines.values())
    for name, number in _statements(engines, pages).items():
        figures.keep(f"{name}_statements", number)
    for name in ("list", "cast"):
        work = []
        for _ in range(WORK_MEASURED):
            began = time.process_time()
            pages[name]()
            work.append(time.process_time() - began)
        figures.keep(f"{name}_work_ms_{ballots}", 1000 * statistics.median(work))
    for engine in engines:
        engine.dispose()


def _statements(engines: Sequence[Any], pages: Mapping[str, Callable[[], int]]) -> dict[str, int]:
    """Return how many statements each page runs, without BEGIN, COMMIT and PRAGMA."""
    statements: list[str] = []

    def remember(statement: str) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            statements.append(statement)

    for engine in engines:  # One visitor at a time needs one connection, which the pool keeps.
        connection = engine.raw_connection()
        connection.driver_connection.set_trace_callback(remember)
        connection.close()
    found = {}
    for name, ask in pages.items():
        statements.clear()
        status = ask()
        if status != HTTPStatus.OK or not statements:
            raise RuntimeError(f"The page '{name}' answered {status}.")
        found[name] = len(statements)
    for engine in engines:
        connection = engine.raw_connection()
        connection.driver_connection.set_trace_callback(None)
        connection.close()
    return found


def _cast_one(visitor: FlaskClient, codes: Codes) -> int:
    codes.cast += 1
    fields = {"content": "[1,2,3]", "again": "", "code": codes.revealed(1)[0]}
    answer = visitor.post(f"{ADDRESS}/code", data={**fields, "submission": token_hex(16)})
    return answer.status_code


def _keep_memory(pid: int, figures: Figures) -> None:
    """Keep what the server's processes hold: each on its own, and what they do not share."""
    pids = [pid, *children_of(pid)]
    resident = [_kilobytes(Path(f"/proc/{each}/status"), "VmRSS") / 1024 for each in pids]
    shares = [_kilobytes(Path(f"/proc/{each}/smaps_rollup"), "Pss") / 1024 for each in pids]
    figures.keep("workers", len(pids) - 1)
    figures.keep("largest_process_rss_mb", max(resident))
    figures.keep("all_processes_rss_mb", sum(resident))
    figures.keep("all_processes_pss_mb", sum(shares))


def _kilobytes(path: Path, name: str) -> int:
    for line in path.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0
