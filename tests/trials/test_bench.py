"""The benchmark measures what it says, bounded, and tells what is missed. Nothing is timed here."""

import pytest

from pb.trials import bench_report
from pb.trials.bench import FEW, MANY, SOME
from pb.trials.bench_report import TARGETS, Target
from pb.trials.http_client import Connection, wait_for
from pb.trials.load import Job, percentile, run
from pb.trials.server import PortTaken, refuse_taken, served


@pytest.fixture(scope="module")
def bare_port(tmp_path_factory):
    """The bare app, served by gunicorn in a process of its own."""
    with served("bare", tmp_path_factory.mktemp("bare")) as (port, _):
        wait_for(port, "/cards")
        yield port


def test_the_client_reads_a_page_over_one_connection(bare_port):
    connection = Connection(bare_port)
    answers = [connection.get("/cards") for _ in range(3)]
    connection.close()

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert answers[0].body.count(b'<li class="pb-card">') == 85


def test_a_load_ends_and_counts_what_it_did(bare_port):
    load = run(Job(kind="row", port=bare_port, path="/row", seconds=0.3, connections=2))

    assert len(load.times) == len(load.requests) > 0
    assert load.failures == 0
    assert load.seconds < 5


def test_a_port_that_is_taken_is_refused_before_anything_is_built(bare_port):
    with pytest.raises(PortTaken):
        refuse_taken(bare_port)


def test_a_percentile_is_a_time_that_was_measured():
    assert percentile([0.001, 0.002, 0.003, 0.1], 0.5) == 3
    assert percentile([0.001, 0.002, 0.003, 0.1], 0.95) == 100
    assert percentile([], 0.95) == 0


def test_a_target_is_met_on_its_own_side():
    assert Target("a", "", "", least=0.28).is_met(0.3)
    assert not Target("a", "", "", least=0.28).is_met(0.27)
    assert Target("a", "", "", most=10).is_met(10)
    assert not Target("a", "", "", most=10).is_met(11)


@pytest.fixture
def figures():
    """Every figure that a benchmark leaves, all of them 1."""
    names = {target.name for target in TARGETS}
    names |= {
        f"{name}_{unit}_{size}"
        for name in ("cast", "row", "list", "cards", "plan", "journey")
        for unit in ("per_second", "p95_ms", "failures", "work_ms")
        for size in (FEW, SOME, MANY)
    }
    names |= {
        "workers",
        "largest_process_rss_mb",
        "all_processes_pss_mb",
        "mint_seconds",
        "load_before",
    }
    return dict.fromkeys(names, 1.0)


def test_the_report_tells_what_is_missed(figures):
    missed = bench_report.written({**figures, "cast_share_of_row": 0.1})

    assert "10 %" in missed
    assert "MISSED" in missed


def test_the_report_for_programs_has_every_target(figures):
    targets = bench_report.report(figures)["targets"]

    assert [target["name"] for target in targets] == [target.name for target in TARGETS]
    assert all(isinstance(target["met"], bool) for target in targets)
