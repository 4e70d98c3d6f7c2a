"""The acts of the desk and voters at the same time, with the whole service around them (T8).

Races with a thousand letters are run on PostgreSQL at night only: ``-m nightly``.
"""

from pb.ballots import sealing, service
from pb.ballots.domain import WhySuperseded
from pb.ballots.ledger import Fact, events_of
from pb.foundation.errors import Refusal
from pb.rounds.domain import VotingClosed
from pb.tokens import service as tokens
from pb.tokens.domain import CodeReplaced, CodeUnknown, TokenStatus
from tests.ballots.boxes import CLOSES, SLUG, an_open_box, cast, key_of
from tests.ballots.desk import DURING, letters, open_pack, void, vote
from tests.ballots.test_concurrency import accepted, at_once, ballots_in_box
from tests.ballots.voting import LISTED, VotingRound, a_listed_round, letters_for
from tests.builders import DATES, an_actor
from tests.ceremonies import count_key


def a_large_round(number, *, spare_permille=0):
    """A round in its voting with so many letters in one area, or spares at 200 per thousand."""
    a_listed_round()
    printables = letters_for(SLUG, (("A1", number), ("A2", 1)), spare_permille=spare_permille)
    service.prepare(SLUG, by=an_actor(), now=LISTED)
    sealing.catch_up(SLUG, DURING)
    return VotingRound(SLUG, printables)


def refused(answers, refusal):
    return sum(isinstance(answer, refusal) for answer in answers)


def test_a_letter_that_is_made_void_while_it_votes_never_counts(app, many):
    jobs = []
    for serial, code in letters(a_large_round(many)):
        jobs += [lambda code=code: vote(code), lambda serial=serial: void(serial)]

    answers = at_once(app, jobs)

    assert accepted(answers) + refused(answers, CodeReplaced) == many
    assert answers.count(None) == many, "every letter was made void"
    kept = service.superseded(SLUG)
    assert len(kept) == accepted(answers), "no acknowledged ballot vanished without a trace"
    assert {each.why for each in kept} <= {WhySuperseded.REVOKED}
    assert service.opened(SLUG, DATES.voting_closes, count_key(SLUG)) == []
    named = [key for event in revoked() for key in event["keys"]]
    assert len(named) == len(set(named)) == many


def revoked():
    return events_of(sealing.public_ledger(SLUG).lines, Fact.REVOKED)


def test_a_spare_counts_only_when_its_pack_is_in_use(app, many):
    voting = a_large_round(5 * many, spare_permille=200)
    codes = [code for _, code in letters(voting, spare=True)]
    before = []

    def put_into_use():
        before.append(ballots_in_box())
        open_pack()

    jobs = [lambda code=code: vote(code) for code in codes]
    jobs.insert(many // 2, put_into_use)

    answers = at_once(app, jobs)

    assert before == [0]
    assert accepted(answers) + refused(answers, CodeUnknown) == many
    assert accepted(answers) == ballots_in_box()
    receipts = {answer.tracking_code for answer in answers if hasattr(answer, "tracking_code")}
    opened = service.opened(SLUG, DATES.voting_closes, count_key(SLUG))
    assert {ballot.tracking_code for ballot in opened} == receipts
    assert len(events_of(sealing.public_ledger(SLUG).lines, Fact.SPARES)) == 1


def test_two_people_who_confirm_at_once_put_a_pack_into_use_once(app):
    a_large_round(100, spare_permille=200)

    answers = at_once(app, [open_pack] * 8)

    assert answers.count(None) >= 1
    assert all(answer is None or isinstance(answer, Refusal) for answer in answers)
    sealing.catch_up(SLUG, DURING)
    assert len(events_of(sealing.public_ledger(SLUG).lines, Fact.SPARES)) == 1
    assert tokens.count_by_status(SLUG)["A1", TokenStatus.ISSUED] == 120


def test_no_letter_is_withdrawn_after_the_box_closed(stores, many):
    codes = an_open_box(letters=many).codes()
    for code in codes:
        cast(code, 1)
    opened = []
    jobs = [
        lambda code=code: service.withdraw(SLUG, key_of(code), WhySuperseded.REVOKED)
        for code in codes
    ]
    jobs.insert(many // 2, lambda: opened.extend(service.opened(SLUG, CLOSES, count_key(SLUG))))

    answers = at_once(stores, jobs)

    late = refused(answers, VotingClosed)
    assert len(opened) == ballots_in_box() == late
    lines = sealing.public_ledger(SLUG).lines
    (closed,) = events_of(lines, Fact.CLOSED)
    assert (closed["cast"], closed["withdrawn"]) == (late, many - late)
    assert len(revoked()) == many - late
    assert lines[-1].startswith(b'{"cast"'), "nothing comes after the closing"
