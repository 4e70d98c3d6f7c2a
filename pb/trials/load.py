"""The load of a benchmark: a process of its own with a few visitors on loopback.

What it may do is bounded beforehand: so many connections, so many seconds, so many codes.
"""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from html import unescape
from secrets import choice, token_hex

from pb.trials.http_client import Answer, Connection
from pb.trials.processes import own_environment, own_program

CONNECTIONS = 8
LONGEST = 600  # seconds; no load lasts longer, whatever is asked
FIELD = re.compile(rb'<input[^>]*name="(csrf_token|submission|content)"[^>]*value="([^"]*)"')
CHOICE = re.compile(rb'name="choices"[^>]*value="(\d+)"')
MOST_CHOICES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What visitors do. ``kind``: ``get``, ``row``, ``cast`` or ``journey``.

    path: the page to get, or the address of the ballot page. codes: one for each ballot.
    """

    kind: str
    port: int
    path: str
    seconds: float
    codes: tuple[str, ...] = ()
    connections: int = CONNECTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of a job. times: seconds per act, or per journey. requests: seconds of each."""

    seconds: float
    times: tuple[float, ...]
    requests: tuple[float, ...]
    failures: int

    @property
    def per_second(self) -> float:
        """Return how many acts were done per second, by all visitors together."""
        return len(self.times) / max(self.seconds, 1e-9)


def percentile(times: Sequence[float], share: float) -> float:
    """Return the time in milliseconds that ``share`` of all do not exceed."""
    ordered = sorted(times)
    if not ordered:
        return 0.0
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(job: Job) -> Load:
    """Do a job in another process and return what came of it."""
    found = subprocess.run(  # noqa: S603 - our own program
        own_program("pb.trials.load"),
        input=json.dumps(asdict(job)),
        env=own_environment(),
        capture_output=True,
        text=True,
        timeout=min(job.seconds, LONGEST) + 90,
        check=False,
    )
    if found.returncode:
        raise RuntimeError(found.stderr.strip())
    return Load(**json.loads(found.stdout))


def work(job: Job) -> Load:
    """Let all visitors go at once, and return what they measured."""
    visit = {"get": _get, "row": _row, "cast": _cast, "journey": journeys}[job.kind]
    codes, lock = iter(job.codes), threading.Lock()
    times: list[float] = []
    requests: list[float] = []
    failures = [0]
    ready = threading.Barrier(job.connections + 1)
    began = [0.0]

    def next_code() -> str | None:
        with lock:
            return next(codes, None)

    def visitor() -> None:
        connection = Connection(job.port)
        acts = visit(connection, job, next_code)
        next(acts)  # Gets ready: the first pages, a warm connection.
        ready.wait()
        while time.perf_counter() - began[0] < min(job.seconds, LONGEST):
            try:
                answers = next(acts)
            except StopIteration:
                break
            times.append(sum(answer.seconds for answer in answers))
            requests.extend(answer.seconds for answer in answers)
            failures[0] += any(answer.status >= 400 for answer in answers)
        connection.close()

    threads = [threading.Thread(target=visitor) for _ in range(job.connections)]
    for thread in threads:
        thread.start()
    began[0] = time.perf_counter() + 1e6  # Nobody may stop before it is set below.
    ready.wait()
    began[0] = time.perf_counter()
    for thread in threads:
        thread.join()
    return Load(
        seconds=time.perf_counter() - began[0],
        times=tuple(times),
        requests=tuple(requests),
        failures=failures[0],
    )


NextCode = Callable[[], str | None]


def _get(connection: Connection, job: Job, _next_code: NextCode) -> Iterator[list[Answer]]:
    connection.get(job.path)
    yield []
    while True:
        yield [connection.get(job.path)]


def _row(connection: Connection, job: Job, _next_code: NextCode) -> Iterator[list[Answer]]:
    connection.post(job.path, {"code": token_hex(12)})
    yield []
    while True:
        yield [connection.post(job.path, {"code": token_hex(12)})]


def _cast(connection: Connection, job: Job, next_code: NextCode) -> Iterator[list[Answer]]:
    """Cast again and again from one page that stands ready."""
    fields = _fields(_to_code_page(connection, job.path)[-1])
    cookies = dict(connection.cookies)
    yield []
    while code := next_code():
        connection.cookies = dict(cookies)
        yield [_send(connection, job.path, fields, code)]


def journeys(connection: Connection, job: Job, next_code: NextCode) -> Iterator[list[Answer]]:
    """Walk the whole way, every time as a visitor that nobody knows yet; get ready first.

    Yields the answers of each journey, until there is no code any more.
    """
    _to_code_page(connection, job.path)
    yield []
    while code := next_code():
        connection.cookies = {}
        pages = _to_code_page(connection, job.path)
        yield [*pages, _send(connection, job.path, _fields(pages[-1]), code)]


def _to_code_page(connection: Connection, path: str) -> list[Answer]:
    """Choose and check, as far as the page that asks for the code."""
    choosing = connection.get(path)
    numbers = CHOICE.findall(choosing.body)
    chosen = {choice(numbers).decode() for _ in range(MOST_CHOICES)}
    fields = [("csrf_token", _fields(choosing)["csrf_token"])]
    kept = connection.post(path, [*fields, *(("choices", number) for number in sorted(chosen))])
    return [choosing, kept, connection.get(kept.location), connection.get(f"{path}/code")]


def _send(connection: Connection, path: str, fields: dict[str, str], code: str) -> Answer:
    return connection.post(
        f"{path}/code", {**fields, "submission": token_hex(16), "again": "", "code": code}
    )


def _fields(answer: Answer) -> dict[str, str]:
    """Return the hidden fields of a page."""
    return {name.decode(): unescape(value.decode()) for name, value in FIELD.findall(answer.body)}


if __name__ == "__main__":
    print(json.dumps(asdict(work(Job(**json.load(sys.stdin))))))  # noqa: T201
