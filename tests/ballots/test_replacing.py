"""A reported letter becomes void, a pack of spares goes into use, and neither knows the other."""

import pytest
import sqlalchemy as sa
from nacl.public import PublicKey, SealedBox

from pb.ballots import replacing, sealing, service, storage
from pb.ballots.domain import BoxMissing, WhySuperseded
from pb.ballots.ledger import Fact, events_of, written
from pb.database.base import ballot_transaction, db
from pb.foundation.errors import NotPermitted
from pb.frameworks.domain import SecondPersonNeeded
from pb.rounds import service as rounds
from pb.rounds.domain import NotInThisState, State, VotingClosed
from pb.tokens import ceremony
from pb.tokens.ceremony_rules import PassphraseWrong, TwoOfficersNeeded
from pb.tokens.domain import CodeReplaced, CodeUnknown, serial_of
from pb.tokens.officers import SharedKey
from pb.tokens.replacement import (
    LetterIsPaper,
    LetterIsSpare,
    LetterIsVoid,
    LetterUnknown,
    LetterUnopenable,
    PackIsOpen,
    PackMissing,
    PackNotProposed,
    PackTooSmall,
    SerialMistyped,
    WhyReported,
    read_serial,
)
from tests.ballots.boxes import key_of
from tests.ballots.desk import DURING, HELPER, MANAGER, letters, open_pack, store, void, vote
from tests.ballots.voting import SLUG, a_voting_round
from tests.builders import DATES, an_actor
from tests.ceremonies import PASSPHRASES, count_key, typed


@pytest.fixture
def voting(app):
    """A round in which people vote, with a pack of twenty spares for each of two areas."""
    return a_voting_round(spare_permille=30)


# --- a letter ----------------------------------------------------------------------------


def test_a_reported_letter_loses_its_vote_and_votes_no_more(voting):
    (serial, code), *_ = letters(voting)
    vote(code)

    void(serial)

    with pytest.raises(CodeReplaced):
        vote(code, 2, expected_version=1)
    (kept,) = service.superseded(SLUG)
    assert (kept.ballot_key, kept.why) == (key_of(code), WhySuperseded.REVOKED)
    assert service.opened(SLUG, DATES.voting_closes, count_key(SLUG)) == []


@pytest.mark.parametrize("has_voted", [True, False])
def test_the_ledger_names_the_key_and_the_journal_counts(voting, has_voted):
    (serial, code), *_ = letters(voting)
    if has_voted:
        vote(code)

    void(serial, why=WhyReported.STOLEN)

    sealing.catch_up(SLUG, DURING)
    (event,) = events_of(sealing.public_ledger(SLUG).lines, Fact.REVOKED)
    assert event == {"k": "revoked", "keys": [written(key_of(code))], "t": "event"}
    entry = rounds.log(SLUG)[0]
    assert entry.what == "Een gemelde brief is ongeldig gemaakt. Tot nu toe zijn dat er %(number)s."
    assert (entry.values, entry.by) == ({"number": 1}, "Helper")
    assert entry.reason == "De brief is gestolen of door een ander gebruikt"


@pytest.mark.parametrize("pair", [(1, 2), (3, 1), (2, 3)])
def test_any_two_officers_make_a_letter_void(voting, pair):
    (serial, code), *_ = letters(voting)

    void(serial, typed(*pair))

    with pytest.raises(CodeReplaced):
        vote(code)


def other_check_digit(serial):
    return f"{serial[:-1]}{(int(serial[-1]) + 1) % 10}"


@pytest.mark.parametrize(
    ("number_of", "refusal"),
    [
        (lambda voting: letters(voting, spare=True)[0][0], LetterIsSpare),
        (lambda voting: "004711-8", LetterUnknown),
        (lambda voting: other_check_digit(letters(voting)[0][0]), SerialMistyped),
        (lambda voting: "", SerialMistyped),
        (lambda voting: letters(voting)[0][1], SerialMistyped),  # the code instead of the number
    ],
)
def test_what_is_no_letter_in_use_is_said_and_changes_nothing(voting, number_of, refusal):
    before, log = store(), rounds.log(SLUG)

    with pytest.raises(refusal):
        void(number_of(voting))

    assert (store(), rounds.log(SLUG)) == (before, log)


