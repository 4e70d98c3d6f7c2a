"""The ledger: what it begins with, when it grows, and that it only grows."""

import json
import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pb.ballots import ledger_storage, sealing, service, storage
from pb.ballots.domain import BoxState, WhySuperseded
from pb.ballots.ledger import BETWEEN_SEALS, QUIET_BEFORE_CLOSING, SMALLEST_SEAL
from pb.ballots.merkle import root_of
from pb.ballots.notes import Checkpoint, open_note
from pb.database.base import ballot_transaction, db
from tests.ballots.boxes import CLOSES, MIDWAY, OPENS, SLUG, an_open_box, cast, key_of
from tests.ceremonies import count_key

HOUR = timedelta(hours=1)


@pytest.fixture
def codes(stores):
    return an_open_box(letters=70, spares=2).codes()


def facts():
    """The kinds of events on the ledger, and "ballot" for each ballot."""
    lines = [json.loads(line) for line in sealing.public_ledger(SLUG).lines]
    return [line.get("k", "ballot") for line in lines]


def checkpoints():
    """Every checkpoint, after its signature was checked."""
    verifier = sealing.log_verifier(SLUG)
    notes = sealing.public_ledger(SLUG).checkpoints
    return [Checkpoint.read(open_note(note, [verifier])) for note in notes]


def vote(codes, now=MIDWAY):
    for code in codes:
        cast(code, 1, now=now)


def test_nothing_is_published_before_voting_opens(codes):
    sealing.catch_up(SLUG, OPENS - HOUR)

    assert sealing.public_ledger(SLUG) == sealing.PublicLedger(lines=(), checkpoints=())


def test_a_ledger_begins_with_the_config_and_the_roll(codes):
    sealing.catch_up(SLUG, OPENS)

    assert facts() == ["config", "roll", "open"]
    roll = json.loads(sealing.public_ledger(SLUG).lines[1])
    assert roll["size"] == 72
    assert [each.size for each in checkpoints()] == [3]


def test_the_first_vote_finds_a_ledger_that_has_begun(codes):
    receipt = cast(codes[0], 1, now=OPENS)

    assert facts() == ["config", "roll", "open"]
    assert receipt.fragment.split(".")[-2] == "3"


def test_the_moment_of_the_first_vote_is_kept_nowhere(codes):
    cast(codes[0], 1, now=MIDWAY)
    with ballot_transaction() as connection:
        state = ledger_storage.find_state(connection, SLUG)

    assert state.size == 3
    assert state.sealed_at == OPENS


def test_a_retry_after_the_seal_gets_the_same_receipt(codes):
    submission = secrets.token_bytes(16)
    first = cast(codes[0], 1, submission=submission)
    vote(codes[1:SMALLEST_SEAL])
    sealing.catch_up(SLUG, MIDWAY + HOUR)

    again = cast(codes[0], 1, submission=submission)

    assert len(checkpoints()) == 2
    assert again == replace(first, repeated=True)


def test_fewer_than_twenty_votes_wait(codes):
    vote(codes[: SMALLEST_SEAL - 1])
    sealing.catch_up(SLUG, MIDWAY + 5 * HOUR)

    assert facts() == ["config", "roll", "open"]


def test_twenty_votes_are_sealed_together_and_sorted(codes):
    vote(codes[:SMALLEST_SEAL])
    sealing.catch_up(SLUG, MIDWAY + HOUR)

    assert facts() == ["config", "roll", "open", *["ballot"] * SMALLEST_SEAL]
    lines = sealing.public_ledger(SLUG).lines
    assert list(lines[3:]) == sorted(lines[3:])
    assert [each.size for each in checkpoints()] == [3, 3 + SMALLEST_SEAL]


def test_a_seal_is_followed_by_an_hour_without_one(codes):
    vote(codes[:SMALLEST_SEAL])
    sealing.catch_up(SLUG, MIDWAY + HOUR)
    vote(codes[SMALLEST_SEAL : 2 * SMALLEST_SEAL], MIDWAY + HOUR)

    sealing.catch_up(SLUG, MIDWAY + HOUR + BETWEEN_SEALS - timedelta(seconds=1))
    early = len(facts())
    sealing.catch_up(SLUG, MIDWAY + HOUR + BETWEEN_SEALS)

    assert early == 3 + SMALLEST_SEAL
    assert len(facts()) == 3 + 2 * SMALLEST_SEAL


def test_what_is_cast_in_the_last_two_hours_is_sealed_at_closing(codes):
    sealing.catch_up(SLUG, OPENS)
    vote(codes[:30])
    sealing.catch_up(SLUG, CLOSES - QUIET_BEFORE_CLOSING)
    before = len(facts())
    service.opened(SLUG, CLOSES, count_key(SLUG))

    assert before == 3
    assert facts() == ["config", "roll", "open", *["ballot"] * 30, "closed"]


