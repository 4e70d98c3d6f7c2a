"""Many at once: no ballot twice, none lost, none after the moment that ends it (T6, T7, T8).

Races with a thousand letters are run on PostgreSQL at night only: ``-m nightly``.
"""

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pb.ballots import service, storage
from pb.ballots.domain import BoxState, VotedBefore, VotingPaused, WhySuperseded
from pb.database.base import ballot_reading
from pb.foundation.errors import Refusal
from pb.tokens.domain import CodeReplaced, VotedOnPaper
from tests.ballots.boxes import CLOSES, SLUG, an_open_box, cast, key_of
from tests.ceremonies import count_key


def at_once(stores, jobs, workers=8):
    """Run the jobs in threads that start together; return what each gave or refused."""
    barrier = threading.Barrier(workers)

    def work(mine):
        with stores.app_context():
            barrier.wait()
            return [attempt(job) for job in mine]

    with ThreadPoolExecutor(workers) as pool:
        parts = [jobs[start::workers] for start in range(workers)]
        return [answer for part in pool.map(work, parts) for answer in part]


def attempt(job):
    try:
        return job()
    except Refusal as refusal:
        return refusal


def test_fifty_screens_with_one_letter_cast_one_ballot(stores):
    (code,) = an_open_box(letters=1).codes()

    answers = at_once(stores, [lambda: cast(code, 1)] * 50, workers=50)

    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refusals) == 49
    assert all(isinstance(refusal, VotedBefore) for refusal in refusals)
    assert len(service.opened(SLUG, CLOSES, count_key(SLUG))) == 1


def test_fifty_retries_of_one_submission_get_one_receipt(stores):
    (code,) = an_open_box(letters=1).codes()
    submission = secrets.token_bytes(16)

    answers = at_once(stores, [lambda: cast(code, 1, submission=submission)] * 50, workers=50)

    assert len(set(answers)) == 1
    assert len(service.opened(SLUG, CLOSES, count_key(SLUG))) == 1


def test_versions_of_one_letter_follow_each_other_without_a_gap(stores):
    clients, times = 50, 20
    (code,) = an_open_box(letters=1).codes()

    def vote_again():
        expected = 0
        while True:
            try:
                return cast(code, 1, expected_version=expected).version
            except VotedBefore as refusal:
                expected = refusal.version

    versions = at_once(stores, [vote_again] * (clients * times), workers=clients)

    assert sorted(versions) == list(range(1, clients * times + 1))
    (ballot,) = service.opened(SLUG, CLOSES, count_key(SLUG))
    assert ballot.sealed.version == clients * times


def test_every_acknowledged_ballot_is_counted_and_no_letter_counts_twice(stores, many):
    codes = an_open_box(letters=many).codes()
    jobs = [lambda code=code: cast(code, 1) for code in codes for _ in range(8)]

    answers = at_once(stores, jobs)

    receipts = {answer.tracking_code for answer in answers if not isinstance(answer, Refusal)}
    opened = service.opened(SLUG, CLOSES, count_key(SLUG))
    assert len(opened) == many
    assert {ballot.tracking_code for ballot in opened} == receipts
    assert sum(isinstance(answer, VotedBefore) for answer in answers) == 7 * many


def accepted(answers):
    return sum(hasattr(answer, "tracking_code") for answer in answers)


def ballots_in_box():
    with ballot_reading() as connection:
        return storage.count_ballots(connection, SLUG)


def test_no_ballot_lands_after_a_pause(stores, many):
    in_box_at_pause = []

    def pause():
        service._set_state(SLUG, BoxState.PAUSED)
        in_box_at_pause.append(ballots_in_box())

    jobs = [lambda code=code: cast(code, 1) for code in an_open_box(letters=many).codes()]
    jobs.insert(many // 2, pause)

    answers = at_once(stores, jobs)

    paused = sum(isinstance(answer, VotingPaused) for answer in answers)
    assert [accepted(answers)] == in_box_at_pause
    assert accepted(answers) == ballots_in_box()
    assert accepted(answers) + paused == many


def test_no_ballot_lands_after_the_count_opened_the_box(stores, many):
    opened = []
    jobs = [lambda code=code: cast(code, 1) for code in an_open_box(letters=many).codes()]
    jobs.insert(many // 2, lambda: opened.extend(service.opened(SLUG, CLOSES, count_key(SLUG))))

    answers = at_once(stores, jobs)

    receipts = {answer.tracking_code for answer in answers if hasattr(answer, "tracking_code")}
    assert {ballot.tracking_code for ballot in opened} == receipts
    assert ballots_in_box() == len(receipts)


@pytest.mark.parametrize(
    ("why", "refusal"),
    [(WhySuperseded.REVOKED, CodeReplaced), (WhySuperseded.PAPER, VotedOnPaper)],
)
def test_a_letter_that_is_withdrawn_while_it_votes_never_counts(stores, many, why, refusal):
    codes = an_open_box(letters=many).codes()
    jobs = []
    for code in codes:
        jobs.append(lambda code=code: cast(code, 1))
        jobs.append(lambda code=code: service.withdraw(SLUG, key_of(code), why))

    answers = at_once(stores, jobs)

    assert service.opened(SLUG, CLOSES, count_key(SLUG)) == []
    refused = sum(isinstance(answer, refusal) for answer in answers)
    assert accepted(answers) + refused == many
