"""Casting: one letter, one ballot, on disk before it is acknowledged; and what is refused."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pb.ballots import sealing, service, storage
from pb.ballots.document import to_document
from pb.ballots.domain import (
    BallotContent,
    BoxMissing,
    BoxState,
    NotVotedYet,
    VotedBefore,
    VotingGoesOn,
    VotingPaused,
    WhySuperseded,
)
from pb.ballots.envelope import EnvelopeBroken
from pb.ballots.limits import TooManyChoices, UnknownChoice
from pb.database.base import ballot_reading, ballot_transaction, db
from pb.foundation.money import Cents
from pb.rounds.domain import VotingClosed, VotingNotOpen
from pb.tally.election import BallotKind
from pb.tokens import ceremony
from pb.tokens.domain import CodeRefused, CodeReplaced, TokenStatus, VotedOnPaper, mint_code
from pb.tokens.officers import SharedKey
from tests.ballots.boxes import (
    CLOSES,
    CONFIG,
    HOURS,
    MIDWAY,
    OPENS,
    SLUG,
    a_list,
    an_open_box,
    cast,
    key_of,
    set_status,
)
from tests.ceremonies import count_key

A_SECOND = timedelta(seconds=1)
AFTER = CLOSES + timedelta(hours=1)


def rows(name: str) -> list[tuple[object, ...]]:
    table = db.metadatas["ballots"].tables[name]
    with ballot_reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(table))]


def counted() -> list[tuple[int, ...]]:
    """Close the box and return what each ballot says."""
    return sorted(ballot.content.choices for ballot in service.opened(SLUG, AFTER, count_key(SLUG)))


def test_a_ballot_is_kept_and_its_receipt_names_it(code):
    receipt = cast(code, 1, 3)

    assert receipt.version == 1
    (opened,) = service.opened(SLUG, AFTER, count_key(SLUG))
    assert opened.content == BallotContent((1, 3))
    assert opened.tracking_code == receipt.tracking_code


def test_a_code_may_be_typed_with_small_letters_and_spaces(code):
    cast(f" {code.lower().replace('-', ' ')} ", 2)

    assert counted() == [(2,)]


def test_voting_again_replaces_the_ballot(code):
    first = cast(code, 1)

    second = cast(code, 2, expected_version=1)

    assert (first.version, second.version) == (1, 2)
    assert first.tracking_code != second.tracking_code
    assert counted() == [(2,)]


def test_a_replaced_ballot_leaves_a_trace_without_its_choices(code):
    cast(code, 1)
    (before,) = rows("ballots")

    cast(code, 2, expected_version=1)

    (trace,) = rows("superseded")
    assert trace[-1] == "revote"
    assert before[4] not in trace, "the count box"
    assert before[5] not in trace, "the view box"
    assert len(rows("pending")) == 2


def test_a_page_that_did_not_know_of_the_vote_must_ask_first(code):
    cast(code, 1)

    with pytest.raises(VotedBefore) as refused:
        cast(code, 2)

    assert refused.value.version == 1
    assert counted() == [(1,)]


def test_a_stale_page_does_not_overwrite_a_newer_ballot(code):
    cast(code, 1)
    cast(code, 2, expected_version=1)

    with pytest.raises(VotedBefore) as refused:
        cast(code, 3, expected_version=1)

    assert refused.value.version == 2
    assert counted() == [(2,)]


def test_the_same_submission_again_gives_the_same_receipt(code):
    submission = secrets.token_bytes(16)
    first = cast(code, 1, submission=submission)

    again = cast(code, 1, submission=submission)

    assert again == first
    assert len(rows("pending")) == 1


def test_a_late_retry_of_a_replaced_ballot_gives_its_receipt_and_changes_nothing(code):
    submission = secrets.token_bytes(16)
    first = cast(code, 1, submission=submission)
    cast(code, 2, expected_version=1)

    again = cast(code, 1, submission=submission)

    assert again == replace(first, counts=False, fragment="")
    assert counted() == [(2,)]


def test_a_retry_after_closing_still_gets_the_receipt_of_a_ballot_that_was_in_time(code):
    submission = secrets.token_bytes(16)
    first = cast(code, 1, submission=submission, now=CLOSES - A_SECOND)

    assert cast(code, 1, submission=submission, now=CLOSES) == first


def test_a_submission_of_one_letter_means_nothing_for_another(box):
    submission = secrets.token_bytes(16)
    one, other, _ = box.codes()
    cast(one, 1, submission=submission)

    cast(other, 2, submission=submission)

    assert counted() == [(1,), (2,)]


def test_a_ballot_that_breaks_a_rule_leaves_no_trace(code):
    with pytest.raises(TooManyChoices):
        cast(code, 1, 2, 3, 4)

    assert rows("ballots") == []
    assert rows("pending") == []


@pytest.mark.parametrize("wrong", ["", "K7M2", "x" * 5_000, "K7M2-QX9T-4RD8-WHB3-5NPC-6VAE"])
def test_what_cannot_be_a_code_is_refused(box, wrong):
    with pytest.raises(CodeRefused):
        cast(wrong, 1)


def test_unknown_spare_and_foreign_codes_are_refused_alike(box):
    elsewhere = an_open_box("elders", letters=1)

    refusals = set()
    for code in (mint_code().grouped(), box.spare_codes()[0], elsewhere.codes()[0], "typfout"):
        with pytest.raises(CodeRefused) as refused:
            cast(code, 1)
        refusals.add((type(refused.value), str(refused.value)))

    assert len(refusals) == 1
    assert rows("ballots") == []


def test_a_replaced_letter_is_told_so(code):
    set_status(code, TokenStatus.REVOKED)

    with pytest.raises(CodeReplaced):
        cast(code, 1)


def test_a_letter_that_voted_on_paper_is_told_so(code):
    set_status(code, TokenStatus.PAPER)

    with pytest.raises(VotedOnPaper):
        cast(code, 1)


@pytest.mark.parametrize(
    ("moment", "refusal"),
    [(OPENS - A_SECOND, VotingNotOpen), (CLOSES, VotingClosed), (AFTER, VotingClosed)],
)
def test_a_ballot_outside_the_hours_is_refused(code, moment, refusal):
    with pytest.raises(refusal):
        cast(code, 1, now=moment)

    assert rows("ballots") == []


@pytest.mark.parametrize("moment", [OPENS, CLOSES - timedelta(microseconds=1)])
def test_a_ballot_in_the_first_and_the_last_instant_counts(code, moment):
    cast(code, 1, now=moment)

    assert counted() == [(1,)]


def test_a_paused_box_takes_no_ballot(code):
    service._set_state(SLUG, BoxState.PAUSED)

    with pytest.raises(VotingPaused):
        cast(code, 1)


def test_a_box_that_was_opened_for_the_count_takes_no_ballot_at_any_time(code):
    service.opened(SLUG, AFTER, count_key(SLUG))

    with pytest.raises(VotingClosed):
        cast(code, 1, now=MIDWAY)


def test_a_round_without_a_box_takes_no_ballot(stores):
    with pytest.raises(BoxMissing):
        cast(mint_code().grouped(), 1, slug="leeg")


def test_nobody_opens_the_ballots_before_closing(code):
    cast(code, 1)

    with pytest.raises(VotingGoesOn):
        service.opened(SLUG, CLOSES - A_SECOND, count_key(SLUG))

    cast(code, 2, expected_version=1)


def test_who_holds_the_code_can_read_the_own_ballot(code):
    receipt = cast(code, 1, 3)

    current = service.current_choice(SLUG, code, now=MIDWAY)

    assert current.content == BallotContent((1, 3))
    assert (current.tracking_code, current.version) == (receipt.tracking_code, 1)


def test_reading_the_own_ballot_needs_a_code_a_ballot_and_open_hours(box, code):
    with pytest.raises(NotVotedYet):
        service.current_choice(SLUG, code, now=MIDWAY)
    with pytest.raises(CodeRefused):
        service.current_choice(SLUG, box.spare_codes()[0], now=MIDWAY)
    with pytest.raises(VotingClosed):
        service.current_choice(SLUG, code, now=CLOSES)


@pytest.mark.parametrize(
    ("why", "refusal"),
    [(WhySuperseded.REVOKED, CodeReplaced), (WhySuperseded.PAPER, VotedOnPaper)],
)
def test_a_withdrawn_letter_loses_its_ballot_and_votes_no_more(code, why, refusal):
    cast(code, 1)

    service.withdraw(SLUG, key_of(code), why)

    with pytest.raises(refusal):
        cast(code, 2, expected_version=1)
    assert len(rows("pending")) == 1, "the commitment stays"
    assert counted() == []
    assert [row[-1] for row in rows("superseded")] == [why.value]


@pytest.mark.parametrize(
    ("rules", "content"),
    [
        ({"kind": BallotKind.CHOOSE_ONE}, BallotContent((2,))),
        ({"kind": BallotKind.ORDINAL}, BallotContent((5, 2, 1))),
        (
            {"kind": BallotKind.CUMULATIVE, "points": 9, "max_points": 9},
            BallotContent((1, 4), (7, 2)),
        ),
    ],
)
def test_every_kind_of_ballot_comes_out_as_it_went_in(stores, rules, content):
    letters = an_open_box(ballot_list=a_list(**rules), letters=1)
    code = letters.codes()[0]

    service.cast(SLUG, code, content, submission=secrets.token_bytes(16), now=MIDWAY)

    assert service.current_choice(SLUG, code, now=MIDWAY).content == content
    assert [ballot.content for ballot in service.opened(SLUG, AFTER, count_key(SLUG))] == [content]


def test_ballots_are_opened_in_the_order_of_their_leaves(stores):
    letters = an_open_box(letters=12)
    for number, code in enumerate(letters.codes()):
        cast(code, number % 6 + 1)

    opened = service.opened(SLUG, AFTER, count_key(SLUG))

    leaves = [ballot.sealed.leaf for ballot in opened]
    assert leaves == sorted(leaves)
    assert len(opened) == 12


@pytest.mark.parametrize("column", ["count_box", "signature", "inner", "leaf"])
def test_a_ballot_that_was_tampered_with_stops_the_count(code, column):
    cast(code, 1)
    with ballot_transaction() as connection:
        value = bytearray(connection.scalar(sa.select(storage.ballots.c[column])))
        value[-1] ^= 1
        connection.execute(sa.update(storage.ballots).values({column: bytes(value)}))

    with pytest.raises(EnvelopeBroken):
        service.opened(SLUG, AFTER, count_key(SLUG))


def test_a_ballot_moved_to_another_letter_stops_the_count(box, code):
    cast(code, 1)
    with ballot_transaction() as connection:
        connection.execute(sa.update(storage.ballots).values(ballot_key=key_of(box.codes()[1])))

    with pytest.raises(EnvelopeBroken):
        service.opened(SLUG, AFTER, count_key(SLUG))


def test_turnout_counts_letters_per_area_and_hides_small_numbers(stores):
    letters = an_open_box(letters=12, spares=3)
    for code in letters.codes()[:9]:
        cast(code, 1)
    assert service.turnout(SLUG).ballots is None

    cast(letters.codes()[9], 1)

    turnout = service.turnout(SLUG)
    assert (turnout.ballots, turnout.letters) == (10, 12)
    assert [(each.area, each.ballots, each.letters) for each in turnout.areas] == [("A1", 10, 12)]


def test_casting_takes_at_most_ten_statements(code, stores):
    statements: list[str] = []

    def remember(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    sealing.catch_up(SLUG, MIDWAY)  # Whoever looks first in a round begins its ledger.
    sa.event.listen(db.engines["ballots"], "before_cursor_execute", remember)
    cast(code, 1)
    first, statements[:] = list(statements), []
    cast(code, 2, expected_version=1)

    assert len(first) <= 10, first
    assert len(statements) <= 10, statements


def test_the_size_of_a_sealed_ballot_does_not_tell_how_much_was_chosen(box):
    one, other, _ = box.codes()
    cast(one, 1)
    cast(other, 4, 5, 6)

    sizes = {(len(row[4]), len(row[5])) for row in rows("ballots")}

    assert len(sizes) == 1


def put_in_box(ballot_list):
    with ballot_transaction() as connection:
        storage.keep_box(
            connection,
            SLUG,
            hours=HOURS,
            document=to_document(ballot_list),
            config=CONFIG,
            spares=b"",
            count_public_key=ceremony.public_key(SLUG, SharedKey.COUNT),
        )


def test_a_box_that_was_prepared_again_has_the_new_list_at_once(code):
    assert len(service.find_box(SLUG).ballot_list.plans) == 6
    put_in_box(a_list(plans=2))

    assert len(service.find_box(SLUG).ballot_list.plans) == 2
    with pytest.raises(UnknownChoice):
        cast(code, 3)


def test_a_list_that_is_not_what_its_hash_says_is_not_used(code):
    put_in_box(a_list(max_cost=Cents(777_777)))  # which nobody in this process read before
    with ballot_transaction() as connection:
        changed = to_document(a_list(plans=4, max_choices=4))
        connection.execute(sa.update(storage.boxes).values(document=changed))

    with pytest.raises(storage.DocumentDamaged):
        cast(code, 1)


def test_what_is_remembered_of_lists_has_a_bound(stores, monkeypatch):
    monkeypatch.setattr(storage, "KEPT_IN_MEMORY", 3)
    for number in range(1, 10):
        an_open_box(f"ronde-{number}", ballot_list=a_list(max_cost=Cents(number)))
        service.find_box(f"ronde-{number}")

    assert len(storage._lists_by_hash) <= 3


def test_boxes_of_two_rounds_do_not_meet(stores):
    here, there = an_open_box(letters=1), an_open_box("elders", letters=1)
    cast(here.codes()[0], 1)
    cast(there.codes()[0], 2, slug="elders")

    assert counted() == [(1,)]
    assert [b.content.choices for b in service.opened("elders", AFTER, count_key("elders"))] == [
        (2,)
    ]


def test_later_hours_of_a_box_hold_and_earlier_ones_do_not(code):
    later = replace(HOURS, closes_at=CLOSES + timedelta(days=1))
    with ballot_transaction() as connection:
        storage.set_hours(connection, SLUG, later)

    cast(code, 1, now=CLOSES)