def test_the_seal_at_closing_waits_for_nobody_to_count(codes):
    vote(codes[:20], CLOSES - HOUR)
    sealing.catch_up(SLUG, CLOSES - timedelta(seconds=1))
    assert facts() == ["config", "roll", "open"]

    sealing.catch_up(SLUG, CLOSES)
    assert facts().count("ballot") == 20

    service.opened(SLUG, CLOSES + HOUR, count_key(SLUG))
    assert facts()[-1] == "closed"


def test_fewer_than_twenty_at_closing_are_sealed_by_the_count(codes):
    """Another server whose clock is a second late may still take a ballot."""
    vote(codes[:19], CLOSES - HOUR)
    sealing.catch_up(SLUG, CLOSES)
    assert facts().count("ballot") == 0

    service.opened(SLUG, CLOSES + HOUR, count_key(SLUG))

    assert facts()[-20:] == ["ballot"] * 19 + ["closed"]


def test_a_pause_holds_the_seal_at_closing_back(codes):
    vote(codes[:20], CLOSES - HOUR)
    with ballot_transaction() as connection:
        storage.set_state(connection, SLUG, BoxState.PAUSED)

    sealing.catch_up(SLUG, CLOSES)

    assert facts().count("ballot") == 0


def test_the_closing_says_how_many_ballots_count_and_how_many_do_not(codes):
    vote(codes[:5])
    cast(codes[0], 2, expected_version=1)
    service.withdraw(SLUG, key_of(codes[1]), WhySuperseded.REVOKED)
    service.opened(SLUG, CLOSES, count_key(SLUG))

    closing = json.loads(sealing.public_ledger(SLUG).lines[-1])
    assert closing == {"cast": 4, "k": "closed", "superseded": 1, "t": "event", "withdrawn": 1}
    assert facts().count("ballot") == 6


def test_a_round_in_which_nobody_voted_has_a_whole_ledger(codes):
    service.opened(SLUG, CLOSES, count_key(SLUG))
    service.opened(SLUG, CLOSES + HOUR, count_key(SLUG))

    assert facts() == ["config", "roll", "open", "closed"]


def test_every_checkpoint_stands_for_the_lines_before_it(codes):
    vote(codes[:25])
    sealing.catch_up(SLUG, MIDWAY + HOUR)
    service.withdraw(SLUG, key_of(codes[3]), WhySuperseded.PAPER)
    sealing.catch_up(SLUG, MIDWAY + HOUR)
    vote(codes[25:30])
    service.opened(SLUG, CLOSES, count_key(SLUG))
    lines = sealing.public_ledger(SLUG).lines

    assert facts()[28] == "paper"
    for checkpoint in checkpoints():
        assert checkpoint.root == root_of(lines[: checkpoint.size])
    assert checkpoints()[-1].size == len(lines)


def test_an_event_is_told_once(codes):
    service.opened(SLUG, CLOSES, count_key(SLUG))
    for _ in range(2):
        sealing.tell(SLUG, sealing.Fact.COUNT, CLOSES, result_sha256="0", round_pb_sha256="1")

    assert facts() == ["config", "roll", "open", "closed", "count"]


@pytest.mark.parametrize("table", ["ledger", "checkpoints"])
@pytest.mark.parametrize("change", ["UPDATE {} SET round_slug = 'x'", "DELETE FROM {}"])
def test_the_database_lets_nobody_change_a_line(codes, table, change):
    sealing.catch_up(SLUG, OPENS)

    with pytest.raises(sa.exc.DatabaseError, match="only grows"), ballot_transaction() as stored:
        stored.exec_driver_sql(change.format(table))
    assert facts() == ["config", "roll", "open"]


def test_nobody_empties_the_ledger_either(codes, store_kind):
    sealing.catch_up(SLUG, OPENS)
    empty = "DELETE FROM ledger" if store_kind == "sqlite" else "TRUNCATE ledger"

    with pytest.raises(sa.exc.DatabaseError, match="only grows"), ballot_transaction() as stored:
        stored.exec_driver_sql(empty)


def test_looking_costs_little_when_nothing_is_due(codes):
    sealing.catch_up(SLUG, OPENS)
    statements = []

    def remember(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    sa.event.listen(db.engines["ballots"], "before_cursor_execute", remember)
    sealing.catch_up(SLUG, OPENS + HOUR)

    assert len(statements) <= 4
    assert not any(each.startswith(("INSERT", "UPDATE", "DELETE")) for each in statements)


def test_what_waits_is_on_no_public_page(codes):
    vote(codes[:10])
    with ballot_transaction() as connection:
        waiting = ledger_storage.list_pending_leaves(connection, SLUG)

    assert len(waiting) == 10
    assert len(sealing.public_ledger(SLUG).lines) == 3