def test_a_letter_is_made_void_once(voting):
    (serial, _), *_ = letters(voting)
    void(serial)
    before, log = store(), rounds.log(SLUG)

    with pytest.raises(LetterIsVoid):
        void(serial)

    assert (store(), rounds.log(SLUG)) == (before, log)


def test_a_letter_that_voted_on_paper_stays_as_it_is(voting):
    (serial, code), *_ = letters(voting)
    service.withdraw(SLUG, key_of(code), WhySuperseded.PAPER)
    before = store()

    with pytest.raises(LetterIsPaper):
        void(serial)

    assert store() == before


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ([(1, PASSPHRASES[1]), (2, "niet deze wachtzin")], PassphraseWrong),
        ([(1, PASSPHRASES[1]), (2, PASSPHRASES[1])], PassphraseWrong),
        ([(1, PASSPHRASES[1]), (1, PASSPHRASES[1])], TwoOfficersNeeded),
        ([(1, PASSPHRASES[1])], TwoOfficersNeeded),
    ],
)
def test_without_two_officers_nothing_is_opened(voting, said, refusal):
    (serial, code), *_ = letters(voting)
    vote(code)
    before, log = store(), rounds.log(SLUG)

    with pytest.raises(refusal):
        void(serial, said)

    assert (store(), rounds.log(SLUG)) == (before, log)


def test_after_closing_no_letter_and_no_pack_changes(voting):
    (serial, _), *_ = letters(voting)
    replacing.propose_pack(SLUG, "A1", by=HELPER, now=DURING)
    before = store()

    for act in (
        lambda: void(serial, now=DATES.voting_closes),
        lambda: replacing.propose_pack(SLUG, "A2", by=HELPER, now=DATES.voting_closes),
        lambda: replacing.open_pack(SLUG, "A1", by=MANAGER, now=DATES.voting_closes),
    ):
        with pytest.raises(VotingClosed):
            act()

    assert store() == before


def test_a_box_that_is_closed_for_the_count_gives_no_letter_back(voting):
    (_, code), *_ = letters(voting)
    vote(code)
    service.opened(SLUG, DATES.voting_closes, count_key(SLUG))
    before = store()

    for why in (WhySuperseded.REVOKED, WhySuperseded.PAPER):
        with pytest.raises(VotingClosed):
            service.withdraw(SLUG, key_of(code), why)

    assert store() == before


def test_before_voting_and_in_a_pause_the_desk_waits(voting):
    (serial, _), *_ = letters(voting)
    with pytest.raises(NotInThisState):
        void(serial, now=DATES.reconsideration_closes)
    reason = {"body": "College", "reason": "Storing"}
    service.interrupt(SLUG, State.PAUSED, **reason, by=an_actor(), now=DURING)

    with pytest.raises(NotInThisState):
        void(serial)


def test_a_letter_whose_seal_holds_no_key_of_the_round_is_said_plainly(voting):
    (serial, _), (other, _), *_ = letters(voting)
    table = db.metadatas["ballots"].tables["letters"]
    of_no_letter = SealedBox(PublicKey(ceremony.public_key(SLUG, SharedKey.REVOCATION)))
    for sealed in (b"rubbish", of_no_letter.encrypt(bytes(32))):
        with ballot_transaction() as connection:
            connection.execute(
                sa.update(table).where(table.c.serial == serial).values(sealed=sealed)
            )
        before = store()

        with pytest.raises(LetterUnopenable):
            void(serial)

        assert store() == before
    void(other)


@pytest.mark.parametrize(
    "typed_as", ["004711-8", "4711-8", "004711 8", "0047118", " 004711–8 ", "4711.8"]
)
def test_a_letter_number_may_be_written_as_people_do(typed_as):
    assert read_serial(typed_as) == serial_of(4711) == "004711-8"


@pytest.mark.parametrize("wrong", ["", "1", "abc", "0000000-0", "000000-0", "1" * 30, "١٢-٥"])
def test_what_cannot_be_a_letter_number_is_refused(wrong):
    with pytest.raises(SerialMistyped):
        read_serial(wrong)


