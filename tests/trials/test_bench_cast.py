"""What a ballot costs is measured on receipts alone, and told beside its bounds."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from pb.trials import commands
from pb.trials.bench_cast import figures_of, growth, processor_time, refuse_failures, written

FIGURES = {"journeys": 100, "p50_ms": 9.0, "p95_ms": 12.0, "mean_ms": 9.5}


def found(**changed):
    """Figures with few and with many ballots; the second are changed."""
    return {"10000": FIGURES, "100000": FIGURES | changed}


def test_the_time_of_another_process_grows_with_its_work_and_not_while_it_waits():
    work = "print(sum(range(3_000_000)), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        worked = processor_time(process.pid)
        sum(range(3_000_000))
        waited = processor_time(process.pid) - worked
        process.stdin.close()

    assert worked > 0.01
    assert waited < worked / 10


def test_the_figures_are_milliseconds_of_one_ballot():
    figures = figures_of([0.010] * 19 + [0.030])

    assert figures["p50_ms"] == 10
    assert figures["p95_ms"] == 30
    assert figures["mean_ms"] == pytest.approx(11)


def test_growth_is_how_many_times_as_dear_a_ballot_became():
    assert growth(found(p50_ms=10.8), "p50_ms") == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({}, 0),
        ({"p95_ms": 14.0}, 0),
        ({"p95_ms": 15.0}, 1),
        ({"p50_ms": 11.0}, 1),
        ({"p95_ms": 31.0}, 2),
    ],
)
def test_what_is_too_dear_or_became_dearer_is_told(changed, missed):
    assert written(found(**changed)).count("MISSED") == missed


@pytest.mark.parametrize("statuses", [[200, 303, 200, 200, 403], [200, 303, 404, 200, 200]])
def test_a_journey_that_does_not_end_in_a_receipt_is_no_measurement(statuses):
    with pytest.raises(RuntimeError):
        refuse_failures(statuses)


def test_there_must_be_a_letter_for_everybody_who_is_measured():
    numbers = ["--letters", "200", "--ballots", "100", "--journeys", "90"]
    ended = CliRunner().invoke(commands.bench_cast, numbers)

    assert ended.exit_code == 2
    assert "more letters" in ended.stderr