# --- a pack ------------------------------------------------------------------------------


def test_two_people_put_a_pack_into_use_and_its_letters_vote(voting):
    spares = [code for _, code in letters(voting, spare=True)]
    with pytest.raises(CodeUnknown):
        vote(spares[0])

    open_pack()

    assert [vote(code).version for code in spares] == [1] * 20
    other_area = letters(voting, "A2", spare=True)[0][1]
    with pytest.raises(CodeUnknown):
        vote(other_area)
    sealing.catch_up(SLUG, DURING)
    (event,) = events_of(sealing.public_ledger(SLUG).lines, Fact.SPARES)
    assert event == {"k": "spares", "pack": 1, "t": "event"}


def test_a_pack_needs_a_second_person(voting):
    replacing.propose_pack(SLUG, "A1", by=MANAGER, now=DURING)
    before = store()

    with pytest.raises(SecondPersonNeeded):
        replacing.open_pack(SLUG, "A1", by=MANAGER, now=DURING)
    with pytest.raises(PackNotProposed):
        replacing.open_pack(SLUG, "A2", by=MANAGER, now=DURING)

    assert store() == before


def test_nobody_in_particular_opens_no_pack(voting):
    nobody = an_actor(staff_id=None)
    with pytest.raises(NotPermitted):
        replacing.propose_pack(SLUG, "A1", by=nobody, now=DURING)
    replacing.propose_pack(SLUG, "A1", by=HELPER, now=DURING)
    with pytest.raises(NotPermitted):
        replacing.open_pack(SLUG, "A1", by=nobody, now=DURING)


def test_a_pack_is_put_into_use_once_and_only_when_it_is_there(voting):
    open_pack()
    before = store()

    with pytest.raises(PackIsOpen):
        replacing.propose_pack(SLUG, "A1", by=HELPER, now=DURING)
    with pytest.raises(PackIsOpen):
        replacing.open_pack(SLUG, "A1", by=MANAGER, now=DURING)
    with pytest.raises(PackMissing):
        replacing.propose_pack(SLUG, "A9", by=HELPER, now=DURING)

    assert store() == before


def test_a_round_without_spares_has_no_pack(app):
    a_voting_round()

    with pytest.raises(PackMissing):
        replacing.propose_pack(SLUG, "A1", by=HELPER, now=DURING)


def test_a_pack_in_which_an_envelope_could_be_guessed_is_refused(voting):
    table = db.metadatas["ballots"].tables["letters"]
    with ballot_transaction() as connection:
        connection.execute(
            sa.delete(table).where(table.c.serial == letters(voting, spare=True)[0][0])
        )

    with pytest.raises(PackTooSmall, match="minder dan"):
        replacing.propose_pack(SLUG, "A1", by=HELPER, now=DURING)


def test_a_drawn_envelope_that_is_lost_too_can_be_made_void(voting):
    open_pack()
    (serial, code), *_ = letters(voting, spare=True)
    vote(code)

    void(serial)

    with pytest.raises(CodeReplaced):
        vote(code, 2, expected_version=1)


def test_without_a_box_there_is_nothing_to_replace(voting):
    (serial, _), *_ = letters(voting)
    with ballot_transaction() as connection:
        connection.execute(sa.delete(storage.boxes))

    with pytest.raises(BoxMissing):
        void(serial)


def test_letters_and_turnout_add_up(voting):
    """Twelve letters and twenty spares, of which one letter became void."""
    (serial, code), *others = letters(voting)
    vote(code)
    for _, other in (*others[:10], *letters(voting, "A2")[:10]):
        vote(other)
    before = service.turnout(SLUG)

    void(serial)
    open_pack()
    for _, spare in letters(voting, spare=True)[:2]:
        vote(spare)

    after = service.turnout(SLUG)
    assert (before.areas[0].letters, before.areas[0].ballots) == (12, 11)
    assert (after.areas[0].letters, after.areas[0].ballots) == (12 - 1 + 20, 11 - 1 + 2)
    assert after.letters == before.letters - 1 + 20
